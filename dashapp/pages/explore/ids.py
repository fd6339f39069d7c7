"""Ids of the Explore page."""

from __future__ import annotations

from enum import StrEnum


class Ids(StrEnum):
    """Ids of this page."""

    CONTENT = "explore-content"
    TABS = "explore-tabs"
    BODY = "explore-body"
    FILTER = "explore-filter"
    RANGE = "explore-range"
    FILTERS = "explore-filters"
    CLEAR = "explore-clear"
    COUNT = "explore-count"
    COLUMN = "explore-column"
    SPLIT = "explore-split"
    HISTOGRAM = "explore-histogram"
    BOX = "explore-box"
    BOX_CARD = "explore-box-card"
    MEASURE = "explore-measure"
    CATEGORY = "explore-category"
    STATISTIC = "explore-statistic"
    BY_CATEGORY = "explore-by-category"
    HEATMAP = "explore-heatmap"
    ALERTS = "explore-alerts"
    BETWEEN = "explore-between"
    PAIR = "explore-pair"
