"""What the store promises on every back end."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import Key, Kind, content_id
from dashapp.storage.store import (
    CHUNK_BYTES,
    QuotaExceededError,
    SessionExpiredError,
    SessionStore,
    open_store,
)
from tests.waiting import until

ANN, BEN = "a" * 32, "b" * 32
BIG = os.urandom(64) * (CHUNK_BYTES // 32)


@pytest.fixture
def store(backed: Settings) -> SessionStore:
    return open_store(backed)


def key(session: str = ANN, name: str = "x", kind: Kind = Kind.DATASET) -> Key:
    return Key(session, kind, content_id(name.encode()))


def is_gone(store: SessionStore, wanted: Key) -> bool:
    try:
        store.get(wanted)
    except SessionExpiredError:
        return True
    return False


def test_a_value_comes_back_as_it_went_in(store: SessionStore) -> None:
    for data in (b"", b"\0\xff", b"text", BIG):
        store.put(key(), data)
        assert store.get(key()) == data


def test_another_process_sees_the_value(store: SessionStore, backed: Settings) -> None:
    store.put(key(), b"shared")
    assert open_store(backed).get(key()) == b"shared"


def test_another_session_does_not(store: SessionStore) -> None:
    store.put(key(ANN), b"private")
    with pytest.raises(SessionExpiredError):
        store.get(key(BEN))


def test_another_kind_with_the_same_id_does_not(store: SessionStore) -> None:
    store.put(key(kind=Kind.MODEL), b"model")
    with pytest.raises(SessionExpiredError):
        store.get(key(kind=Kind.SCORES))


def test_a_streamed_value_comes_back_whole_and_in_pieces(store: SessionStore) -> None:
    pieces = [b"one", BIG, b"", b"three"]
    assert store.put_stream(key(), iter(pieces)) == len(BIG) + 8
    assert store.get(key()) == b"".join(pieces)
    parts = list(store.open_stream(key()))
    assert len(parts) > 1
    assert max(map(len, parts)) <= CHUNK_BYTES


def test_a_stream_that_breaks_off_leaves_nothing(store: SessionStore) -> None:
    def broken() -> Iterator[bytes]:
        yield BIG
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put_stream(key(), broken())
    with pytest.raises(SessionExpiredError):
        store.get(key())
    store.put_stream(key(), iter([b"again"]))
    assert store.get(key()) == b"again"


def test_a_deleted_value_is_gone_with_all_its_pieces(store: SessionStore) -> None:
    for _ in range(4):
        # Would run over the quota of 20 MB if pieces stayed behind.
        store.put(key(), BIG)
        store.delete(key())
    with pytest.raises(SessionExpiredError):
        store.get(key())


def test_deleting_what_is_not_there_is_no_error(store: SessionStore) -> None:
    store.delete(key())
    store.delete_session(ANN)


def test_deleting_a_session_leaves_the_others_alone(store: SessionStore) -> None:
    store.put(key(ANN), BIG)
    store.put(key(ANN, "y"), b"small")
    store.put(key(BEN), b"other")
    store.delete_session(ANN)
    for name in ("x", "y"):
        with pytest.raises(SessionExpiredError):
            store.get(key(ANN, name))
    assert store.get(key(BEN)) == b"other"
    assert [session for session, _ in store.sessions()] == [BEN]


def test_a_session_over_its_quota_is_told_and_others_go_on(store: SessionStore) -> None:
    with pytest.raises(QuotaExceededError, match="session's storage is full"):
        store.put_stream(key(ANN), (BIG for _ in range(4)))
    store.put(key(BEN), b"fits")
    store.put(key(ANN), b"fits again")


def test_the_whole_portal_has_a_quota(backed: Settings) -> None:
    store = open_store(backed.model_copy(update={"total_quota_mb": 1}))
    with pytest.raises(QuotaExceededError, match="server's storage is full"):
        store.put(key(), b"x" * 2_000_000)


def test_a_value_is_computed_once_for_all_who_ask_together(
    store: SessionStore, backed: Settings
) -> None:
    calls: list[int] = []
    together = threading.Barrier(6)
    answers: list[bytes] = []

    def compute() -> bytes:
        calls.append(1)
        return b"computed"

    def ask() -> None:
        together.wait()
        # Each with a store of its own, as another process would have.
        answers.append(open_store(backed).get_or_compute(key(), compute))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert answers == [b"computed"] * 6
    assert len(calls) == 1


def test_a_failed_computation_does_not_block_the_next(store: SessionStore) -> None:
    def fail() -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.get_or_compute(key(), fail)
    assert store.get_or_compute(key(), lambda: b"works") == b"works"


def test_a_value_expires(backed: Settings) -> None:
    hours = 1 / 3600
    store = open_store(
        backed.model_copy(update={"absolute_ttl_hours": hours, "idle_ttl_hours": hours})
    )
    store.put(key(), b"short")
    assert store.get(key()) == b"short"
    until(lambda: is_gone(store, key()), seconds=10, what="the value expires")
    store.sweep()
    assert store.sessions() == []


def test_another_secret_cannot_read_what_is_there(store: SessionStore, backed: Settings) -> None:
    store.put(key(), b"sealed")
    other = Settings(
        data_dir=backed.data_dir, redis_url=backed.redis_url, secret_key="another secret " * 4
    )
    with pytest.raises(SessionExpiredError):
        open_store(other).get(key())


def test_check_passes(store: SessionStore) -> None:
    store.check()
