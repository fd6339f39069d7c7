"""Evidence for each number of segments, where there is little or much of it."""

from __future__ import annotations

from dataclasses import replace

from dashapp import figures
from dashapp.figures.evidence_by_k import NOTHING
from tests import segment_samples as samples

READINGS = (
    figures.silhouette_by_k_reading,
    figures.inertia_by_k_reading,
    figures.stability_by_k_reading,
    figures.smallest_share_by_k_reading,
)


def test_one_segment_still_has_the_evidence_of_the_others() -> None:
    for reading in READINGS:
        sentence = reading(samples.evidence(), 1)
        assert NOTHING not in sentence
        assert sentence.endswith(".")
    assert figures.inertia_by_k_reading(samples.evidence(), 1) == (
        "Compared here: 2 to 5 segments; 1 segment was found."
    )


def test_small_inertia_is_written_in_plain_numbers() -> None:
    small = tuple(replace(row, inertia=row.inertia / 3000) for row in samples.evidence())
    assert figures.inertia_by_k(small, 3).layout.yaxis.tickformat == ",.3~r"
    large = tuple(replace(row, inertia=row.inertia * 3000) for row in samples.evidence())
    assert figures.inertia_by_k(large, 3).layout.yaxis.tickformat == ",.3~s"


def test_the_silhouette_hands_its_interval_to_the_file_instead_of_an_outline() -> None:
    outline, line = figures.silhouette_by_k(samples.evidence(), 3).data
    assert outline.meta == {"helper": True}
    assert line.meta["extra"]["lower end (95 %)"][1] == 0.5
