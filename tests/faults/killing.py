"""Sessions at work while web workers and training processes are killed at random."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import requests

from dashapp.ledger.ledger import Ledger, open_ledger
from dashapp.ledger.records import Job
from dashapp.settings.portal_settings import Settings
from tests.callbacks import SAME_ORIGIN, Callback, body_of, changes_in
from tests.faults.conftest import children, kill, runs
from tests.servers import Server
from tests.waiting import until

Find = Callable[[str, str], Callback]
ROWS = 120
# A browser asks for so long before it gives up.
PATIENCE_SECONDS = 120.0
JOB_SECONDS = 240.0
LOST = "worker was lost"
# How often a job is killed beside a web worker: seldom enough that some come to their end.
JOB_SHARE = 0.3


@dataclass
class Outcome:
    """What the sessions and the killer saw.

    Attributes
    ----------
    acknowledged, broken
        Values that were promised to be kept, and sentences about those that were not.
    jobs
        Ended jobs by kind and state.
    web_kills, job_kills
        How many processes were killed.
    """

    acknowledged: int = 0
    broken: list[str] = field(default_factory=list)
    jobs: Counter[str] = field(default_factory=Counter)
    web_kills: int = 0
    job_kills: int = 0


class Killer:
    """Kills one process after the other, each at a random moment.

    Parameters
    ----------
    server
        The portal.
    outcome
        Where kills are counted.
    web, jobs
        How many web workers and how many training processes to kill.
    """

    def __init__(self, server: Server, outcome: Outcome, web: int, jobs: int) -> None:
        self._server = server
        self._outcome = outcome
        self._wanted = (web, jobs)
        self._chance = random.Random(web * 1000 + jobs)
        self.done = threading.Event()

    def run(self) -> None:
        """Kill until enough are dead."""
        while not self.done.wait(self._chance.uniform(0.05, 0.4)):
            web, jobs = self._wanted
            if self._outcome.web_kills < web:
                self._outcome.web_kills += self._kill(children(self._server.web.pid), least=2)
            if self._outcome.job_kills < jobs and self._chance.random() < JOB_SHARE:
                self._outcome.job_kills += self._kill(self._job_processes(), least=1)
            if (self._outcome.web_kills, self._outcome.job_kills) == self._wanted:
                self.done.set()

    def _kill(self, pids: list[int], *, least: int) -> int:
        living = [pid for pid in pids if runs(pid)]
        if len(living) < least:
            return 0
        kill(self._chance.choice(living))
        return 1

    def _job_processes(self) -> list[int]:
        """Children of the worker's fork server."""
        return [pid for child in children(self._server.worker.pid) for pid in children(child)]


class Customer:
    """One session that uploads, trains and looks at what it has, again and again.

    Parameters
    ----------
    number
        Whose canary stands in each row.
    url, find, ledger
        The portal, its callbacks, and what its processes keep.
    outcome
        Where everything is noted.
    """

    def __init__(self, number: int, url: str, find: Find, ledger: Ledger, outcome: Outcome) -> None:
        self.number = number
        self._url = url
        self._find = find
        self._ledger = ledger
        self._outcome = outcome
        self.http = requests.Session()
        self.http.headers.update(SAME_ORIGIN)
        self.kept: list[tuple[str, str | None]] = []

    def run(self, done: threading.Event) -> None:
        """Work until told to stop, at least once."""
        turn = 0
        try:
            while not turn or not done.is_set():
                turn += 1
                dataset = self._upload(turn)
                if dataset is not None:
                    self.kept.append((dataset, self._train(dataset)))
        except AssertionError as error:
            self._outcome.broken.append(str(error))

    def rows(self, turn: int) -> bytes:
        """A file of which each row tells whose it is."""
        lines = (
            f"canary{self.number:02d}x{turn}x{row},{20 + row % 50},{row % 3 * 400 + row},{row % 7}"
            for row in range(ROWS)
        )
        return "\n".join(["Customer ID,Age,Total Spend,Items Purchased", *lines]).encode()

    def ask(self, method: str, path: str, **more: object) -> requests.Response:
        """Ask until somebody answers, as the portal's script in a browser does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.http.request(method, self._url + path, timeout=30, **more)  # type: ignore[arg-type]
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status_code not in {429, 503}:
                return answer
            assert time.monotonic() < deadline, f"nobody answers {path}"
            threading.Event().wait(0.2)

    def _upload(self, turn: int) -> str | None:
        headers = {"X-Portal-Upload": "1", "X-File-Name": f"canary{self.number:02d}.csv"}
        answer = self.ask("POST", "/upload", data=self.rows(turn), headers=headers)
        self._expect(answer.status_code == 202, f"upload: {answer.status_code}")
        result = self._ended(str(answer.json()["job"]))
        return None if result is None else result["dataset"]

    def _train(self, dataset: str) -> str | None:
        values = {
            "segments-find.n_clicks": 1,
            "shell-refs.data": {"dataset": dataset, "model": None},
            "shell-theme.data": "light",
        }
        input_ = "segments-find.n_clicks"
        body = body_of(self._find("shell-job.data", input_), values, input_)
        answer = self.ask("POST", "/_dash-update-component", json=body)
        self._expect(answer.status_code == 200, f"train: {answer.status_code}")
        job = changes_in(answer.json())["shell-job.data"]
        result = self._ended(str(job["id"]))
        return None if result is None else result["model"]

    def _ended(self, job_id: str) -> dict[str, str] | None:
        """The result of an acknowledged job, or None if its worker was lost twice."""
        self._outcome.acknowledged += 1
        until(lambda: not self._job(job_id).active, seconds=JOB_SECONDS, what="the job ends")
        job = self._job(job_id)
        self._outcome.jobs[f"{job.kind}: {job.state}"] += 1
        if job.state == "done":
            return job.result
        self._expect(LOST in str(job.error), f"{job.kind} failed: {job.error}")
        return None

    def _job(self, job_id: str) -> Job:
        job = self._ledger.job(job_id)
        assert job is not None, f"job {job_id} was acknowledged and is gone"
        return job

    def check(self, other: Customer) -> None:
        """See that everything acknowledged is there, whole, and for its owner only."""
        for dataset, model in self.kept:
            path = f"/download/customers.csv?data={dataset}&model={model}"
            if model is None:
                path = f"/download/rejects.csv?data={dataset}"
            mine = self.ask("GET", path)
            self._expect(mine.status_code == 200, f"{path}: {mine.status_code}")
            theirs = other.ask("GET", path)
            self._expect(theirs.status_code == 410, f"{path} for another: {theirs.status_code}")
            if model is not None:
                own = mine.text.count(f"canary{self.number:02d}x")
                self._expect(mine.text.count("canary") == own == ROWS, "rows are mixed or missing")

    def _expect(self, holds: bool, sentence: str) -> None:
        if not holds:
            self._outcome.broken.append(sentence)


def work_under_fire(
    server: Server, folder: Path, find: Find, *, sessions: int, web: int, jobs: int
) -> Outcome:
    """Let sessions work until so many processes have been killed, then check everything."""
    outcome = Outcome()
    ledger = open_ledger(Settings(data_dir=folder / "data"))
    workers = [Customer(number, server.url, find, ledger, outcome) for number in range(sessions)]
    for worker in workers:
        worker.ask("GET", "/")
    killer = Killer(server, outcome, web, jobs)
    threads = [threading.Thread(target=worker.run, args=(killer.done,)) for worker in workers]
    threads.append(threading.Thread(target=killer.run))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for place, worker in enumerate(workers):
        worker.check(workers[place - 1])
    if "entry_damaged" in server.log.read_text():
        outcome.broken.append("an entry is damaged")
    if ledger.load() != (0, 0):
        outcome.broken.append("a job is stuck")
    return outcome
