"""Sessions that have segments already, for tests that begin where those of the journey end.

The sample is made and its segments are found once, by the portal's own worker; each visitor gets
what came of it in a session of their own, as if they had just pressed the button.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import BrowserContext, Page, expect

from dashapp.auth.identity import COOKIE, Identity, cookie_tokens
from dashapp.auth.permissions import SCOPES
from dashapp.jobs.queue import Job, JobQueue
from dashapp.ledger.ledger import open_ledger
from dashapp.pages.segments.train_options import parse_options
from dashapp.services.datasets import Datasets
from dashapp.services.repository import Memory
from dashapp.services.train_models import Training
from dashapp.storage.keys import Key, Kind
from dashapp.storage.store import open_store
from tests.browser.steps import settled
from tests.servers import Server
from tests.waiting import until

JOB_SECONDS = 120


@dataclass(frozen=True)
class Given:
    """What a visitor finds in the session: ids of the sample and of its model."""

    dataset: str
    model: str


class Prepared:
    """Makes sessions with the sample of a running portal and its segments.

    Parameters
    ----------
    server
        The portal.
    """

    def __init__(self, server: Server) -> None:
        self._url = server.url
        self._tokens = cookie_tokens(server.settings)
        self._store, self._ledger = open_store(server.settings), open_ledger(server.settings)
        jobs = JobQueue(server.settings, self._ledger)
        memory = Memory(self._store, self._ledger, jobs)
        self._origin = Identity.new(SCOPES["full"]).session
        datasets, training = Datasets(memory), Training(memory)
        dataset = self._done(datasets.start_sample(self._origin))["dataset"]
        options = parse_options({}, datasets.table(self._origin, dataset))
        found = self._done(training.start(self._origin, dataset, options))
        self.given = Given(dataset, found["model"])

    def open(self, page: Page, path: str = "/segments") -> None:
        """Open a page as somebody who has found segments in the sample."""
        self._enter(page.context, (Kind.DATASET, Kind.MODEL))
        self._go(page, path, {"data": self.given.dataset, "model": self.given.model})

    def open_with_data(self, page: Page, path: str = "/explore") -> None:
        """Open a page as somebody who has the sample and has not looked for segments yet."""
        self._enter(page.context, (Kind.DATASET,))
        self._go(page, path, {"data": self.given.dataset})

    def finish_jobs(self, page: Page) -> None:
        """Wait until nothing that this visitor has asked for is under way at the server."""
        cookie = next(one for one in page.context.cookies() if one.get("name") == COOKIE)
        visitor = self._tokens.read(cookie.get("value"))
        assert visitor is not None
        until(
            lambda: not any(job.active for job in self._ledger.jobs(visitor.session)),
            seconds=JOB_SECONDS,
            what="the visitor's jobs are over",
        )

    def _go(self, page: Page, path: str, looked_at: dict[str, str]) -> None:
        page.goto(f"{self._url}{path}{'&' if '?' in path else '?'}{urlencode(looked_at)}")
        name = path.partition("?")[0].lstrip("/")
        expect(page.locator(f"#{name}-content h1").first).to_be_attached()
        settled(page)

    def _enter(self, context: BrowserContext, kinds: tuple[Kind, ...]) -> None:
        """Begin a session that has what the first one has of these kinds."""
        identity = Identity.new(SCOPES["full"])
        for kind in kinds:
            for item in self._ledger.items(self._origin, kind):
                self._copy(identity.session, kind, item.id)
                if kind == Kind.MODEL:
                    self._copy(identity.session, Kind.SCORES, item.info["scores"])
                self._ledger.add_item(identity.session, kind, item.id, item.name, item.info)
        context.add_cookies(
            [{"name": COOKIE, "value": self._tokens.write(identity), "url": self._url}]
        )

    def _copy(self, session: str, kind: Kind, value_id: str) -> None:
        data = self._store.get(Key(self._origin, kind, value_id))
        self._store.put(Key(session, kind, value_id), data)

    def _done(self, job: Job) -> dict[str, str]:
        """Wait for a job of the portal's worker; its result."""

        def now() -> Job:
            found = self._ledger.job(job.id)
            assert found is not None
            return found

        until(lambda: not now().active, seconds=JOB_SECONDS, what=f"the job {job.kind} is over")
        result = now().result
        assert now().state == "done", now().error
        assert result is not None
        return dict(result)
