"""Ids of the Segments page."""

from __future__ import annotations

from enum import StrEnum


class Ids(StrEnum):
    """Ids of the page and of what is inside its tabs."""

    CONTENT = "segments-content"
    APPLY = "segments-apply"
    FIND = "segments-find"
    OPTION = "segments-option"
    NAME = "segments-name"
    NAME_NOTE = "segments-name-note"
    TABS = "segments-tabs"
    BODY = "segments-body"
    MAP = "segments-map"
    MAP_VIEW = "segments-map-view"
    MAP_CUSTOMER = "segments-map-customer"
    HEATMAP = "segments-heatmap"
    RADAR = "segments-radar"
    LEVELS = "segments-levels"
    LEVELS_COLUMN = "segments-levels-column"
    DONUT = "segments-donut"
    SHARES = "segments-shares"
    SPREAD = "segments-spread"
    SPREAD_COLUMN = "segments-spread-column"
    COMPARE = "segments-compare"
    COMPARE_SEGMENTS = "segments-compare-segments"
    TAKE = "segments-take"
    SILHOUETTE = "segments-silhouette"
    INERTIA = "segments-inertia"
    STABILITY = "segments-stability"
    SMALLEST = "segments-smallest"
    WRITE = "segments-write"
    GRID = "segments-grid"
    GRID_SEARCH = "segments-grid-search"
    GRID_SEGMENT = "segments-grid-segment"
    GRID_WHICH = "segments-grid-which"
    GRID_PICKED = "segments-grid-picked"
    GRID_COUNT = "segments-grid-count"
    GRID_DOWNLOAD = "segments-grid-download"
