"""A visited session lives on."""

from __future__ import annotations

from dashapp.web.guards.session_visits import REMEMBERED, Visits
from tests.dashapp.portal import Portal


def test_a_visit_is_told_to_the_ledger(portal: Portal) -> None:
    portal.with_sample()
    with portal.context.ledger.connection() as past:  # type: ignore[attr-defined]
        past.execute("UPDATE sessions SET seen = seen - 1000")
    assert len(portal.context.ledger.ended_sessions(900, 10_000)) == 1
    other = Portal.new(portal.context.settings.data_dir)
    other.client._cookies.update(portal.client._cookies)
    other.client.get("/")
    assert portal.context.ledger.ended_sessions(900, 10_000) == ()


def test_the_memory_of_visits_is_bounded() -> None:
    visits = Visits(60)
    for number in range(REMEMBERED + 10):
        visits.due(str(number), now=0)
    assert visits.due("0", now=1)
    assert not visits.due(str(REMEMBERED), now=1)
