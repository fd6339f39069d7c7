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
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("Customers")
        sheet.write_row(0, 0, [neutral_text(str(name)) for name in frame.columns])
        cells = neutral(frame).astype(object)
        cells = cells.where(frame.notna().to_numpy(), None)
        for number, row in enumerate(cells.itertuples(index=False), start=1):
            sheet.write_row(number, 0, [_sheet_value(value) for value in row])
    return buffer.getvalue()


def _sheet_value(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
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
