"""Settings of both back ends: what holds for one must hold for the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashapp.ledger.ledger import Ledger, open_ledger
from dashapp.settings.portal_settings import Settings
from tests.redis_server import RedisServer


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.redis)])
def backed(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings for files and SQLite, then for Redis."""
    url = None
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        server.client.flushall()
        url = server.url
    return Settings(data_dir=tmp_path / "portal", redis_url=url, session_quota_mb=20)


@pytest.fixture
def ledger(backed: Settings) -> Ledger:
    """The ledger of one back end, then of the other."""
    return open_ledger(backed)
