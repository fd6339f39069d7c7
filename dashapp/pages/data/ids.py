"""Ids of the Data page."""

from __future__ import annotations

from enum import StrEnum


class Ids(StrEnum):
    """Ids of this page."""

    CONTENT = "data-content"
    SAMPLE = "data-sample"
    GRID = "data-columns-grid"
    LAYOUT = "data-layout"
    REJECTS = "data-rejects"
    PREVIEW = "data-preview"
    READ = "data-read"
    FIX = "data-fix"
    FIX_ALL = "data-fix-all"
    IN_FORCE = "data-in-force"
    APPLY = "data-apply-fixes"
    CUSTOMER = "data-customer"
    CUSTOMER_APPLY = "data-customer-apply"
    UNDO = "data-undo"
    REDO = "data-redo"
    CLUSTER = "data-cluster"
    CLUSTER_SHOW = "data-cluster-show"
    CLUSTER_USE = "data-cluster-use"
