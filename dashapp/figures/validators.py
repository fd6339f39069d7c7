"""What plotly remembers of kinds of charts that nobody draws leaves memory.

At its first figure plotly reads how each property of each of its fifty kinds of traces is checked:
9 MB, of which our figures need a third.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from plotly import validator_cache
from plotly.validator_cache import ValidatorCache

SOURCE = Path(validator_cache.__file__).parent / "validators" / "_validators.json"

# Kinds of traces that figures draw, and what all figures have.
TRACES = "bar box contour heatmap histogram pie scatter scatter3d scatterpolar"
KEPT = frozenset(TRACES.split()) | {"layout", "data", "frame", "frames"}


class Checks(dict[str, Any]):
    """Descriptions of properties by path, those of :data:`KEPT` until another is asked for."""

    def get(self, path: str, default: Any = None) -> Any:
        """The description; a kind of chart that is new here brings all others back."""
        if path not in self:
            self.update(json.loads(SOURCE.read_bytes()))
        return super().get(path, default)


def forget_unused() -> None:
    """Keep only what our figures need; call once the first figure was drawn."""
    known = ValidatorCache._json_cache  # noqa: SLF001 - as above
    if known is not None:
        kept = {path: check for path, check in known.items() if path.split(".")[0] in KEPT}
        ValidatorCache._json_cache = Checks(kept)  # noqa: SLF001 - as above
