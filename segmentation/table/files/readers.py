"""Readers for each format: from content to rows of text, with the user's choices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.errors import ParameterError
from segmentation.table.files.csv_reader import read_records
from segmentation.table.files.decoding import decode
from segmentation.table.files.dialect import WHITESPACE, find_dialect
from segmentation.table.files.file_type import Content
from segmentation.table.files.parquet import read_parquet
from segmentation.table.files.quoted_lines import unwrapped
from segmentation.table.files.workbook import cell_text, read_sheet, sheet_records
from segmentation.table.header.header_detection import find_header
from segmentation.table.schema.columns import Issue
from segmentation.table.schema.limits import Limits
from segmentation.table.schema.text_rows import Raw

_HEADER_ROWS = 400
_LONGEST_DELIMITER = 3
_CHOICE_TYPES: dict[str, type | tuple[type, ...]] = {
    "encoding": str,
    "delimiter": str,
    "decimal": str,
    "header_line": int,
    "sheet": (str, int),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """The user's choices; None means automatic."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header_line: int | None = None
    sheet: str | int | None = None

    def __post_init__(self) -> None:
        """Reject impossible choices."""
        for key, kinds in _CHOICE_TYPES.items():
            value = getattr(self, key)
            if value is not None and (not isinstance(value, kinds) or isinstance(value, bool)):
                raise ParameterError(f"“{value}” cannot be the choice for {key}.")
        if self.decimal not in {None, ".", ","}:
            raise ParameterError(f"The decimal mark is “.” or “,”, not “{self.decimal}”.")
        if self.header_line is not None and self.header_line < 0:
            raise ParameterError("The header line is a line number from 1, or 0 for no header.")
        if self.delimiter is not None and self.delimiter != WHITESPACE:
            _check_delimiter(self.delimiter)


def _check_delimiter(delimiter: str) -> None:
    if not 1 <= len(delimiter) <= _LONGEST_DELIMITER or set(delimiter) & set('"\r\n\x00'):
        raise ParameterError(
            "The delimiter is a character such as “;”, at most "
            f"{_LONGEST_DELIMITER} of them, or “whitespace”, and no quote or line end."
        )


def _read_text(content: Content, choices: Choices, limits: Limits) -> Raw:
    text = decode(content.data, choices.encoding)
    inner = unwrapped(text.body)
    body = text.body if inner is None else inner
    dialect = find_dialect(
        body, limits, delimiter=choices.delimiter, header_line=choices.header_line
    )
    records = read_records(body, dialect, len(dialect.layout.names), limits)
    issues = [*text.doubts, *dialect.layout.issues]
    if inner is not None:
        issues.append(
            Issue(
                kind="wrapped_lines",
                column=None,
                count=len(records.lines),
                suggestion="Every line stood in quotes as a whole; they were taken off.",
            )
        )
    if text.nul_characters:
        issues.append(
            Issue(
                kind="nul_character",
                column=None,
                count=text.nul_characters,
                suggestion="NUL characters were taken out; the export may be damaged.",
            )
        )
    found = {
        "format": "csv",
        "encoding": text.encoding,
        "delimiter": dialect.delimiter,
        "header_line": dialect.layout.header_line,
        "sheet": None,
    }
    return Raw(dialect.layout.names, records, found, tuple(issues), choices.decimal)


def _read_workbook(content: Content, choices: Choices, limits: Limits) -> Raw:
    sheet = read_sheet(content.data, limits, choices.sheet)
    head = [tuple(map(cell_text, row)) for row in sheet.rows[:_HEADER_ROWS]]
    layout = find_header(head, sheet.first_line, limits, header_line=choices.header_line)
    start = layout.first_line - sheet.first_line
    lines = np.arange(layout.first_line, sheet.first_line + len(sheet.rows), dtype=np.int64)
    records = sheet_records(sheet.rows[start:], lines, len(layout.names))
    issues = [*layout.issues]
    if sheet.others:
        issues.append(
            Issue(
                kind="other_sheets",
                column=None,
                count=len(sheet.others),
                examples=sheet.others[:5],
                suggestion=f"The sheet “{sheet.name}” was read; the workbook has others.",
            )
        )
    found = {
        "format": content.format,
        "encoding": None,
        "delimiter": None,
        "header_line": layout.header_line,
        "sheet": sheet.name,
    }
    return Raw(layout.names, records, found, tuple(issues), choices.decimal or ".")


def _read_parquet(content: Content, choices: Choices, limits: Limits) -> Raw:
    del choices
    names, records = read_parquet(content.data, limits)
    found = {
        "format": "parquet",
        "encoding": None,
        "delimiter": None,
        "header_line": None,
        "sheet": None,
    }
    return Raw(names, records, found, (), ".")


#: To add a format, add one line here and one in `file_type`.
READERS = {
    "csv": _read_text,
    "xlsx": _read_workbook,
    "xls": _read_workbook,
    "ods": _read_workbook,
    "parquet": _read_parquet,
}
