"""What a column is, what it is used for, and what was found wrong in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

#: How many levels of a nominal column are kept; more than that is not a category.
MAX_LEVELS = 200

#: The classic columns of customer segmentation, in the order in which they are usually listed.
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
    """What kind of values a column holds."""

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
    """What a column does: drive the segments, only describe them, or nothing."""

    BASIS = "basis"
    DESCRIPTOR = "descriptor"
    IGNORED = "ignored"


#: Roles whose columns never drive segments nor describe them.
UNUSABLE_ROLES = frozenset({Role.IDENTIFIER, Role.TEXT, Role.CONSTANT, Role.CONTACT})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a customer table.

    Attributes
    ----------
    name : str
        The name in the file, trimmed and made unique.
    role : Role
        What kind of values it holds.
    use : Use
        What it does in a segmentation.
    reason : str
        One sentence: why this role and this use.
    meaning : str or None
        The classic column it stands for, one of `MEANINGS`.
    levels : tuple of str
        Ordinal: in order from low to high; nominal: most frequent first, at most `MAX_LEVELS`;
        binary: "no" before "yes". Empty otherwise.
    missing, distinct : int
        Rows without a value, and different values among the others.
    examples : tuple of str
        Some of its values as text; masked for contact data.
    currency : str
        The sign or code of the currency that a numeric column is in; empty where none is known.
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
        """Return plain JSON values; `from_dict` is the way back."""
        plain = asdict(self)
        return plain | {
            "role": str(self.role),
            "use": str(self.use),
            "levels": list(self.levels),
            "examples": list(self.examples),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Column:
        """Rebuild a column from `to_dict`'s values."""
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
    """Something in a file that its owner should know.

    Attributes
    ----------
    kind : str
        The sort of trouble as one word for programs, such as ``"not_a_number"``.
    column : str or None
        The column it is in; None when it is about whole rows or the file.
    count : int
        How many cells or rows.
    lines : tuple of int
        Up to 100 line numbers of the file, the first line being 1.
    examples : tuple of str
        Some of the cells as they are written; masked in contact columns.
    suggestion : str
        What was found and what is suggested, in one or two sentences.
    fixes : tuple of str
        The ways to deal with it, the one in force first; empty where there is nothing to choose.
    """

    kind: str
    column: str | None
    count: int
    lines: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()
    suggestion: str = ""
    fixes: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_dict` is the way back."""
        return asdict(self) | {
            "lines": list(self.lines),
            "examples": list(self.examples),
            "fixes": list(self.fixes),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Issue:
        """Rebuild an issue from `to_dict`'s values."""
        return cls(
            kind=str(plain["kind"]),
            column=plain["column"],
            count=int(plain["count"]),
            lines=tuple(plain["lines"]),
            examples=tuple(plain["examples"]),
            suggestion=str(plain["suggestion"]),
            fixes=tuple(plain["fixes"]),
        )
