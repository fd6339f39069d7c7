"""What a wanderer's browser tab holds: the components that it was sent, and what it sends back."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.callbacks import Callback, body_of

Id = str | dict[str, Any]
HEX = re.compile(rb"\b[0-9a-f]{32}\b")
KINDS = ("dataset", "model", "upload", "job", "batch")
PATHS = ("/", "/explore", "/segments", "/predict", "/nowhere")
COMPONENTS = 3000


@dataclass
class Pool:
    """Ids that anybody has got, by kind: what an attacker could have guessed or found.

    Attributes
    ----------
    found
        Kind → ids in the order in which they were found; ``"any"`` has those of unknown kind.
    """

    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def note(self, kind: str, id_: object) -> None:
        """Keep an id."""
        if isinstance(id_, str) and id_ not in self.found[kind][-200:]:
            self.found[kind].append(id_)

    def pick(self, kind: str, chance: random.Random) -> str | None:
        """Some id that may be of this kind; mostly one of the newer ones, which still exist."""
        ids = self.found[kind if chance.random() < 0.85 else "any"]
        return chance.choice(ids[-200:]) if ids else None


class Tab:
    """The state of one tab, in the way that Dash's renderer keeps it.

    Parameters
    ----------
    pool
        Where ids are shared with all other tabs.
    chance
        Decides what is sent.
    word
        The canary of this tab's owner, for what people type.
    """

    def __init__(self, pool: Pool, chance: random.Random, word: str) -> None:
        self._pool = pool
        self._chance = chance
        self._word = word
        self.refs: dict[str, Any] = {}
        self.jobs: list[str] = []
        self.waits_for = ""
        self._only_own = False
        self._props: dict[str, dict[str, Any]] = {}
        self._patterns: dict[str, dict[str, Id]] = defaultdict(dict)
        self._tabs: dict[str, list[str]] = defaultdict(list)
        self._makers: dict[str, Callable[[], Any]] = {
            "shell-refs.data": self._some_refs,
            "shell-job.data": lambda: {"id": self._job()},
            "shell-done.data": self._done,
            "shell-asked.data": self.query,
            "shell-url.search": self.query,
            "shell-url.pathname": lambda: chance.choice(PATHS),
            "shell-theme.data": lambda: chance.choice(["light", "dark"]),
            "explore-filters.data": dict,
            "segments-grid.getRowsRequest": lambda: {"startRow": 0, "endRow": 50},
            "segments-grid.id": lambda: "segments-grid",
            "segments-map.clickData": lambda: _click(customdata=[chance.randrange(70)]),
            "segments-take.data": lambda: [chance.randrange(2, 5)],
            "explore-between.data": lambda: ["Age", "Total Spend"],
            "data-columns-grid.cellValueChanged": lambda: [
                {"colId": "role", "data": {"name": "Age", "role": "ordinal"}}
            ],
            "segments-names.data": lambda: {"s1": f"{word} {chance.randrange(999)}"},
            "segments-grid-search.value": lambda: chance.choice(["", "a", "1"]),
            "segments-grid-asked.data": lambda: chance.choice(["", "a", "1"]),
        }

    def body(self, callback: Callback, *, only_own: bool = False) -> dict[str, Any]:
        """What would be sent to fire a callback, with all that its inputs could hold.

        Parameters
        ----------
        only_own
            Whether to leave out ids of others.
        """
        self._only_own = only_own
        values = {
            _name(id_, property_): self._value(id_, property_)
            for id_, property_ in (*callback.inputs, *callback.state)
        }
        # The same components for every property of a pattern, as in a real tab.
        id_, property_ = self._chance.choice(callback.inputs)
        body = body_of(callback, values, _name(id_, property_))
        if isinstance(body["outputs"], list):
            body["outputs"] = [self._all_of(output) for output in body["outputs"]]
        return body

    def _all_of(self, output: dict[str, Any]) -> Any:
        """An output as Dash's renderer sends it: a pattern stands for all its components."""
        if isinstance(output["id"], str):
            return output
        known = self._patterns[output["id"]["type"]].values()
        return [{**output, "id": item} for item in known]

    def query(self) -> str:
        """The query of an address with ids of this tab or of others."""
        refs = self._some_refs()
        names = {"data": refs.get("dataset"), "model": refs.get("model"),
                 "upload": refs.get("upload"), "batch": self._pool.pick("batch", self._chance),
                 "job": self._job()}  # fmt: skip
        return "?" + "&".join(f"{name}={id_}" for name, id_ in names.items() if id_)

    def learn(self, body: bytes) -> None:
        """Take in the components and references of an answer of Dash."""
        answer = json.loads(body)
        for id_, changed in answer.get("response", {}).items():
            self._learn_refs(id_, changed)
            self._merge(id_, {name.split("@")[0]: value for name, value in changed.items()})
        self._look(answer)
        for found in HEX.findall(body):
            self._pool.note("any", found.decode())

    def learn_result(self, result: Mapping[str, Any]) -> None:
        """Take in what a job has made."""
        for kind in KINDS:
            self._pool.note(kind, result.get(kind))
        if "dataset" in result:
            self.refs = {"dataset": result["dataset"], "model": result.get("model")}
        elif "model" in result:
            self.refs = {**self.refs, "model": result["model"]}

    def start_job(self, job: str) -> None:
        """Note a job of this tab."""
        self.jobs.append(job)
        self.waits_for = job
        self._pool.note("job", job)

    def _learn_refs(self, id_: str, changed: Mapping[str, Any]) -> None:
        for name, value in changed.items():
            if not (name.startswith("data") and isinstance(value, dict)):
                continue
            if id_ == "shell-refs":
                self.refs = value
                for kind in ("dataset", "model", "upload"):
                    self._pool.note(kind, value.get(kind))
            if id_ == "shell-job" and value.get("id"):
                self.start_job(value["id"])

    def _look(self, tree: Any) -> None:
        if isinstance(tree, list):
            for item in tree:
                self._look(item)
        elif isinstance(tree, dict):
            props = tree.get("props")
            if isinstance(props, dict):
                self._meet(props)
            for key, value in tree.items():
                # Figures and rows are large and hold no components.
                if key not in {"figure", "rowData", "options"}:
                    self._look(value)

    def _meet(self, props: dict[str, Any]) -> None:
        if "data-store" in props:
            self._tabs[props["data-store"]].append(props["data-tab"])
        if "id" in props:
            self._merge(props["id"], props)

    def _merge(self, id_: Id, props: Mapping[str, Any]) -> None:
        if len(self._props) > COMPONENTS:
            self._props.clear()
            self._patterns.clear()
        key = id_ if isinstance(id_, str) else json.dumps(id_, sort_keys=True)
        known = self._props.setdefault(key, {})
        known.update((name, value) for name, value in props.items() if name != "children")
        if not isinstance(id_, str):
            self._patterns[id_["type"]][key] = id_

    def _value(self, id_: Id, property_: str) -> Any:
        if isinstance(id_, dict):
            items = self._patterns[id_["type"]].items()
            return [
                (item, item if property_ == "id" else self._one(key, id_["type"], property_))
                for key, item in items
            ]
        return self._one(id_, id_, property_)

    def _one(self, key: str, type_: str, property_: str) -> Any:
        known = self._props.get(key, {})
        maker = self._makers.get(f"{type_}.{property_}")
        if maker is not None and (property_ not in known or self._chance.random() < 0.8):
            return maker()
        if property_ == "n_clicks":
            return self._chance.randrange(1, 4)
        if property_ == "data" and self._tabs.get(key):
            return self._chance.choice(self._tabs[key])
        if property_ == "value" and known.get("options") and self._chance.random() < 0.8:
            return self._option(known)
        return known.get(property_)

    def _option(self, known: Mapping[str, Any]) -> Any:
        option = self._chance.choice(known["options"])
        value = option["value"] if isinstance(option, dict) else option
        return [value] if isinstance(known.get("value"), list) or known.get("multi") else value

    def _some_refs(self) -> dict[str, Any]:
        if self._only_own or self._chance.random() < 0.6:
            return self.refs
        pool, chance = self._pool, self._chance
        refs = {"dataset": pool.pick("dataset", chance), "model": pool.pick("model", chance)}
        if chance.random() < 0.3:
            refs |= {"upload": pool.pick("upload", chance)}
        own = self.refs if chance.random() < 0.4 else {}
        return {**refs, **own} if chance.random() < 0.5 else {**own, **refs}

    def _job(self) -> str | None:
        if self.jobs and self._chance.random() < 0.5:
            return self._chance.choice(self.jobs[-5:])
        return self._pool.pick("job", self._chance)

    def _done(self) -> dict[str, Any]:
        made = {kind: self._pool.pick(kind, self._chance) for kind in ("dataset", "model", "batch")}
        kind = self._chance.choice(["import", "preview", "score", "train", "apply"])
        made["preview"] = self._pool.pick("any", self._chance)
        return {"id": self._job(), "kind": kind, "result": made}


def _name(id_: Id, property_: str) -> str:
    return f"{id_['type'] if isinstance(id_, dict) else id_}.{property_}"


def _click(**point: Any) -> dict[str, Any]:
    return {"points": [point]}
