"""The page itself, before any script: over HTTP."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from dashapp.auth.permissions import SCOPES
from tests.dashapp.portal import ORIGIN, Portal

WELCOME = "Know which customers belong together"


def opening(client: FlaskClient, path: str) -> str:
    """What stands in the page before the scripts' own room."""
    text: str = client.get(path, headers=ORIGIN).text
    return text[text.index('<div class="opening') : text.index('<div id="react-entry-point">')]


def steps_in(shown: str) -> list[str]:
    """Names of the steps, the present one with a star."""
    links = re.findall(r'class="step( step-active)?">.*?</span>(\w+)', shown)
    return [name + ("*" if active else "") for active, name in links]


def test_a_newcomer_is_welcomed_in_the_page_itself(portal: Portal) -> None:
    shown = opening(portal.app.server.test_client(), "/")
    assert WELCOME in shown
    assert steps_in(shown) == ["Data*", "Explore", "Segments", "Predict"]


@pytest.mark.parametrize("path", ["/", "/?data=0123456789abcdef"])
def test_who_may_have_data_already_is_not_welcomed(portal: Portal, path: str) -> None:
    shown = opening(portal.client, path)
    assert WELCOME not in shown
    assert "skeleton" in shown


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("/explore", ["Data", "Explore*", "Segments", "Predict"]),
        ("/nowhere", ["Data", "Explore", "Segments", "Predict"]),
    ],
)
def test_other_pages_open_with_their_step_and_quiet_shapes(
    portal: Portal, path: str, steps: list[str]
) -> None:
    shown = opening(portal.app.server.test_client(), path)
    assert steps_in(shown) == steps
    assert WELCOME not in shown


def test_a_view_opens_with_its_own_steps_and_no_welcome(portal: Portal) -> None:
    shown = opening(portal.allowed(SCOPES["predict"]).client, "/predict")
    assert steps_in(shown) == ["Segments", "Predict*"]
    assert "may-predict" in shown
    assert "may-change" not in shown


def test_no_id_of_the_page_is_taken_by_its_opening(portal: Portal) -> None:
    assert not re.search(r'\sid="', opening(portal.app.server.test_client(), "/"))
