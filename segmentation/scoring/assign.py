"""From customers to segments: whole tables at once, or one record."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cluster.algorithms.nearest_center import squared_distances
from segmentation.cluster.encoding.encoder import MAX_MISSING_SHARE, Encoder
from segmentation.errors import DataError
from segmentation.scoring.answers import Assignment
from segmentation.scoring.boundaries import Boundaries, Surroundings, nearness, place
from segmentation.segments.naming.phrases import listing
from segmentation.segments.segment import UNASSIGNED, UNASSIGNED_ID, Segment

Floats = npt.NDArray[np.float64]

TOO_MUCH_MISSING = "More than half of the columns are missing, so no segment is given."
# Missing names listed in an error before "and n more".
MAX_LISTED = 5


def with_all_columns(frame: pd.DataFrame, encoder: Encoder) -> pd.DataFrame:
    """Select the columns that scoring reads; absent ones count as missing values.

    Raises
    ------
    DataError
        More than half of the columns are absent: this is another kind of table.
    """
    needed = [column.name for column in encoder.columns]
    absent = [name for name in needed if name not in frame.columns]
    if len(absent) > MAX_MISSING_SHARE * len(needed):
        more = f" and {len(absent) - MAX_LISTED} more" if len(absent) > MAX_LISTED else ""
        names = listing([f"“{name}”" for name in absent[:MAX_LISTED]], "," if more else "and")
        raise DataError(
            f"The table lacks {len(absent)} of the {len(needed)} columns that the segments were "
            f"built on: {names}{more}. Use a table with the columns of the training table."
        )
    return frame.reindex(columns=needed) if absent else frame[needed]


def assign_frame(
    frame: pd.DataFrame,
    encoder: Encoder,
    boundaries: Boundaries,
    segments: Sequence[Segment],
) -> pd.DataFrame:
    """Place every row of a table.

    Parameters
    ----------
    frame
        (n, …) rows with the training table's columns, in any order.
    encoder, boundaries, segments
        Parts of the model.

    Returns
    -------
    DataFrame
        Index of ``frame``; columns ``segment_id``, ``segment``, ``runner_up``, ``confidence``,
        ``fits``, ``problems`` (sentences joined by a space, empty where there is none).
        Rows with more than half of the columns missing are "Unassigned" with confidence 0.
    """
    used = with_all_columns(frame, encoder)
    usable, doubts = _doubts(used, encoder)
    doubts[~usable] = f"{TOO_MUCH_MISSING} " + doubts[~usable]
    placement = place(encoder.transform(used), boundaries)
    k = len(segments)
    nearest = np.where(usable & (placement.nearest >= 0), placement.nearest, k)
    runner_up = np.where(usable & (placement.runner_up >= 0), placement.runner_up, k)
    names = [segment.name for segment in segments]
    return pd.DataFrame(
        {
            "segment_id": _words([*(s.id for s in segments), UNASSIGNED_ID], nearest),
            "segment": _words([*names, UNASSIGNED], nearest),
            "runner_up": _words([*names, None], runner_up),
            "confidence": np.where(usable, placement.confidence, 0.0),
            "fits": placement.fits & usable,
            "problems": pd.Series(doubts, dtype="str").str.rstrip().array,
        },
        index=frame.index,
    )


def _words(names: Sequence[str | None], positions: npt.NDArray[np.intp]) -> Any:
    return pd.array(list(names), dtype="str").take(positions)


def _doubts(
    frame: pd.DataFrame, encoder: Encoder
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.object_]]:
    """Say which rows have enough values to be placed, and what is doubtful about each row.

    Sentences are made once for each different doubtful value, not for each row.
    """
    missing = np.zeros(len(frame), dtype=np.int64)
    sentences = np.full(len(frame), "", dtype=object)
    for column in encoder.columns:
        series = frame[column.name]
        raw = column.read(series)
        missing += np.isnan(raw)
        rows = np.flatnonzero(column.doubtful(raw))
        if len(rows) == 0:
            continue
        codes, _ = pd.factorize(series.iloc[rows], use_na_sentinel=False)
        _, first = np.unique(codes, return_index=True)
        told = [column.problem(raw[row], series.iloc[row]) for row in rows[first].tolist()]
        sentences[rows] = sentences[rows] + np.array([f"{one} " for one in told], object)[codes]
    return missing <= MAX_MISSING_SHARE * len(encoder.columns), sentences


def is_usable(record: Mapping[str, Any], encoder: Encoder) -> bool:
    """Say whether at most half of the columns are missing."""
    absent = sum(math.isnan(c.read_value(record.get(c.name))) for c in encoder.columns)
    return absent <= MAX_MISSING_SHARE * len(encoder.columns)


def score_record(
    record: Mapping[str, Any],
    encoder: Encoder,
    boundaries: Boundaries,
    segments: Sequence[Segment],
) -> Assignment:
    """Place one customer and say why; the same answer as `assign_frame`."""
    X = encoder.transform_record(record)
    squared = squared_distances(X.astype(np.float64), boundaries.centers)[:, 0]
    distances = {
        segment.id: math.sqrt(value)
        for segment, value in zip(segments, squared.tolist(), strict=True)
    }
    problems = encoder.problems_record(record)
    if not is_usable(record, encoder):
        sentences = (TOO_MUCH_MISSING, *problems)
        return Assignment(UNASSIGNED_ID, UNASSIGNED, None, 0.0, False, sentences, distances, ())
    placement = place(X, boundaries)
    first, second = int(placement.nearest[0]), int(placement.runner_up[0])
    return Assignment(
        segment_id=segments[first].id if first >= 0 else UNASSIGNED_ID,
        segment=segments[first].name if first >= 0 else UNASSIGNED,
        runner_up=segments[second].name if second >= 0 else None,
        confidence=float(placement.confidence[0]),
        fits=bool(placement.fits[0]),
        problems=problems,
        distances=distances,
        contributions=_contributions(X, encoder, boundaries, first, second),
    )


def _contributions(
    x: npt.NDArray[np.float32], encoder: Encoder, boundaries: Boundaries, first: int, second: int
) -> tuple[tuple[str, float], ...]:
    """Say how much of the log-odds against the runner-up each column brings.

    A column's contribution is what the log-odds lose when its features move to the middle
    between the two centers, where the column speaks for neither. With nearest centers the
    contributions add up to the log-odds exactly.
    """
    if first < 0 or second < 0:
        return ()
    middle = (boundaries.centers[first] + boundaries.centers[second]) / 2
    around, steps = Surroundings.of(x[0], boundaries), middle - x[0]
    both = [first, second]
    blocks = [around.nearness(steps[np.newaxis, block], block)[both, 0] for block in encoder.blocks]
    whole = nearness(x, boundaries)[both, 0]
    lost = ((whole - blocks) @ [-1.0, 1.0] / (2 * boundaries.spread[first, second])).tolist()
    found = [(column.name, part) for column, part in zip(encoder.columns, lost, strict=True)]
    return tuple(sorted(found, key=lambda item: (-abs(item[1]), item[0])))
