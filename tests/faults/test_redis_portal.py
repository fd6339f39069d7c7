"""What browsers, proxies and monitors are told while Redis is away, by real web workers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashapp.settings.portal_settings import Settings
from dashapp.storage.store import open_store
from tests.callbacks import find_by_input, fire, side_updates
from tests.dashapp.portal import Portal
from tests.faults.conftest import Answer, Machine
from tests.redis_server import RedisServer
from tests.waiting import until

pytestmark = pytest.mark.redis

SECRET = "one secret for all " * 2
# TRUST: an answer within two seconds, recovery within five.
ANSWER_SECONDS = 2.0
RECOVER_SECONDS = 5.0
AT_ONCE = 16
CSV = b"Customer ID,Age\n" + b"".join(b"%d,30\n" % number for number in range(20))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    redis = RedisServer(tmp_path)
    yield redis
    redis.thaw()
    redis.stop()


@pytest.fixture
def machine(server: RedisServer, tmp_path: Path) -> Iterator[Machine]:
    made = Machine.new(tmp_path, redis_url=server.url, secret_key=SECRET)
    yield made
    made.stop()


def timed(ask: Callable[[], Answer]) -> tuple[float, Answer]:
    began = time.monotonic()
    answer = ask()
    return time.monotonic() - began, answer


def test_a_frozen_redis_is_told_to_everybody_within_two_seconds(
    server: RedisServer, machine: Machine
) -> None:
    machine.start_web()
    path = f"/download/rejects.csv?data={'1' * 32}"
    cookie = machine.visitor()
    assert machine.get(path, cookie).status == 410
    server.freeze()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda _: timed(lambda: machine.get(path, cookie)), range(AT_ONCE)))
    for seconds, answer in [*found, timed(lambda: machine.get("/readyz"))]:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert seconds < ANSWER_SECONDS
    assert machine.get("/healthz").status == 200
    assert machine.get("/", cookie).status == 200
    server.thaw()
    until(
        lambda: machine.get(path, cookie).status == 410,
        seconds=RECOVER_SECONDS,
        what="the portal answers again",
    )


def test_callbacks_say_503_while_redis_is_stopped_and_go_on_afterwards(
    server: RedisServer, tmp_path: Path
) -> None:
    portal = Portal.of(Settings(data_dir=tmp_path / "p", redis_url=server.url, secret_key=SECRET))
    callback = find_by_input(portal.app, "shell-job.data", "data-sample.n_clicks")
    values = {"data-sample.n_clicks": 1}
    server.stop()
    answer = fire(portal.client, callback, values)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "does not answer" in answer.get_json()["error"]
    server.start()
    assert fire(portal.client, callback, values).status_code == 200


def test_after_a_flush_pages_say_that_the_session_has_expired(
    server: RedisServer, tmp_path: Path
) -> None:
    portal = Portal.of(Settings(data_dir=tmp_path / "p", redis_url=server.url, secret_key=SECRET))
    refs = portal.with_sample()
    server.client.flushall()
    callback = find_by_input(portal.app, "data-content.children", "shell-refs.data")
    answer = fire(portal.client, callback, {"shell-refs.data": refs})
    assert answer.status_code == 200
    assert side_updates(answer)["shell-refs"]["data"]["expired"] is True
    gone = portal.client.get(f"/download/rejects.csv?data={refs['dataset']}")
    assert gone.status_code == 410
    assert "expired" in gone.get_json()["error"]
    assert portal.with_sample() == refs


def test_a_full_redis_still_shows_what_is_there_and_can_be_emptied(
    server: RedisServer, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "p", redis_url=server.url, secret_key=SECRET)
    portal = Portal.of(settings)
    refs = portal.with_sample()
    server.fill()
    assert portal.upload("customers.csv", b"a,b\n1,2\n").status_code == 503
    assert portal.client.get(f"/download/rejects.csv?data={refs['dataset']}").status_code == 200
    gone = find_by_input(portal.app, "shell-delete-dialog.is_open", "shell-delete-confirm.n_clicks")
    assert fire(portal.client, gone, {"shell-delete-confirm.n_clicks": 1}).status_code == 200
    assert open_store(settings).sessions() == []
    server.client.config_set("maxmemory", "0")
    assert portal.upload("customers.csv", b"a,b\n1,2\n").status_code == 202


def test_a_worker_finds_redis_again_and_does_what_waits(
    server: RedisServer, machine: Machine
) -> None:
    machine.start_web()
    machine.start_worker()
    cookie = machine.visitor()
    server.freeze()
    until(lambda: machine.get("/readyz").status == 503, seconds=10, what="not ready")
    server.thaw()
    taken: list[Answer] = []

    def is_taken() -> bool:
        taken.append(machine.upload(CSV, cookie))
        return taken[-1].status == 202

    until(is_taken, seconds=RECOVER_SECONDS, what="an upload is taken")
    job_id = taken[-1].json["job"]
    until(
        lambda: machine.ledger.job(job_id).state == "done",  # type: ignore[union-attr]
        seconds=30,
        what="the file is read",
    )
