"""Redis stopped, frozen, full, flushed: a quick sentence, and recovery without a restart."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashapp.ledger.ledger import Ledger, open_ledger
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import Key, Kind
from dashapp.storage.store import (
    SessionExpiredError,
    SessionStore,
    StoreUnavailableError,
    open_store,
)
from tests.dashapp.portal import Portal
from tests.redis_server import RedisServer
from tests.waiting import until

pytestmark = pytest.mark.redis

KEY = Key("a" * 32, Kind.DATASET, "1" * 32)
# TRUST: an answer within two seconds, recovery within five.
ANSWER_SECONDS = 2.5
RECOVER_SECONDS = 5.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    redis = RedisServer(tmp_path)
    yield redis
    redis.thaw()
    redis.stop()


@pytest.fixture
def settings(server: RedisServer, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "portal", redis_url=server.url)


@pytest.fixture
def store(settings: Settings) -> SessionStore:
    return open_store(settings)


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    return open_ledger(settings)


def refuses_quickly(ask: Callable[[], object]) -> None:
    began = time.monotonic()
    with pytest.raises(StoreUnavailableError):
        ask()
    assert time.monotonic() - began < ANSWER_SECONDS


def answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except StoreUnavailableError:
        return False
    return True


def test_a_stopped_redis_is_told_and_found_again(
    server: RedisServer, store: SessionStore, ledger: Ledger
) -> None:
    store.put(KEY, b"before")
    server.stop()
    for ask in (lambda: store.get(KEY), lambda: store.put(KEY, b"x"), ledger.workers):
        refuses_quickly(ask)
    server.start()
    until(lambda: answers(ledger.check), seconds=RECOVER_SECONDS, what="the ledger recovers")
    store.put(KEY, b"after")
    assert store.get(KEY) == b"after"


def test_a_frozen_redis_is_told_and_goes_on(
    server: RedisServer, store: SessionStore, ledger: Ledger
) -> None:
    store.put(KEY, b"before")
    server.freeze()
    for ask in (lambda: store.get(KEY), lambda: store.put(KEY, b"x"), ledger.check):
        refuses_quickly(ask)
    server.thaw()
    until(lambda: answers(lambda: store.get(KEY)), seconds=RECOVER_SECONDS, what="it recovers")
    assert store.get(KEY) in {b"before", b"x"}


def test_a_full_redis_refuses_writes_and_still_reads(
    server: RedisServer, store: SessionStore
) -> None:
    store.put(KEY, b"before")
    server.fill()
    refuses_quickly(lambda: store.put(KEY, b"x" * 2_000_000))
    assert store.get(KEY) == b"before"
    server.client.config_set("maxmemory", "0")
    store.put(KEY, b"after")
    assert store.get(KEY) == b"after"


def test_after_a_flush_the_session_has_expired(
    server: RedisServer, store: SessionStore, ledger: Ledger
) -> None:
    store.put(KEY, b"before")
    ledger.add_item(KEY.session, KEY.kind, KEY.id, "customers.csv", {})
    server.client.flushall()
    with pytest.raises(SessionExpiredError):
        store.get(KEY)
    assert ledger.item(KEY.session, KEY.kind, KEY.id) is None
    store.put(KEY, b"after")
    assert store.get(KEY) == b"after"


def test_the_portal_says_503_and_no_500_while_redis_is_away(
    server: RedisServer, settings: Settings
) -> None:
    portal = Portal.of(settings)
    refs = portal.with_sample()
    path = f"/download/rejects.csv?data={refs['dataset']}"
    assert portal.client.get(path).status_code == 200
    server.stop()
    answer = portal.client.get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert portal.client.get("/readyz").status_code == 503
    assert portal.client.get("/healthz").status_code == 200
    assert portal.client.get("/").status_code == 200
    assert portal.upload("customers.csv", b"a,b\n1,2\n").status_code == 503
    server.start()
    answer = portal.client.get(path)
    assert answer.status_code == 410
