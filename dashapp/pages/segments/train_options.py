"""“Choose how”: training options, collapsed below the Find segments button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.components.choice import choice, choices
from dashapp.option_values import from_option
from dashapp.page.inputs import BadInputError, number_or_none, one_of, texts
from segmentation import ALGORITHMS, Role, SegmentModel, Table, Use

AUTOMATIC = "auto"
LARGEST_K = 10
ENCODINGS = {
    "auto": "By type (recommended)",
    "label": "Label codes, as in the classic recipe",
}
# Roles of columns on which segments can be based.
BASIS_ROLES = (Role.NUMERIC, Role.ORDINAL, Role.BINARY, Role.NOMINAL, Role.DATE)
# Options stored among a model's parameters.
CHOSEN = ("n_clusters", "k_range", "columns", "encoding", "weights", "min_segment_share")
DEFAULT_SHARE_PERCENT = 3
DEFAULT_SEED = 42
LARGEST_SEED = 2**31 - 1


def train_options(id_type: str, table: Table, used: Mapping[str, Any]) -> Component:
    """Return the collapsed form.

    Parameters
    ----------
    id_type
        Type of the fields' ids: ``{"type": id_type, "option": name}``.
    table
        The data set to segment.
    used
        Constructor arguments of the current model, as initial values.
    """

    def id_of(option: str) -> dict[str, str]:
        return {"type": id_type, "option": option}

    possible = [column.name for column in table.columns if column.role in BASIS_ROLES]
    bases = [column.name for column in table.columns if column.use == Use.BASIS]
    bases = [name for name in used.get("columns") or bases if name in possible]
    share = round(100 * used.get("min_segment_share", DEFAULT_SHARE_PERCENT / 100), 1)
    titles = {name: algorithm.title for name, algorithm in ALGORITHMS.items()}
    counts = {AUTOMATIC: "Automatic"} | {str(k): str(k) for k in range(2, LARGEST_K + 1)}
    return html.Details(
        [
            html.Summary("Choose how"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div("Columns that drive the segments", className="field-label"),
                            choices(id_of("columns"), possible, bases),
                        ],
                        className="field field-wide",
                    ),
                    choice(
                        id_of("n_clusters"),
                        "Number of segments",
                        counts,
                        str(used.get("n_clusters", AUTOMATIC)),
                        note="Automatic compares 2 to 10",
                    ),
                    choice(
                        id_of("algorithm"),
                        "Algorithm",
                        titles,
                        used.get("algorithm", "kmeans"),
                        note="How groups are formed; k-means suits most lists",
                    )
                    if table.population is None
                    else None,
                    choice(
                        id_of("encoding"),
                        "Encoding",
                        ENCODINGS,
                        used.get("encoding", "auto"),
                        note="How categories become numbers",
                    ),
                    _number(
                        id_of("min_segment_share"),
                        "Smallest segment, % of customers",
                        share,
                        low=0,
                        high=50,
                        step=0.5,
                        note="Smaller groups are avoided",
                    ),
                    _number(
                        id_of("random_state"),
                        "Seed",
                        used.get("random_state", DEFAULT_SEED),
                        low=0,
                        high=LARGEST_SEED,
                        step=1,
                        note="The same seed gives the same result",
                    ),
                ],
                className="option-grid",
            ),
        ],
        className="train-options card-soft needs-change",
    )


def _number(
    id_: dict[str, str],
    label: str,
    value: float,
    *,
    low: float,
    high: float,
    step: float,
    note: str,
) -> Component:
    field = dbc.Input(type="number", id=id_, value=value, min=low, max=high, step=step)
    return html.Div(
        [
            html.Label([html.Span(label, className="field-label"), field]),
            html.Div(note, className="field-note"),
        ],
        className="field",
    )


def options_of(model: SegmentModel) -> dict[str, Any]:
    """Return the options that a model was trained with, without the engine's own parameters."""
    told = model.parameters
    return {name: told[name] for name in CHOSEN if name in told}


def parse_options(given: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """Convert the form's values to constructor arguments of the estimator.

    Parameters
    ----------
    given
        Option → browser value; a missing option keeps the engine's default.

    Raises
    ------
    dashapp.page.page.BadInputError
        If the form does not offer a value.
    """
    options: dict[str, Any] = {}
    columns = tuple(map(from_option, texts(given.get("columns"))))
    known = {column.name for column in table.columns}
    if not set(columns) <= known:
        raise BadInputError("unknown column")
    bases = tuple(column.name for column in table.columns if column.use == Use.BASIS)
    if columns and set(columns) != set(bases):
        options["columns"] = list(columns)
    k = one_of(given.get("n_clusters"), [AUTOMATIC, *map(str, range(1, LARGEST_K + 1))], AUTOMATIC)
    options["n_clusters"] = k if k == AUTOMATIC else int(k)
    options["algorithm"] = one_of(given.get("algorithm"), list(ALGORITHMS), "kmeans")
    options["encoding"] = one_of(given.get("encoding"), list(ENCODINGS), "auto")
    share = number_or_none(given.get("min_segment_share"))
    options["min_segment_share"] = _between(share, 0, 50, DEFAULT_SHARE_PERCENT) / 100
    seed = number_or_none(given.get("random_state"))
    options["random_state"] = int(_between(seed, 0, LARGEST_SEED, DEFAULT_SEED))
    return options


def _between(value: float | None, low: float, high: float, default: float) -> float:
    return default if value is None else min(max(value, low), high)
