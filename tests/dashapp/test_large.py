"""Large data on a cluster, from the list of data sets to all customers written back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashapp.auth.audit_log import AUDIT_FILE
from segmentation import SegmentModel, sample_customers
from tests.callbacks import find_by_input, fire, texts
from tests.dashapp.large import CUSTOMERS, SAMPLE, lake_in, listed, page, portal_of, tab, use
from tests.dashapp.portal import ORIGIN, Portal
from tests.dask_cluster import running_cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running.address


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return sample_customers(CUSTOMERS, seed=3, missing=0.01)


@pytest.fixture(scope="module")
def lake(people: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lake_in(tmp_path_factory.mktemp("lake"), people)


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, lake: Path, cluster: str
) -> tuple[Portal, dict[str, Any], Path]:
    """A portal that has found segments in the large data set."""
    folder = tmp_path_factory.mktemp("large")
    out = folder / "results"
    portal = portal_of(folder, lake, cluster, data_output=str(out))
    _, ids = listed(portal)
    refs = use(portal, ids, 1)["shell-refs.data"]
    return portal, portal.with_model(refs), out


def test_data_sets_are_listed_with_their_files(lake: Path, cluster: str, tmp_path: Path) -> None:
    content, ids = listed(portal_of(tmp_path, lake, cluster))
    assert texts(content).startswith("crm/damaged.parquet 12 bytes Use this data crm/2026 2 files")
    assert [one["row"] for one in ids] == [0, 1, 2, 3]
    assert str(lake) not in json.dumps(content)


def test_data_counts_everybody_and_shows_a_sample(
    trained: tuple[Portal, dict[str, Any], Path], people: pd.DataFrame
) -> None:
    portal, refs, _ = trained
    shown = page(portal, "data-content.children", refs)
    assert "3,000 rows × 11 columns, 2 files" in shown
    assert "3,000 rows read = 3,000 used + 0 set aside + 0 duplicate" in shown
    assert "are of all 3,000 customers" in shown
    assert "a random sample of 1,000 of 3,000 customers" in shown
    assert "First 20 rows of the sample" in shown
    assert f"Total spend {people['Total Spend'].sum():,.0f} all customers" in shown
    assert f"Complete rows {len(people.dropna()) / CUSTOMERS:.0%}".replace("%", " %") in shown
    assert "3,000 rows" in page(portal, "shell-summary.children", refs)


def test_explore_says_that_it_looks_at_a_sample(
    trained: tuple[Portal, dict[str, Any], Path],
) -> None:
    portal, refs, _ = trained
    shown = page(portal, "explore-content.children", refs)
    assert "look at a random sample of 1,000 of 3,000 customers" in shown
    assert "1,000 of 1,000 sampled customers" in shown


def test_segments_count_everybody(
    trained: tuple[Portal, dict[str, Any], Path], people: pd.DataFrame
) -> None:
    portal, refs, _ = trained
    file = portal.client.get(f"/download/model.segmodel?model={refs['model']}", headers=ORIGIN)
    model = SegmentModel.from_bytes(file.data)
    assert sum(segment.size for segment in model.segments) == model.n_rows == CUSTOMERS
    assert model.parameters["engine"] == "dask"
    assert "3,000 customers from crm/2026" in page(portal, "segments-content.children", refs)
    assert "all 3,000 customers. The map shows a random sample of 1,000" in tab(portal, refs, "map")
    assert "count all 3,000 customers" in tab(portal, refs, "distribution")
    assert "compared on a random sample" in tab(portal, refs, "evidence")
    listed_ = tab(portal, refs, "customers")
    assert "hold a random sample of 1,000 of 3,000 customers" in listed_
    assert "Write all 3,000 customers" in listed_


def test_algorithms_that_large_data_do_not_have_are_not_offered(
    trained: tuple[Portal, dict[str, Any], Path],
) -> None:
    portal, refs, _ = trained
    shown = page(portal, "segments-content.children", refs)
    assert "Smallest segment" in shown
    assert "Algorithm" not in shown


def test_another_number_of_segments_is_taken_from_the_evidence(
    trained: tuple[Portal, dict[str, Any], Path],
) -> None:
    portal, refs, _ = trained
    job = portal.fire(
        "shell-job.data",
        "segments-take.data",
        {"segments-take.data": [3, 0.4], "shell-refs.data": refs},
    )
    after = portal.follow(job["shell-job.data"], refs)["shell-refs.data"]
    assert "3 segments" in page(portal, "shell-summary.children", after)


def test_all_customers_are_written_with_their_segments(
    trained: tuple[Portal, dict[str, Any], Path], people: pd.DataFrame
) -> None:
    portal, refs, out = trained
    job = portal.fire(
        "shell-job.data",
        "segments-write.n_clicks",
        {"segments-write.n_clicks": 1, "shell-refs.data": refs},
    )
    view = portal.follow(job["shell-job.data"], refs)
    said = texts(view["shell-alert.children"])
    assert "3,000 customers were written with their segments: 2 Parquet files in “results/" in said
    (folder,) = out.iterdir()
    assert (folder / "_SUCCESS").exists()
    written = pd.read_parquet(folder)
    assert written["Customer ID"].tolist() == people["Customer ID"].tolist()
    assert written["segment"].notna().all()


def test_files_of_the_list_are_called_a_sample(
    trained: tuple[Portal, dict[str, Any], Path],
) -> None:
    portal, refs, _ = trained
    query = f"data={refs['dataset']}&model={refs['model']}"
    file = portal.client.get(f"/download/customers.csv?{query}", headers=ORIGIN)
    assert "2026-sample-segments.csv" in file.headers["Content-Disposition"]
    assert file.data.count(b"\r\n") == SAMPLE + 1


def test_another_session_cannot_write_these_customers(
    trained: tuple[Portal, dict[str, Any], Path],
) -> None:
    portal, refs, _ = trained
    other = portal.visitor()
    callback = find_by_input(other.app, "shell-job.data", "segments-write.n_clicks")
    values = {"segments-write.n_clicks": 1, "shell-refs.data": refs}
    assert fire(other.client, callback, values).status_code < 500
    assert portal.context.ledger.claim_job("test", 1.0) is None


def test_a_place_that_cannot_be_written_to_is_said(
    trained: tuple[Portal, dict[str, Any], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    portal, refs, out = trained
    blocked = out.parent / "blocked"
    blocked.write_text("a file, no folder")
    monkeypatch.setattr("dashapp.services.large.large_sets.folder_for", lambda *_: "../blocked/new")
    shown = portal.fire(
        "shell-job.data", "data-cluster-show.n_clicks", {"data-cluster-show.n_clicks": 1}
    )
    session = portal.context.ledger.job(shown["shell-job.data"]["id"]).session
    # Another model: the same request again would be the same job.
    model = portal.context.training.rename(session, refs["model"], "s1", "Others")
    job = portal.fire(
        "shell-job.data",
        "segments-write.n_clicks",
        {"segments-write.n_clicks": 1, "shell-refs.data": {**refs, "model": model}},
    )
    said = texts(portal.follow(job["shell-job.data"], refs)["shell-alert.children"])
    assert said.startswith("Nothing can be written to “results” at present.")


def test_what_was_done_stands_in_the_audit_log(
    trained: tuple[Portal, dict[str, Any], Path],
) -> None:
    portal, _, _ = trained
    lines = (portal.context.settings.data_dir / AUDIT_FILE).read_text().splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert {"read", "train"} <= set(events)
    assert "crm" not in "".join(lines)


def test_changed_columns_drive_the_training(lake: Path, cluster: str, tmp_path: Path) -> None:
    portal = portal_of(tmp_path, lake, cluster)
    _, ids = listed(portal)
    refs = use(portal, ids, 1)["shell-refs.data"]
    change = [{"colId": "use", "data": {"name": "City", "use": "basis"}}]
    job = portal.fire(
        "shell-job.data",
        "data-columns-grid.cellValueChanged",
        {"data-columns-grid.cellValueChanged": change, "shell-refs.data": refs},
    )
    changed = portal.follow(job["shell-job.data"], refs)["shell-refs.data"]
    assert changed["dataset"] != refs["dataset"]
    after = portal.with_model(changed)
    shown = page(portal, "segments-content.children", after)
    assert "3,000 customers from crm/2026, compared on 9 columns" in shown
    assert "Write all" not in tab(portal, after, "customers")


def test_a_damaged_file_is_named(lake: Path, cluster: str, tmp_path: Path) -> None:
    portal = portal_of(tmp_path, lake, cluster)
    _, ids = listed(portal)
    said = texts(use(portal, ids, 0)["shell-alert.children"])
    assert "damaged.parquet" in said
    assert str(lake) not in said


def test_a_place_is_never_told(cluster: str, tmp_path: Path) -> None:
    lake = tmp_path / "secret-place"
    (lake / "crm" / "country=NO").mkdir(parents=True)
    sample_customers(50, seed=1).to_parquet(lake / "crm" / "country=NO" / "a.parquet")
    sample_customers(50, seed=1).to_parquet(lake / "crm" / "country=NO" / "b.parquet")
    portal = portal_of(tmp_path, lake / "crm", cluster)
    settings = portal.context.settings
    request = {"place": str(lake / "crm"), "path": "", "name": "crm", "mark": ""}
    job = portal.context.jobs.submit("a" * 32, "survey", request)
    portal.do_jobs()
    ended = portal.context.jobs.get("a" * 32, job.id)
    assert ended is not None
    assert "The folders in “crm” hold a column in their names" in str(ended.error)
    assert settings.data_sources not in str(ended.error)


def test_another_session_cannot_use_a_listing(lake: Path, cluster: str, tmp_path: Path) -> None:
    portal = portal_of(tmp_path, lake, cluster)
    _, ids = listed(portal)
    other = portal.visitor()
    callback = find_by_input(other.app, "shell-job.data", "data-cluster-use.n_clicks")
    answer = fire(other.client, callback, {"data-cluster-use.n_clicks": [(ids[0], 1)]})
    assert answer.status_code < 500
    assert portal.context.ledger.claim_job("test", 1.0) is None
