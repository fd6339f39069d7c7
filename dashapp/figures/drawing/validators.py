"""Load plotly's validators per trace type when first drawn, not all fifty at once.

With its first figure, plotly loads the validators of every property of every trace type: 9 MB, of
which our templates need an eighth. Releasing them later leaves the memory fragmented.
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
    """Validator descriptions by property path, loaded per trace type."""

    def get(self, path: str, default: Any = None) -> Any:
        """Return a description; the first request for a trace type loads all of that type."""
        if path not in self:
            self.update(checks_of(path.split(".", maxsplit=1)[0]))
        return super().get(path, default)


def checks_of(kind: str) -> dict[str, Any]:
    """Return the descriptions of one trace type, or of ``layout`` and the like.

    In plotly's file they are consecutive, each on its own lines.

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
    """Make plotly load validators on demand; call before the first figure."""
    if ValidatorCache._json_cache is None:  # noqa: SLF001 - plotly has no other way
        ValidatorCache._json_cache = Checks()  # noqa: SLF001 - as above
