"""New names of segments reach the model on screen, whatever else happens at the same time."""

from __future__ import annotations

from typing import Any

from tests.callbacks import callbacks, fire
from tests.dashapp.portal import Portal

Refs = dict[str, Any]


def named(portal: Portal, refs: Refs, **names: str) -> Refs:
    """References once the segments have these names."""
    after = portal.fire(
        "shell-refs.data",
        "segments-names.data",
        {"segments-names.data": names, "shell-refs.data": refs},
    )["shell-refs.data"]
    assert isinstance(after, dict)
    return after


def names_of(portal: Portal, refs: Refs) -> dict[str, str]:
    """Id of each segment → its name."""
    session = portal.context.store.sessions()[0][0]
    model = portal.context.training.model(session, refs["model"])
    return {segment.id: segment.name for segment in model.segments}


def test_names_that_were_typed_one_after_the_other_are_given_together(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    # The second was typed before the answer to the first: the browser sends both.
    found = names_of(portal, named(portal, refs, s1="Friends", s2="Owls"))
    assert (found["s1"], found["s2"]) == ("Friends", "Owls")


def test_a_name_that_is_refused_does_not_hold_up_the_others(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    before = names_of(portal, refs)
    found = names_of(portal, named(portal, refs, s1=before["s3"], s2="Owls", s99="Nobody"))
    assert found == {**before, "s2": "Owls"}


def test_a_name_that_was_given_while_segments_were_found_is_theirs(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    job = portal.fire(
        "shell-job.data",
        "segments-find.n_clicks",
        {"segments-find.n_clicks": 1, "shell-refs.data": refs,
         "segments-option.value": [({"type": "segments-option", "option": "random_state"}, 7)]},
    )["shell-job.data"]  # fmt: skip
    renamed = named(portal, refs, s1="Friends")
    after = portal.follow(job, renamed)
    assert after["shell-refs.data"]["model"] not in {refs["model"], renamed["model"]}
    assert names_of(portal, after["shell-refs.data"])["s1"] == "Friends"
    # The address makes a step of what this training found.
    assert after["shell-done.data"]["result"]["model"] == after["shell-refs.data"]["model"]


def test_a_button_that_nobody_has_clicked_changes_nothing(portal: Portal) -> None:
    """The browser answers for such buttons by itself, see ``assets/late.js``."""
    shared = [
        callback
        for callback in callbacks(portal.app)
        if all(
            part.startswith("shell-") and "@" in part
            for part in callback.output.strip(".").split("...")
        )
    ]
    assert len(shared) > 5
    refs = portal.with_model(portal.with_sample())
    for callback in shared:
        answer = fire(portal.client, callback, {"shell-refs.data": refs})
        assert not (answer.get_json() or {}).get("response"), callback.output
