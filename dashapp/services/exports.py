"""Files that people take away: customers with their segment, scored files, models, a template.

Spreadsheets run text that looks like a formula. Every text cell and header that starts like one
gets an apostrophe in front, which spreadsheets show as plain text; numbers stay numbers.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from dashapp.services.customers import Selection
from dashapp.services.datasets import Datasets
from dashapp.services.scoring import Scoring
from dashapp.services.training import Training
from segmentation import add_scores, sample_customers

# First characters that start a formula or hide one (tab, carriage return, NUL).
FORMULA_STARTS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\x00")
# Rows written at a time: large enough to be fast, small enough to keep memory flat.
CHUNK_ROWS = 20_000
# Cells that a sheet's column is as wide as, and letters that it has at most.
WIDTH_FROM, WIDEST = 100, 40
# Sheets count days from here on; before the first of March 1900 they count one that never was.
DAY_ZERO, FIRST_DAY = pd.Timestamp("1899-12-30"), pd.Timestamp("1900-03-01")
UNASSIGNED = "Unassigned"
EVERYBODY = Selection()


class Exports:
    """What the download routes ask.

    Parameters
    ----------
    datasets, training, scoring
        The services that hold what is exported.
    """

    def __init__(self, datasets: Datasets, training: Training, scoring: Scoring) -> None:
        self._datasets = datasets
        self._training = training
        self._scoring = scoring

    def customers(
        self, session: str, dataset_id: str, model_id: str, selection: Selection = EVERYBODY
    ) -> pd.DataFrame:
        """The customers with their segment and what is doubtful about them.

        Raises
        ------
        SessionExpiredError
            If the session has no such data set or model, or the model has not placed these
            customers.
        """
        table = self._datasets.table(session, dataset_id)
        model = self._training.model(session, model_id)
        scores = self._training.scores(session, model_id, dataset_id)
        names = {segment.id: segment.name for segment in model.segments}
        added = pd.DataFrame(
            {
                "segment_id": scores["segment_id"],
                "segment": scores["segment_id"].map(names).fillna(UNASSIGNED),
                "runner_up": scores["runner_up_id"].map(names),
                "confidence": scores["confidence"],
                "fits": scores["fits"],
                "problems": scores["problems"],
            }
        )
        frame, _ = add_scores(table.frame, added)
        return frame[selection.mask(table.frame, scores, names)]

    def batch(self, session: str, batch_id: str) -> pd.DataFrame:
        """A scored file."""
        return self._scoring.batch(session, batch_id)

    def model_file(self, session: str, model_id: str) -> bytes:
        """The model as a file that loads here, in the library and on the command line."""
        return self._training.model(session, model_id).to_bytes()

    def rejects(self, session: str, dataset_id: str) -> pd.DataFrame:
        """The rows that were set aside, with line and reason."""
        return self._datasets.table(session, dataset_id).rejects

    def template(self) -> pd.DataFrame:
        """Three example customers in the classic columns."""
        return sample_customers(3, 7)


def csv_chunks(frame: pd.DataFrame) -> Iterator[bytes]:
    """A frame as CSV, safe for spreadsheets, piece by piece.

    Yields
    ------
    bytes
        UTF-8 with a byte-order mark in front, so that Excel reads accents.
    """
    header = [neutral_text(str(name)) for name in frame.columns]
    yield b"\xef\xbb\xbf"
    for start in range(0, max(len(frame), 1), CHUNK_ROWS):
        chunk = neutral(frame.iloc[start : start + CHUNK_ROWS])
        chunk.columns = pd.Index(header)
        # RFC 4180's line ends; they also make the writer quote cells with a lone CR or LF.
        text = chunk.to_csv(index=False, header=start == 0, lineterminator="\r\n")
        yield text.encode("utf-8")


def xlsx_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as one XLSX sheet, safe for spreadsheets.

    Returns
    -------
    bytes
        Written with constant memory; text is never taken for a formula or a link.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    header = [neutral_text(str(name)) for name in frame.columns]
    cells = neutral(frame)
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("Customers")
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(frame), max(len(header) - 1, 0))
        for place, name in enumerate(header):
            days, shown = _days(frame.iloc[:, place])
            sheet.set_column(place, place, _width(name, cells.iloc[:, place]), _form(book, shown))
            if shown:
                cells.isetitem(place, days.array)
        sheet.write_row(0, 0, header, book.add_format({"bold": True}))
        cells = cells.astype(object).where(frame.notna().to_numpy(), None)
        for number, row in enumerate(cells.itertuples(index=False), start=1):
            sheet.write_row(number, 0, [_sheet_value(value) for value in row])
    return buffer.getvalue()


def _days(column: pd.Series) -> tuple[pd.Series, str]:
    """Times as the days that a sheet counts, and how they are shown; no format for others."""
    if not pd.api.types.is_datetime64_any_dtype(column):
        return column, ""
    times = column.dt.tz_localize(None)
    if times.min() < FIRST_DAY:
        return column, ""
    whole = bool((times.dropna() == times.dropna().dt.normalize()).all())
    days = (times - DAY_ZERO) / pd.Timedelta(days=1)
    return days, "yyyy-mm-dd" if whole else "yyyy-mm-dd hh:mm"


def _form(book: Any, shown: str) -> Any:
    return book.add_format({"num_format": shown}) if shown else None


def _width(name: str, cells: pd.Series) -> int:
    """Letters that fit a column's name and its first cells, within reason."""
    longest = cells.head(WIDTH_FROM).astype("str").str.len().max() if len(cells) else 0
    return int(min(max(longest, len(name) + 3, 9), WIDEST))


def _sheet_value(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return value.item() if isinstance(value, np.generic) else value


def neutral(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy in which no text cell can start a formula."""
    safe = frame.copy()
    for position, (_, column) in enumerate(frame.items()):
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
            continue
        texts = column.astype("str").where(column.notna())
        starts = texts.str.startswith(FORMULA_STARTS).fillna(False).astype(bool)
        if starts.any():
            safe.isetitem(position, texts.mask(starts, "'" + texts).array)
    return safe


def neutral_text(text: str) -> str:
    """One header or name, made safe.

    Examples
    --------
    >>> neutral_text("=1+1")
    "'=1+1"
    >>> neutral_text("Total Spend")
    'Total Spend'
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
