"""Segments beside everybody: noise ranks last, and what cannot be said stays empty."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashapp import figures, units
from dashapp.figures.association_heatmap import MAX_ASSOCIATED
from dashapp.figures.profile_charts import MAX_TRAITS
from segmentation import Profile, Segment
from tests import segment_samples as samples

pytestmark = pytest.mark.usefixtures("dollars")


def with_column(name: str, means: tuple[float, ...], z: tuple[float, ...]) -> tuple[Segment, ...]:
    """The segments with one more numeric column, which has no index."""
    return tuple(
        replace(
            segment,
            profile=replace(
                segment.profile,
                numeric=segment.profile.numeric
                | {
                    name: replace(segment.profile.numeric["Age"], mean=mean, index=None, z=distance)
                },
            ),
        )
        for segment, mean, distance in zip(samples.segments(), means, z, strict=True)
    )


def everybody_with(name: str) -> Profile:
    """All customers with one more numeric column, around zero."""
    everybody = samples.everybody()
    column = replace(everybody.numeric["Age"], mean=0.003, index=None, z=0.0)
    return replace(everybody, numeric=everybody.numeric | {name: column})


def test_a_mean_near_zero_does_not_make_noise_the_largest_difference() -> None:
    segments = with_column("Balance", (0.02, -0.01, 0.0), (0.02, -0.01, 0.0))
    figure = figures.compare_segments(
        segments, everybody_with("Balance"), (*samples.COLUMNS, "Balance")
    )
    assert figure.layout.yaxis.tickvals[0] == "Total Spend"
    assert figure.layout.yaxis.tickvals[-1] == "Balance"
    assert figure.layout.xaxis.title.text == "Standard deviations<br>from everybody"
    drawn = next(trace for trace in figure.data if trace.name == "High Spenders")
    np.testing.assert_allclose(drawn.x[0], segments[0].profile.numeric["Total Spend"].z)


def test_the_hover_of_a_difference_speaks_in_original_units_and_percent() -> None:
    figure = figures.compare_segments(samples.segments(), samples.everybody(), samples.COLUMNS)
    drawn = next(trace for trace in figure.data if trace.name == "High Spenders")
    assert "$1,300 on average<br>everybody $700 (+86 %)" in drawn.hovertext[0]


def test_segments_that_are_alike_give_a_sentence_and_no_axis() -> None:
    same = with_column("Balance", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    assert not figures.compare_segments(same, samples.everybody(), ("Balance",)).data
    assert "no number in which" in figures.compare_segments_reading(
        same, samples.everybody(), ("Balance",)
    )


def test_cells_without_an_index_are_empty_and_say_why() -> None:
    segments = with_column("Balance", (1.0, -1.0, math.nan), (1.0, -1.0, 0.0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = figures.index_heatmap(segments, (*samples.COLUMNS, "Balance"))
        reading = figures.index_heatmap_reading(segments, (*samples.COLUMNS, "Balance"))
    heatmap, written = figure.data
    assert np.isnan(heatmap.z[-1]).all()
    row = [text for y, text in zip(written.y, written.text, strict=True) if y == "Balance"]
    assert row == ["–", "–", "–"]
    assert "no index: everybody's average is not clearly above zero" in heatmap.hovertext[-1][0]
    assert "no known values" in heatmap.hovertext[-1][2]
    assert heatmap.hoverongaps
    assert "Total Spend" in reading


def test_a_negative_average_is_drawn_at_the_low_end() -> None:
    first, *rest = samples.segments()
    profile = first.profile
    age = replace(profile.numeric["Age"], mean=-5.0, index=-14.0)
    first = replace(first, profile=replace(profile, numeric=profile.numeric | {"Age": age}))
    heatmap, _ = figures.index_heatmap((first, *rest), ("Age",)).data
    assert heatmap.z[0][0] == -1


def test_many_columns_are_cut_to_the_most_telling_and_the_reading_says_so() -> None:
    segments = samples.segments()
    many = [f"Column {place}" for place in range(60)]
    wide = tuple(
        replace(s, profile=replace(s.profile, numeric=dict.fromkeys(
            many, s.profile.numeric["Total Spend"])))
        for s in segments
    )  # fmt: skip
    heatmap, _ = figures.index_heatmap(wide, many).data
    assert len(heatmap.z) == MAX_TRAITS
    assert figures.index_heatmap_reading(wide, many).startswith(
        f"The {MAX_TRAITS} most telling of 60 columns."
    )


def test_nobody_stands_out_where_there_is_one_segment() -> None:
    everybody = samples.everybody()
    one = (replace(samples.segments()[0], profile=everybody, name="All customers"),)
    assert figures.index_heatmap_reading(one, samples.COLUMNS) == "100 is everybody's average."


def test_of_many_columns_those_that_go_together_most_are_drawn() -> None:
    names = [f"c{place}" for place in range(40)]
    values = np.full((40, 40), 0.1)
    values[38, 39] = values[39, 38] = 0.9
    np.fill_diagonal(values, 1)
    matrix = pd.DataFrame(values, index=names, columns=names)
    figure = figures.association_heatmap(matrix)
    assert len(figure.data[0].y) == MAX_ASSOCIATED - 1
    assert figure.data[0].y[-1] == "c39"
    assert "24 of 40 columns" in figures.association_heatmap_reading(matrix)


def test_names_in_the_files_of_charts_are_whole() -> None:
    long = "Customers who come back every month and bring their friends"
    renamed = samples.renamed(long)
    donut, radar, compared = (
        figures.customers_donut(renamed).data[0].meta["labels"][0],
        figures.profile_radar(renamed, samples.COLUMNS).data[0].meta["name"],
        [
            trace.meta.get("name")
            for trace in figures.compare_segments(
                renamed, samples.everybody(), samples.COLUMNS
            ).data
        ],
    )
    assert donut == radar == long
    assert long in compared


def test_the_share_of_the_longest_bar_has_room_beside_it() -> None:
    figure = figures.share_bars(samples.segments())
    assert figure.layout.xaxis.range[1] > 1.2 * max(max(bar.x) for bar in figure.data)


@pytest.fixture
def age_counts_days(dollars: None) -> Iterator[None]:
    """“Age” is a column of dates, of which models have the days before the newest."""
    units.use_units({}, {"Age": "2026-01-31"})
    yield
    units.use_units({})


@pytest.mark.usefixtures("age_counts_days")
def test_a_later_day_lies_to_the_right_and_outside_on_the_radar() -> None:
    segments = samples.segments()  # 34, 36 and 38 days before
    drawn = figures.compare_segments(segments, samples.everybody(), ["Age"]).data
    places = [float(trace.x[0]) for trace in drawn if trace.mode == "markers"]
    assert places == sorted(places, reverse=True)
    radar = figures.profile_radar(segments, ["Age", "Total Spend", "Items Purchased"])
    assert [float(trace.r[0]) for trace in radar.data] == [100.0, 50.0, 0.0]


@pytest.mark.usefixtures("age_counts_days")
def test_days_are_no_multiples_of_everybodys() -> None:
    heatmap = figures.index_heatmap(samples.segments(), ["Age", "Total Spend"])
    assert list(heatmap.data[0].y) == ["Total Spend"]
