"""The settings of large data: what is impossible stops the start with one line."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from dashapp.settings.dask_settings import places_in
from dashapp.settings.portal_settings import Settings, SettingsError, load_settings

COMPLETE = {"DASK_SCHEDULER": "tcp://10.0.0.1:8786", "DATA_SOURCES": "/srv/crm, s3://crm/exports"}


def loaded(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(f"SEGMENTATION_{name}", value)
    return load_settings()


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "tls://dask.example.com:8786", "local"])
def test_a_scheduler_and_places_are_enough(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    settings = loaded(monkeypatch, **{**COMPLETE, "DASK_SCHEDULER": address})
    assert settings.dask_scheduler == address
    assert places_in(settings.data_sources) == ("/srv/crm", "s3://crm/exports")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"DASK_SCHEDULER": "tcp://10.0.0.1:8786"}, "needs SEGMENTATION_DATA_SOURCES"),
        ({"DATA_SOURCES": "/srv/crm"}, "need SEGMENTATION_DASK_SCHEDULER"),
        ({"DATA_OUTPUT": "/srv/out"}, "need SEGMENTATION_DASK_SCHEDULER"),
        ({**COMPLETE, "DASK_SCHEDULER": "10.0.0.1"}, "DASK_SCHEDULER: is tcp://"),
        ({**COMPLETE, "DASK_SCHEDULER": "http://10.0.0.1:80"}, "DASK_SCHEDULER: is tcp://"),
        ({**COMPLETE, "DATA_SOURCES": "data"}, "DATA_SOURCES: 'data' is neither"),
        ({**COMPLETE, "DATA_SOURCES": "/"}, "DATA_SOURCES: '' is neither"),
        ({**COMPLETE, "DATA_SOURCES": "/srv/../etc"}, "upwards"),
        ({**COMPLETE, "DATA_SOURCES": "s3://crm/../other"}, "upwards"),
        ({**COMPLETE, "DATA_SOURCES": "s3://key:secret@crm"}, "no URL prefix"),
        ({**COMPLETE, "DATA_SOURCES": "simplecache::s3://crm"}, "no URL prefix"),
        ({**COMPLETE, "DATA_SOURCES": "file:///srv/crm"}, "no URL prefix"),
        ({**COMPLETE, "DATA_OUTPUT": "/srv/a,/srv/b"}, "one folder"),
        ({**COMPLETE, "DATA_SAMPLE_ROWS": "10"}, "DATA_SAMPLE_ROWS"),
        ({**COMPLETE, "DASK_SCHEDULER": "local", "JOB_MEMORY_MB": "512"}, "JOB_MEMORY_MB"),
    ],
)
def test_what_is_impossible_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        loaded(monkeypatch, **given)
    assert "\n" not in str(caught.value)


def test_packages_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def without(name: str, *rest: Any) -> Any:
        return None if name == "distributed" else found(name, *rest)

    monkeypatch.setattr("dashapp.settings.dask_settings.find_spec", without)
    with pytest.raises(SettingsError, match=r'pip install "\.\[scale\]"'):
        loaded(monkeypatch, **COMPLETE)
