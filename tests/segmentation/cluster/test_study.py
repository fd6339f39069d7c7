"""A small part of the study of the choice of k, so that a change that spoils it is noticed."""

import numpy as np

from segmentation.cluster.encoding.encoder import Encoder
from segmentation.cluster.selection.choose_k import choose_k
from tests.benchmarks.simulated_sets import simulated_set

#: Sets of the untouched half, one for each true k, with few rows so that they are quick.
SETS = (550, 561, 512, 543, 584, 625, 586, 547, 578, 549)


def test_the_rule_is_right_more_often_than_the_silhouette():
    ours, silhouette = 0, 0
    for seed in SETS:
        one = simulated_set(seed)
        encoder = Encoder.fit(one.frame, one.columns)
        X = encoder.transform(one.frame)[:1_000]
        choice = choose_k(X, blocks=encoder.blocks)
        widths = [e.silhouette for e in choice.evidence]
        ours += choice.k == one.k
        silhouette += choice.evidence[int(np.argmax(widths))].k == one.k
    assert ours >= 7
    assert ours > silhouette
