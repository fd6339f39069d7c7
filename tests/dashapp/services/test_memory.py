"""Decoded values: bounded, forgotten on demand, never decoded twice while they are kept."""

from __future__ import annotations

import weakref

import pandas as pd
import pytest

from dashapp.services.repository import DecodedCache, size_of
from dashapp.storage.keys import Key, Kind
from tests.waiting import until

SESSION, OTHER = "a" * 32, "b" * 32
# What a text of 32 digits counts for.
SIZE = 320


class Held(str):
    """A value that can be watched leaving."""


class Shelf:
    """Stored bytes that count how often they are read."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self, key: Key) -> bytes:
        self.reads += 1
        return key.id.encode()


def key(session: str, id_: str) -> Key:
    return Key(session, Kind.DATASET, id_)


def test_a_value_is_read_once_while_it_is_kept() -> None:
    cache, shelf = DecodedCache(1000), Shelf()
    for _ in range(3):
        assert cache.get(key(SESSION, "0" * 32), shelf.read, bytes.decode) == "0" * 32
    assert shelf.reads == 1


def test_the_least_recently_used_value_makes_room() -> None:
    cache, shelf = DecodedCache(4 * SIZE), Shelf()
    for digit in "012304":  # room for four: 1 is the oldest when 4 comes
        cache.get(key(SESSION, digit * 32), shelf.read, bytes.decode)
    assert shelf.reads == 5
    cache.get(key(SESSION, "0" * 32), shelf.read, bytes.decode)
    assert shelf.reads == 5
    cache.get(key(SESSION, "1" * 32), shelf.read, bytes.decode)
    assert shelf.reads == 6


def test_what_one_person_looks_at_is_kept_however_large_it_is() -> None:
    cache, shelf = DecodedCache(8), Shelf()
    for digit in "012012":  # a table, its model and its scores
        cache.get(key(SESSION, digit * 32), shelf.read, bytes.decode)
    assert shelf.reads == 3
    for digit in "30":
        cache.get(key(OTHER, digit * 32), shelf.read, bytes.decode)
    assert shelf.reads == 5


def test_what_nobody_asks_for_leaves_memory() -> None:
    cache, shelf = DecodedCache(1000 * SIZE, idle=0.01), Shelf()
    gone = weakref.ref(cache.get(key(SESSION, "0" * 32), shelf.read, lambda _: Held("value")))
    until(lambda: gone() is None, seconds=10, what="the value is dropped")


def test_a_table_counts_with_the_memory_of_its_columns() -> None:
    table = pd.DataFrame({"spend": range(1000)})
    assert size_of(table, 10) == pytest.approx(8000, rel=0.1)


def test_forgetting_one_session_leaves_the_others() -> None:
    cache, shelf = DecodedCache(1000), Shelf()
    for session in (SESSION, OTHER):
        cache.get(key(session, "0" * 32), shelf.read, bytes.decode)
    cache.forget(SESSION)
    cache.get(key(OTHER, "0" * 32), shelf.read, bytes.decode)
    assert shelf.reads == 2
    cache.get(key(SESSION, "0" * 32), shelf.read, bytes.decode)
    assert shelf.reads == 3
