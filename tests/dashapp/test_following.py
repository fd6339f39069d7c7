"""How a tab follows its job: one question at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.dashapp.portal import Portal


def follow(portal: Portal, job: dict[str, str], turn: int) -> dict[str, Any]:
    """What the shell shows when its timer has run out for the ``turn``-th time."""
    values = {"shell-job.data": job, "shell-poll.n_intervals": turn, "shell-refs.data": {}}
    return portal.fire("shell-progress.children", "shell-poll.n_intervals", values)


def test_each_answer_allows_one_more_question(tmp_path: Path) -> None:
    portal = Portal.new(tmp_path)
    clicked = {"data-sample.n_clicks": 1}
    job = portal.fire("shell-job.data", "data-sample.n_clicks", clicked)["shell-job.data"]
    waiting = follow(portal, job, turn=7)
    assert waiting["shell-poll.disabled"] is False
    assert waiting["shell-poll.max_intervals"] == 8
    portal.do_jobs()
    assert follow(portal, job, turn=8)["shell-poll.disabled"] is True
