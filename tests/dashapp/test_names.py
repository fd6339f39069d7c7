"""New names of segments reach the model on screen, whatever else happens at the same time."""

from __future__ import annotations

from typing import Any

from dashapp.storage.keys import Key, Kind
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


def ask_again(portal: Portal, refs: Refs) -> dict[str, str]:
    """Press the button with another seed; the job."""
    found = portal.fire(
        "shell-job.data",
        "segments-find.n_clicks",
        {"segments-find.n_clicks": 1, "shell-refs.data": refs,
         "segments-option.value": [({"type": "segments-option", "option": "random_state"}, 7)]},
    )  # fmt: skip
    return dict(found["shell-job.data"])


def lose(portal: Portal, refs: Refs) -> None:
    """The model leaves the session, as when there is no room for it."""
    session = portal.context.store.sessions()[0][0]
    portal.context.ledger.remove_item(session, Kind.MODEL, refs["model"])
    portal.context.store.delete(Key(session, Kind.MODEL, refs["model"]))


def test_a_name_that_was_given_while_segments_were_found_is_theirs(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    job = ask_again(portal, refs)
    renamed = named(portal, refs, s1="Friends")
    after = portal.follow(job, renamed)
    assert after["shell-refs.data"]["model"] not in {refs["model"], renamed["model"]}
    assert names_of(portal, after["shell-refs.data"])["s1"] == "Friends"
    # The address makes a step of what this training found.
    assert after["shell-done.data"]["result"] == {
        name: after["shell-refs.data"][name] for name in ("dataset", "model")
    }


def test_a_name_is_kept_though_the_model_before_has_left_the_session(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    earlier = named(portal, refs, s2="Owls")
    job = ask_again(portal, earlier)
    renamed = named(portal, earlier, s1="Friends")
    portal.do_jobs()
    lose(portal, earlier)
    lose(portal, refs)
    after = portal.follow(job, renamed)["shell-refs.data"]
    found = names_of(portal, after)
    assert (found["s1"], found["s2"]) == ("Friends", "Owls")


def test_segments_are_found_though_the_model_before_is_gone_when_it_begins(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    job = ask_again(portal, refs)
    renamed = named(portal, refs, s1="Friends")
    lose(portal, refs)
    lose(portal, renamed)
    after = portal.follow(job, renamed)["shell-refs.data"]
    assert len(names_of(portal, after)) == 4


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
