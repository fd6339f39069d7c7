"""Issues stand open where somebody should look, and folded where they are only notes."""

from __future__ import annotations

from typing import Any

import dash

from dashapp.pages.data.issues.issue_groups import IssueIds, issue_groups
from segmentation import read_table

IDS = IssueIds(fix="fix", fix_all="fix-all", apply="apply", in_force="in-force")


def heads(component: Any) -> list[str]:
    """The groups that are not folded."""
    return [one.children for one in component._traverse() if isinstance(one, dash.html.H3)]


def test_numbers_that_can_hardly_be_meant_are_no_mere_note() -> None:
    nights = [-1, *range(1, 60), ""]
    rows = [f"c{i},m{i}@mail.example,{night}" for i, night in enumerate(nights)]
    table = read_table("\n".join(["id,mail,Nights", *rows]).encode())
    shown = issue_groups(table, IDS, rejects=None, can_reread=True)
    assert heads(shown) == ["Numbers that can hardly be meant"]
    assert "2 notes on how the file was read" in str(shown)
