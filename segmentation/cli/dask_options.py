"""Options and actions of the command line for data larger than memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from segmentation.cli.printing import counted, progress_bar
from segmentation.cli.reading_options import DELIMITERS
from segmentation.errors import ParameterError

if TYPE_CHECKING:
    from segmentation.options import Settings
    from segmentation.scale.surveying import Survey
    from segmentation.scoring.segment_model import SegmentModel

_OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice(["memory", "dask"]),
        default="memory",
        show_default=True,
        help="dask: read many or large files part by part.",
    ),
    click.option("--scheduler", help="Address of your Dask cluster; this machine without it."),
    click.option("--memory", help="Memory for all processes of the engine, such as 2GB."),
    click.option(
        "--local-directory",
        type=click.Path(file_okay=False, exists=True),
        help="Where the engine puts what does not fit into memory.",
    ),
)

#: Arguments that `scale_options` adds to a command.
NAMES = ("engine", "scheduler", "memory", "local_directory")


def scale_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the engine for large data to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def taken_out(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the engine's options and the others, separated.

    Raises
    ------
    ParameterError
        An option was given that only the other engine supports.
    """
    engine = {name: options[name] for name in NAMES}
    rest = {name: value for name, value in options.items() if name not in NAMES}
    if engine["engine"] == "memory":
        for name in NAMES[1:]:
            if engine[name] is not None:
                raise ParameterError(f"--{name.replace('_', '-')} needs --engine dask.")
    else:
        for name in ("sheet", "recipe"):
            if rest.get(name) is not None:
                raise ParameterError(f"--{name} needs --engine memory.")
    return engine, rest


def choices_of(told: dict[str, Any]) -> dict[str, Any]:
    """Return the user's choices for the layout of text files."""
    delimiter = told.get("delimiter")
    return {
        "encoding": told.get("text_encoding"),
        "delimiter": DELIMITERS.get(delimiter or "", delimiter),
        "decimal": told.get("decimal"),
        "header_line": told.get("header_line"),
    }


def fit_in_parts(
    files: str,
    settings: Settings,
    engine: dict[str, Any],
    told: dict[str, Any],
    previous: SegmentModel | None,
) -> SegmentModel:
    """Train on many or large files, and report omitted rows."""
    from segmentation.scale.processes.dask_client import Workers

    with _workers(Workers, engine) as workers, progress_bar() as progress:
        from segmentation.scale.train_parts import train_in_parts

        trained = train_in_parts(
            files, settings, workers,
            choices=choices_of(told), progress=progress, previous=previous,
        )  # fmt: skip
    _tell(trained.survey)
    return trained.model


def assign_in_parts(
    model: SegmentModel, files: str, folder: str, engine: dict[str, Any], told: dict[str, Any]
) -> None:
    """Score many or large files and write the results to a folder."""
    from segmentation.scale.processes.dask_client import Workers
    from segmentation.scoring.join_scores import renaming_note

    with _workers(Workers, engine) as workers, progress_bar() as progress:
        from segmentation.scale.assign_parts import assign_in_parts as assign

        done = assign(model, files, folder, workers, choices=choices_of(told), progress=progress)
    if done.renamed:
        click.echo(renaming_note(done.renamed), err=True)
    if done.unread:
        click.echo(
            f"{counted(done.unread, 'row')} could not be read and stand unassigned, with the "
            "reason as problem.",
            err=True,
        )
    click.echo(
        f"{counted(done.rows, 'customer')}, each with a segment, in "
        f"{counted(done.files, 'file')} in {folder}."
    )


def _workers(kind: Any, engine: dict[str, Any]) -> Any:
    return kind.open(
        engine["scheduler"],
        memory=engine["memory"],
        local_directory=engine["local_directory"],
    )


def _tell(survey: Survey) -> None:
    """Report the row counts on stderr if any rows were omitted."""
    for note in survey.notes:
        click.echo(note, err=True)
    if survey.rows_set_aside or survey.rows_duplicate:
        click.echo(
            f"{counted(survey.rows_read, 'row')} read = {survey.rows_used:,} used + "
            f"{survey.rows_set_aside:,} set aside + "
            f"{counted(survey.rows_duplicate, 'duplicate')}",
            err=True,
        )
