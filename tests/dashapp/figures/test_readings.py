"""Readings are computed: on small data, the sentence is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashapp import figures
from dashapp.figures.by_category import estimate
from dashapp.figures.drawing.plotted_values import bin_edges, box_of, groups
from segmentation import Column, Role, Use
from tests import segment_samples as samples

pytestmark = pytest.mark.usefixtures("dollars")


def column(name: str, role: Role, levels: tuple[str, ...] = ()) -> Column:
    return Column(name, role, Use.BASIS, "", None, levels)


def test_a_histogram_names_the_middle_half_and_a_skew() -> None:
    frame = pd.DataFrame({"Total Spend": [1.0, 2, 3, 4, 1000]})
    assert figures.histogram_reading(frame, "Total Spend") == (
        "Half of the customers are between $2 and $4; the median is $3. "
        "A few high values pull the mean to $202."
    )


def test_a_box_plot_counts_the_extremes() -> None:
    frame = pd.DataFrame({"Items": [1.0, 2, 3, 4, 100]})
    assert figures.box_plot_reading(frame, "Items") == (
        "1 customer (20.0 %) lies outside the usual range, 1 to 4."
    )


def test_a_box_plot_compares_groups() -> None:
    frame = pd.DataFrame({"Items": [1.0, 2, 8, 9], "City": ["Rome", "Rome", "Oslo", "Oslo"]})
    assert figures.box_plot_reading(frame, "Items", by="City") == (
        "The median is highest for Oslo (8.5) and lowest for Rome (1.5)."
    )


def test_overlapping_intervals_are_not_called_a_difference() -> None:
    frame = pd.DataFrame({"Items": [1.0, 9, 2, 9.5], "City": list("aabb")})
    assert figures.measure_by_category_reading(frame, "Items", "City").endswith(
        "the intervals overlap, so the difference may be chance."
    )


def test_correlated_numbers_are_said_in_words() -> None:
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [8.0, 6, 4, 2]})
    sentence = figures.pair_plot_reading(
        frame, column("a", Role.NUMERIC), column("b", Role.NUMERIC)
    )
    assert sentence == "More a goes strongly with less b (correlation -1.00)."


def test_two_categories_name_the_most_surprising_cell() -> None:
    frame = pd.DataFrame({"City": ["Rome"] * 4 + ["Oslo"] * 4, "Tier": ["Gold"] * 4 + ["Tin"] * 4})
    sentence = figures.pair_plot_reading(
        frame, column("City", Role.NOMINAL), column("Tier", Role.NOMINAL)
    )
    assert sentence == "Of the customers with City Rome, 100 % have Tier Gold, against 50 % of all."


def test_the_index_names_the_cell_furthest_from_everybody() -> None:
    assert figures.index_heatmap_reading(samples.segments(), samples.COLUMNS) == (
        "100 is everybody's average. Occasional Shoppers stands out most: Total Spend is $300 on "
        "average, index 43."
    )


def test_revenue_beside_customers_names_the_valuable_few() -> None:
    assert figures.share_bars_reading(samples.segments()) == (
        "High Spenders is 20 % of customers and 37 % of revenue."
    )


def test_the_donut_names_the_largest_and_the_smallest() -> None:
    assert figures.customers_donut_reading(samples.segments()) == (
        "Loyal Customers is the largest segment with 50 customers (50 %), High Spenders the "
        "smallest with 20 (20 %)."
    )


def test_comparison_starts_with_the_largest_difference() -> None:
    figure = figures.compare_segments(samples.segments(), samples.everybody(), samples.COLUMNS)
    assert figure.layout.yaxis.tickvals[0] == "Total Spend"
    assert figures.compare_segments_reading(
        samples.segments(), samples.everybody(), samples.COLUMNS
    ) == (
        "They differ most in Total Spend: $1,300 on average in High Spenders, $300 in "
        "Occasional Shoppers."
    )


def test_the_silhouette_names_the_numbers_that_are_close() -> None:
    assert figures.silhouette_by_k_reading(samples.evidence(), 3) == (
        "By the silhouette alone 3 segments (0.52) lead; 4 is within its interval."
    )
    assert figures.silhouette_by_k_reading(samples.evidence(), 2).endswith(
        "Shown here: 2 segments."
    )


def test_the_elbow_says_what_each_step_gains() -> None:
    assert figures.inertia_by_k_reading(samples.evidence(), 3) == (
        "Going from 2 to 3 segments lowers it by 44 %; one more would lower it by 14 %."
    )


def test_the_map_says_what_it_keeps_and_who_is_alike() -> None:
    assert figures.segment_map_reading(samples.model()) == (
        "Near means alike. The flat map keeps 70 % of the differences between customers, the 3D "
        "map 80 %. High Spenders and Loyal Customers are the most alike."
    )


def test_a_customer_on_the_border_is_called_so() -> None:
    assert "between High Spenders and Loyal Customers" in figures.customer_map_reading(
        samples.assignment()
    )


def test_a_sure_customer_is_nearer_to_one_however_flat_the_map_is() -> None:
    told = figures.customer_map_reading(replace(samples.assignment(), confidence=0.97))
    assert "clearly nearer to High Spenders than to Loyal Customers (97 % confidence)" in told


def test_the_donut_counts_thousands_in_full_and_millions_in_short() -> None:
    def hole(times: int) -> str:
        part = tuple(replace(s, size=times * s.size) for s in samples.segments())
        return str(figures.customers_donut(part).layout.annotations[0].text)

    total = sum(segment.size for segment in samples.segments())
    assert hole(100).startswith(f"<b>{100 * total:,}</b>")
    assert " M</b>" in hole(10_000)


def test_the_profile_table_has_everybody_last() -> None:
    table = figures.profile_table(samples.segments(), samples.everybody())
    assert table["Segment"].tolist() == [*samples.NAMES, "Everybody"]
    assert table["Membership"].iloc[0] == "Gold (90 %)"


@pytest.mark.parametrize("size", [50, 3000, 40_000])
def test_the_sample_keeps_small_segments_and_its_bound(size: int) -> None:
    points = samples.points(size)
    points.loc[:9, "segment_id"] = "s9"
    sample = figures.sample_points(points)
    assert len(sample) <= 3000 + 4 * 40
    assert (sample["segment_id"] == "s9").sum() == 10
    assert sample.index.is_monotonic_increasing


def test_bins_cover_every_value_with_round_edges() -> None:
    values = np.array([410.8, 505.2, 780.5, 1100.0, 1520.1] * 20)
    edges = bin_edges(values)
    assert edges[0] <= values.min()
    assert edges[-1] > values.max()
    assert np.allclose(edges % 25, 0)
    assert np.histogram(values, edges)[0].sum() == len(values)


def test_one_value_has_one_bin_and_one_box() -> None:
    values = np.array([7.0, 7.0])
    assert bin_edges(values).tolist() == [6.5, 7.5]
    assert box_of(values).median == 7.0


def test_many_levels_become_one_other_group() -> None:
    frame = pd.DataFrame({"City": [f"c{i}" for i in range(30)] + ["c0"] * 5})
    found = groups(frame, "City", 4)
    assert found.names[0] == "c0"
    assert found.names[-1] == "Other (27)"
    assert found.codes.max() == 3


def test_the_medians_interval_needs_no_distribution() -> None:
    found = estimate(np.arange(101, dtype=float), "median")
    assert (found.low, found.value, found.high) == (40.0, 50.0, 61.0)


def test_customers_in_no_segment_have_a_slice_and_a_sentence_of_their_own() -> None:
    # A quarter of the customers is noise: the shares are those of everybody.
    part = tuple(replace(s, share=0.75 * s.share) for s in samples.segments())
    everybody = round(part[0].size / part[0].share)
    figure = figures.customers_donut(part)
    assert list(figure.data[0].labels)[-1] == "Unassigned"
    assert int(sum(figure.data[0].values)) == everybody
    assert figures.in_no_segment(part) == everybody - sum(s.size for s in part)
    assert figures.in_no_segment(samples.segments()) == 0
