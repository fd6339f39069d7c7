"""A session that does anything at random against a running portal, and knows its own canary."""

from __future__ import annotations

import html
import http.client
import json
import random
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tests.callbacks import Callback
from tests.isolation.findings import CANARY, JOB, Findings, customers, readable, word
from tests.isolation.tab import PATHS, Pool, Tab

ANSWER_SECONDS = 60
# A connection stays with one web worker; a new one may come to the other.
ASKS_FOR_EACH_CONNECTION = 15
HEADERS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
VIEW = re.compile(r'<meta name="portal-view" content="([^"]*)"')
# How often jobs are asked for beside all other callbacks: each takes about a second of a core.
JOB_SHARE = 0.06
WORK_SHARE = 0.01
FIND = ("shell-job.data", "segments-find")
PURPOSES = ("dataset", "dataset", "batch", "mended", "recipe", "model")
RARE_SHARE = 0.02
PAUSE_SECONDS = 0.1
RENEWED = "X-Portal-Session"


class Wanderer:
    """One session.

    Parameters
    ----------
    who
        The character of its canary.
    address
        Host and port of the portal.
    callbacks, routes
        All that can be asked: callbacks, and paths of ``GET`` routes.
    pool, findings
        What is shared with all others.
    seed
        Of everything at random.
    launch
        Gives a fresh launch link for a session that begins in another site's frame.
    may_see
        Characters of other canaries that this session may see.
    """

    def __init__(
        self,
        who: str,
        address: tuple[str, int],
        callbacks: Sequence[Callback],
        routes: Sequence[str],
        pool: Pool,
        findings: Findings,
        *,
        seed: int = 0,
        launch: Callable[[], str] | None = None,
        may_see: str = "",
    ) -> None:
        self._who = who
        self._address = address
        self._callbacks = callbacks
        self._weights = [_weight(callback) for callback in callbacks]
        self._routes = routes
        self._pool = pool
        self._findings = findings
        self._chance = random.Random(f"{who} {seed}")
        self._launch = launch
        self._seen = {character.encode() for character in who + may_see}
        self._connection: http.client.HTTPConnection | None = None
        self._asks = 0
        self._turn = 0
        self._pause = threading.Event()
        self.identity: dict[str, str] = {}
        self.tab = Tab(pool, self._chance, word(who))

    def step(self) -> None:
        """Do one thing at random."""
        if not self.identity:
            self._open()
            return
        roll = self._chance.random()
        if roll < 0.1 and self.tab.waits_for:
            self._follow(self.tab.waits_for)
        elif roll < WORK_SHARE and not self.tab.waits_for:
            self._work()
        elif roll < 0.8:
            self._fire(self._chance.choices(self._callbacks, self._weights)[0])
        elif roll < 0.9995:
            self._visit(self._chance.choice(self._routes))
        else:
            self.identity = {}

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()

    def ask(
        self, what: str, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Status and body of an answer, looked through for what belongs to others."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        status, sent, answer = self._send(method, path, body, HEADERS | self.identity | named)
        self._findings.answers[what, status] += 1
        if status >= 500 and (status != 503 or "Retry-After" not in sent):
            self._findings.broken.append(f"{status} to {method} {path}: {answer[:300]!r}")
        self._remember(sent)
        self.look(what, path, repr(sent).encode() + readable(answer))
        return status, answer

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        self._asks += 1
        if self._connection is None or self._asks % ASKS_FOR_EACH_CONNECTION == 0:
            self.close()
            self._connection = http.client.HTTPConnection(*self._address, timeout=ANSWER_SECONDS)
        self._connection.request(method, path, body, dict(headers))
        answer = self._connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()

    def _remember(self, sent: Mapping[str, str]) -> None:
        if RENEWED in sent:
            self.identity = {RENEWED: sent[RENEWED]}
        elif "Set-Cookie" in sent and self._launch is None:
            self.identity = {"Cookie": sent["Set-Cookie"].partition(";")[0]}

    def look(self, what: str, path: str, text: bytes) -> None:
        """Note canaries: one's own as a sign that there is something to see, others as leaks."""
        for found in set(CANARY.findall(text)):
            if found.lower() in self._seen:
                self._findings.own[what] += 1
            else:
                self._findings.leaks.append(f"{self._who} saw {found!r} in {what} at {path}")

    def _open(self) -> None:
        """Begin a session, as a browser that has never been here."""
        self.tab = Tab(self._pool, self._chance, word(self._who))
        if self._launch is None:
            self.ask("/", "GET", "/", Accept="text/html")
            self._settle()
            return
        _, page = self.ask("/embed", "GET", self._launch(), Sec_Fetch_Site="cross-site")
        view = VIEW.search(page.decode())
        assert view is not None, page
        told = json.loads(html.unescape(view.group(1)))
        self.identity = {RENEWED: told["token"]}
        self._tell({"shell-asked.data": "?" + told["start"].partition("?")[2]})

    def _settle(self) -> None:
        """Have a data set and a model before anything else: who has nothing can lose nothing."""
        self._upload("dataset")
        self._await_job()
        self._find()
        self._await_job()

    def _await_job(self) -> None:
        while self.tab.waits_for:
            self._follow(self.tab.waits_for)
            self._pause.wait(PAUSE_SECONDS)

    def _tell(self, values: Mapping[str, Any]) -> None:
        """Let the shell read the address with which a view begins."""
        resolve = self._named("shell-refs.data", "shell-asked")
        body = self.tab.body(resolve)
        for entry in body["inputs"]:
            entry["value"] = values["shell-asked.data"]
        for entry in body["state"]:
            entry["value"] = None
        self._post(resolve, body)

    def _work(self) -> None:
        """Begin something that takes a while: find segments, mostly, or send a file."""
        if self.tab.refs.get("dataset") and self._chance.random() < 0.5:
            self._find()
        else:
            self._upload(self._chance.choice(PURPOSES))

    def _find(self) -> None:
        for needed in (("segments-content.children", "shell-refs"), FIND):
            callback = self._named(*needed)
            self._post(callback, self.tab.body(callback, only_own=True))

    def _fire(self, callback: Callback) -> None:
        self._post(callback, self.tab.body(callback))

    def _named(self, output: str, input_: str) -> Callback:
        """The callback that leads from a component to an output."""
        return next(
            callback
            for callback in self._callbacks
            if output in callback.output and input_ in [id_ for id_, _ in callback.inputs]
        )

    def _post(self, callback: Callback, body: Mapping[str, Any]) -> None:
        status, answer = self.ask(
            callback.output, "POST", "/_dash-update-component", json.dumps(body).encode()
        )
        if status == 200:
            self.tab.learn(answer)
        self._again_if_over(status)

    def _visit(self, route: str) -> None:
        path = self._chance.choice(PATHS) if route == "/<path:path>" else route
        path = path.replace("<any(csv, xlsx):kind>", self._chance.choice(["csv", "xlsx"]))
        if "<job_id>" in path:
            self._follow(self._pool.pick("job", self._chance) or "0" * 32)
            return
        query = self.tab.query()
        status, _ = self.ask(route, "GET", path + query, Accept="text/html")
        self._again_if_over(status)

    def _follow(self, job: str) -> None:
        status, answer = self.ask(JOB, "GET", f"/jobs/{job}")
        if job == self.tab.waits_for and status != 202:
            self.tab.waits_for = ""
        if status == 200:
            self.tab.learn_result(json.loads(answer)["result"])
        self._again_if_over(status)

    def _upload(self, purpose: str) -> None:
        self._turn += 1
        mine = self._chance.random() < 0.7
        ids = {
            kind: (self.tab.refs.get(kind) if mine else None)
            or self._pool.pick(kind, self._chance)
            or "0" * 32
            for kind in ("dataset", "model")
        }
        status, answer = self.ask(
            f"/upload of a {purpose}",
            "POST",
            "/upload",
            self._file(purpose, ids["model"]),
            X_Portal_Upload="1",
            X_File_Name=quote(f"{word(self._who)} list.csv"),
            X_Purpose=purpose,
            X_Model=ids["model"],
            X_Data=ids["dataset"],
            Content_Type="application/octet-stream",
        )
        if status == 202:
            self.tab.start_job(json.loads(answer)["job"])
        self._again_if_over(status)

    def _file(self, purpose: str, model: str) -> bytes:
        if purpose == "recipe":
            return json.dumps({"recipe": 1, "name": word(self._who)}).encode()
        if purpose == "model":
            _, saved = self.ask(
                "/download/model.segmodel", "GET", f"/download/model.segmodel?model={model}"
            )
            return saved or b"none"
        return customers(self._who, self._turn)

    def _again_if_over(self, status: int) -> None:
        """Begin anew when the session has ended."""
        if status == 401:
            self.identity = {}


def _weight(callback: Callback) -> float:
    """How often a callback is fired: those that begin work or delete everything seldom."""
    if any(name in str(callback.inputs) for name in ("shell-delete-confirm", "shell-cancel")):
        return RARE_SHARE
    return JOB_SHARE if "shell-job.data" in callback.output else 1.0
