"""A portal of one test: an application, a browser session, and its jobs done in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dash import Dash
from flask.testing import FlaskClient

from dashapp.app import create_app
from dashapp.auth.identity import COOKIE, HOSTED_COOKIE, Identity, cookie_tokens
from dashapp.auth.permissions import Rights
from dashapp.jobs.job_main import resolve, status_of
from dashapp.jobs.workspace import Workspace
from dashapp.ledger.records import Job
from dashapp.page.context import Context
from dashapp.services.handlers import HANDLERS
from dashapp.settings.portal_settings import Settings
from dashapp.storage.store import StoreError
from segmentation import SegmentationError
from tests.callbacks import find_by_input, fire, outputs_of

LEASE_SECONDS = 600.0
ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Portal:
    """One application and one visitor.

    Attributes
    ----------
    app, context
        The application and what its pages may ask for.
    client
        A browser session with its cookie.
    """

    app: Dash
    context: Context
    client: FlaskClient

    @classmethod
    def new(cls, folder: Path) -> Portal:
        """A portal on a folder of its own, with a visitor who has opened it."""
        return cls.of(Settings(data_dir=folder))

    @classmethod
    def of(cls, settings: Settings) -> Portal:
        """A portal with settings of its own, with a visitor who has opened it."""
        app = create_app(settings)
        portal = cls(app, app.server.extensions["portal"], app.server.test_client())
        portal.client.get("/", headers=ORIGIN)
        return portal

    def visitor(self) -> Portal:
        """The same portal, seen by somebody else."""
        other = Portal(self.app, self.context, self.app.server.test_client())
        other.client.get("/", headers=ORIGIN)
        return other

    def allowed(self, rights: Rights) -> Portal:
        """The same portal, seen by somebody with these rights and a session of their own."""
        settings = self.context.settings
        client = self.app.server.test_client()
        name = HOSTED_COOKIE if settings.hosted else COOKIE
        client.set_cookie(name, cookie_tokens(settings).write(Identity.new(rights)))
        return Portal(self.app, self.context, client)

    def do_jobs(self) -> None:
        """Do all waiting jobs here and now, with the real handlers."""
        while (job := self.context.ledger.claim_job("test", LEASE_SECONDS)) is not None:
            self._do(job)

    def _do(self, job: Job) -> None:
        ledger = self.context.ledger
        workspace = Workspace(
            job, self.context.settings, self.context.store, ledger, lambda stage, fraction: None
        )
        try:
            result = resolve(HANDLERS[job.kind])(dict(job.request), workspace)
        except (SegmentationError, StoreError) as error:
            ledger.finish_job(job, "failed", {"status": status_of(error)}, str(error))
        else:
            ledger.finish_job(job, "done", json.loads(json.dumps(result)), None)

    def fire(self, output: str, input_: str, values: dict[str, Any]) -> dict[str, Any]:
        """Fire the callback from an input to an output; its new values."""
        callback = find_by_input(self.app, output, input_)
        return outputs_of(fire(self.client, callback, values, changed=input_))

    def follow(self, job: dict[str, str], refs: dict[str, Any]) -> dict[str, Any]:
        """What the shell shows once the job is done."""
        self.do_jobs()
        return self.fire(
            "shell-progress.children",
            "shell-job.data",
            {"shell-job.data": job, "shell-refs.data": refs},
        )

    def upload(self, name: str, data: bytes, purpose: str = "dataset") -> Any:
        """Send a file as the drop zone does."""
        return self.client.post(
            "/upload",
            data=data,
            content_type="application/octet-stream",
            headers=ORIGIN | {"X-Portal-Upload": "1", "X-File-Name": name, "X-Purpose": purpose},
        )

    def load_model(self, data: bytes) -> dict[str, Any]:
        """Bring a model file; the tab's references."""
        job = self.upload("q4.segmodel", data, purpose="model").get_json()["job"]
        return dict(self.follow({"id": job}, {})["shell-refs.data"])

    def with_sample(self) -> dict[str, Any]:
        """Load the sample customers; the tab's references."""
        job = self.fire("shell-job.data", "data-sample.n_clicks", {"data-sample.n_clicks": 1})
        return dict(self.follow(job["shell-job.data"], {})["shell-refs.data"])

    def with_model(self, refs: dict[str, Any]) -> dict[str, Any]:
        """Press the one button; the tab's references."""
        job = self.fire(
            "shell-job.data",
            "segments-find.n_clicks",
            {"segments-find.n_clicks": 1, "shell-refs.data": refs},
        )
        return dict(self.follow(job["shell-job.data"], refs)["shell-refs.data"])


def look(refs: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Values of a tab with these references in the light theme."""
    return {
        "shell-refs.data": refs,
        "shell-theme.data": "light",
        "explore-filters.data": {},
        **more,
    }
