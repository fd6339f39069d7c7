"""Damaged model files: what is still a model can be looked at, everything else is a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp.pages.segments.permitted_tabs import TABS
from dashapp.settings.portal_settings import Settings
from segmentation import CustomerSegmentation, ModelFileError, SegmentModel, sample_customers
from tests.callbacks import find_by_input, fire
from tests.dashapp.portal import Portal, look
from tests.segmentation.scoring.mutants import mutants

# A model that opens is put beside a list of customers, and looked at in every way.
VIEWS = [
    ("predict-content.children", "shell-refs.data", {}),
    ("predict-body.children", "predict-tabs.data", {"predict-tabs.data": "file"}),
    ("segments-content.children", "shell-refs.data", {}),
    *(("segments-body.children", "segments-tabs.data", {"segments-tabs.data": t}) for t in TABS),
]  # fmt: skip


@pytest.fixture(scope="module")
def file() -> bytes:
    return CustomerSegmentation(n_clusters=3).fit(sample_customers(300, seed=2)).model_.to_bytes()


def looked_at(portal: Portal, file: bytes, count: int, seed: int) -> int:
    """Bring so many damaged files; how many opened, with all of their views."""
    opened, dataset = 0, portal.with_sample()["dataset"]
    for mutant in mutants(file, count, seed):
        if not is_model(mutant):
            continue
        opened += 1
        model = portal.load_model(mutant)["model"]
        applied = portal.context.training.start_applying(session_of(portal), model, dataset)
        portal.do_jobs()
        assert portal.context.ledger.job(applied.id).state == "done"  # type: ignore[union-attr]
        for refs in ({"dataset": None, "model": model}, {"dataset": dataset, "model": model}):
            for output, input_, values in VIEWS:
                callback = find_by_input(portal.app, output, input_)
                answer = fire(portal.client, callback, look(refs, **values), changed=input_)
                assert answer.status_code == 200, (output, values)
                assert "on our side" not in answer.text, (output, values)
    return opened


def is_model(data: bytes) -> bool:
    try:
        SegmentModel.from_bytes(data)
    except ModelFileError:
        return False
    return True


def session_of(portal: Portal) -> str:
    ((session, _),) = portal.context.store.sessions()
    return str(session)


@pytest.fixture
def patient(tmp_path: Path) -> Portal:
    settings = Settings(
        data_dir=tmp_path / "portal", uploads_per_minute=10_000, session_quota_mb=4_000
    )
    return Portal.of(settings)


def test_what_is_left_of_a_damaged_model_can_be_looked_at(patient: Portal, file: bytes) -> None:
    assert looked_at(patient, file, 60, seed=1) > 5


@pytest.mark.slow
def test_what_is_left_of_many_damaged_models_can_be_looked_at(patient: Portal, file: bytes) -> None:
    assert looked_at(patient, file, 2_000, seed=100) > 100


def test_a_damaged_model_ends_in_a_sentence(portal: Portal, file: bytes) -> None:
    broken = file[:-10] + b"0000000000"
    job = portal.upload("q4.segmodel", broken, purpose="model").get_json()["job"]
    portal.do_jobs()
    ended = portal.context.ledger.job(job)
    assert ended is not None
    assert ended.state == "failed"
    assert "checksum does not match" in str(ended.error)
