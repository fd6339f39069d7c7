"""How a text file is laid out: delimiter, quotes, the lines above the table, the header."""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.errors import ReadError
from segmentation.table.limits import Limits

#: Tried in this order; the first wins a draw.
DELIMITERS = (",", ";", "\t", "|")
#: Tried only where none of the above splits the lines.
_RARE_DELIMITERS = ("^", "~", "\x1f", "\x01")
#: The name of columns aligned with runs of blanks.
WHITESPACE = "whitespace"

#: How much of a file is looked at to find its layout.
_SAMPLE_BYTES = 256 * 1024
_SAMPLE_RECORDS = 400
#: A layout must fit this share of the records at least.
_LEAST_CONSISTENT = 0.5
#: A header fills at least this share of the columns.
_HEADER_FILL = 0.6

_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_NUMBER = re.compile(
    r"^\s*[-+(]?\s*[$€£¥]?\s*[-+]?[\d.,  ']*\d[\d.,  ']*(?:[eE][-+]?\d+)?\s*[%€$£)]?\s*$"
)
_DATE = re.compile(r"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?$")


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the sample: its fields and the line it begins on (the first being 1)."""

    line: int
    fields: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many fields are not empty."""
        return sum(bool(field.strip()) for field in self.fields)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The layout of a text file.

    Attributes
    ----------
    delimiter : str
        One character, or ``"whitespace"`` for columns aligned with runs of blanks.
    quote : str
        The quote character.
    skip_blanks : bool
        Blanks after a delimiter do not belong to the cell, so that a quote may follow.
    header_line : int
        The line of the header, the first being 1; 0 where there is none.
    first_line : int
        The line on which the first row begins.
    names : tuple of str
        The header's fields as written; empty strings where there is no header.
    """

    delimiter: str
    quote: str
    skip_blanks: bool
    header_line: int
    first_line: int
    names: tuple[str, ...]


def find_dialect(
    body: bytes,
    limits: Limits,
    *,
    delimiter: str | None = None,
    header_line: int | None = None,
) -> Dialect:
    r"""Find the layout of a text file from its beginning.

    Parameters
    ----------
    body : bytes
        The whole file in UTF-8.
    limits : Limits
        Bounds of header and columns.
    delimiter, header_line : str, int or None
        The user's choices, which overrule; header line 0 says that there is no header.

    Raises
    ------
    ReadError
        There is one column only, no rows, or too long a header.

    Examples
    --------
    >>> dialect = find_dialect(b"Report\\n\\nid;spend\\n1;2,5\\n2;3,5\\n", Limits())
    >>> dialect.delimiter, dialect.header_line, dialect.names
    (';', 3, ('id', 'spend'))
    """
    sample = _sample(body, limits)
    declared = _SEP_LINE.match(sample.split("\n", 1)[0])
    skip = 1 if declared else 0
    if declared and delimiter is None:
        delimiter = declared[1]
    quote = _find_quote(sample)
    if delimiter is None:
        delimiter = _find_delimiter(sample, quote)
    records = _records(sample, delimiter, quote)
    skip_blanks = _has_blanks_before_quotes(records, quote)
    if skip_blanks:
        records = _records(sample, delimiter, quote, skip_blanks=True)
    records = records[skip:]
    header_at, first_line, names = _layout(records, limits, header_line)
    return Dialect(delimiter, quote, skip_blanks, header_at, first_line, names)


def find_header(
    rows: Sequence[tuple[str, ...]],
    first_line: int,
    limits: Limits,
    *,
    header_line: int | None = None,
) -> tuple[int, int, tuple[str, ...]]:
    """Find the header of a worksheet from its first rows.

    Parameters
    ----------
    rows : sequence of tuple of str
        Cells as text.
    first_line : int
        The line of the first of these rows.
    limits : Limits
        Bound of columns.
    header_line : int or None
        The user's choice; 0 says that there is no header.

    Returns
    -------
    header_line, first_line : int
        Lines of the header (0 where there is none) and of the first row.
    names : tuple of str
        The header's cells as written.
    """
    last = max((i for row in rows for i, cell in enumerate(row, 1) if cell.strip()), default=0)
    records = [
        Record(line, row[:last])
        for line, row in enumerate(rows, first_line)
        if any(cell.strip() for cell in row)
    ]
    return _layout(records, limits, header_line)


def _layout(
    records: list[Record], limits: Limits, header_line: int | None
) -> tuple[int, int, tuple[str, ...]]:
    header, data = _split(records, header_line)
    names = _names(header, data)
    limits.check_columns(len(names))
    if len(names) < 2:
        raise _one_column()
    if not data:
        raise ReadError(
            "The file has a header, but no rows under it. Export it again with the customers.",
            kind="no_rows",
        )
    return (header.line if header else 0), data[0].line, names


def _one_column() -> ReadError:
    return ReadError(
        "The file has only one column, or its columns are separated by a character that was "
        "not recognized. Segments need at least two columns; a delimiter can be chosen.",
        kind="one_column",
    )


def _sample(body: bytes, limits: Limits) -> str:
    """Return the beginning of the file up to a line end."""
    first_end = body.find(b"\n", 0, limits.header_bytes + 2)
    if first_end < 0 and len(body) > limits.header_bytes:
        limits.check_header(len(body))
    piece = body[:_SAMPLE_BYTES]
    if len(piece) < len(body):
        piece = piece[: piece.rfind(b"\n") + 1] or piece
    return piece.decode("utf-8", "replace")


def _find_quote(sample: str) -> str:
    """Return the apostrophe where it encloses cells and double quotes do not."""
    if '"' in sample:
        return '"'
    enclosed = len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|]|\r?$)", sample, re.MULTILINE))
    return "'" if enclosed >= max(2, sample.count("\n") // 2) else '"'


def _find_delimiter(sample: str, quote: str) -> str:
    for candidates in (DELIMITERS, _RARE_DELIMITERS):
        scores = [(_fit(sample, mark, quote), -i, mark) for i, mark in enumerate(candidates)]
        best, _, mark = max(scores)
        if best > 0:
            return mark
    if _is_aligned(sample):
        return WHITESPACE
    raise _one_column()


def _fit(sample: str, delimiter: str, quote: str) -> float:
    """Score how well a delimiter splits the sample into records of equal length.

    The share of records with the most common number of fields counts squared, the number of
    fields by its logarithm: a decimal comma splits rows evenly too, but not the header.
    """
    if delimiter not in sample:
        return 0.0
    widths = [len(r.fields) for r in _records(sample, delimiter, quote) if r.filled]
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0
    usual = Counter(wide).most_common(1)[0][0]
    table = widths[widths.index(usual) :]
    share = table.count(usual) / len(table)
    if share < _LEAST_CONSISTENT or (len(table) == 1 and len(widths) > 1):
        return 0.0
    return share**2 * math.log(usual) * (len(table) / len(widths)) ** 0.5


def _has_blanks_before_quotes(records: list[Record], quote: str) -> bool:
    """Tell whether cells begin with blanks and a quote: the blanks are only for the eye."""
    return any(
        field[:1] == " " and field.lstrip(" ")[:1] == quote
        for record in records
        for field in record.fields
    )


def _is_aligned(sample: str) -> bool:
    """Tell whether lines split into as many words each, most of them numbers."""
    rows = [line.split() for line in sample.splitlines()[:_SAMPLE_RECORDS] if line.strip()]
    width, count = Counter(len(row) for row in rows).most_common(1)[0]
    cells = [cell for row in rows[1:] for cell in row]
    numbers = sum(bool(_NUMBER.match(cell)) for cell in cells)
    return width > 1 and count >= 0.9 * len(rows) and numbers >= 0.5 * len(cells) > 0


def _records(sample: str, delimiter: str, quote: str, *, skip_blanks: bool = False) -> list[Record]:
    """Split the sample into records; blank lines are none."""
    if delimiter == WHITESPACE:
        lines = enumerate(sample.splitlines()[:_SAMPLE_RECORDS], 1)
        return [Record(i, tuple(line.split())) for i, line in lines if line.strip()]
    reader = csv.reader(
        io.StringIO(sample, newline=""),
        delimiter=delimiter,
        quotechar=quote,
        skipinitialspace=skip_blanks,
    )
    found: list[Record] = []
    line = 1
    try:
        for fields in reader:
            if any(fields) or len(fields) > 1:
                found.append(Record(line, tuple(fields)))
            line = reader.line_num + 1
            if len(found) >= _SAMPLE_RECORDS:
                break
    except csv.Error:  # a quote that is not closed within the sample: what came before counts
        pass
    return found


def _split(records: list[Record], header_line: int | None) -> tuple[Record | None, list[Record]]:
    """Split records into the header, if there is one, and the rows."""
    if header_line is not None:
        return _split_at(records, header_line)
    filled = [record for record in records if record.filled]
    if not filled:
        raise ReadError("The file is empty: its cells hold nothing.", kind="empty")
    width = Counter(len(record.fields) for record in filled).most_common(1)[0][0]
    full = max(2, math.ceil(_HEADER_FILL * width))
    start = next((i for i, record in enumerate(records) if record.filled >= full), 0)
    header, data = records[start], records[start + 1 :]
    rows = [record.fields for record in data if len(record.fields) >= width][:100]
    if looks_like_header(header.fields, rows):
        return header, data
    return None, records[start:]


def _split_at(records: list[Record], header_line: int) -> tuple[Record | None, list[Record]]:
    if header_line == 0:
        return None, records
    for i, record in enumerate(records):
        if record.line == header_line:
            return record, records[i + 1 :]
    raise ReadError(
        f"Line {header_line} cannot be the header: it is blank, inside a quoted cell, or beyond "
        "the beginning of the file.",
        kind="damaged",
    )


def looks_like_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first record names the columns.

    A column of numbers under a word speaks for a header, a number above numbers and a word that
    is repeated below speak against it.

    Examples
    --------
    >>> looks_like_header(["id", "city"], [["1", "Rome"], ["2", "Oslo"]])
    True
    >>> looks_like_header(["1", "Rome"], [["2", "Rome"], ["3", "Oslo"]])
    False
    """
    votes = 0
    if _counts_years(first):
        return True
    for j, name in enumerate(first):
        below = [row[j].strip() for row in rows if j < len(row) and row[j].strip()]
        votes += _vote(name.strip(), below)
    if votes == 0:
        named = [name.strip() for name in first if name.strip()]
        return not any(_is_value(name) for name in named)
    return votes > 0


def _counts_years(first: Sequence[str]) -> bool:
    """Tell whether a record is a word and then years in equal steps: names, although numbers."""
    years = [int(name) for name in first if re.fullmatch(r"(?:19|20)\d\d", name.strip())]
    steps = {later - earlier for earlier, later in itertools.pairwise(years)}
    return len(years) >= 3 and len(years) == len(first) - 1 and len(steps) == 1 and steps != {0}


def _vote(name: str, below: list[str]) -> int:
    if not name or not below:
        return 0
    values = sum(_is_value(cell) for cell in below) / len(below)
    if values >= 0.8:
        return -1 if _is_value(name) else 1
    if name in below:
        return -1
    return -1 if _is_value(name) and values > 0 else 0


def _is_value(cell: str) -> bool:
    return bool(_NUMBER.match(cell) or _DATE.match(cell))


def _names(header: Record | None, data: list[Record]) -> tuple[str, ...]:
    """Return a name for each column; rows longer than the header say that one is missing."""
    widths = Counter(len(record.fields) for record in data)
    usual = widths.most_common(1)[0][0] if widths else 0
    if header is None:
        return ("",) * usual
    names = header.fields
    if usual <= len(names) or widths[len(names)]:
        return names
    extra = [record.fields[len(names) :] for record in data if len(record.fields) == usual]
    if usual == len(names) + 1 and any(any(map(str.strip, fields)) for fields in extra):
        return ("", *names)  # row names without a heading of their own stand first
    return (*names, *[""] * (usual - len(names)))
