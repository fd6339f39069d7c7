"""Columns with their roles and uses, and issues found in a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

#: Maximum levels of a nominal column; a column with more is not a category.
MAX_LEVELS = 200

#: The classic columns of customer segmentation, in their usual order.
MEANINGS = (
    "customer_id",
    "gender",
    "age",
    "city",
    "membership",
    "spend",
    "fee",
    "items",
    "rating",
    "discount",
    "recency",
    "satisfaction",
)


class Role(StrEnum):
    """The kind of values a column holds."""

    IDENTIFIER = "identifier"
    NUMERIC = "numeric"
    ORDINAL = "ordinal"
    NOMINAL = "nominal"
    BINARY = "binary"
    DATE = "date"
    TEXT = "text"
    CONSTANT = "constant"
    CONTACT = "contact"


class Use(StrEnum):
    """How a column is used: to drive the segments, only to describe them, or not at all."""

    BASIS = "basis"
    DESCRIPTOR = "descriptor"
    IGNORED = "ignored"


#: Roles whose columns neither drive nor describe segments.
UNUSABLE_ROLES = frozenset({Role.IDENTIFIER, Role.TEXT, Role.CONSTANT, Role.CONTACT})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a customer table.

    Attributes
    ----------
    name : str
        The name in the file, trimmed and made unique.
    role : Role
        The kind of values it holds.
    use : Use
        How it is used in a segmentation.
    reason : str
        Why it has this role and use, in one sentence.
    meaning : str or None
        The classic column it stands for, one of `MEANINGS`.
    levels : tuple of str
        Ordinal: in order from low to high; nominal: most frequent first, at most `MAX_LEVELS`;
        binary: "no" before "yes". Empty otherwise.
    missing, distinct : int
        Numbers of missing and of distinct values.
    examples : tuple of str
        Some of its values as text; masked if contact data.
    currency : str
        Currency sign or code of a numeric column; empty if unknown.
    """

    name: str
    role: Role
    use: Use
    reason: str
    meaning: str | None = None
    levels: tuple[str, ...] = ()
    missing: int = 0
    distinct: int = 0
    examples: tuple[str, ...] = ()
    currency: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, the inverse of `from_dict`."""
        plain = asdict(self)
        return plain | {
            "role": str(self.role),
            "use": str(self.use),
            "levels": list(self.levels),
            "examples": list(self.examples),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Column:
        """Return the column for values from `to_dict`."""
        return cls(
            name=str(plain["name"]),
            role=Role(plain["role"]),
            use=Use(plain["use"]),
            reason=str(plain["reason"]),
            meaning=plain["meaning"],
            levels=tuple(plain["levels"]),
            missing=int(plain["missing"]),
            distinct=int(plain["distinct"]),
            examples=tuple(plain["examples"]),
            currency=str(plain.get("currency", "")),
        )


@dataclass(frozen=True, slots=True)
class Issue:
    """A problem or an assumption to report to the file's owner.

    Attributes
    ----------
    kind : str
        Machine-readable kind, such as ``"not_a_number"``.
    column : str or None
        The column concerned; None if the issue concerns whole rows or the file.
    count : int
        Number of cells or rows.
    lines : tuple of int
        Up to 100 line numbers, counted from 1.
    examples : tuple of str
        Some of the cells as written; masked in contact columns.
    suggestion : str
        The finding and a suggestion, in one or two sentences.
    fixes : tuple of str
        The ways to handle it, the current one first; empty if there is no choice.
    """

    kind: str
    column: str | None
    count: int
    lines: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()
    suggestion: str = ""
    fixes: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, the inverse of `from_dict`."""
        return asdict(self) | {
            "lines": list(self.lines),
            "examples": list(self.examples),
            "fixes": list(self.fixes),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Issue:
        """Return the issue for values from `to_dict`."""
        return cls(
            kind=str(plain["kind"]),
            column=plain["column"],
            count=int(plain["count"]),
            lines=tuple(plain["lines"]),
            examples=tuple(plain["examples"]),
            suggestion=str(plain["suggestion"]),
            fixes=tuple(plain["fixes"]),
        )
