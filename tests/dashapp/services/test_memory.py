"""Decoded values: bounded, forgotten on demand, never decoded twice while they are kept."""

from __future__ import annotations

from dashapp.services.memory import DecodedCache
from dashapp.session.keys import Key, Kind

SESSION, OTHER = "a" * 32, "b" * 32


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
    cache, shelf = DecodedCache(64), Shelf()
    for digit in "0102":  # room for two: 1 is the oldest when 2 comes
        cache.get(key(SESSION, digit * 32), shelf.read, bytes.decode)
    assert shelf.reads == 3
    cache.get(key(SESSION, "0" * 32), shelf.read, bytes.decode)
    assert shelf.reads == 3
    cache.get(key(SESSION, "1" * 32), shelf.read, bytes.decode)
    assert shelf.reads == 4


def test_a_value_larger_than_the_room_is_given_but_not_kept() -> None:
    cache, shelf = DecodedCache(8), Shelf()
    cache.get(key(SESSION, "0" * 32), shelf.read, bytes.decode)
    cache.get(key(SESSION, "0" * 32), shelf.read, bytes.decode)
    assert shelf.reads == 2


def test_forgetting_one_session_leaves_the_others() -> None:
    cache, shelf = DecodedCache(1000), Shelf()
    for session in (SESSION, OTHER):
        cache.get(key(session, "0" * 32), shelf.read, bytes.decode)
    cache.forget(SESSION)
    cache.get(key(OTHER, "0" * 32), shelf.read, bytes.decode)
    assert shelf.reads == 2
    cache.get(key(SESSION, "0" * 32), shelf.read, bytes.decode)
    assert shelf.reads == 3
