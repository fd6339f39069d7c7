"""Ids of the Predict page."""

from __future__ import annotations

from enum import StrEnum


class Ids(StrEnum):
    """Ids of the page."""

    CONTENT = "predict-content"
    TABS = "predict-tabs"
    BODY = "predict-body"
    FIELD = "predict-field"
    RESULT = "predict-result"
    BESIDE = "predict-beside"
    MAP = "predict-map"
    CHANGES = "predict-changes"
    WHY = "predict-why"
    BATCH = "predict-batch"
    EXPORT = "predict-export"
