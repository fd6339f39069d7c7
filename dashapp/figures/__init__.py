"""Figures: functions from a table to a plotly figure, each with a function that describes it.

To add one, write it and its ``…_reading`` and name it in :data:`FIGURES`; the contract test then
runs it with no rows, a million rows and both themes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import plotly.graph_objects as go

from dashapp.figures.association_heatmap import association_heatmap, association_heatmap_reading
from dashapp.figures.by_category import measure_by_category, measure_by_category_reading
from dashapp.figures.by_segment import column_by_segment, column_by_segment_reading
from dashapp.figures.compare_segments import compare_segments, compare_segments_reading
from dashapp.figures.distributions import (
    box_plot,
    box_plot_reading,
    category_bars,
    category_bars_reading,
    histogram,
    histogram_reading,
)
from dashapp.figures.drawing.canvas import empty_figure
from dashapp.figures.evidence_by_k import (
    inertia_by_k,
    inertia_by_k_reading,
    silhouette_by_k,
    silhouette_by_k_reading,
    smallest_share_by_k,
    smallest_share_by_k_reading,
    stability_by_k,
    stability_by_k_reading,
)
from dashapp.figures.levels import level_shares, level_shares_reading
from dashapp.figures.map_sample import sample_points, sample_sentence
from dashapp.figures.one_customer_charts import (
    contributions_bar,
    contributions_bar_reading,
    customer_map,
    customer_map_reading,
    customer_mark,
)
from dashapp.figures.profile_charts import (
    index_heatmap,
    index_heatmap_reading,
    profile_radar,
    profile_radar_reading,
    profile_table,
)
from dashapp.figures.relationships import pair_plot, pair_plot_reading
from dashapp.figures.segment_map import (
    segment_map,
    segment_map_3d,
    segment_map_reading,
)
from dashapp.figures.shares import (
    customers_donut,
    customers_donut_reading,
    in_no_segment,
    share_bars,
    share_bars_reading,
)

FIGURES: Mapping[str, Callable[..., go.Figure]] = MappingProxyType(
    {
        figure.__name__: figure
        for figure in (
            histogram,
            box_plot,
            category_bars,
            measure_by_category,
            association_heatmap,
            pair_plot,
            segment_map,
            segment_map_3d,
            index_heatmap,
            profile_radar,
            level_shares,
            customers_donut,
            share_bars,
            column_by_segment,
            compare_segments,
            silhouette_by_k,
            inertia_by_k,
            stability_by_k,
            smallest_share_by_k,
            contributions_bar,
            customer_map,
        )
    }
)

__all__ = [
    "FIGURES",
    "association_heatmap",
    "association_heatmap_reading",
    "box_plot",
    "box_plot_reading",
    "category_bars",
    "category_bars_reading",
    "column_by_segment",
    "column_by_segment_reading",
    "compare_segments",
    "compare_segments_reading",
    "contributions_bar",
    "contributions_bar_reading",
    "customer_map",
    "customer_map_reading",
    "customer_mark",
    "customers_donut",
    "customers_donut_reading",
    "empty_figure",
    "histogram",
    "histogram_reading",
    "in_no_segment",
    "index_heatmap",
    "index_heatmap_reading",
    "inertia_by_k",
    "inertia_by_k_reading",
    "level_shares",
    "level_shares_reading",
    "measure_by_category",
    "measure_by_category_reading",
    "pair_plot",
    "pair_plot_reading",
    "profile_radar",
    "profile_radar_reading",
    "profile_table",
    "sample_points",
    "sample_sentence",
    "segment_map",
    "segment_map_3d",
    "segment_map_reading",
    "share_bars",
    "share_bars_reading",
    "silhouette_by_k",
    "silhouette_by_k_reading",
    "smallest_share_by_k",
    "smallest_share_by_k_reading",
    "stability_by_k",
    "stability_by_k_reading",
]
