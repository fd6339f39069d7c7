"""A disk that takes no more: a sentence, reads go on, and it recovers by itself.

The system refuses writes beyond a size that the test sets for its own process, so the errors are
the system's own and no other process suffers.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import Key, Kind
from dashapp.storage.store import QuotaExceededError, open_store
from tests.dashapp.portal import Portal

KEY = Key("a" * 32, Kind.DATASET, "1" * 32)


@contextmanager
def no_room(most_bytes: int) -> Iterator[None]:
    """Files of this process cannot grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_a_value_that_does_not_fit_leaves_nothing_behind(tmp_path: Path) -> None:
    store = open_store(Settings(data_dir=tmp_path / "portal"))
    store.put(KEY, b"before")
    before = files(tmp_path)
    with no_room(500_000):
        for size in (600_000, 9_000_000):
            with pytest.raises(QuotaExceededError):
                store.put(Key(KEY.session, Kind.MODEL, "2" * 32), b"x" * size)
        assert store.get(KEY) == b"before"
    assert files(tmp_path) == before
    store.put(Key(KEY.session, Kind.MODEL, "2" * 32), b"x" * 200_000)


def test_an_upload_that_does_not_fit_is_told_and_the_next_one_works(tmp_path: Path) -> None:
    portal = Portal.new(tmp_path / "portal")
    refs = portal.with_sample()
    rejects = f"/download/rejects.csv?data={refs['dataset']}"
    data = b"Customer ID,Age\n" + b"".join(b"%d,30\n" % n for n in range(40_000))
    with no_room(200_000):
        refused = portal.upload("customers.csv", data)
        assert refused.status_code == 507
        assert "no room" in refused.get_json()["error"]
        assert portal.client.get(rejects).status_code == 200
        assert portal.client.get("/").status_code == 200
    assert portal.upload("customers.csv", data).status_code == 202
