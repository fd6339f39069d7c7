"""Grades follow from how far the data exceeds data without groups."""

from dataclasses import replace

import pytest

from segmentation.cluster.selection.evidence import Choice, KEvidence, Verdict
from segmentation.cluster.selection.gather_evidence import Comparison
from segmentation.cluster.selection.verdict import grade, with_stability
from segmentation.cluster.selection.verdict_text import conclusion, list_of


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


def told(level: str, k: int, recommended: int, *runners_up: int) -> str:
    found = [replace(evidence(), k=j, smallest_share=1 / (2 * j)) for j in (2, 3, 4, 5)]
    return conclusion(level, k, recommended, found, runners_up, least_share=0.03)


def test_the_sentence_names_the_silhouette_and_the_close_alternatives():
    assert list_of([4]) == "4"
    assert list_of([3, 4, 6]) == "3, 4 and 6"
    assert told("clear", 4, 4, 5, 3) == (
        "4 clear segments. Silhouette 0.50 (0.45–0.55); 3 and 5 are close."
    )
    assert told("strong", 4, 4) == "4 strong segments. Silhouette 0.50 (0.45–0.55)."


def test_the_sentence_speaks_of_the_users_number_first():
    assert told("weak", 2, 4, 5) == (
        "2 weak segments, as you chose: their borders are soft. Silhouette 0.50 (0.45–0.55); the "
        "evidence favors 4 segments."
    )
    assert told("none", 3, 1).startswith("3 segments, as you chose, but no reliable ones")
    assert told("none", 3, 1).endswith("the evidence favors no division at all.")
    assert told("none", 12, 4).endswith("The evidence favors 4 segments.")
    assert told("none", 1, 4) == (
        "One segment for all, as you chose; the evidence favors 4 segments."
    )


def test_no_structure_is_said_with_the_best_division_that_there_is():
    assert told("none", 1, 1, 3) == (
        "No reliable segments in this data: it looks like data without groups. The best division "
        "has 3 segments and a silhouette of 0.50 (0.45–0.55)."
    )


def test_a_division_with_too_small_a_segment_is_named_as_the_nearest():
    few = conclusion("weak", 2, 2, [evidence_for_two()], least_share=0.45)
    assert few.startswith("2 weak segments: not every one has 45 % of the customers.")
    assert "No division does better than about this one's 31 %" in few


def evidence_for_two() -> KEvidence:
    return replace(evidence(), k=2, smallest_share=0.31)


@pytest.mark.parametrize(
    ("stability", "grade", "sentence"),
    [
        (
            [0.9, 0.5, 0.4],
            "weak",
            "3 weak segments: most of them dissolve when customers are drawn again.",
        ),
        (
            [0.9, 0.9, 0.4],
            "strong",
            "3 strong segments. 1 of 3 segments dissolves when customers are drawn again.",
        ),
        ([0.9, 0.9, 0.6], "strong", "3 strong segments."),
        ([None, None, None], "strong", "3 strong segments."),
    ],
)
def test_segments_that_dissolve_are_said_and_most_of_them_make_a_division_weak(
    stability, grade, sentence
):
    verdict = Verdict("strong", "3 strong segments.", 3, "rule", 3, (), ("a reason",))
    found = with_stability(Choice(3, (evidence(),), verdict), stability, 0.03).verdict
    assert found.grade == grade
    assert found.sentence.startswith(sentence)
    assert ("dissolve" in found.sentence) == ("dissolve" in sentence)
    assert found.reasons[-1] == "a reason"
