"""Room belongs to people: on every back end, over all their sessions and over all processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashapp.ledger.ledger import ClientFullError, Ledger, Limits, open_ledger
from dashapp.ledger.records import Job
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import Key, Kind, content_id
from dashapp.storage.store import (
    CHUNK_BYTES,
    QuotaExceededError,
    SessionExpiredError,
    SessionStore,
    open_store,
)

ANN, BEN = "c1" * 16, "c2" * 16
SESSIONS = [f"{number:032x}" for number in range(1, 9)]
MEGABYTE = b"x" * 1_000_000
ROOT = Path(__file__).resolve().parents[2]
# Writes until the portal is full; says how many values it could keep.
FILL = """
import sys
from dashapp.storage.keys import Key, Kind, content_id
from dashapp.storage.store import QuotaExceededError, open_store
from dashapp.settings.portal_settings import Settings
store, session, kept = open_store(Settings.from_json(sys.argv[1])), sys.argv[2], 0
for number in range(30):
    try:
        store.put(Key(session, Kind.MODEL, content_id(b"%d" % number)), b"x" * 1_000_000)
        kept += 1
    except QuotaExceededError:
        pass
print(kept)
"""


@pytest.fixture
def store(backed: Settings) -> SessionStore:
    """A portal of 20 MB, of which one client may take 5."""
    return open_store(backed.model_copy(update={"total_quota_mb": 20}))


def key(session: str, name: str = "x") -> Key:
    return Key(session, Kind.DATASET, content_id(name.encode()))


def used(store: SessionStore) -> int:
    return sum(store._entries.used(session) for session in SESSIONS)


def test_a_client_with_many_sessions_has_the_room_of_one(store: SessionStore) -> None:
    for session in SESSIONS[:7]:
        store.assign(session, ANN)
    for session in SESSIONS[:5]:
        store.put(key(session), MEGABYTE)
    for session in SESSIONS[4:7]:
        with pytest.raises(QuotaExceededError, match="in your network"):
            store.put(key(session, "y"), MEGABYTE)
    store.assign(SESSIONS[7], BEN)
    store.put(key(SESSIONS[7]), MEGABYTE)
    store.delete_session(SESSIONS[0])
    store.put(key(SESSIONS[5]), MEGABYTE)


def test_deleted_and_replaced_values_give_their_room_back(store: SessionStore) -> None:
    store.assign(SESSIONS[0], ANN)
    for _ in range(8):
        store.put(key(SESSIONS[0]), MEGABYTE)
        store.put(key(SESSIONS[0], "y"), MEGABYTE)
        store.delete(key(SESSIONS[0], "y"))
    assert used(store) < 1_100_000


def test_several_processes_together_never_keep_more_than_the_quota(
    store: SessionStore, backed: Settings
) -> None:
    settings = backed.model_copy(update={"total_quota_mb": 20}).to_json()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", FILL, settings, session], cwd=ROOT, stdout=subprocess.PIPE
        )
        for session in SESSIONS[:3]
    ]
    kept = [int(writer.communicate(timeout=120)[0]) for writer in writers]
    assert sum(kept) == 20, "as many as fit"
    assert 20_000_000 < used(store) <= 20 * 1024 * 1024


def test_a_deleted_session_takes_nothing_more(store: SessionStore) -> None:
    store.put(key(SESSIONS[0]), b"before")
    store.delete_session(SESSIONS[0])
    with pytest.raises(SessionExpiredError, match="was deleted"):
        store.put(key(SESSIONS[0]), b"after")
    store.put(key(SESSIONS[1]), b"another's")
    assert [session for session, _ in store.sessions()] == [SESSIONS[1]]


def test_leftovers_are_removed_and_the_session_goes_on(store: SessionStore) -> None:
    store.put(key(SESSIONS[0]), b"before")
    store.delete_leftovers(SESSIONS[0])
    assert store.sessions() == []
    store.put(key(SESSIONS[0]), b"after")


def test_a_stream_that_ends_after_the_deletion_leaves_nothing(
    store: SessionStore, backed: Settings
) -> None:
    """Deleted by another process, between any two pieces."""
    for pieces_before in range(4):
        session = SESSIONS[pieces_before]

        def arriving(session: str = session, pieces_before: int = pieces_before) -> Iterator[bytes]:
            for number in range(4):
                if number == pieces_before:
                    open_store(backed).delete_session(session)
                yield os.urandom(CHUNK_BYTES // 2)

        with pytest.raises(SessionExpiredError, match="was deleted"):
            store.put_stream(key(session), arriving())
    assert store.sessions() == []
    assert used(store) == 0


def test_whoever_writes_while_it_is_deleted_leaves_nothing(
    store: SessionStore, backed: Settings
) -> None:
    def write(session: str) -> None:
        own = open_store(backed)
        try:
            for number in range(1000):
                own.put(key(session, str(number)), b"late")
        except SessionExpiredError:
            return

    threads = [threading.Thread(target=write, args=(session,)) for session in SESSIONS[:4]]
    for thread in threads:
        thread.start()
    for session in SESSIONS[:4]:
        store.delete_session(session)
    for thread in threads:
        thread.join(timeout=60)
    assert store.sessions() == []


def job(session: str, client: str) -> Job:
    return Job(
        id=os.urandom(16).hex(), session=session, kind="import", request={"upload": session},
        client=client,
    )  # fmt: skip


def test_a_client_with_many_sessions_has_the_places_of_one(ledger: Ledger) -> None:
    limits = Limits(per_session=4, waiting=100, per_client=3)
    for session in SESSIONS[:3]:
        ledger.add_job(job(session, ANN), limits)
    for ask in (ledger.add_job, ledger.expect_room):
        with pytest.raises(ClientFullError):
            ask(job(SESSIONS[3], ANN), limits)
    ledger.expect_room(job(SESSIONS[4], BEN), limits)
    assert ledger.add_job(job(SESSIONS[0], ANN), limits).session == SESSIONS[0], "an equal one"
    ledger.add_job(job(SESSIONS[4], BEN), limits)
    ledger.add_job(job(SESSIONS[5], ""), limits)
    taken = ledger.claim_job("worker", 60)
    assert taken is not None
    assert taken.client == ANN
    ledger.add_job(job(SESSIONS[3], ANN), limits)


def test_a_deleted_session_gets_no_record_again(ledger: Ledger, backed: Settings) -> None:
    ledger.add_item(SESSIONS[0], "dataset", "1" * 32, "before", {})
    ledger.delete_session(SESSIONS[0])
    other = open_ledger(backed)
    with pytest.raises(SessionExpiredError, match="was deleted"):
        other.add_item(SESSIONS[0], "dataset", "1" * 32, "after", {})
    with pytest.raises(SessionExpiredError, match="was deleted"):
        other.add_job(job(SESSIONS[0], ""), Limits())
    assert not ledger.knows(SESSIONS[0])
