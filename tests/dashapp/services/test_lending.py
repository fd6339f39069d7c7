"""Taking a shared model back ends everything that a session has by its leave, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashapp.page.context import Context
from dashapp.storage.errors import SessionExpiredError
from dashapp.storage.keys import Kind
from segmentation import Table
from tests.dashapp.portal import Portal
from tests.dashapp.web.launching import model_file

VISITOR = "a" * 32
KINDS = (Kind.DATASET, Kind.MODEL, Kind.SCORES, Kind.BATCH)


@pytest.fixture
def context(portal: Portal) -> Context:
    return portal.context


def lent(context: Context, *, customers: bool = True) -> tuple[str, str]:
    """Ids of a shared model and of its customers, lent to the visitor."""
    data, table = model_file()
    model = context.sharing.share(data, "Spring", table)
    context.sharing.lend(VISITOR, model, customers=customers)
    return model, str(context.sharing.models()[0].info["dataset"])


def changed(portal: Portal, dataset: str, use: str) -> str:
    """The id of the data set in which the use of one column is another."""
    changes = {"Age": {"use": use}}
    job = portal.context.datasets.start_change(VISITOR, dataset, changes)
    return str(result(portal, job.id)["dataset"])


def result(portal: Portal, job_id: str) -> dict[str, Any]:
    portal.do_jobs()
    job = portal.context.ledger.job(job_id)
    assert job is not None
    assert job.state == "done", job.error
    return dict(job.result or {})


def own(portal: Portal) -> str:
    """The id of a data set of the visitor's own."""
    return str(result(portal, portal.context.datasets.start_sample(VISITOR).id)["dataset"])


def left(context: Context) -> list[tuple[str, str]]:
    """What the visitor's ledger and store still hold."""
    return [(item.kind, item.id) for kind in KINDS for item in context.ledger.items(VISITOR, kind)]


def test_a_copy_with_another_use_of_a_column_ends(portal: Portal, context: Context) -> None:
    model, dataset = lent(context)
    copy = changed(portal, dataset, "ignored")
    assert len(context.datasets.table(VISITOR, copy)) == 200
    context.sharing.take_back(model)
    for one in (dataset, copy):
        with pytest.raises(SessionExpiredError):
            context.datasets.table(VISITOR, one)
    assert context.datasets.latest(VISITOR) is None
    assert left(context) == []
    assert context.store._entries.used(VISITOR) == 0, "nor do the bytes stay"


def test_a_change_there_and_back_makes_nobody_an_owner(portal: Portal, context: Context) -> None:
    model, dataset = lent(context)
    copy = changed(portal, dataset, "ignored")
    back = changed(portal, copy, "basis")
    assert changed(portal, back, "ignored") == copy
    assert changed(portal, copy, "basis") == back
    context.sharing.take_back(model)
    assert left(context) == []


def test_renamed_models_scores_and_new_segments_end(portal: Portal, context: Context) -> None:
    model, dataset = lent(context)
    renamed = context.training.rename(VISITOR, model, "s1", "Our best")
    again = context.training.rename(VISITOR, renamed, "s2", "Our second")
    copy = changed(portal, dataset, "ignored")
    job = context.training.start(VISITOR, copy, {"n_clusters": 2})
    trained = result(portal, job.id)["model"]
    mine = own(portal)
    result(portal, context.training.start_applying(VISITOR, again, mine).id)
    assert context.training.has_scores(VISITOR, again, mine)
    context.sharing.take_back(model)
    for one in (model, renamed, again, trained):
        with pytest.raises(SessionExpiredError):
            context.training.model(VISITOR, one)
    assert left(context) == [(Kind.DATASET, mine)]
    assert len(context.datasets.table(VISITOR, mine)) == 500


def test_what_a_session_made_of_its_own_outlives_the_sharing(
    portal: Portal, context: Context
) -> None:
    mine = own(portal)
    job = context.training.start(VISITOR, mine, {"n_clusters": 2})
    trained = result(portal, job.id)["model"]
    model, _ = lent(context)
    renamed = context.training.rename(VISITOR, trained, "s1", "Mine")
    context.sharing.take_back(model)
    assert context.training.model(VISITOR, renamed).segment("s1").name == "Mine"
    assert context.datasets.latest(VISITOR) is not None


def test_a_copy_ends_also_where_it_is_made_after_the_end(portal: Portal, context: Context) -> None:
    model, dataset = lent(context)
    job = context.datasets.start_change(VISITOR, dataset, {"Age": {"use": "ignored"}})
    claimed = context.ledger.claim_job("slow", 600.0)
    assert claimed is not None
    assert claimed.id == job.id
    context.sharing.take_back(model)
    late = {"rows": 200, "columns": 1, "borrowed": [[Kind.DATASET, dataset]]}
    context.ledger.add_item(VISITOR, Kind.DATASET, "b" * 32, "late", late, job=claimed)
    with pytest.raises(SessionExpiredError):
        context.datasets.item(VISITOR, "b" * 32)


def test_customers_of_two_models_go_with_the_model_that_brought_them(
    portal: Portal, context: Context
) -> None:
    data, table = model_file()
    first, dataset = lent(context)
    other = Table.from_bytes(table.to_bytes())
    second = context.sharing.share(renamed_file(data), "Summer", other)
    assert {item.info["dataset"] for item in context.sharing.models()} == {dataset}
    context.sharing.take_back(first)
    with pytest.raises(SessionExpiredError):
        context.datasets.item(VISITOR, dataset)
    context.sharing.lend(VISITOR, second, customers=True)
    assert context.datasets.item(VISITOR, dataset).info["through"] == [second]
    json.dumps(context.datasets.item(VISITOR, dataset).info)


def renamed_file(data: bytes) -> bytes:
    from segmentation import SegmentModel

    return SegmentModel.from_bytes(data).rename("s1", "Another").to_bytes()
