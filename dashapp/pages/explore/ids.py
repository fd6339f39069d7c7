"""Ids of the Explore page."""

from __future__ import annotations

from enum import StrEnum


class Ids(StrEnum):
    """Ids of this page."""

    CONTENT = "explore-content"
    TABS = "explore-tabs"
    BODY = "explore-body"
    FILTER = "explore-filter"
    FILTERS = "explore-filters"
    CLEAR = "explore-clear"
    COUNT = "explore-count"
    COLUMN = "explore-column"
    SPLIT = "explore-split"
    HISTOGRAM = "explore-histogram"
    HISTOGRAM_READING = "explore-histogram-reading"
    BOX = "explore-box"
    BOX_CARD = "explore-box-card"
    BOX_READING = "explore-box-reading"
    MEASURE = "explore-measure"
    CATEGORY = "explore-category"
    STATISTIC = "explore-statistic"
    BY_CATEGORY = "explore-by-category"
    BY_CATEGORY_READING = "explore-by-category-reading"
    HEATMAP = "explore-heatmap"
    HEATMAP_READING = "explore-heatmap-reading"
    BETWEEN = "explore-between"
    PAIR = "explore-pair"
    PAIR_READING = "explore-pair-reading"
