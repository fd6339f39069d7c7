"""Detect the layout of a text file: delimiter, quotes, lines above the table, header."""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from dataclasses import dataclass, replace

from segmentation.errors import ReadError
from segmentation.table.files.record_splitting import Marks, split_records
from segmentation.table.header.header_detection import Layout, find_layout, one_column_error
from segmentation.table.header.header_evidence import Record, is_number
from segmentation.table.schema.limits import Limits

#: Tried in this order; the first wins a tie.
DELIMITERS = (",", ";", "\t", "|")

#: Tried only if none of the above splits the lines.
_RARE_DELIMITERS = ("^", "~", "\x1f", "\x01", "\x1e", "¦", "¬")

#: Tried last: these are common in cells, so every line must agree.
_UNLIKELY_DELIMITERS = tuple(":#!@$/*&+%?=§·")

#: Delimiters of several characters that some systems write.
_LONG_DELIMITERS = (
    "~|~", "|~|", "^|^", "#|#", "|#|", "|||", "||", "::", "^^", "~~", "@@", "##", "$$",
)  # fmt: skip

#: Minimum number of fields to accept an unlikely delimiter.
_FEWEST_FIELDS = 3

#: Delimiter name for columns aligned with runs of blanks.
WHITESPACE = "whitespace"

#: Replaces a delimiter of several characters before records are split.
LONG_STANDS_FOR = "\x1f"

#: Sample sizes for layout detection; larger if lines are long.
_SAMPLE_BYTES = (256 * 1024, 4 * 1024 * 1024, 64 * 1024 * 1024)
_FEWEST_LINES = 5

_SAMPLE_RECORDS = 400

#: Minimum share of records that a layout must fit.
_LEAST_CONSISTENT = 0.5

#: Delimiters, quotes and blanks do not count as content.
_NO_CONTENT = ",;\t|\"' \r\n"

#: A backslash-escaped quote inside a cell, as MySQL and others write it.
_ESCAPED_QUOTE = r'[^\\]\\"(?![,;\t|\r\n]|\Z)'
#: A doubled quote inside a cell (RFC 4180).
_DOUBLED_QUOTE = r'(?:^|[^,;\t|\\\n])""(?![,;\t|\r\n]|\Z)'

_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The layout of a text file.

    Attributes
    ----------
    delimiter : str
        One or more characters, or ``"whitespace"`` for columns aligned with runs of blanks.
    quote : str
        The quote character.
    skip_blanks : bool
        Ignore blanks after a delimiter, so that a quote may follow.
    escape : str
        A backslash if quotes inside cells are escaped with it, else empty.
    layout : Layout
        Position of names and rows.
    """

    delimiter: str
    quote: str
    skip_blanks: bool
    escape: str
    layout: Layout


def find_dialect(
    body: bytes,
    limits: Limits,
    *,
    delimiter: str | None = None,
    header_line: int | None = None,
) -> Dialect:
    r"""Return the layout of a text file, detected from its beginning.

    Parameters
    ----------
    body : bytes
        The whole file in UTF-8.
    limits : Limits
        Maximum sizes of header and columns.
    delimiter, header_line : str, int or None
        The user's choices, which override detection; header line 0 means no header.

    Raises
    ------
    ReadError
        The file has only one column, no rows, or a header that is too long.

    Examples
    --------
    >>> dialect = find_dialect(b"Report\n\nid;spend\n1;2,5\n2;3,5\n", Limits())
    >>> dialect.delimiter, dialect.layout.header_line, dialect.layout.names
    (';', 3, ('id', 'spend'))
    """
    sample = _sample(body, limits)
    if not sample.strip(_NO_CONTENT):
        raise ReadError("The file is empty: its cells hold nothing.", kind="empty")
    declared, _, rest = sample.partition("\n")
    said = _SEP_LINE.match(declared)
    skip = 1 if said else 0
    chosen = delimiter is not None
    if said and delimiter is None and said[1] in rest:
        delimiter = said[1]
    quote = _find_quote(sample)
    if delimiter is None:
        delimiter = _find_delimiter(rest if said else sample, quote)
    escape = _find_escape(sample, delimiter, quote)
    records = _records(sample, Marks(delimiter, quote, escape=escape))
    skip_blanks = _has_blanks_before_quotes(records, quote)
    if skip_blanks:
        records = _records(sample, Marks(delimiter, quote, skip_blanks, escape))
    records = records[skip:]
    if not chosen and delimiter == "," and _is_no_table(records, sample):
        raise one_column_error()
    layout = find_layout(records, limits, header_line)
    return Dialect(delimiter, quote, skip_blanks, escape, layout)


def _sample(body: bytes, limits: Limits) -> str:
    """Return the beginning of the file up to a line end; longer if lines are long."""
    first_end = body.find(b"\n", 0, limits.header_bytes + 2)
    if first_end < 0 and len(body) > limits.header_bytes:
        limits.check_header(len(body))
    piece = body
    for size in _SAMPLE_BYTES:
        piece = body[:size]
        if piece.count(b"\n") >= _FEWEST_LINES or len(piece) == len(body):
            break
    if len(piece) < len(body):
        piece = piece[: piece.rfind(b"\n") + 1] or piece
    return piece.decode("utf-8", "replace")


def _find_quote(sample: str) -> str:
    """Return the apostrophe if it encloses cells and the double quote does not."""
    if '"' in sample:
        return '"'
    enclosed = len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|]|\r?$)", sample, re.MULTILINE))
    return "'" if enclosed >= max(2, sample.count("\n") // 2) else '"'


def _find_escape(sample: str, delimiter: str, quote: str) -> str:
    """Return a backslash if it escapes quotes or delimiters, else an empty string."""
    if re.search(_ESCAPED_QUOTE, sample) and not re.search(_DOUBLED_QUOTE, sample):
        return "\\"
    if delimiter == WHITESPACE or "\\" + delimiter not in sample:
        return ""
    plain, escaped = (
        Counter(len(r.fields) for r in _records(sample, Marks(delimiter, quote, escape=escape)))
        for escape in ("", "\\")
    )
    return "\\" if max(escaped.values()) > max(plain.values()) else ""


def _find_delimiter(sample: str, quote: str) -> str:
    lines = [line for line in sample.splitlines() if line.strip()][:_SAMPLE_RECORDS]
    for several in _LONG_DELIMITERS:
        if several in sample and _separates(lines, several):
            return several
    for candidates in (DELIMITERS, _RARE_DELIMITERS):
        scores = {mark: _fit(sample, mark, quote) for mark in candidates}
        best = [mark for mark in candidates if scores[mark] == max(scores.values()) > 0]
        if best:
            return (
                max(best, key=lambda mark: _numbers(sample, mark, quote)) if best[1:] else best[0]
            )
    for mark in (" ", *_UNLIKELY_DELIMITERS) if quote in sample else _UNLIKELY_DELIMITERS:
        if mark in sample and _splits_all(_records(sample, Marks(mark, quote))):
            return mark
    if _is_aligned(sample):
        return WHITESPACE
    raise one_column_error()


def _separates(lines: list[str], several: str) -> bool:
    """Return whether every line has the same number of these delimiters, and no partial ones."""
    counts = {line.count(several) for line in lines}
    parts = set(several)
    return (
        len(counts) == 1
        and 0 not in counts
        and not any(part in line.replace(several, "") for line in lines for part in parts)
    )


def _splits_all(records: list[Record]) -> bool:
    """Return whether all records have equally many fields and the first holds no digits."""
    widths = {len(record.fields) for record in records}
    if len(records) < 2 or len(widths) != 1 or min(widths) < _FEWEST_FIELDS:
        return False
    names = [name.strip() for name in records[0].fields]
    return len(set(names)) == len(names) and not any(
        not name or any(map(str.isdigit, name)) for name in names
    )


def _is_no_table(records: list[Record], sample: str) -> bool:
    """Return whether the commas are only punctuation or decimal marks in a single column."""
    if len(records[0].fields) != 1 or '"' in sample:
        return False
    rows = [record.fields for record in records[1:]]
    if all(re.match(r"^-?\d+;\d{1,3}$", ";".join(row)) for row in rows):
        return True
    prose = not re.search(r",\S", sample)
    return prose and not any(is_number(cell) for row in rows for cell in row)


def _fit(sample: str, delimiter: str, quote: str) -> float:
    """Return a score of how well a delimiter splits the sample into records of equal length.

    It is the squared share of records with the most common number of fields, times the logarithm
    of that number: a decimal comma splits rows evenly too, but not the header.
    """
    if delimiter not in sample:
        return 0.0
    widths = [len(r.fields) for r in _records(sample, Marks(delimiter, quote)) if r.filled]
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0
    usual = Counter(wide).most_common(1)[0][0]
    table = widths[widths.index(usual) :]
    share = table.count(usual) / len(table)
    if share < _LEAST_CONSISTENT or (len(table) == 1 and len(widths) > 1):
        return 0.0
    return share * share * math.log(usual) * math.sqrt(len(table) / len(widths))


def _numbers(sample: str, delimiter: str, quote: str) -> float:
    """Return the share of numeric cells; a decimal comma splits rows evenly too."""
    cells = [cell for r in _records(sample, Marks(delimiter, quote)) for cell in r.fields]
    return sum(is_number(cell) for cell in cells) / len(cells)


def _has_blanks_before_quotes(records: list[Record], quote: str) -> bool:
    """Return whether cells begin with blanks and a quote, so that the blanks are padding."""
    return any(
        field[:1] == " " and field.lstrip(" ")[:1] == quote
        for record in records
        for field in record.fields
    )


def _is_aligned(sample: str) -> bool:
    """Return whether all lines have the same number of words, most of them numbers."""
    rows = [line.split() for line in sample.splitlines()[:_SAMPLE_RECORDS] if line.strip()]
    if not rows:
        return False
    width, count = Counter(len(row) for row in rows).most_common(1)[0]
    cells = [cell for row in rows[1:] for cell in row]
    numbers = sum(is_number(cell) for cell in cells)
    return width > 1 and count >= 0.9 * len(rows) and numbers >= 0.5 * len(cells) > 0


def _records(sample: str, marks: Marks) -> list[Record]:
    """Return the records of the sample, without blank lines."""
    if marks.delimiter == WHITESPACE:
        numbered = enumerate(sample.split("\n")[:_SAMPLE_RECORDS], 1)
        return [
            Record(i, tuple(re.findall(r"[^ \t\r]+", line))) for i, line in numbered if line.strip()
        ]
    if len(marks.delimiter) > 1:
        sample = sample.replace(marks.delimiter, LONG_STANDS_FOR)
        marks = replace(marks, delimiter=LONG_STANDS_FOR)
    lines = io.StringIO(sample, newline="")
    found: list[Record] = []
    well_formed = 0
    try:
        for line, fields, closed in split_records(lines, marks):
            well_formed += closed
            if any(fields) or len(fields) > 1:
                found.append(Record(line, tuple(fields)))
            if len(found) >= _SAMPLE_RECORDS:
                break
    except ReadError:  # too many open quotes: keep the records found so far
        if well_formed < _FEWEST_LINES:
            raise
    return found
