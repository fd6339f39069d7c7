"""Large data without a cluster at hand: what is refused, said, offered and allowed for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashapp.auth.permissions import SCOPES
from dashapp.jobs.job_main import status_of
from dashapp.jobs.job_process import job_seconds
from dashapp.services.large.large_sets import SENTENCES, large_data, told
from dashapp.settings.portal_settings import Settings
from segmentation import ClusterError, LargeData, sample_customers
from tests.callbacks import callbacks, find_by_input, fire, texts
from tests.contract.test_wiring import IDS
from tests.dashapp.large import lake_in, listed, page, portal_of, use
from tests.dashapp.portal import Portal


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lake_in(tmp_path_factory.mktemp("lake"), sample_customers(20, seed=3))


def test_a_scheduler_that_is_away_is_said_without_its_address(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segmentation.scale.processes.dask_client._PATIENCE", 0.3)
    portal = portal_of(tmp_path, lake, "tcp://127.0.0.1:9")
    _, ids = listed(portal)
    said = texts(use(portal, ids, 1)["shell-alert.children"])
    assert said == SENTENCES["unreachable"]


@pytest.mark.parametrize("kind", SENTENCES)
def test_each_trouble_of_a_cluster_has_words_for_users(kind: str) -> None:
    with pytest.raises(ClusterError, match="portal") as caught, told(LargeData("/srv/a"), "a"):
        raise ClusterError("tcp://10.0.0.1:8786 is away", kind=kind)
    assert str(caught.value) == SENTENCES[kind]
    assert status_of(caught.value) == 503


@pytest.mark.parametrize(
    "id_",
    [
        {"type": "data-cluster-use", "listing": "../../etc/passwd", "row": 0},
        {"type": "data-cluster-use", "listing": "0123456789abcdef", "row": "../x"},
        {"type": "data-cluster-use", "listing": "0123456789abcdef", "row": 0.5},
    ],
)
def test_nothing_but_ids_comes_from_a_browser(
    lake: Path, tmp_path: Path, id_: dict[str, Any]
) -> None:
    portal = portal_of(tmp_path, lake, "tcp://127.0.0.1:9")
    callback = find_by_input(portal.app, "shell-job.data", "data-cluster-use.n_clicks")
    answer = fire(portal.client, callback, {"data-cluster-use.n_clicks": [(id_, 1)]})
    assert answer.status_code == 400


def test_who_may_only_look_is_offered_nothing(lake: Path, tmp_path: Path) -> None:
    viewer = portal_of(tmp_path, lake, "tcp://127.0.0.1:9").allowed(SCOPES["view-pages"])
    assert "cluster" not in page(viewer, "data-content.children", {})
    callback = find_by_input(viewer.app, "shell-job.data", "data-cluster-show.n_clicks")
    assert fire(viewer.client, callback, {"data-cluster-show.n_clicks": 1}).status_code == 403


def test_a_portal_without_a_cluster_offers_none(portal: Portal) -> None:
    assert "cluster" not in page(portal, "data-content.children", {})
    listens = [id_ for one in callbacks(portal.app) for id_, _ in one.inputs]
    assert not [one for one in listens if "cluster" in str(one)]


def test_the_callbacks_of_a_cluster_are_wired(lake: Path, tmp_path: Path) -> None:
    settings = {"data_output": str(tmp_path / "out")}
    known = {str(member) for ids in IDS.values() for member in ids}
    for callback in callbacks(portal_of(tmp_path, lake, "tcp://127.0.0.1:9", **settings).app):
        for id_, _ in (*callback.inputs, *callback.state):
            assert (id_["type"] if isinstance(id_, dict) else id_) in known


def test_large_data_have_the_time_of_a_training() -> None:
    settings = Settings(parse_seconds=10, train_seconds=500)
    assert [job_seconds(settings, kind) for kind in ("survey", "train", "write", "listing")] == [
        500, 500, 500, 10,
    ]  # fmt: skip


def test_processes_of_this_machine_get_the_memory_of_a_job() -> None:
    settings = Settings(dask_scheduler="local", data_sources="/srv", job_memory_mb=1500)
    assert large_data(settings, "/srv/a") == LargeData("/srv/a", None, "1500MB")
