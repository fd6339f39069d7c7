"""Whatever visitors do and whatever ids they guess, none ever sees another's data."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.callbacks import callbacks, fire
from tests.dashapp.portal import ORIGIN, Portal

VISITORS = st.integers(0, 2)
REFS = "shell-refs.data"


def canary(visitor: int) -> str:
    """A word that stands in one visitor's data and nowhere else."""
    return f"Canary{visitor}of{visitor}"


def customers(visitor: int, turn: int) -> bytes:
    """A file with the canary as a column, a level and a rejected row."""
    word = canary(visitor)
    rows = "".join(f"{n},{20 + n},{word}-{n % 3},{100 + turn}\n" for n in range(24))
    return f"Customer ID,Age,{word},Total Spend\n{rows}".encode()


class Isolation(RuleBasedStateMachine):
    """Three visitors of one portal, and everything that any of them was ever answered."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        first = Portal.new(self.folder / "portal")
        self.visitors = [first, first.visitor(), first.visitor()]
        self.datasets: list[tuple[int, str]] = []
        self.jobs: list[tuple[int, str]] = []
        self.turn = 0
        self.leaks: list[str] = []

    def note(self, visitor: int, response: Any) -> None:
        """Look for others' canaries in an answer."""
        text = response.get_data(as_text=True)
        for other in range(len(self.visitors)):
            if other != visitor and canary(other) in text:
                self.leaks.append(f"{visitor} saw {other} at {response.request.path}")
        assert response.status_code < 500, text

    @rule(visitor=VISITORS)
    def upload(self, visitor: int) -> None:
        portal = self.visitors[visitor]
        self.turn += 1
        response = portal.upload(f"{canary(visitor)}.csv", customers(visitor, self.turn))
        self.note(visitor, response)
        if response.status_code == 202:
            job = response.get_json()["job"]
            portal.do_jobs()
            self.jobs.append((visitor, job))
            found = portal.context.ledger.job(job)
            assert found is not None
            assert found.result is not None, found.error
            self.datasets.append((visitor, found.result["dataset"]))

    @rule(visitor=VISITORS, data=st.data())
    def ask_every_callback_for_any_data_set(self, visitor: int, data: st.DataObject) -> None:
        if not self.datasets:
            return
        portal = self.visitors[visitor]
        _, dataset = data.draw(st.sampled_from(self.datasets))
        _, job = data.draw(st.sampled_from(self.jobs))
        values = {
            REFS: {"dataset": dataset, "model": None},
            "shell-job.data": {"id": job},
            "shell-asked.data": f"?data={dataset}",
            "shell-theme.data": "light",
            "explore-filters.data": {},
            "explore-column.value": canary(0),
        }
        for callback in callbacks(portal.app):
            if "shell-delete" not in str(callback.inputs):
                self.note(visitor, fire(portal.client, callback, values))

    @rule(visitor=VISITORS, data=st.data())
    def ask_every_download_for_any_data_set(self, visitor: int, data: st.DataObject) -> None:
        if not self.datasets:
            return
        portal = self.visitors[visitor]
        _, dataset = data.draw(st.sampled_from(self.datasets))
        for found in portal.app.server.url_map.iter_rules():
            if found.rule.startswith("/download/"):
                path = found.rule.replace("<any(csv, xlsx):kind>", "csv")
                query = f"data={dataset}&model={dataset}&batch={dataset}"
                self.note(visitor, portal.client.get(f"{path}?{query}", headers=ORIGIN))

    @rule(visitor=VISITORS)
    def own_data_are_there(self, visitor: int) -> None:
        for owner, dataset in self.datasets:
            response = self.visitors[visitor].client.get(f"/download/rejects.csv?data={dataset}")
            assert response.status_code == (200 if owner == visitor else 410)

    @rule(visitor=VISITORS)
    def delete(self, visitor: int) -> None:
        portal = self.visitors[visitor]
        confirm = "shell-delete-confirm.n_clicks"
        portal.fire(REFS, confirm, {confirm: 1})
        self.datasets = [item for item in self.datasets if item[0] != visitor]
        self.jobs = [item for item in self.jobs if item[0] != visitor]

    @invariant()
    def nobody_sees_anything_of_others(self) -> None:
        assert getattr(self, "leaks", []) == []

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


Isolation.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestIsolation = Isolation.TestCase
