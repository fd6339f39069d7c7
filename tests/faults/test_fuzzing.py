"""What is almost right, thousands of times: a sentence each time, and never a fault of ours.

A few hundred of each kind run always, ten thousand with ``-m slow``. A failure names the number
of its mutation, which makes the same one again.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import structlog
from werkzeug.test import TestResponse

from dashapp.settings.portal_settings import Settings
from segmentation import SegmentationError, read_table
from tests.callbacks import Callback, body_of, callbacks
from tests.dashapp.portal import ORIGIN, Portal, look
from tests.german_export import german_export
from tests.mutations import ODD, mutated, mutated_bytes, mutated_json
from tests.segmentation.table.test_messy_workbooks import one_sheet

LANES = [
    pytest.param(range(300), id="300"),
    pytest.param(range(10_000), id="10000", marks=pytest.mark.slow),
]
UNLIMITED: dict[str, Any] = dict.fromkeys(
    ("requests_per_minute", "new_sessions_per_minute", "uploads_per_minute"), 10**9
)
PARAMETERS = ("rows", "which", "segment", "q", "batch", "m", "framed", "next", "code", "t", "state")
HEADERS = {
    "Accept": "text/html",
    "Authorization": "Bearer \xff",
    "Content-Encoding": "gzip",
    "Content-Type": "application/json",
    "Host": "[",
    "If-Modified-Since": "x",
    "If-None-Match": '"',
    "Origin": "http://[",
    "Range": "bytes=5-1",
    "Transfer-Encoding": "chunked",
    "X-Portal-Upload": "1",
}
BODIES = (b"", b"a,b\n1,2\n", german_export(), b'{"version":1}', b"PK\x03\x04", b"{}")
SHORT = b"Nr;Ort;Umsatz\n" + b"".join(
    b"%d;%s;%d,5\n" % (number, b"Kiel" if number % 2 else b"Bonn", number) for number in range(12)
)
METHODS = (*["GET"] * 8, *["POST"] * 3, "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE")


@dataclass(frozen=True)
class Target:
    """A portal in which somebody has customers and a model.

    Attributes
    ----------
    refs
        Theirs.
    known
        Values that stand on its pages, and odd ones.
    """

    portal: Portal
    refs: dict[str, Any]
    asked: tuple[Callback, ...]
    rules: tuple[str, ...]
    known: tuple[Any, ...]

    def values(self, chance: random.Random, callback: Callback) -> dict[str, Any]:
        """What a page sends to a callback, with any of the known values in its fields."""
        found: dict[str, Any] = {}
        for id_, property_ in (*callback.inputs, *callback.state):
            if isinstance(id_, str):
                found[f"{id_}.{property_}"] = self.value(chance)
                continue
            ids = [dict.fromkeys(id_, name) | {"type": id_["type"]} for name in ("Age", "City")]
            found[f"{id_['type']}.{property_}"] = [(one, self.value(chance)) for one in ids]
        return found | look(self.refs)

    def value(self, chance: random.Random) -> Any:
        """A value that some page sends, or one that is almost it."""
        known = chance.choice(self.known)
        return known if chance.random() < 0.6 else mutated(chance, [[known]], self.known)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    portal = Portal.of(Settings(data_dir=tmp_path_factory.mktemp("fuzzing"), **UNLIMITED))
    refs = portal.with_model(portal.with_sample())
    specs = portal.app.callback_map
    asked = tuple(each for each in callbacks(portal.app) if "callback" in specs[each.output])
    rules = tuple(
        rule.rule.replace("<any(csv, xlsx):kind>", "csv").replace("<job_id>", "0" * 32)
        for rule in portal.app.server.url_map.iter_rules()
    )
    mine = ("Age", "City", "Total Spend", "s1", "s2", ["s1", "s2"], ["Age", "City"], refs, 1, "map")
    return Target(portal, refs, asked, rules, (*mine * 3, *ODD))


@dataclass
class Outcomes:
    """What answers there were, and which of them are faults of ours."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[tuple[int, str, Any]] = field(default_factory=list)

    def note(self, number: int, asked: object, send: Callable[[], TestResponse]) -> None:
        """Send one request."""
        with structlog.testing.capture_logs() as events, send() as answer:
            answer.get_data()
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500 and "Retry-After" not in answer.headers:
            places = [(event.get("exc_info"), event.get("places")) for event in events]
            self.faults.append((number, str(asked)[:2000], places))


@pytest.mark.parametrize("numbers", LANES)
def test_mutated_callbacks_are_no_fault_of_ours(target: Target, numbers: range) -> None:
    outcomes = Outcomes()
    for number in numbers:
        chance = random.Random(number)
        callback = chance.choice(target.asked)
        body = body_of(callback, target.values(chance, callback))
        # Mostly the values alone are odd: what names the callback is soon looked through.
        is_odd = chance.random() < 0.3
        sent = mutated_json(chance, body, target.known) if is_odd else json.dumps(body).encode()
        more = {"data": sent, "content_type": "application/json", "headers": ORIGIN}
        send = partial(target.portal.client.post, "/_dash-update-component", **more)
        outcomes.note(number, sent, send)
    assert outcomes.faults == []
    assert {200, 400} <= set(outcomes.statuses)


@pytest.mark.parametrize("numbers", LANES)
def test_mutated_requests_are_no_fault_of_ours(target: Target, numbers: range) -> None:
    outcomes = Outcomes()
    for number in numbers:
        asked = request(random.Random(number), target)
        outcomes.note(number, asked, partial(target.portal.client.open, **asked))
    assert outcomes.faults == []
    assert {200, 400, 404, 405} <= set(outcomes.statuses)


def request(chance: random.Random, target: Target) -> dict[str, Any]:
    """A request for some route, with an odd query, odd headers and an odd body."""
    path = chance.choice(target.rules)
    if chance.random() < 0.3:
        path = mutated_bytes(chance, path.encode()).decode("latin-1")
    query = {"data": target.refs["dataset"], "model": target.refs["model"]}
    query |= {name: text(chance) for name in chance.sample(PARAMETERS, 3)}
    plain = urlencode(mutated(chance, query), doseq=True)
    odd = mutated_bytes(chance, plain.encode()).decode("latin-1")
    headers = HEADERS | {
        "X-File-Name": quote(text(chance)) or "a.csv",
        "X-Purpose": chance.choice(("dataset", "batch", "model", "recipe", "mended", "x")),
        "X-Data": target.refs["dataset"],
        "X-Model": target.refs["model"],
    }
    chosen = chance.sample(sorted(headers), chance.choice((0, 1, 2, 3, 8)))
    return {
        "path": path,
        "method": chance.choice(METHODS),
        "query_string": plain if chance.random() < 0.8 else odd,
        "headers": ORIGIN | {name: headers[name] for name in chosen},
        "data": mutated_bytes(chance, chance.choice(BODIES)),
    }


def text(chance: random.Random) -> str:
    """Some odd value as text."""
    return str(chance.choice(ODD))[:700]


@pytest.mark.parametrize("numbers", LANES)
def test_mutated_recipes_are_read_or_refused_with_a_sentence(numbers: range) -> None:
    data = SHORT
    recipe = read_table(data, fixes={"not_a_number:Umsatz": "set_aside"}).recipe
    chosen = {"encoding": "cp1252", "delimiter": ";", "decimal": ",", "header_line": 1, "sheet": 0}
    columns = {"Umsatz": {"use": "basis", "role": "numeric"}, "Ort": {"levels": ["Kiel", "Bonn"]}}
    plain = recipe | {"chosen": chosen, "columns": columns}
    refused, faults = 0, []
    for number in numbers:
        asked = mutated(random.Random(number), plain)
        try:
            read_table(data, recipe=asked)
        except SegmentationError:
            refused += 1
        except Exception as error:  # noqa: BLE001 - what is wanted is that there are none
            faults.append((number, repr(error), asked))
    assert faults == []
    assert 0 < refused < len(numbers)


@pytest.mark.parametrize("numbers", LANES)
def test_mutated_files_are_read_or_refused_with_a_sentence(numbers: range) -> None:
    originals = (SHORT, german_export()[:3000], one_sheet(), gzip.compress(SHORT))
    refused, faults = 0, []
    for number in numbers:
        chance = random.Random(number)
        data = mutated_bytes(chance, chance.choice(originals))
        try:
            table = read_table(data)
            assert table.rows_read == table.rows_used + table.rows_set_aside + table.rows_duplicate
        except SegmentationError:
            refused += 1
        except Exception as error:  # noqa: BLE001 - what is wanted is that there are none
            faults.append((number, repr(error)))
    assert faults == []
    assert 0 < refused < len(numbers)
