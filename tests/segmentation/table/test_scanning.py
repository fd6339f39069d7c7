"""Bytes are found wherever a large file is cut into pieces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.table.files import byte_search


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byte_search, "_PIECE", 3)


@given(data=st.binary(max_size=60), byte=st.integers(0, 255))
def test_every_place_of_a_byte_is_found(data: bytes, byte: int) -> None:
    array = np.frombuffer(data, dtype=np.uint8)
    places = [place for place, each in enumerate(data) if each == byte]

    assert byte_search.places_of(array, byte).tolist() == places
    assert byte_search.count_of(array, byte) == len(places)


@given(data=st.binary(max_size=120))
def test_every_byte_beyond_ascii_is_found(data: bytes) -> None:
    found = byte_search.places_beyond_ascii(np.frombuffer(data, dtype=np.uint8))

    assert found.tolist() == [place for place, each in enumerate(data) if each >= 0x80]
