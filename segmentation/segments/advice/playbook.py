"""The playbook: archetypes of customers, and what marketing does about them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from segmentation.errors import PlaybookError
from segmentation.segments.advice.conditions import Condition, Facts
from segmentation.segments.naming.phrases import sentence
from segmentation.segments.segment import Action
from segmentation.table.schema.columns import MEANINGS, Role
from segmentation.table.vocabulary.name_patterns import tokens

BUILT_IN = Path(__file__).with_name("playbook.toml")
# Supporting conditions of which at least this share must hold, where they can be checked.
SUPPORT = 0.5
MAX_RESPONSES = 4
MAX_FILE = 2**20
RANGES = ("median_within", "values_within")
NUMBERS = (
    "at_least", "below", "position_at_least", "position_below", "share_at_least", "lift_at_least",
)  # fmt: skip
LEVELS = ("highest", "lowest", "yes", "no")
WORDS = ("meaning", "column")


@dataclass(frozen=True)
class Advice:
    """An action before its numbers are known."""

    title: str
    detail: str
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Play:
    """Conditions and what to do where they hold.

    Attributes
    ----------
    name
        Name of the archetype.
    reason
        Why these actions suit these customers.
    match
        ``"all"``: every needed condition and half of the supporting ones; ``"any"``: one.
    when
        The conditions; none always holds.
    advice
        The actions.
    """

    name: str
    reason: str
    match: str
    when: tuple[Condition, ...]
    advice: tuple[Advice, ...]

    def matches(self, facts: Facts) -> bool:
        """Say whether the conditions hold for a segment."""
        checked = [(condition, condition.check(facts)) for condition in self.when]
        if self.match == "any":
            return any(outcome.holds for _, outcome in checked if outcome is not None)
        needed = [outcome for condition, outcome in checked if condition.needed]
        if not all(outcome is not None and outcome.holds for outcome in needed):
            return False
        support = [o.holds for c, o in checked if not c.needed and o is not None]
        return sum(support) >= SUPPORT * len(support)

    def actions(self, facts: Facts) -> tuple[Action, ...]:
        """Fill in the numbers that each action rests on."""
        return tuple(self._action(advice, facts) for advice in self.advice)

    def strength(self, facts: Facts) -> float:
        """How far a segment is from everybody in what speaks for this, 0 without conditions."""
        checked = [condition.check(facts) for condition in self.when]
        return max((one.strength for one in checked if one is not None and one.holds), default=0.0)

    def _action(self, advice: Advice, facts: Facts) -> Action:
        held = self._held(facts)
        clauses = [held[topic] for topic in advice.rests_on if topic in held]
        clauses = clauses or list(held.values())[:1]
        because = "; ".join(clauses) or facts.headline
        return Action(advice.title, advice.detail, f"{sentence(because)}.")

    def _held(self, facts: Facts) -> dict[str, str]:
        """Map the topics of the conditions that hold to their numbers."""
        checked = [(condition.topic, condition.check(facts)) for condition in self.when]
        return {topic: one.numbers for topic, one in checked if one is not None and one.holds}


@dataclass(frozen=True)
class Playbook:
    """Archetypes in order of precedence, and responses for segments that are none of them."""

    archetypes: tuple[Play, ...]
    responses: tuple[Play, ...]

    def archetype(self, facts: Facts) -> Play | None:
        """Return the first archetype whose conditions hold for a segment."""
        return next((play for play in self.archetypes if play.matches(facts)), None)

    def actions(self, facts: Facts, archetype: Play | None) -> tuple[Action, ...]:
        """Recommend actions: the archetype's, or the responses whose conditions hold.

        Responses to what sets the segment apart most come first; those without conditions count
        where there is no other.
        """
        if archetype is not None:
            return archetype.actions(facts)
        held = [play for play in self.responses if play.matches(facts)]
        held = [play for play in held if play.when] or held
        held.sort(key=lambda play: -play.strength(facts))
        return tuple(action for play in held for action in play.actions(facts))[:MAX_RESPONSES]


@cache
def built_in() -> Playbook:
    """Return the playbook that comes with the program."""
    return load_playbook(BUILT_IN)


def load_playbook(path: str | Path) -> Playbook:
    """Read and check a playbook file.

    Raises
    ------
    PlaybookError
        The file cannot be read, is not TOML, or says something that makes no sense; the
        sentence names the place.
    """
    source = Path(path)
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise PlaybookError(f"The playbook {source} cannot be read.") from error
    if len(raw) > MAX_FILE:
        raise PlaybookError(f"The playbook {source.name} is larger than 1 MB.")
    try:
        document = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlaybookError(f"The playbook {source.name} is not valid TOML: {error}.") from error
    return parse_playbook(document)


def parse_playbook(document: Mapping[str, Any]) -> Playbook:
    """Check a playbook's document.

    Raises
    ------
    PlaybookError
        With the place and what to do.
    """
    _only({"archetype", "response"}, document, "The playbook")
    archetypes = tuple(
        _play(entry, f"archetype {i}") for i, entry in enumerate(_tables(document, "archetype"), 1)
    )
    responses = tuple(
        _play(entry, f"response {i}") for i, entry in enumerate(_tables(document, "response"), 1)
    )
    if not archetypes and not responses:
        raise PlaybookError("The playbook is empty: give at least one [[archetype]].")
    names = [play.name for play in archetypes]
    for name in names:
        if names.count(name) > 1:
            raise PlaybookError(f"The playbook has two archetypes called “{name}”.")
    for play in archetypes:
        if not play.when:
            raise PlaybookError(f"The archetype “{play.name}” needs at least one condition.")
    return Playbook(archetypes, responses)


def _play(entry: Mapping[str, Any], where: str) -> Play:
    where = f"The playbook's {where}"
    _only({"name", "reason", "match", "when", "action"}, entry, where)
    name = _text(entry, "name", where)
    where = f"{where} “{name}”"
    match = entry.get("match", "all")
    if match not in {"all", "any"}:
        raise PlaybookError(f"{where}: match must be “all” or “any”.")
    advice = tuple(_advice(action, where) for action in _tables(entry, "action"))
    if not advice:
        raise PlaybookError(f"{where} needs at least one [[….action]].")
    when = tuple(_condition(item, where) for item in _tables(entry, "when"))
    return Play(name, _text(entry, "reason", where), match, when, advice)


def _advice(entry: Mapping[str, Any], where: str) -> Advice:
    _only({"title", "detail", "rests_on"}, entry, f"{where}, an action")
    topics = _strings(entry, "rests_on", where)
    return Advice(_text(entry, "title", where), _text(entry, "detail", where), topics)


def _condition(entry: Mapping[str, Any], where: str) -> Condition:
    where = f"{where}, a condition"
    _only({field.name for field in fields(Condition)}, entry, where)
    _check_topic(entry, where)
    values = dict(entry)
    values |= {key: _number(entry[key], key, where) for key in NUMBERS if key in entry}
    values |= {key: _range(entry[key], key, where) for key in RANGES if key in entry}
    values["levels"] = _levels(entry, where)
    values["words"] = tuple(" ".join(tokens(word)) for word in _strings(entry, "words", where))
    if not isinstance(entry.get("needed", True), bool):
        raise PlaybookError(f"{where}: needed must be true or false.")
    if values["levels"] is None and not any(key in entry for key in NUMBERS[:4]):
        raise PlaybookError(f"{where} sets no bound: give at_least, below or a position.")
    return Condition(**values)


def _check_topic(entry: Mapping[str, Any], where: str) -> None:
    for key in WORDS:
        if key in entry:
            _text(entry, key, where)
    if sum(key in entry for key in (*WORDS, "words")) != 1:
        raise PlaybookError(f"{where} needs either a meaning or a column or words.")
    if entry.get("role", Role.NUMERIC) not in tuple(Role):
        raise PlaybookError(f"{where}: “{entry['role']}” is no role. Use {', '.join(Role)}.")
    if entry.get("meaning", MEANINGS[0]) not in MEANINGS:
        raise PlaybookError(
            f"{where}: “{entry['meaning']}” is no known meaning. Use {', '.join(MEANINGS)}."
        )


def _levels(entry: Mapping[str, Any], where: str) -> str | tuple[str, ...] | None:
    levels = entry.get("levels")
    if levels is None:
        return None
    if "share_at_least" not in entry:
        raise PlaybookError(f"{where} names levels, so it needs share_at_least (0 to 1).")
    if levels in LEVELS:
        return str(levels)
    if isinstance(levels, list) and levels and all(isinstance(level, str) for level in levels):
        return tuple(levels)
    raise PlaybookError(f"{where}: levels must be one of {', '.join(LEVELS)} or a list of levels.")


def _number(value: Any, key: str, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:  # noqa: PLR0124 - NaN
        raise PlaybookError(f"{where}: {key} must be a number.")
    if ("position" in key or "share" in key) and not 0 <= value <= 1:
        raise PlaybookError(f"{where}: {key} must be between 0 and 1, but is {value}.")
    return float(value)


def _range(value: Any, key: str, where: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise PlaybookError(f"{where}: {key} must be two numbers, lowest first.")
    low, high = (_number(bound, key, where) for bound in value)
    if low > high:
        raise PlaybookError(f"{where}: {key} must be two numbers, lowest first.")
    return low, high


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise PlaybookError(f"{where} needs a {key} in words.")
    return value.strip()


def _strings(entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    items = entry.get(key, [])
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise PlaybookError(f"{where}: {key} must be a list of words.")
    return tuple(items)


def _tables(entry: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise PlaybookError(f"The playbook's {key} must be written as [[{key}]] tables.")
    return value


def _only(known: Iterable[str], entry: Mapping[str, Any], where: str) -> None:
    unknown = sorted(set(entry) - set(known))
    if unknown:
        raise PlaybookError(
            f"{where} has an unknown entry “{unknown[0]}”. Known are {', '.join(sorted(known))}."
        )
