"""State computed by the shell: a tab's references, the view of a job, the summary line."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import structlog
from dash import html, no_update
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.auth import identity
from dashapp.auth.audit_log import note
from dashapp.auth.identity import current_session
from dashapp.components.states import message, progress_panel
from dashapp.jobs.queue import Job
from dashapp.ledger.ledger import Item
from dashapp.page.address import Address
from dashapp.page.context import Context
from dashapp.page.inputs import BadInputError, content_id_or_none, record, text_or_none
from dashapp.page.tab_state import Refs
from dashapp.services.exports import JOB_KINDS
from dashapp.shell.ids import Ids
from dashapp.shell.job_polling import pace_of, waiting_words
from dashapp.shell.shared_model_links import with_shared
from dashapp.storage.errors import SessionExpiredError, StoreError

logger = structlog.get_logger(__name__)

WAITING = ("queued", "running")
GONE = (
    "What this address points to is not in your session: it has expired, was deleted, or belongs "
    "to somebody else. Below is what you worked on last."
)
# Read-only jobs; the history does not list them.
PASSING = frozenset({"preview", "listing"})
# Such a job shows its progress only if it takes longer than this.
QUIET_SECONDS = 1.5
# Messages for a job whose result the tab already shows.
SAME_AGAIN = {
    "import": "This gives exactly the data set that you see: nothing changed.",
    "mend": "The rows are as they were: nothing changed.",
}
WORDS = {
    "import": "Reading your file",
    "sample": "Making sample customers",
    "preview": "Reading the first lines",
    "mend": "Joining the mended rows",
    "columns": "Changing the columns",
    "load_model": "Reading the model",
    "train": "Finding segments",
    "apply": "Placing your customers",
    "listing": "Looking for data sets",
    "survey": "Reading all customers",
    "write": "Writing all customers",
    "score": "Scoring your file",
    "export": "Writing your file",
    "large_export": "Writing your file",
}


def resolve_refs(context: Context, search: object, refs: object) -> tuple[Any, Any, Any]:
    """Return the data set and model of a tab when it opens, reloads or navigates in history.

    The URL wins, then what the tab already holds, then the newest data of the session.

    Returns
    -------
    tuple
        References for the browser, a running job or None, and a message if the URL names something
        that this session does not have.
    """
    session = current_session()
    address = Address.parse(search)
    asked, held = refs_of_address(address), Refs.parse(refs)
    if refs is not None and asked in (held, Refs()):
        return no_update, no_update, no_update
    asked = with_shared(context, session, asked)
    known = owned(context, session, asked)
    lost = asked != known
    if known == Refs():
        known = newest(context, session)
    if lost and known == Refs():
        return Refs(expired=True).to_browser(), None, None
    job = waiting_job(context, session, address, fresh=asked == Refs())
    return known.to_browser(), job, message("warning", GONE) if lost else None


def waiting_job(
    context: Context, session: str, address: Address, *, fresh: bool
) -> dict[str, str] | None:
    """Return the job that a tab waits for: only its own, never one of another tab.

    Parameters
    ----------
    fresh
        Whether the URL is empty: the tab then follows any job of the session.
    """
    own = address.first("job")
    waiting = [job.id for job in context.jobs.jobs(session) if is_followed(job)]
    found = waiting[:1] if fresh and own is None else [own] if own in waiting else []
    return {"id": found[0]} if found and found[0] else None


def is_followed(job: Job) -> bool:
    """Whether a tab may wait for a job to show its result; exports are tracked separately."""
    return job.state in WAITING and job.kind not in JOB_KINDS


def refs_of_address(address: Address) -> Refs:
    """Return the references in a URL; malformed ones count as absent.

    Examples
    --------
    >>> refs_of_address(Address.parse("?data=0123456789abcdef"))
    Refs(dataset='0123456789abcdef', model=None, upload=None)
    >>> refs_of_address(Address.parse("?data=<script>"))
    Refs(dataset=None, model=None, upload=None)
    """
    try:
        return Refs(
            content_id_or_none(address.first("data")),
            content_id_or_none(address.first("model")),
            content_id_or_none(address.first("upload")),
        )
    except BadInputError:
        return Refs()


def owned(context: Context, session: str, refs: Refs) -> Refs:
    """Return the references without those that this session does not own."""

    def found(look_up: Callable[[str, str], Item], item_id: str | None) -> str | None:
        try:
            return item_id and look_up(session, item_id).id
        except SessionExpiredError:
            return None

    return Refs(
        found(context.datasets.item, refs.dataset),
        found(context.training.item, refs.model),
        found(context.datasets.unread, refs.upload),
    )


def newest(context: Context, session: str) -> Refs:
    """Return the newest data set with its newest model, or else the newest model."""
    dataset = context.datasets.latest(session)
    model = context.training.latest(session, dataset.id if dataset else None)
    return Refs(dataset.id if dataset else None, model.id if model else None)


def summary(context: Context, refs: Refs) -> list[Component]:
    """Return the summary in the top bar: current data set and model."""
    session = current_session()
    parts: list[Component] = []
    if refs.dataset:
        item = context.datasets.item(session, refs.dataset)
        parts += [
            html.Span(item.name, className="summary-name", title=item.name),
            html.Span(f"{formatting.number(item.info['rows'])} rows"),
        ]
    if refs.model:
        count = context.training.item(session, refs.model).info["segments"]
        parts.append(html.Span("1 segment" if count == 1 else f"{count} segments"))
    return parts


def job_view(
    context: Context,
    job_value: object,
    refs: object,
    path: object = None,
    *,
    asked: float | None = None,
) -> dict[str, Any]:
    """Return what the shell shows of the job that this tab waits for.

    Parameters
    ----------
    path
        Path of the page: the Data page itself explains why a file could not be read.
    asked
        How often this tab has polled its job; echoed, so that each response differs.

    Returns
    -------
    dict
        Values for the outputs ``progress, pace, refs, done, alert``; ``pace`` is None when polling
        ends.
    """
    view: dict[str, Any] = {
        "progress": None,
        "pace": None,
        "refs": no_update,
        "done": no_update,
        "alert": no_update,
    }
    if job_value is None:
        return view
    job_id = text_or_none(record(job_value).get("id"), limit=64)
    job = context.jobs.get(current_session(), job_id) if job_id else None
    if job is None:
        return view
    if job.state in WAITING:
        ahead = context.jobs.ahead_of(job) if job.state == "queued" else 0
        pace = {"asked": asked, "milliseconds": pace_of(job, time.time(), ahead)}
        return view | {"pace": pace, "alert": None, "progress": job_progress(job, ahead)}
    if job.state == "done":
        return view | done_view(context, job, Refs.parse(refs))
    if job.state == "cancelled":
        return view | {"alert": message("info", f"{WORDS[job.kind]}: cancelled.")}
    return view | failed_view(context, job, Refs.parse(refs), path)


def failed_view(context: Context, job: Job, before: Refs, path: object) -> dict[str, Any]:
    """Return what the shell shows of a failed job; an unreadable file stays on screen."""
    sentence = job.error or "The work failed."
    upload = unread_upload(context, job)
    if upload is None:
        return {"alert": message("danger", sentence)}
    there = path == "/"
    return {
        "refs": replace(before, upload=upload).to_browser(),
        "alert": None if there else message("danger", f"{sentence} Data lets you correct that."),
    }


def done_view(context: Context, job: Job, before: Refs) -> dict[str, Any]:
    """Return what the shell shows of a finished job."""
    result = job.result or {}
    if job.kind == "train":
        result = {"dataset": result["dataset"], "model": named_as_shown(context, job, before)}
    after = refs_after(context, before, result)
    same = after == before
    view = {
        # The same references again would redraw the page and lose its open tab.
        "refs": no_update if same and job.kind != "apply" else after.to_browser(),
        "done": {"id": job.id, "kind": job.kind, "result": result},
    }
    if "said" in result:
        view["alert"] = message("success", str(result["said"]))
    if same and job.kind in SAME_AGAIN:
        view["alert"] = message("info", SAME_AGAIN[job.kind])
    return view


def named_as_shown(context: Context, job: Job, before: Refs) -> str:
    """Return the id of a trained model, with names that were edited while it trained."""
    assert job.result is not None
    model, started = job.result["model"], job.result.get("started")
    return context.training.keep_new_names(job.session, model, started=started, shown=before.model)


def unread_upload(context: Context, job: Job) -> str | None:
    """Return the id of the file that a job could not read, if other settings may help."""
    upload = job.request.get("upload") if job.kind == "import" else None
    if not upload or job.request.get("parent"):
        return None
    return upload if context.ledger.item(job.session, "upload", upload) else None


def job_progress(job: Job, ahead: int = 0) -> Component | None:
    """Return a job's progress panel with its Cancel button; short read-only jobs have none."""
    if job.kind in PASSING and time.time() - job.created < QUIET_SECONDS:
        return None
    stage = job.message or waiting_words(ahead)
    return progress_panel(
        WORDS[job.kind],
        stage,
        job.progress,
        kind=job.kind,
        cancel_id={"type": Ids.CANCEL, "job": job.id},
    )


def refs_after(context: Context, refs: Refs, result: dict[str, Any]) -> Refs:
    """Return the references after a job: its data set and model, or the data's newest model."""
    dataset = result.get("dataset", refs.dataset)
    if "model" in result:
        return Refs(dataset, result["model"])
    if dataset == refs.dataset:
        return Refs(refs.dataset, refs.model) if "dataset" in result else refs
    model = context.training.latest(current_session(), dataset)
    return Refs(dataset, model.id if model else None)


def delete_session(context: Context, session: str) -> None:
    """Delete everything that the server stores for a session, and kill its running jobs."""
    note("delete")
    lent = context.sharing.lent(session)
    context.datasets.forget(session)
    # The ledger first: then no running job or upload can add anything.
    context.ledger.delete_session(session)
    context.store.delete_session(session)
    # Late writes to the old session are rejected and cannot affect the new one.
    fresh = identity.renew()
    for item in lent:
        try:
            context.sharing.lend(fresh.session, item.id, customers=item.info["dataset"] is not None)
        except StoreError:
            # The data are gone; on a full disk only the shared model is not granted again.
            logger.warning("not_lent_again", session=fresh.session, model=item.id)
