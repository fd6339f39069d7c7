"""Ids of the Data page."""

from __future__ import annotations

from enum import StrEnum


class Ids(StrEnum):
    """Ids of this page."""

    CONTENT = "data-content"
    SAMPLE = "data-sample"
    GRID = "data-columns-grid"
    LAYOUT = "data-layout"
    FIX = "data-fix"
    APPLY = "data-apply-fixes"
    UNDO = "data-undo"
