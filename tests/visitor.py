"""A visitor of a running portal who speaks Dash's protocol, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from tests.callbacks import SAME_ORIGIN, Callback, body_of, changes_in
from tests.waiting import until

ANSWER_SECONDS = 30
JOB_SECONDS = 120


class Visitor:
    """One browser session.

    Parameters
    ----------
    url
        Address of the portal.
    find
        Gives the callback from an input to an output of the portal's application.
    """

    def __init__(self, url: str, find: Callable[[str, str], Callback]) -> None:
        self._url = url
        self._find = find
        self._http = requests.Session()
        self._http.headers.update(SAME_ORIGIN)
        self.refs: dict[str, Any] = {}
        assert self._http.get(url, timeout=ANSWER_SECONDS).status_code == 200

    def fire(self, output: str, input_: str, values: dict[str, Any]) -> dict[str, Any]:
        """Fire a callback with the tab's references; its new values."""
        values = {"shell-refs.data": self.refs, "shell-theme.data": "light", **values}
        body = body_of(self._find(output, input_), values, input_)
        answer = self._retried(
            lambda: self._http.post(
                f"{self._url}/_dash-update-component", json=body, timeout=ANSWER_SECONDS
            )
        )
        assert answer.status_code in (200, 204), f"{answer.status_code}: {answer.text[:300]}"
        return changes_in(answer.json()) if answer.status_code == 200 else {}

    def upload(self, name: str, data: bytes) -> None:
        """Send a file and wait until it is this tab's data set."""
        headers = {"X-Portal-Upload": "1", "X-File-Name": name, "X-Purpose": "dataset"}
        answer = self._retried(
            lambda: self._http.post(
                f"{self._url}/upload", data=data, headers=headers, timeout=ANSWER_SECONDS
            )
        )
        assert answer.status_code in (200, 202), answer.text[:300]
        self.follow({"id": answer.json()["job"]})

    def find_segments(self) -> None:
        """Press the one button and wait for the model."""
        values = {"segments-find.n_clicks": 1}
        self.follow(self.fire("shell-job.data", "segments-find.n_clicks", values)["shell-job.data"])

    def follow(self, job: dict[str, str]) -> None:
        """Wait for a job as the shell does; the tab then looks at its result."""

        def is_done() -> bool:
            shown = self.fire("shell-progress.children", "shell-job.data", {"shell-job.data": job})
            if shown["shell-pace.data"]:
                return False
            assert "shell-refs.data" in shown, shown
            self.refs = shown["shell-refs.data"]
            return True

        until(is_done, seconds=JOB_SECONDS, what="the job is done")

    @property
    def cookies(self) -> dict[str, str]:
        """What proves the session, for another program."""
        return self._http.cookies.get_dict()

    def customers(self) -> str:
        """The downloaded list with segments."""
        query = {"data": self.refs["dataset"], "model": self.refs["model"]}
        answer = self._retried(
            lambda: self._http.get(
                f"{self._url}/download/customers.csv", params=query, timeout=ANSWER_SECONDS
            )
        )
        assert answer.status_code == 200, answer.text[:300]
        return answer.content.decode("utf-8-sig")

    @staticmethod
    def _retried(send: Callable[[], requests.Response]) -> requests.Response:
        """Send again when a killed process has cut the connection, as browsers do."""
        try:
            return send()
        except requests.ConnectionError:
            return send()
