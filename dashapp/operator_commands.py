"""Command line for operators: launch links and shared models.

``python -m dashapp COMMAND --help`` lists the options of each command.
"""

from __future__ import annotations

from pathlib import Path

import click

from dashapp.auth.launch_links import LONGEST_SECONDS, THEMES, LaunchError, frames, sign, verify
from dashapp.auth.permissions import SCOPES
from dashapp.jobs.queue import JobQueue
from dashapp.ledger.ledger import open_ledger
from dashapp.services.data_import.reading_limits import reading_limits
from dashapp.services.repository import Memory
from dashapp.services.sharing import Sharing
from dashapp.settings.identity_settings import PREFIX
from dashapp.settings.portal_settings import Settings, load_settings
from dashapp.storage.store import StoreError, open_store
from segmentation import SegmentationError, read_table

SCOPE_HELP = f"One or more of: {', '.join(SCOPES)}."


@click.group()
def commands() -> None:
    """Launch links and shared models."""


@commands.command("embed-link")
@click.option("--scope", required=True, help=SCOPE_HELP)
@click.option("--model", help="Id of a shared model; the link shows this one and no other.")
@click.option("--ancestor", help="Origin of the page that shows the frame.")
@click.option(
    "--minutes",
    type=click.IntRange(1, LONGEST_SECONDS // 60),
    default=LONGEST_SECONDS // 60,
    show_default=True,
    help="Time in which the link must be opened.",
)
@click.option("--theme", type=click.Choice(THEMES), help="Otherwise what the browser prefers.")
@click.option("--url", help="Address of the portal, such as https://segments.example.com.")
def embed_link(
    *,
    scope: str,
    model: str | None,
    ancestor: str | None,
    minutes: int,
    theme: str | None,
    url: str | None,
) -> None:
    """Print a link that opens the portal once in another site's frame."""
    settings = load_settings()
    if settings.embed_key is None:
        raise click.ClickException(f"set {PREFIX}EMBED_KEY to the key that the portal has")
    key = settings.embed_key.get_secret_value().encode()
    host = ancestor or only_ancestor(settings)
    if not frames(host, settings.ancestors):
        raise click.ClickException(f"{host} is not one of {PREFIX}FRAME_ANCESTORS")
    token = sign(key, scope, host, model=model, theme=theme, seconds=60 * minutes)
    try:
        verify(token, key, settings.ancestors)
    except LaunchError as error:
        raise click.ClickException(f"the portal would refuse this link: {error}") from None
    click.echo(f"{(url or f'http://localhost:{settings.port}').rstrip('/')}/embed?t={token}")


def only_ancestor(settings: Settings) -> str:
    """Return the only site that may frame the portal."""
    if len(settings.ancestors) != 1:
        raise click.ClickException(
            f"say with --ancestor which site of {PREFIX}FRAME_ANCESTORS shows the frame"
        )
    return settings.ancestors[0]


@commands.command("share-model")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--customers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The customer list to show with it, to views that may see customers.",
)
@click.option("--name", help="What it is called on screen; the file's name if not given.")
def share_model(file: Path, customers: Path | None, name: str | None) -> None:
    """Keep a model for everybody who is given a link, and print its id."""
    settings = load_settings()
    table = None
    if customers is not None:
        table = read_table(customers, limits=reading_limits(settings))
    click.echo(sharing(settings).share(file.read_bytes(), name or file.name, table))


@commands.command("shared-models")
def shared_models() -> None:
    """List the shared models: id, name, segments, and whether their customers are shared."""
    for item in sharing(load_settings()).models():
        customers = "with customers" if item.info["dataset"] else "without customers"
        click.echo(f"{item.id}  {item.name}  {item.info['segments']} segments  {customers}")


@commands.command("unshare-model")
@click.argument("model")
def unshare_model(model: str) -> None:
    """Take a shared model back, with its customers; views of it end at once."""
    sharing(load_settings()).take_back(model)


def sharing(settings: Settings) -> Sharing:
    """Return the shared models of the portal with these settings."""
    ledger = open_ledger(settings)
    return Sharing(Memory(open_store(settings), ledger, JobQueue(settings, ledger)))


def run(arguments: list[str]) -> int:
    """Run one command.

    Returns
    -------
    int
        0 if done, 2 for wrong usage or a failure, with one line on standard error.
    """
    try:
        commands.main(arguments, prog_name="python -m dashapp", standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"Error: {error.format_message()}", err=True)
        return 2
    except (SegmentationError, StoreError) as error:
        reason = error.for_operators if isinstance(error, StoreError) else error
        click.echo(f"Error: {reason}", err=True)
        return 2
    return 0
