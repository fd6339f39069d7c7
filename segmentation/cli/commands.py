"""The command line: ``segmentation sample | inspect | fit | describe | assign | evaluate``.

Exit code 0 means success; 2 means wrong usage or bad input, with one clear line on stderr.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from segmentation.cli.dask_options import assign_in_parts, fit_in_parts, scale_options, taken_out
from segmentation.cli.printing import (
    counted,
    fit_report,
    print_json,
    print_model,
    print_reading,
    progress_bar,
)
from segmentation.cli.reading_options import (
    column_and_text_encoding,
    read_told,
    reading_options,
    tell_about,
)
from segmentation.errors import DataError, ParameterError, SegmentationError
from segmentation.version import __version__

if TYPE_CHECKING:
    from segmentation.scoring.segment_model import SegmentModel

WRONG_USE = 2
BROKEN_PIPE = 128 + 13  # as shells report a program killed by SIGPIPE


class OneLine(click.Group):
    """A command group whose errors print one line on stderr and exit with code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; report errors that users can fix in one line."""
        try:
            return super().invoke(ctx)
        except SegmentationError as error:
            self._stop(str(error))
        except BrokenPipeError:
            raise
        except OSError as error:
            name = error.filename or "the file"
            self._stop(f"{name}: {(error.strerror or str(error)).lower()}.")
        return None

    @staticmethod
    def _stop(message: str) -> None:
        click.echo(" ".join(message.split()), err=True)
        sys.exit(WRONG_USE)


def main() -> None:
    """Run the command line."""
    try:
        code = commands.main(prog_name="segmentation", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        click.echo(f"{error.format_message()} (segmentation --help shows how.)", err=True)
        sys.exit(WRONG_USE)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(WRONG_USE)
    except BrokenPipeError:  # the reader closed the pipe, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)
    sys.exit(code if isinstance(code, int) else 0)


@click.group(
    cls=OneLine, no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__)
def commands() -> None:
    """Find, explain and use customer segments."""


as_json = click.option("--json", "json_output", is_flag=True, help="One JSON object on stdout.")


@commands.command()
@click.argument("kind", type=click.Choice(["customers", "transactions"]))
@click.option("--rows", default=500, show_default=True, type=click.IntRange(1, 10_000_000))
@click.option("--seed", default=42, show_default=True, type=click.IntRange(0))
@click.option(
    "--missing",
    default=0.0,
    type=click.FloatRange(0, 0.9),
    help="Share of customers' cells to leave empty, such as 0.02.",
)
@click.option(
    "--duplicates",
    default=0.0,
    type=click.FloatRange(0, 1),
    help="Exact copies to add, as a share of the customers.",
)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False))
def sample(
    *, kind: str, rows: int, seed: int, missing: float, duplicates: float, output: str
) -> None:
    """Write a file of customers who do not exist."""
    from segmentation.cli.write_scores import check_folder, write_csv

    check_folder(output)
    if kind == "customers":
        from segmentation.datasets.sample_customers import sample_customers

        frame = sample_customers(rows, seed, missing=missing, duplicates=duplicates)
    else:
        from segmentation.datasets.sample_transactions import sample_transaction_rows

        frame = sample_transaction_rows(rows, seed)
    write_csv(frame, output)
    click.echo(f"{counted(len(frame), kind.removesuffix('s'))} in {output}.")


@commands.command()
@click.argument("file", type=click.Path())
@reading_options
@click.option("--save-recipe", type=click.Path(dir_okay=False), help="Where to keep the choices.")
@as_json
def inspect(file: str, save_recipe: str | None, json_output: bool, **told: Any) -> None:
    """Show how a file is read: columns, roles, issues."""
    from segmentation.cli.write_scores import check_folder
    from segmentation.table.recipe_file import save_recipe as save

    check_folder(save_recipe)
    table = read_told(file, **told)
    if save_recipe is not None:
        save(table.recipe, save_recipe)
    if json_output:
        print_json(table.describe())
    else:
        print_reading(table.describe())


@commands.command()
@click.argument("file", type=click.Path())
@click.option("-k", "k", default="auto", show_default=True, help="Number of segments, or auto.")
@click.option("--columns", help="Columns that drive the segments, separated by commas.")
@click.option("--algorithm", default="kmeans", show_default=True)
@click.option("--column-encoding", help="auto or label: how columns become numbers.")
@click.option("--seed", default=42, show_default=True, type=click.IntRange(0))
@click.option("--previous", type=click.Path(), help="Earlier model whose names are kept.")
@click.option("--playbook", type=click.Path(), help="Your own archetypes and actions.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Where to save the model.")
@reading_options
@scale_options
@as_json
def fit(file: str, output: str | None, json_output: bool, **options: Any) -> None:
    """Find the segments in a file; with --engine dask, in many or large files."""
    from segmentation.cli.write_scores import check_folder

    check_folder(output)
    model = _fit(file, **options)
    if output is not None:
        model.save(output)
    if json_output:
        print_json(fit_report(model))
    else:
        print_model(model)
        if output is not None:
            click.echo(f"Saved as {output}.")


def _fit(
    file: str,
    *,
    k: str,
    columns: str | None,
    algorithm: str,
    column_encoding: str | None,
    seed: int,
    previous: str | None,
    playbook: str | None,
    **told: Any,
) -> SegmentModel:
    from segmentation.options import Settings
    from segmentation.scoring.segment_model import SegmentModel
    from segmentation.training import train

    engine, told = taken_out(told)
    encoding, told = column_and_text_encoding(column_encoding, told)
    settings = Settings(
        n_clusters=int(k) if k.lstrip("-").isdigit() else k,
        algorithm=algorithm,
        columns=None if columns is None else [c.strip() for c in columns.split(",")],
        encoding=encoding,
        random_state=seed,
        playbook=playbook,
    )
    settings.number()
    earlier = None if previous is None else SegmentModel.load(previous)
    if engine["engine"] == "dask":
        return fit_in_parts(file, settings, engine, told, earlier)
    started = time.perf_counter()
    table = read_told(file, **told)
    tell_about(table)
    read = time.perf_counter() - started
    with progress_bar() as progress:
        trained = train(table.frame, table.columns, settings, progress=progress, previous=earlier)
    return trained.model.with_reading_time(read)


@commands.command()
@click.argument("model", type=click.Path())
@as_json
def describe(model: str, json_output: bool) -> None:
    """Show the segments of a saved model."""
    from segmentation.scoring.segment_model import SegmentModel

    loaded = SegmentModel.load(model)
    if json_output:
        print_json(loaded.describe())
    else:
        print_model(loaded)


@commands.command()
@click.argument("model", type=click.Path())
@click.argument("file", type=click.Path())
@click.option("-o", "--output", required=True, type=click.Path())
@reading_options
@scale_options
def assign(model: str, file: str, output: str, **told: Any) -> None:
    """Give every row of a file its segment; with --engine dask, into a folder of files."""
    from segmentation.cli.write_scores import check_folder, with_rejects, write_csv
    from segmentation.scoring.join_scores import renaming_note
    from segmentation.scoring.segment_model import SegmentModel

    engine, told = taken_out(told)
    check_folder(output)
    loaded = SegmentModel.load(model)
    if engine["engine"] == "dask":
        assign_in_parts(loaded, file, output, engine, told)
        return
    table = read_told(file, **told, keep_duplicates=True)
    tell_about(table)
    scored, renamed = with_rejects(table, loaded.assign(table.frame))
    write_csv(scored, output)
    if renamed:
        click.echo(renaming_note(renamed), err=True)
    click.echo(f"{counted(len(scored), 'customer')}, each with a segment, in {output}.")


@commands.command()
@click.argument("file", type=click.Path())
@click.option("--labels", required=True, help="Column that holds the known groups.")
@click.option("-k", "k", default="auto", show_default=True, help="Number of segments, or auto.")
@click.option("--algorithm", default="kmeans", show_default=True)
@as_json
def evaluate(file: str, labels: str, k: str, algorithm: str, json_output: bool) -> None:
    """Compare the segments found with groups that are known."""
    import numpy as np

    from segmentation.cluster.selection.quality_indices import adjusted_rand
    from segmentation.options import Settings
    from segmentation.table.reading import read_table
    from segmentation.training import train

    settings = Settings(n_clusters=int(k) if k.lstrip("-").isdigit() else k, algorithm=algorithm)
    settings.number()
    table = read_table(file)
    if labels not in table.frame.columns:
        raise ParameterError(f"There is no column “{labels}” in {table.name}.")
    known = table.frame[labels]
    if known.isna().all():
        raise DataError(f"The column “{labels}” holds no groups.")
    columns = [column for column in table.columns if column.name != labels]
    trained = train(table.frame.drop(columns=labels), columns, settings)
    told = known.notna().to_numpy()
    codes = np.unique(known[told].astype("str"), return_inverse=True)[1]
    agreement = adjusted_rand(codes, trained.labels[told] + 1)
    report = {
        "labels": labels,
        "groups": int(codes.max()) + 1,
        "k": len(trained.model.segments),
        "n_compared": int(told.sum()),
        "adjusted_rand_index": float(agreement),
    }
    if json_output:
        print_json(report)
    else:
        click.echo(
            f"{report['k']} segments against {report['groups']} known groups: adjusted Rand "
            f"index {agreement:.3f} (1 is perfect agreement, 0 is chance)."
        )
