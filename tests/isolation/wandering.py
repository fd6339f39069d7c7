"""Eight sessions wander through one running portal at once, in frames and outside."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dashapp.app import create_app
from dashapp.auth.launch_links import sign
from dashapp.operator_commands import sharing
from dashapp.settings.portal_settings import Settings
from segmentation import CustomerSegmentation, read_table
from tests.callbacks import Callback, callbacks
from tests.isolation.findings import Findings, customers, word
from tests.isolation.tab import Pool
from tests.isolation.wanderer import Wanderer
from tests.servers import SECRET, Server, start_server, stop_server

EMBED_KEY = "a-key-for-launch-links-of-40-characters!"
HOST = "https://bi.example"
OPEN, FRAMED = "012345", {"6": "view-pages predict", "7": "full"}
SHARED = "s"
# Nobody is held up here by limits that have tests of their own.
NO_LIMITS = {
    "SEGMENTATION_REQUESTS_PER_MINUTE": "1000000",
    "SEGMENTATION_NEW_SESSIONS_PER_MINUTE": "1000000",
    "SEGMENTATION_UPLOADS_PER_MINUTE": "1000000",
    "SEGMENTATION_CLIENT_SHARE": "100",
}


def wander(folder: Path, steps: int, *, redis_url: str | None = None, seed: int = 0) -> Findings:
    """Start a portal with two web workers and let all sessions do so many steps together.

    Parameters
    ----------
    folder
        For the data and the log.
    steps
        Of all sessions together, as :meth:`Findings.steps` counts them.
    redis_url
        The back end; files and SQLite when not given.
    seed
        Of what the sessions do; the order among them is the machine's.
    """
    server = start_server(folder, **NO_LIMITS, **_more(redis_url))
    findings = Findings()
    try:
        settings = Settings(data_dir=folder / "data", **_settings(redis_url))
        model = _shared_model(settings)
        everybody = _everybody(folder, server, findings, model, seed)
        _walk(everybody, steps, findings)
    finally:
        stop_server(server)
    _look_into(folder, findings)
    return findings


def _settings(redis_url: str | None) -> dict[str, str]:
    return {"secret_key": SECRET} | ({"redis_url": redis_url} if redis_url else {})


def _more(redis_url: str | None) -> dict[str, str]:
    more = {"SEGMENTATION_EMBED_KEY": EMBED_KEY, "SEGMENTATION_FRAME_ANCESTORS": HOST}
    return more | ({"SEGMENTATION_REDIS_URL": redis_url} if redis_url else {})


def _shared_model(settings: Settings) -> str:
    """A shared model with customers, which only those who were sent a link may see."""
    table = read_table(customers(SHARED, 0), name=f"{word(SHARED)} list")
    model = CustomerSegmentation(n_clusters=3, n_jobs=1).fit(table).model_
    return sharing(settings).share(model.to_bytes(), f"{word(SHARED)} model", table)


def _everybody(
    folder: Path, server: Server, findings: Findings, model: str, seed: int
) -> list[Wanderer]:
    app = create_app(Settings(data_dir=folder / "map"))
    # Those that run in the browser are registered as well, but nobody may ask for them.
    asked: Sequence[Callback] = [
        callback for callback in callbacks(app) if "callback" in app.callback_map[callback.output]
    ]
    routes = [
        rule.rule
        for rule in app.server.url_map.iter_rules()
        if rule.methods is not None and "GET" in rule.methods and "filename" not in rule.rule
        and "fingerprinted" not in rule.rule
    ]  # fmt: skip
    host, _, port = server.url.removeprefix("http://").partition(":")
    pool = Pool()
    pool.note("model", model)

    def made(who: str, launch: Callable[[], str] | None = None, may_see: str = "") -> Wanderer:
        return Wanderer(
            who, (host, int(port)), asked, routes, pool, findings,
            seed=seed, launch=launch, may_see=may_see,
        )  # fmt: skip

    def link(scope: str) -> Callable[[], str]:
        return lambda: f"/embed?t={sign(EMBED_KEY.encode(), scope, HOST, model=model)}"

    framed = [made(who, link(scope), SHARED) for who, scope in FRAMED.items()]
    return [made(who) for who in OPEN] + framed


def _walk(everybody: Sequence[Wanderer], steps: int, findings: Findings) -> None:
    """All at once, each in a thread of its own, until enough was answered or something is wrong."""
    stop = threading.Event()

    def walk(wanderer: Wanderer) -> None:
        try:
            while not stop.is_set() and findings.steps() < steps:
                wanderer.step()
                if len(findings.leaks) + len(findings.broken) > 50:
                    stop.set()
        finally:
            wanderer.close()

    with ThreadPoolExecutor(len(everybody)) as threads:
        for ended in [threads.submit(walk, wanderer) for wanderer in everybody]:
            ended.result()


def _look_into(folder: Path, findings: Findings) -> None:
    """What was written about the visits tells nobody's words."""
    for path in (folder / "server.log", folder / "data" / "audit.jsonl"):
        if path.exists() and b"canary" in path.read_bytes().lower():
            findings.leaks.append(f"a canary stands in {path.name}")
