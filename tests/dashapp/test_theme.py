"""Colors are the same in CSS and charts, readable, and apart for every kind of sight."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from dashapp.theme import DARK, LIGHT, Theme, segment_class

ASSETS = Path(__file__).resolve().parents[2] / "assets"
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)

# G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, "A physiologically-based model for
# simulation of color vision deficiency", IEEE TVCG 15 (2009) 1291–1298, severity 1.
SIGHTS = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
}  # fmt: skip
# Distances in OKLab, where about 0.02 is just noticeable.
FIRST_FOUR, FIRST_SIX, ALL = 0.15, 0.09, 0.06


def linear(color: str) -> np.ndarray:
    """Linear RGB of a hex color."""
    srgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """OKLab of linear RGB (B. Ottosson, 2020)."""
    cones = np.array(
        [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
         [0.0883024619, 0.2817188376, 0.6299787005]]
    )  # fmt: skip
    lab = np.array(
        [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
         [0.0259040371, 0.7827717662, -0.8086757660]]
    )  # fmt: skip
    return lab @ np.cbrt(cones @ rgb)


def contrast(one: str, other: str) -> float:
    """Contrast ratio after WCAG 2."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted((float(weights @ linear(one)), float(weights @ linear(other))))
    return (high + 0.05) / (low + 0.05)


def smallest_distance(colors: tuple[str, ...], sight: str) -> float:
    seen = [oklab(np.clip(SIGHTS[sight] @ linear(color), 0, 1)) for color in colors]
    return min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2))


def css_tokens(theme: Theme) -> dict[str, str]:
    text = (ASSETS / "tokens.css").read_text()
    selector = ":root {" if theme is LIGHT else '[data-bs-theme="dark"] {'
    block = text.split(selector, 1)[1].split("\n}", 1)[0]
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))


@THEMES
def test_charts_and_css_use_the_same_colors(theme: Theme) -> None:
    css = css_tokens(theme)
    assert {name: css[name] for name in theme.tokens} == theme.tokens


@THEMES
def test_there_are_ten_different_segment_colors(theme: Theme) -> None:
    assert len(set(theme.segments)) >= 10
    assert theme.unassigned not in theme.segments


@THEMES
@pytest.mark.parametrize("sight", SIGHTS)
def test_segment_colors_stay_apart_for_every_kind_of_sight(theme: Theme, sight: str) -> None:
    assert smallest_distance(theme.segments[:4], sight) > FIRST_FOUR
    assert smallest_distance(theme.segments[:6], sight) > FIRST_SIX
    assert smallest_distance(theme.segments, sight) > ALL


@THEMES
def test_graphics_have_a_contrast_of_three_on_cards(theme: Theme) -> None:
    for color in (*theme.segments, theme.unassigned, theme.accent, theme.good, theme.bad):
        assert contrast(color, theme.surface) >= 3, color


@THEMES
def test_text_has_a_contrast_of_four_and_a_half(theme: Theme) -> None:
    css = css_tokens(theme)
    for ground in (theme.background, theme.surface, theme.surface_soft):
        assert contrast(theme.text, ground) >= 7
        assert contrast(theme.muted, ground) >= 4.5
        assert contrast(css["--accent-strong"], ground) >= 4.5
    for tone in ("good", "warn"):
        assert contrast(css[f"--{tone}"], css[f"--{tone}-wash"]) >= 4.5, tone
    assert contrast(css["--bad-strong"], css["--bad-wash"]) >= 4.5
    assert contrast(css["--accent-strong"], css["--accent-wash"]) >= 4.5
    assert contrast(css["--on-accent"], css["--accent"]) >= 4.5
    assert contrast(css["--field-border"], theme.surface) >= 3


@THEMES
def test_white_is_readable_on_the_whole_gradient(theme: Theme) -> None:
    css = css_tokens(theme)
    for name in ("--gradient", "--gradient-hover"):
        for color in re.findall(r"#[0-9a-f]{6}", css[name]):
            assert contrast("#ffffff", color) >= 4.5, color


def test_every_place_in_the_palette_has_its_css_class() -> None:
    css = (ASSETS / "widgets.css").read_text()
    for place in range(-1, 12):
        assert f".{segment_class(place)} {{" in css
