"""Small segments, points and evidence with numbers that are easy to check by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from segmentation import Assignment, KEvidence, Segment
from segmentation.segments.segment import Action, LevelProfile, NumericProfile, Profile

NAMES = ("High Spenders", "Loyal Customers", "Occasional Shoppers")
COLUMNS = ("Total Spend", "Items Purchased", "Average Rating", "Age")
SIZES = (20, 50, 30)
MEANS = ((1300.0, 18.0, 4.6, 34.0), (700.0, 12.0, 4.1, 36.0), (300.0, 6.0, 3.4, 38.0))
EVERYBODY = (700.0, 11.4, 3.99, 36.2)
TIERS = ((0.9, 0.1), (0.4, 0.6), (0.1, 0.9))


def numeric(mean: float, overall: float) -> NumericProfile:
    """A profile with this mean."""
    return NumericProfile(
        mean=mean, median=mean, q1=mean * 0.9, q3=mean * 1.1, minimum=mean * 0.5,
        maximum=mean * 1.5, index=100 * mean / overall, z=(mean - overall) / overall,
    )  # fmt: skip


def profile(means: tuple[float, ...], tiers: tuple[float, ...], size: int) -> Profile:
    """A profile of numbers and one category."""
    values = zip(COLUMNS, means, EVERYBODY, strict=True)
    shares = zip(("Gold", "Bronze"), tiers, (0.41, 0.59), strict=True)
    return Profile(
        size=size,
        share=size / sum(SIZES),
        numeric={name: numeric(mean, overall) for name, mean, overall in values},
        levels={
            "Membership": tuple(
                LevelProfile(level, share, share / overall)
                for level, share, overall in shares
            )
        },
    )  # fmt: skip


def segments() -> tuple[Segment, ...]:
    """Three segments of 20, 50 and 30 customers."""
    revenue = [size * means[0] for size, means in zip(SIZES, MEANS, strict=True)]
    return tuple(
        Segment(
            id=f"s{place + 1}", name=NAMES[place], color=place, size=SIZES[place],
            share=SIZES[place] / sum(SIZES), revenue_share=revenue[place] / sum(revenue),
            stability=0.9 - 0.2 * place,
            stability_label=("highly stable", "a pattern", "dissolved")[place],
            archetype=None, traits=("one", "two"),
            profile=profile(MEANS[place], TIERS[place], SIZES[place]),
            rules=(), actions=(Action("Thank them", "A note", "spends 1,300 on average"),),
            typical=(), borderline=(),
        )
        for place in range(len(NAMES))
    )  # fmt: skip


def everybody() -> Profile:
    """All 100 customers."""
    return profile(EVERYBODY, (0.41, 0.59), sum(SIZES))


def renamed(name: str) -> tuple[Segment, ...]:
    """The segments, the first with another name."""
    first, *rest = segments()
    return (replace(first, name=name), *rest)


def points(size: int = 100, seed: int = 0) -> pd.DataFrame:
    """Customers on the map."""
    rng = np.random.default_rng(seed)
    place = rng.choice(3, size=size, p=[0.2, 0.5, 0.3])
    xyz = rng.normal(size=(size, 3)) + np.array([[4, 0, 0], [0, 3, 0], [-4, 0, 1]])[place]
    frame = pd.DataFrame(xyz, columns=["x", "y", "z"])
    frame["segment_id"] = np.array(["s1", "s2", "s3"])[place]
    return frame


def customers(size: int = 100, seed: int = 0) -> pd.DataFrame:
    """Customers with numbers, a date and categories."""
    rng = np.random.default_rng(seed)
    spend = rng.gamma(4, 200, size)
    return pd.DataFrame(
        {
            "Total Spend": spend,
            "Age": rng.integers(18, 80, size).astype(float),
            "Membership": np.where(spend > 800, "Gold", "Bronze"),
            "City": np.array(["Rome", "Oslo", "Lima"])[rng.integers(0, 3, size)],
            "Since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, size), "D"),
        }
    )


def evidence() -> tuple[KEvidence, ...]:
    """Evidence for 2 to 5 segments; 3 has the best silhouette."""
    rows = ((2, 0.40, 900.0, 0.80, 0.4), (3, 0.52, 500.0, 0.95, 0.2), (4, 0.51, 430.0, 0.7, 0.1),
            (5, 0.33, 400.0, 0.6, 0.02))  # fmt: skip
    return tuple(
        KEvidence(
            k=k, silhouette=s, silhouette_low=s - 0.02, silhouette_high=s + 0.02,
            calinski_harabasz=100.0, davies_bouldin=0.8, inertia=inertia, stability=stability,
            smallest_share=smallest,
        )
        for k, s, inertia, stability, smallest in rows
    )  # fmt: skip


def assignment() -> Assignment:
    """A customer near the border of the first two segments."""
    return Assignment(
        segment_id="s1", segment=NAMES[0], runner_up=NAMES[1], confidence=0.6, fits=True,
        problems=(), distances={"s1": 1.0, "s2": 1.2, "s3": 4.0},
        contributions=(("Total Spend", 1.4), ("Age", -0.4)),
    )  # fmt: skip


def model() -> SimpleNamespace:
    """What figures ask of a model."""
    return SimpleNamespace(
        segments=segments(),
        centers=np.array([[4.0, 0, 0], [0, 3, 0], [-4, 0, 1]]),
        explained_variance=[0.5, 0.2, 0.1],
        projection=SimpleNamespace(transform=np.asarray),
    )
