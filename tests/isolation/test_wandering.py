"""Random steps of eight sessions through two real web workers: nobody sees another's canary."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.isolation.findings import Findings, readable, word
from tests.isolation.tab import Pool
from tests.isolation.wanderer import Wanderer
from tests.isolation.wandering import wander
from tests.redis_server import RedisServer

# The size of the promise is 100,000: tests/benchmarks/isolation.py, or this variable at night.
STEPS = int(os.environ.get("ISOLATION_STEPS", "600"))


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.redis)])
def redis_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | None]:
    if request.param == "files":
        yield None
        return
    redis = RedisServer(tmp_path)
    yield redis.url
    redis.stop()


def test_eight_wanderers_never_see_what_belongs_to_others(
    tmp_path: Path, redis_url: str | None
) -> None:
    found = wander(tmp_path, STEPS, redis_url=redis_url)
    assert found.leaks == []
    assert found.broken == []
    # They had something to lose, and looked where it is shown.
    assert sum(found.own.values()) > STEPS / 20
    assert len(found.own) > 15
    statuses = found.statuses()
    assert statuses[200] > STEPS / 3
    assert statuses[410] + statuses[404] > STEPS / 200


def test_a_wanderer_tells_of_a_canary_that_is_not_its_own() -> None:
    findings = Findings()
    wanderer = Wanderer("a", ("127.0.0.1", 1), [], [], Pool(), findings, may_see="s")
    for text, leaks in (
        (f"{word('a')} kind, {word('s')}".encode(), 0),
        (f"<td>{word('b')}x3</td>".encode(), 1),
        (word("b").lower().encode(), 2),
    ):
        wanderer.look("a page", "/", text)
        assert len(findings.leaks) == leaks
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("shared.xml", word("b") * 50)
    wanderer.look("a workbook", "/", readable(packed.getvalue()))
    assert findings.leaks[-1].endswith("in a workbook at /")
    assert findings.own == {"a page": 2}
