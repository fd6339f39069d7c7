"""The real application with a visitor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dashapp.portal import Portal

if TYPE_CHECKING:
    from tests.dashapp.web.provider import Provider


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return Portal.new(tmp_path / "portal")


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider of identities that answers on a port of its own."""
    from tests.dashapp.web.provider import Provider  # makes keys when it is loaded

    made = Provider()
    yield made
    made.close()
