"""Plotly learns how a kind of chart is checked when it is first drawn, not all fifty at once.

At its first figure plotly reads how each property of each kind of trace is checked: 9 MB, of which
our templates need an eighth, and which leave gaps behind that nothing fills when they are let go.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from plotly import validator_cache
from plotly.validator_cache import ValidatorCache

SOURCE = Path(validator_cache.__file__).parent / "validators" / "_validators.json"


class Checks(dict[str, Any]):
    """Descriptions of properties by path, of the kinds that were asked for."""

    def get(self, path: str, default: Any = None) -> Any:
        """The description; the first of its kind brings all others of that kind."""
        if path not in self:
            self.update(checks_of(path.split(".", maxsplit=1)[0]))
        return super().get(path, default)


def checks_of(kind: str) -> dict[str, Any]:
    """The descriptions of one kind of trace, or of ``layout`` and the like.

    They stand together, one after the other, each on lines of its own.

    Examples
    --------
    >>> sorted(path for path in checks_of("frame") if path.endswith("name"))
    ['frame.name']
    >>> checks_of("nothing")
    {}
    """
    text = SOURCE.read_text(encoding="utf-8")
    ours, others = rf'\n    "{re.escape(kind)}["\.]', rf'\n    "(?!{re.escape(kind)}["\.])|\n\}}'
    begin = re.search(ours, text)
    if begin is None:
        return {}
    end = re.compile(others).search(text, begin.start())
    assert end is not None, "the file ends with a bracket"
    lines = text[begin.start() : end.start()].rstrip(",")
    found: dict[str, Any] = json.loads(f"{{{lines}}}")
    return found


def learn_when_drawn() -> None:
    """Read nothing of what figures will not need; call before the first figure."""
    if ValidatorCache._json_cache is None:  # noqa: SLF001 - plotly has no other way
        ValidatorCache._json_cache = Checks()  # noqa: SLF001 - as above
