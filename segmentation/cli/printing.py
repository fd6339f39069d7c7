"""Output of the command line, human-readable or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from segmentation.version import __version__

_SHOWN_COLUMNS = ("name", "role", "use", "missing", "distinct")
#: Names of delimiters that are invisible in print.
_DELIMITERS = {"\t": "tab", "\x1f": "unit separator", "\x01": "control-A"}

if TYPE_CHECKING:
    from segmentation.cluster.selection.evidence import Progress
    from segmentation.scoring.segment_model import SegmentModel


def fit_report(model: SegmentModel) -> dict[str, Any]:
    """Return the output of ``fit --json``."""
    # Without customers, as in `segmentation describe`: reports are passed on like model files.
    story = model.without_customers().describe()
    keys = ("n_rows", "n_used", "verdict", "evidence", "segments", "inertia", "explained_variance")
    return {key: story[key] for key in keys} | {
        "columns": list(model.bases),
        "k": len(model.segments),
        "algorithm": model.algorithm,
        "importance": story["importance"],
        "lineage": story["lineage"],
        "seconds": story["seconds"],
        "seed": model.seed,
        "version": __version__,
    }


def counted(number: int, thing: str) -> str:
    """Return a count with its noun, in the plural if needed.

    Examples
    --------
    >>> counted(1, "customer"), counted(1200, "row")
    ('1 customer', '1,200 rows')
    """
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def issue_line(issue: Mapping[str, Any]) -> str:
    """Return an issue as a line that names its column.

    Examples
    --------
    >>> issue_line({"column": "Age", "suggestion": "1 cell is empty."})
    '• Age: 1 cell is empty.'
    """
    where = "" if issue["column"] is None else f"{issue['column']}: "
    return f"• {where}{issue['suggestion']}"


def print_json(value: Any) -> None:
    """Print one JSON value."""
    from segmentation.scoring.typed_json import to_json

    click.echo(json.dumps(to_json(value), ensure_ascii=False, allow_nan=False, indent=2))


def print_rows(rows: list[dict[str, Any]]) -> None:
    """Print rows that have the same keys as a table."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as Grid

    grid = Grid(*rows[0].keys()) if rows else Grid()
    for row in rows:
        grid.add_row(*(escape(str(value)) for value in row.values()))
    Console().print(grid)


def print_reading(described: Mapping[str, Any]) -> None:
    """Print how a file was read: layout, row counts, columns and issues."""
    click.echo(
        f"{described['name']}: {counted(described['rows_read'], 'row')} read = "
        f"{described['rows_used']:,} used + {described['rows_set_aside']:,} set aside + "
        f"{counted(described['rows_duplicate'], 'duplicate')}"
    )
    click.echo(layout_line(described))
    print_rows([{key: column[key] for key in _SHOWN_COLUMNS} for column in described["columns"]])
    for issue in described["issues"]:
        click.echo(issue_line(issue))


def layout_line(described: Mapping[str, Any]) -> str:
    """Return a description of a file's detected layout.

    Examples
    --------
    >>> layout_line({"format": "csv", "encoding": "utf-8", "delimiter": ";", "header_line": 3})
    'csv, utf-8, delimiter “;”, header in line 3'
    """
    delimiter, header = described.get("delimiter"), described.get("header_line")
    parts = [described["format"], described.get("encoding")]
    parts.append(delimiter and f"delimiter “{_DELIMITERS.get(delimiter, delimiter)}”")
    parts.append(described.get("decimal") == "," and "decimal comma")
    parts.append(described.get("sheet") and f"sheet “{described['sheet']}”")
    if header is not None:
        parts.append(f"header in line {header}" if header else "no header")
    return ", ".join(str(part) for part in parts if part)


def print_model(model: SegmentModel) -> None:
    """Print the verdict and each segment in a few lines."""
    from segmentation.segments.naming.phrases import percent

    click.echo(model.verdict.sentence)
    for segment in model.segments:
        click.echo(
            f"\n{segment.id}  {segment.name}: {counted(segment.size, 'customer')} "
            f"({percent(segment.share)}), {segment.stability_label}"
        )
        for line in (*segment.traits, *(action.title for action in segment.actions[:1])):
            click.echo(f"    {line}")


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Show a progress bar in interactive use."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=1.0)
        yield lambda words, share: bar.update(task, description=words, completed=share)
