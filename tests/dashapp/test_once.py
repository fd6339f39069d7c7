"""What a figure and its sentence ask of the same data is worked out once, and not kept."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pandas as pd

from dashapp.figures.drawing import plotted_values
from dashapp.memoize import once


def test_the_same_data_are_asked_once_and_others_anew() -> None:
    asked: list[int] = []

    @once
    def total(numbers: np.ndarray, times: int) -> float:
        asked.append(times)
        return float(numbers.sum()) * times

    some, same_values = np.ones(3), np.ones(3)
    assert [total(some, 1), total(some, 1), total(some, 2), total(same_values, 1)] == [3, 3, 6, 3]
    assert asked == [1, 2, 1]


def test_nothing_is_kept_once_the_data_are_gone() -> None:
    made: list[weakref.ref[np.ndarray]] = []

    @once
    def doubled(numbers: np.ndarray) -> np.ndarray:
        result = 2 * numbers
        made.append(weakref.ref(result))
        return result

    some = np.ones(3)
    doubled(some)
    gc.collect()
    assert made[0]() is not None
    del some
    gc.collect()
    assert made[0]() is None


def test_a_column_by_segment_leaves_nothing_behind() -> None:
    frame = pd.DataFrame({"Spend": [1.0, 2.0, None, 4.0], "Tier": list("abab")})
    found = plotted_values.numbers(frame, "Spend")
    levels = plotted_values.groups(frame, "Tier")
    parts = plotted_values.known_in(found, levels.codes, len(levels.names))
    assert [part.tolist() for part in parts] == [[1.0], [2.0, 4.0]]
    assert plotted_values.known(found).tolist() == [1.0, 2.0, 4.0]
    assert plotted_values.numbers(frame, "Spend") is found
    gone = [weakref.ref(each) for each in (frame, found, levels.codes, *parts)]
    plotted_values.box_of(parts[1])
    del frame, found, levels, parts
    gc.collect()
    assert [each() for each in gone] == [None] * len(gone)
