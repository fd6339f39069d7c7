"""Widgets say in words what they show in color, and keep what pages rely on."""

from __future__ import annotations

import re
from pathlib import Path

import plotly.graph_objects as go
import pytest
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components import badges, charts, icon, states, terms
from dashapp.pages.data.column_grid import column_grid
from dashapp.pages.data.number_cards import amount_card, stat_card, stat_row
from dashapp.pages.segments.segment_card import grade_label, size_of
from segmentation import Verdict, read_table, sample_customers
from tests import segment_samples as samples

SPREAD = charts.Drawn(go.Figure(), "Half is half.", "Spread")
ASSETS = Path(__file__).resolve().parents[3] / "assets"


def words(component: Component) -> str:
    """All text in a component."""
    parts = [str(item) for item in _walk(component) if isinstance(item, str)]
    return " ".join(parts)


def _walk(item: object) -> list[object]:
    if not isinstance(item, Component):
        return [item]
    children = getattr(item, "children", None)
    parts = children if isinstance(children, list | tuple) else [children]
    return [item, *(found for part in parts for found in _walk(part))]


def find(component: Component, kind: type) -> list[Component]:
    return [item for item in _walk(component) if isinstance(item, kind)]


def test_every_icon_is_drawn() -> None:
    css = (ASSETS / "icons.css").read_text()
    assert set(re.findall(r"\.icon-(\w+)", css)) == set(icon.NAMES)


def test_an_unknown_icon_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no icon 'unicorn'"):
        icon.icon("unicorn")


def test_icons_are_silent_unless_they_say_something() -> None:
    assert icon.icon("help").to_plotly_json()["props"]["aria-hidden"] == "true"
    assert icon.icon("help", label="Help").to_plotly_json()["props"]["aria-label"] == "Help"


def test_badges_have_words() -> None:
    first, _, last = samples.segments()
    assert "High Spenders" in words(badges.segment_badge(first))
    assert "Highly stable · 0.90" in words(badges.stability_badge(first))
    assert "badge-bad" in badges.stability_badge(last).className
    assert "60 % confidence" in words(badges.confidence_badge(0.6))
    with pytest.raises(ValueError, match="no tone"):
        badges.badge("x", "pink")


def test_terms_explain_themselves_to_hover_focus_and_screen_readers() -> None:
    term = terms.term("Silhouette", "silhouette")
    assert term.tabIndex == "0"
    assert terms.GLOSSARY["silhouette"] in words(term)
    assert "one of a kind" in words(terms.term("Rare", "one of a kind"))


def test_every_explanation_is_a_sentence() -> None:
    assert all(text[0].isupper() and text.endswith(".") for text in terms.GLOSSARY.values())


def test_charts_never_talk_to_a_vendor() -> None:
    graph = find(charts.chart("id", SPREAD), dcc.Graph)[0]
    assert graph.config["showSendToCloud"] is False
    assert graph.config["plotlyServerURL"] == ""
    assert graph.config["displaylogo"] is False


def test_charts_have_a_title_a_reading_and_two_downloads() -> None:
    chart = charts.chart("id", SPREAD)
    title, reading = find(chart, html.H2)[0], find(chart, html.Figcaption)[0]
    assert (title.children, reading.children) == ("Spread", "Half is half.")
    assert chart.to_plotly_json()["props"]["aria-labelledby"] == title.id
    buttons = [button.to_plotly_json()["props"] for button in find(chart, html.Button)]
    assert [button["data-chart-download"] for button in buttons] == ["png", "csv"]
    assert {button["aria-describedby"] for button in buttons} == {title.id}


def test_a_callback_brings_a_picture_with_its_sentence_and_its_title() -> None:
    chart = charts.chart("id", SPREAD)
    ids = {find(chart, kind)[0].id for kind in (html.Figcaption, html.H2)}
    told = {(o.component_id, o.component_property) for o in charts.drawn_anew("id")}
    assert told == {("id", "figure")} | {(id_, "children") for id_ in ids}


def test_progress_stays_between_nothing_and_everything() -> None:
    assert "100 %" in words(states.progress_panel("Work", "Stage", 1.7))
    # Styles of the page behind follow the kind of job: the start card says what goes on.
    assert vars(states.progress_panel("Work", "Stage", 0.2, kind="train"))["data-job"] == "train"
    assert not find(states.progress_panel("Work", "Stage", 0.2), html.Button)
    cancel = find(states.progress_panel("Work", "Stage", 0.2, cancel_id={"type": "c"}), html.Button)
    assert cancel[0].id == {"type": "c"}


def test_states_say_what_to_do() -> None:
    empty = states.empty_state("Nothing yet", "Upload.", ("Go to Data", "/"))
    assert find(empty, dcc.Link)[0].href == "/"
    error = states.error_state("It failed", "Try again.", reference="ab12")
    assert "ab12" in words(error)
    assert "expired" in words(states.expired_state())
    assert "Loading" in words(states.skeleton())


@pytest.mark.parametrize("kind", ["info", "success", "warning", "danger"])
def test_messages_are_announced(kind: str) -> None:
    message = states.message(kind, "A sentence.")
    assert message.role == ("alert" if kind == "danger" else "status")


def test_stat_cards_are_a_list_of_terms() -> None:
    row = stat_row([stat_card("Customers", "12,450", "rows used")])
    assert find(row, html.Dt)[0].children == "Customers"
    assert "12,450" in words(row)


def test_a_large_amount_fits_its_card_and_is_told_whole_on_hover() -> None:
    (small, _), (large, tells) = (
        (words(card), [item.title for item in find(card, html.Span) if hasattr(item, "title")])
        for card in (
            amount_card("Total spend", 384_594, "$", "all customers"),
            amount_card("Total spend", -51_328_637_242, "€", "all customers"),
        )
    )
    assert "$384,594" in small
    assert "−€51.3 B" in large
    assert tells == ["−€51,328,637,242"]


@pytest.mark.parametrize(
    ("chosen_by", "k", "grade", "label"),
    [
        ("user", 1, "none", "As you chose"),
        ("rule", 1, "none", "No reliable segments"),
        ("user", 3, "strong", "Strong evidence"),
    ],
)
def test_one_segment_for_all_is_a_choice_and_not_a_failure(
    chosen_by: str, k: int, grade: str, label: str
) -> None:
    verdict = Verdict(
        grade=grade, sentence="", k=k, chosen_by=chosen_by, recommended_k=3,
        runners_up=(), reasons=(),
    )  # fmt: skip
    assert grade_label(verdict) == label


@pytest.mark.parametrize(
    ("customers", "shown"), [(999_999, "999,999"), (1_501_342, "1.5 M"), (12_400_000, "12.4 M")]
)
def test_millions_of_customers_fit_on_a_card(customers: int, shown: str) -> None:
    (strong,) = find(size_of(customers), html.Strong)
    assert (strong.children, strong.title) == (shown, f"{customers:,}")


def test_the_columns_of_the_column_table_stand_beside_each_other_on_a_usual_screen() -> None:
    shown = column_grid("columns", read_table(sample_customers(60, 5).to_csv(index=False).encode()))
    assert "levels" in {column["field"] for column in shown.columnDefs}
    widths = [column.get("width") or column["minWidth"] for column in shown.columnDefs]
    assert sum(widths) <= 1268  # a window of 1440 pixels less the room around the grid
