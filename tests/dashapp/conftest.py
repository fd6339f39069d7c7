"""A new portal for each test; one with a trained model for tests that only read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashapp.telemetry import logs
from tests.dashapp.portal import Portal

logs.configure(machine=True)


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    """A portal with a visitor who has just arrived."""
    return Portal.new(tmp_path / "portal")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Portal, dict[str, Any]]:
    """A portal whose visitor has found segments in the sample, and the tab's references."""
    portal = Portal.new(tmp_path_factory.mktemp("trained"))
    return portal, portal.with_model(portal.with_sample())
