"""How a tab follows its job: one question at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.dashapp.portal import Portal


def follow(portal: Portal, job: dict[str, str], asked: object) -> dict[str, Any]:
    """What the shell shows when a tab asks once more."""
    values = {"shell-job.data": job, "shell-poll.data": asked, "shell-refs.data": {}}
    return portal.fire("shell-progress.children", "shell-poll.data", values)


def test_each_answer_asks_for_the_next_question_until_the_job_is_done(tmp_path: Path) -> None:
    portal = Portal.new(tmp_path)
    clicked = {"data-sample.n_clicks": 1}
    job = portal.fire("shell-job.data", "data-sample.n_clicks", clicked)["shell-job.data"]
    assert follow(portal, job, None)["shell-pace.data"]["milliseconds"] > 0
    assert follow(portal, job, 7)["shell-pace.data"]["asked"] == 7
    portal.do_jobs()
    assert follow(portal, job, 8)["shell-pace.data"] is None
