"""Answers for data in which there is nothing to compare."""

from __future__ import annotations

from segmentation.cluster.selection.evidence import Choice, Verdict
from segmentation.errors import DataError

#: Two groups of three are the least that could be told from chance.
FEWEST_CUSTOMERS = 6


def one_region(title: str, k: int | None) -> Choice:
    """Answer for data in which an algorithm that looks for k finds a single region.

    Parameters
    ----------
    title : str
        What the algorithm is called.
    k : int or None
        What the user chose.
    """
    reason = f"{title} finds one region of customers and no borders within it."
    return _answer(1, k, f"No reliable segments in this data: {reason}", (reason,))


def one_segment(k: int | None, distinct: int, n: int) -> Choice:
    """Answer for data that cannot be divided, or that are too few to tell.

    Parameters
    ----------
    k : int or None
        What the user chose.
    distinct, n : int
        Different rows, and all rows.

    Raises
    ------
    DataError
        The user wants more segments than there are different rows.
    """
    if k is not None and k > distinct:
        raise DataError(
            f"{k} segments need at least {k} different rows, but there are {distinct}: "
            "choose fewer segments or more columns."
        )
    reason, rows = _reason(distinct, n), f"{n:,} rows were compared."
    if n < FEWEST_CUSTOMERS:
        rows = f"Segments are looked for among {FEWEST_CUSTOMERS} customers or more."
    sentence = f"No reliable segments in this data: {reason[0].lower()}{reason[1:]}"
    if k is not None and k > 1:
        sentence = f"{k} segments, as you chose, but no reliable ones. {reason}"
    return _answer(1 if k is None else k, k, sentence, (reason, rows))


def _reason(distinct: int, n: int) -> str:
    if distinct == 1 and n > 1:
        return "All rows are equal in the columns that drive the segments."
    if n < FEWEST_CUSTOMERS:
        return f"There are too few customers ({n}) to look for segments."
    return f"There are only {distinct} different rows, too few to compare divisions."


def _answer(used: int, k: int | None, sentence: str, reasons: tuple[str, ...]) -> Choice:
    verdict = Verdict(
        grade="none",
        sentence=sentence,
        k=used,
        chosen_by="rule" if k is None else "user",
        recommended_k=1,
        runners_up=(),
        reasons=reasons,
    )
    return Choice(used, (), verdict)
