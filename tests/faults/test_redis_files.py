"""What was deleted does not stay in the files that Redis writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from dashapp.jobs.sweeper import EVERY_SECONDS, Sweeper
from dashapp.ledger import redis_ledger
from dashapp.ledger.ledger import open_ledger
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import Key, Kind
from dashapp.storage.store import open_store
from tests.redis_server import RedisServer
from tests.waiting import until

CANARY = b"canary-of-houston"
ANN, BEN = "a" * 32, "b" * 32

pytestmark = pytest.mark.redis


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.stop()


def holds_canary(folder: Path) -> bool:
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError, IsADirectoryError):  # Redis replaces its files
            if CANARY in path.read_bytes():
                return True
    return False


def written(settings: Settings) -> None:
    """Two sessions keep something; the first holds the canary in value, item and job."""
    store, ledger = open_store(settings), open_ledger(settings)
    store.put(Key(ANN, Kind.DATASET, "1" * 32), CANARY * 1000)
    ledger.add_item(ANN, "dataset", "1" * 32, CANARY.decode(), {})
    store.put(Key(BEN, Kind.DATASET, "1" * 32), b"stays")


@pytest.mark.parametrize("kind", ["append-only file", "snapshot"])
def test_after_the_deletion_no_file_of_redis_holds_it(
    tmp_path: Path, redis: RedisServer, kind: str
) -> None:
    settings = Settings(data_dir=tmp_path / "portal", redis_url=redis.url)
    if kind == "snapshot":
        redis.client.config_set("save", "3600 1")
    else:
        redis.client.config_set("appendonly", "yes")
        redis.client.config_set("appendfsync", "always")
    written(settings)
    if kind == "snapshot":
        redis.client.save()
    until(lambda: holds_canary(tmp_path), seconds=10, what="Redis has written it")
    # Switching the file on writes it for the first time; the sweeper does not disturb that.
    until(lambda: not redis.client.info()["aof_rewrite_in_progress"], seconds=10, what="at rest")
    store, ledger = open_store(settings), open_ledger(settings)
    ledger.delete_session(ANN)
    store.delete_session(ANN)
    Sweeper(settings, store, ledger).sweep()
    until(lambda: not holds_canary(tmp_path), seconds=30, what="Redis has written anew")
    assert store.get(Key(BEN, Kind.DATASET, "1" * 32)) == b"stays"


def test_the_files_are_written_anew_only_after_deletions_and_not_too_often(
    tmp_path: Path, redis: RedisServer
) -> None:
    redis.client.config_set("appendonly", "yes")
    settings = Settings(data_dir=tmp_path / "portal", redis_url=redis.url)
    written(settings)
    ledger = open_ledger(settings)

    def rewrites() -> int:
        return int(redis.client.info("stats")["total_forks"])

    until(lambda: not redis.client.info()["aof_rewrite_in_progress"], seconds=10, what="at rest")
    before = rewrites()
    ledger.compact()
    assert rewrites() == before
    ledger.delete_session(ANN)
    ledger.compact()
    until(lambda: rewrites() == before + 1, seconds=10, what="it writes anew")
    until(lambda: not redis.client.info()["aof_rewrite_in_progress"], seconds=10, what="at rest")
    ledger.delete_session(BEN)
    ledger.compact()
    assert rewrites() == before + 1, "not twice in half a minute"
    redis.client.delete(f"{redis_ledger.PREFIX}rewriting")
    ledger.compact()
    until(lambda: rewrites() == before + 2, seconds=10, what="the second is not forgotten")


def test_sweeps_leave_redis_half_of_the_promised_minute() -> None:
    assert EVERY_SECONDS + redis_ledger.REWRITE_SECONDS < 60
