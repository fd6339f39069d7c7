"""Grades follow from how far the data exceeds data without groups."""

import pytest

from segmentation.cluster.evidence import KEvidence
from segmentation.cluster.findings import Comparison
from segmentation.cluster.verdict import grade, list_of, sentence


def comparison(*margins: float, silhouette: float = 0.5, typical: float = 0.2) -> Comparison:
    far = tuple(m + 5 for m in margins)
    return Comparison((silhouette, 1.0, 1.0), margins, far, 1.0, typical)


def evidence(stability: float | None = 0.9) -> KEvidence:
    return KEvidence(3, 0.5, 0.45, 0.55, 100.0, 0.5, 10.0, stability, 0.2)


@pytest.mark.parametrize(
    ("margins", "expected"),
    [
        ((30.0, 30.0, 30.0), "strong"),
        ((7.0, 7.0, 7.0), "clear"),
        ((3.0, 3.0, 3.0), "weak"),
        ((4.5, 0.0, 0.0), "weak"),
        ((1.0, 1.0, 1.0), "none"),
        ((1.0, 90.0, 1.0), "none"),
    ],
)
def test_the_middle_statistic_against_the_closer_null_decides(margins, expected):
    assert grade(comparison(*margins), evidence()).grade == expected


def test_unstable_segments_are_not_strong():
    assert grade(comparison(30, 30, 30), evidence(0.4)).grade == "clear"


def test_a_significant_but_tiny_gain_is_weak():
    tiny = comparison(30, 30, 30, silhouette=0.21)
    assert grade(tiny, evidence()).grade == "weak"


def test_a_handful_of_outliers_is_weak():
    assert grade(comparison(60, 60, 60), evidence(), large_enough=False).grade == "weak"


def test_reasons_name_the_numbers():
    reasons = grade(comparison(30, 30, 30), evidence()).reasons
    assert "is 0.50" in reasons[0]
    assert "reaches 0.20" in reasons[0]
    assert "0.90" in reasons[1]


def test_sentences_read_well():
    assert list_of([4]) == "4"
    assert list_of([3, 4, 6]) == "3, 4 and 6"
    assert sentence("strong", 4, 4).startswith("4 segments stand out")
    assert sentence("none", 1, 1).startswith("No reliable segments")
    assert sentence("weak", 2, 4).startswith("You chose 2 segments; the evidence favors 4 seg")
    assert sentence("none", 3, 1) == "You chose 3 segments; the evidence favors no division at all."
