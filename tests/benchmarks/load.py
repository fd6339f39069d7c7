"""How many people the portal serves at once: whole journeys, each with 10,000 rows of its own.

Starts a portal with two web workers, keeps trainings running, lets a real browser walk once, and
then lets many users repeat what that browser asked for. Prints times by action, errors, refused
requests and the memory of each web worker; ``--ramp`` adds users until the first is refused.

    python tests/benchmarks/load.py --users 100 --minutes 10
    python tests/benchmarks/load.py --users 400 --minutes 2
    python tests/benchmarks/load.py --ramp
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import threading
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Self

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from load_report import Watch, idle, report  # noqa: E402
from load_scout import Action, scouted  # noqa: E402
from load_users import Tally, User, crowd  # noqa: E402

from dashapp.jobs.queue import JobLimitError, JobQueue  # noqa: E402
from dashapp.ledger.ledger import open_ledger  # noqa: E402
from dashapp.settings.portal_settings import Settings  # noqa: E402
from segmentation import sample_customers  # noqa: E402
from tests.servers import Server, start_server, stop_server  # noqa: E402

ROWS = 10_000
SCOUT = 0
RAMP_STEP, RAMP_SECONDS = 50, 30
# Long enough for a web worker to let go of what nobody asks for any more.
IDLE_SECONDS = 100


@lru_cache(maxsize=1)
def _template() -> bytes:
    table = sample_customers(ROWS, 1).assign(
        **{"Customer ID": [f"canary0000x{row}" for row in range(ROWS)]}
    )
    return bytes(table.to_csv(index=False).encode())


def customer_file(number: int) -> bytes:
    """A file of which each row tells whose it is."""
    return _template().replace(b"canary0000", f"canary{number:04d}".encode())


class Trainings:
    """Keeps one training of each trainer running.

    Parameters
    ----------
    settings
        Of the running portal.
    count
        How many sessions train.
    """

    def __init__(self, settings: Settings, count: int) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(f"{who:032x}",)) for who in range(count)
        ]
        self.done = 0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _keep(self, session: str) -> None:
        ledger = open_ledger(self._settings)
        queue = JobQueue(self._settings, ledger)
        sample = self._finished(queue, session, "sample", {"rows": ROWS, "seed": 1})
        seed = 0
        while sample and not self._stop.is_set():
            seed += 1
            request = {"dataset": sample["dataset"], "options": {"random_state": seed}}
            self._finished(queue, session, "train", request | {"previous": None})
            self.done += 1

    def _finished(
        self, queue: JobQueue, session: str, kind: str, request: dict[str, object]
    ) -> dict[str, object]:
        job_id = ""
        while not job_id and not self._stop.wait(0.2):
            # In a crowd trainings have to wait for a place in the queue.
            with suppress(JobLimitError):
                job_id = queue.submit(session, kind, request).id
        while not self._stop.wait(0.2):
            job = queue.get(session, job_id)
            if job is None or not job.active:
                return (job.result if job else None) or {}
        return {}


def users_of(
    count: int, journey: list[Action], server: Server, think: float, tally: Tally
) -> list[User]:
    """So many users, numbered from 1."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    return [
        User(number, host, int(port), journey, customer_file, think, tally)
        for number in range(1, count + 1)
    ]


def steady(server: Server, journey: list[Action], options: argparse.Namespace) -> bool:
    """One crowd for some minutes."""
    tally = Tally()
    users = users_of(options.users, journey, server, options.think, tally)
    with Watch(server.web.pid) as watch:
        asyncio.run(crowd(users, seconds=60 * options.minutes, spread=options.spread))
    return report(tally, watch, f"{options.users} users for {options.minutes:g} minutes")


def ramp(server: Server, journey: list[Action], options: argparse.Namespace) -> bool:
    """More users every half minute, until the first is refused."""
    tally = Tally()
    steps = options.users // RAMP_STEP
    users = users_of(options.users, journey, server, options.think, tally)
    with Watch(server.web.pid) as watch:
        asyncio.run(crowd(users, seconds=steps * RAMP_SECONDS, spread=steps * RAMP_SECONDS))
    print(f"users when the first was refused (429 or 503): {tally.first_refusal or 'none was'}")  # noqa: T201
    return report(
        tally, watch, f"up to {options.users} users, one more every {RAMP_SECONDS / RAMP_STEP:g} s"
    )


def main() -> int:
    """Run what the command line asks for; 1 when something happened that should not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--think", type=float, default=5.0, help="seconds between two actions")
    parser.add_argument("--spread", type=float, default=60.0, help="seconds in which all arrive")
    parser.add_argument("--ramp", action="store_true", help="find the first refusal")
    parser.add_argument("--trainings", type=int, default=2, help="that run all the time")
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="seconds of rest after")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        server = start_server(
            folder,
            SEGMENTATION_WORKERS="2",
            # All users come from one address.
            SEGMENTATION_CLIENT_SHARE="100",
        )
        print(f"ready after {time.monotonic() - began:.1f} s")  # noqa: T201
        try:
            own = folder / "canary0000.csv"
            own.write_bytes(customer_file(SCOUT))
            journey = scouted(server.url, own)
            run = ramp if options.ramp else steady
            with Trainings(Settings(data_dir=folder / "data"), options.trainings) as trainings:
                well = run(server, journey, options)
            print(f"trainings done beside: {trainings.done}")  # noqa: T201
            sys.stdout.flush()
            idle(server.web.pid, options.idle)
            return 0 if well else 1
        finally:
            stop_server(server)


if __name__ == "__main__":
    sys.exit(main())
