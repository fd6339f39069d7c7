"""The panel of tasks: what ran, when, how it ended, how long it took, what it said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dashapp.jobs.queue import Job
from dashapp.shell.history import SHOWN, listing
from tests.callbacks import texts
from tests.dashapp.portal import Portal

NOW = 1_000_000.0


def job(kind: str, state: str, **more: Any) -> Job:
    return Job("0" * 32, "a" * 32, kind, more.pop("request", {}), state=state, **more)  # type: ignore[arg-type]


def _plain(component: Any) -> Any:
    if isinstance(component, list):
        return [_plain(item) for item in component]
    if hasattr(component, "to_plotly_json"):
        found = component.to_plotly_json()
        children = _plain(found["props"].get("children"))
        return {**found, "props": {**found["props"], "children": children}}
    return component


def panel(portal: Portal) -> dict[str, Any]:
    return portal.fire("shell-history-list.children", "shell-history-asked.data", {})


def test_each_task_says_what_when_how_long_and_how_it_ended() -> None:
    said = texts(
        _plain(
            listing(
                (
                    job("train", "running", created=NOW - 20, message="Comparing 4 segments"),
                    job("import", "done", created=NOW - 7300, finished=NOW - 7298,
                        request={"name": "customers.csv"}),
                    job("score", "failed", created=NOW - 90_000, finished=NOW - 89_900,
                        error="The worker was lost."),
                ),
                NOW,
            )
        )
    )  # fmt: skip
    assert "running just now Finding segments For 20.0 s. Comparing 4 segments" in said
    assert "done 2 hours ago Reading your file customers.csv Took 2.0 s." in said
    assert "failed 1 day ago Scoring your file Took 1 min 40 s. The worker was lost." in said


def test_only_the_newest_are_shown_and_no_passing_looks() -> None:
    jobs = (job("preview", "done"), *(job("train", "done") for _ in range(SHOWN + 5)))
    assert len(listing(jobs, NOW).children) == SHOWN


def test_a_session_sees_its_own_tasks_only(tmp_path: Path) -> None:
    portal = Portal.new(tmp_path / "portal")
    portal.with_sample()
    assert "Making sample customers" in texts(panel(portal)["shell-history-list.children"])
    other = texts(panel(portal.visitor())["shell-history-list.children"])
    assert "Nothing has run yet" in other
