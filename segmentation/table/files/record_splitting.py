"""Split lines of text into records, even if their quotes are malformed."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from segmentation.errors import ReadError

#: A longer cell counts as having an unclosed quote.
LONGEST_CELL = 1_000_000

#: Give up on a file after this many unclosed quotes.
_MOST_OPEN_QUOTES = 100


class _Feed(Iterator[str]):
    """The lines of a file for a csv reader; remembers the lines of the current record."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.consumed: list[str] = []
        self.ended = False

    def __next__(self) -> str:
        if self._again:
            line = self._again.popleft()
        else:
            found = next(self._lines, None)
            if found is None:
                self.ended = True
                raise StopIteration
            line = found
        self.consumed.append(line)
        return line

    def give_back(self) -> str:
        """Return the first line of the record; the other lines are read again."""
        first, *others = self.consumed
        self._again.extendleft(reversed(others))
        self.ended = False
        return first


@dataclass(frozen=True, slots=True)
class Marks:
    """The characters that split records.

    Attributes
    ----------
    delimiter, quote : str
        One character each.
    skip_blanks : bool
        Ignore blanks after a delimiter, so that a quote may follow.
    escape : str
        The character that escapes a quote, or empty.
    """

    delimiter: str
    quote: str = '"'
    skip_blanks: bool = False
    escape: str = ""


def split_records(
    lines: Iterator[str], marks: Marks, *, line: int = 1
) -> Iterator[tuple[int, list[str], bool]]:
    r"""Split lines into records; an unclosed quote affects its own line only.

    Parameters
    ----------
    lines : iterator of str
        Lines with their line ends.
    marks : Marks
        The characters that split records.
    line : int
        The number of the first line.

    Yields
    ------
    line : int
        The line on which the record begins.
    fields : list of str
        Its fields; none for a blank line.
    closed : bool
        False if a quote is opened and not closed.

    Raises
    ------
    ReadError
        Too many lines have unclosed quotes.

    Examples
    --------
    >>> [fields for _, fields, _ in split_records(iter(['a,"b\n', 'c",d\n']), Marks(","))]
    [['a', 'b\nc', 'd']]
    """
    feed = _Feed(lines)
    open_quotes = 0
    former = csv.field_size_limit(LONGEST_CELL)
    try:
        reader = _reader(feed, marks)
        while True:
            feed.consumed.clear()
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                closed = len(feed.consumed) == 1 and "end of data" not in str(error)
                fields = _split_leniently(feed.give_back(), marks)
                reader = _reader(feed, marks)
                open_quotes += not closed
                _check_open_quotes(open_quotes, line)
                yield line, fields, closed
                line += 1
                continue
            yield line, fields, True
            line += len(feed.consumed)
    finally:
        csv.field_size_limit(former)


def _reader(lines: Iterator[str], marks: Marks, *, strict: bool = True) -> Iterator[list[str]]:
    """Return a csv reader; if strict, it raises for improperly closed quotes."""
    return csv.reader(
        lines,
        delimiter=marks.delimiter,
        quotechar=marks.quote,
        skipinitialspace=marks.skip_blanks,
        escapechar=marks.escape or None,
        strict=strict,
    )


def _split_leniently(line: str, marks: Marks) -> list[str]:
    """Split one line with malformed quotes; quotes inside a cell are kept as text."""
    mark, quote = re.escape(marks.delimiter), re.escape(marks.quote)
    if not marks.escape:
        cell = rf"((?:^|{mark}){quote})([^{mark}\r\n]*)({quote}(?=[{mark}\r\n]|$))"
        line = re.sub(cell, lambda m: m[1] + _doubled(m[2], marks.quote) + m[3], line)
    try:
        return next(_reader(iter([line]), marks, strict=False))
    except csv.Error:  # a cell beyond the size limit
        return line.rstrip("\r\n").split(marks.delimiter)


def _doubled(text: str, quote: str) -> str:
    """Double the quotes inside a cell, unless all are doubled already."""
    return text if quote not in text.replace(quote * 2, "") else text.replace(quote, quote * 2)


def _check_open_quotes(count: int, line: int) -> None:
    if count > _MOST_OPEN_QUOTES:
        raise ReadError(
            f"Quotes are opened and never closed on more than {_MOST_OPEN_QUOTES} lines, the "
            f"latest on line {line:,}. Export the file again with proper quoting.",
            kind="damaged",
        )
