"""Customer segments that can be explained, trusted and reused.

The names below are the whole public interface. They are loaded on first use, so that a web
worker that only scores customers never pays for scikit-learn and scipy.

Examples
--------
>>> import segmentation
>>> segmentation.sample_customers(3).shape
(3, 11)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segmentation.cluster.algorithms.registry import ALGORITHMS
    from segmentation.cluster.selection.evidence import KEvidence, Verdict
    from segmentation.datasets.sample_customers import sample_customer_kinds, sample_customers
    from segmentation.datasets.sample_transactions import sample_transactions
    from segmentation.errors import (
        CancelledError,
        ClusterError,
        DataError,
        ModelFileError,
        ParameterError,
        PlaybookError,
        ReadError,
        SegmentationError,
    )
    from segmentation.formulas import (
        FORMULA_PATTERN,
        csv_quoting,
        escape_formula,
        escape_formulas,
        unescape_formula,
    )
    from segmentation.model import CustomerSegmentation
    from segmentation.scale.large_data import LargeData
    from segmentation.scoring.answers import Assignment, Change, ModelColumn
    from segmentation.scoring.artifact import MAX_MODEL_FILE
    from segmentation.scoring.join_scores import add_scores
    from segmentation.scoring.segment_model import SegmentModel
    from segmentation.segments.segment import Importance, Profile, Segment
    from segmentation.table.association import association
    from segmentation.table.corrected_rows import read_mended
    from segmentation.table.files.file_type import READABLE_FORMATS, foreign_format
    from segmentation.table.preview import Beginning, read_beginning
    from segmentation.table.reading import read_table
    from segmentation.table.schema.columns import Column, Issue, Role, Use
    from segmentation.table.schema.limits import Limits
    from segmentation.table.schema.population import Population
    from segmentation.table.summary import summarize
    from segmentation.table.table import Table
    from segmentation.version import __version__

_HOMES = {
    "CustomerSegmentation": "segmentation.model",
    "SegmentModel": "segmentation.scoring.segment_model",
    "Assignment": "segmentation.scoring.answers",
    "Change": "segmentation.scoring.answers",
    "ModelColumn": "segmentation.scoring.answers",
    "add_scores": "segmentation.scoring.join_scores",
    "ALGORITHMS": "segmentation.cluster.algorithms.registry",
    "Importance": "segmentation.segments.segment",
    "Profile": "segmentation.segments.segment",
    "Segment": "segmentation.segments.segment",
    "Verdict": "segmentation.cluster.selection.evidence",
    "KEvidence": "segmentation.cluster.selection.evidence",
    "MAX_MODEL_FILE": "segmentation.scoring.artifact",
    "read_table": "segmentation.table.reading",
    "read_beginning": "segmentation.table.preview",
    "Beginning": "segmentation.table.preview",
    "read_mended": "segmentation.table.corrected_rows",
    "Table": "segmentation.table.table",
    "Population": "segmentation.table.schema.population",
    "LargeData": "segmentation.scale.large_data",
    "READABLE_FORMATS": "segmentation.table.files.file_type",
    "foreign_format": "segmentation.table.files.file_type",
    "Limits": "segmentation.table.schema.limits",
    "Column": "segmentation.table.schema.columns",
    "Role": "segmentation.table.schema.columns",
    "Use": "segmentation.table.schema.columns",
    "Issue": "segmentation.table.schema.columns",
    "sample_customers": "segmentation.datasets.sample_customers",
    "sample_customer_kinds": "segmentation.datasets.sample_customers",
    "sample_transactions": "segmentation.datasets.sample_transactions",
    "association": "segmentation.table.association",
    "summarize": "segmentation.table.summary",
    "FORMULA_PATTERN": "segmentation.formulas",
    "escape_formula": "segmentation.formulas",
    "escape_formulas": "segmentation.formulas",
    "unescape_formula": "segmentation.formulas",
    "csv_quoting": "segmentation.formulas",
    "SegmentationError": "segmentation.errors",
    "ReadError": "segmentation.errors",
    "DataError": "segmentation.errors",
    "ParameterError": "segmentation.errors",
    "ModelFileError": "segmentation.errors",
    "PlaybookError": "segmentation.errors",
    "ClusterError": "segmentation.errors",
    "CancelledError": "segmentation.errors",
    "__version__": "segmentation.version",
}

__all__ = [  # noqa: RUF022 - in the order in which a reader meets them
    "CustomerSegmentation",
    "SegmentModel",
    "Segment",
    "Profile",
    "Importance",
    "Assignment",
    "Change",
    "ModelColumn",
    "add_scores",
    "Verdict",
    "KEvidence",
    "ALGORITHMS",
    "MAX_MODEL_FILE",
    "read_table",
    "read_beginning",
    "Beginning",
    "read_mended",
    "READABLE_FORMATS",
    "foreign_format",
    "Limits",
    "Table",
    "Population",
    "LargeData",
    "Column",
    "Role",
    "Use",
    "Issue",
    "sample_customers",
    "sample_customer_kinds",
    "sample_transactions",
    "association",
    "summarize",
    "FORMULA_PATTERN",
    "escape_formula",
    "escape_formulas",
    "unescape_formula",
    "csv_quoting",
    "SegmentationError",
    "ReadError",
    "DataError",
    "ParameterError",
    "ModelFileError",
    "PlaybookError",
    "ClusterError",
    "CancelledError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in, once (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
