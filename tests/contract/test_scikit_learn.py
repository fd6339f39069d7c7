"""The estimator is a scikit-learn clusterer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import estimator_checks_generator

from segmentation import CustomerSegmentation

# Reasons of checks that are known to fail; none at present, three at most.
EXPECTED_TO_FAIL: dict[str, str] = {}

# The array API is an experiment that scikit-learn checks only under SCIPY_ARRAY_API=1.
LEFT_OUT = "array_api"

CHECKS = [
    pytest.param(estimator, check, id=str(getattr(check, "func", check).__name__))
    for estimator, check in estimator_checks_generator(
        CustomerSegmentation(n_clusters=3),
        expected_failed_checks=EXPECTED_TO_FAIL,
        mark="xfail",
    )
    if LEFT_OUT not in repr(check)
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_scikit_learn_s_own_checks_pass(
    estimator: CustomerSegmentation, check: Callable[[CustomerSegmentation], None]
) -> None:
    check(clone(estimator))


def test_at_most_three_checks_are_expected_to_fail() -> None:
    assert len(CHECKS) > 40
    assert len(EXPECTED_TO_FAIL) <= 3
