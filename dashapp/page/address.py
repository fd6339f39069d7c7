"""Choices stored in a page's URL, and their validation.

A URL names the data set and model of a browser tab and the choices made on its page. The parameter
of a choice is the id of its widget without the page: ``explore-column`` becomes ``column``. A
multiple choice repeats its parameter; a choice with one value per column has one parameter per
column, such as ``filters.Age``. ``assets/address.js`` writes these URLs. They never contain search
texts, which may be names of people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

# Servers and proxies truncate URLs beyond 4,096 characters; the script stays well below.
LONGEST = 4_096
MOST_PARAMETERS = 200


def parameter(id_: str) -> str:
    """Return the URL parameter of a widget.

    Examples
    --------
    >>> parameter("segments-map-view")
    'map-view'
    """
    return id_.partition("-")[2]


@dataclass(frozen=True)
class Link:
    """A choice that is stored in the page's URL.

    Attributes
    ----------
    id
        Id of the widget; a pattern id has one parameter per component.
    property
        The property that holds the choice.
    """

    id: str | dict[str, Any]
    property: str = "value"


@dataclass(frozen=True, slots=True)
class Address:
    """The parsed query of a URL; malformed values count as absent.

    Attributes
    ----------
    given
        Parameter → its values.
    """

    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, search: object) -> Address:
        """Parse a query string, with or without its question mark.

        Examples
        --------
        >>> Address.parse("?tab=map&segments=s1&segments=s2").given
        {'tab': ('map',), 'segments': ('s1', 's2')}
        >>> Address.parse(["nonsense"]).given
        {}
        """
        if not isinstance(search, str) or len(search) > LONGEST:
            return cls()
        try:
            found = parse_qs(search.removeprefix("?"), max_num_fields=MOST_PARAMETERS)
        except ValueError:  # more parameters than our pages write
            return cls()
        return cls({name: tuple(values) for name, values in found.items()})

    def first(self, name: str) -> str | None:
        """Return the first value of a parameter, or None."""
        return next(iter(self.given.get(name, ())), None)

    def number(self, name: str, below: int) -> int | None:
        """Return a whole number in ``range(below)``, or None.

        Examples
        --------
        >>> Address.parse("?customer=7").number("customer", 10)
        7
        >>> [Address.parse(f"?customer={n}").number("customer", 10) for n in ("10", "-1", "²")]
        [None, None, None]
        """
        text = self.first(name) or ""
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            return None
        return int(text) if int(text) < below else None

    def tab(self, tabs: Collection[str]) -> str | None:
        """Return the requested tab, or None if it is not one of these.

        Examples
        --------
        >>> Address.parse("?tab=map").tab({"map": "Map"}), Address.parse("?tab=x").tab(["map"])
        ('map', None)
        """
        asked = self.first("tab")
        return asked if asked in tabs else None

    def one(self, id_: str, allowed: Collection[str], default: str | None) -> str | None:
        """Return the choice of a widget if it is allowed, else its default.

        Examples
        --------
        >>> address = Address.parse("?column=Age")
        >>> address.one("explore-column", ["Age", "City"], "City")
        'Age'
        >>> address.one("explore-column", ["City"], "City")
        'City'
        """
        asked = self.first(parameter(id_))
        return asked if asked in allowed else default

    def several(self, id_: str, allowed: Collection[str]) -> list[str]:
        """Return the allowed choices of a widget, in their order, without duplicates.

        Examples
        --------
        >>> Address.parse("?segments=s9&segments=s2").several("compare-segments", ["s1", "s2"])
        ['s2']
        """
        asked = self.given.get(parameter(id_), ())
        return [value for value in dict.fromkeys(asked) if value in allowed]

    def each(self, id_: str) -> dict[str, tuple[str, ...]]:
        """Return the given values by column.

        Examples
        --------
        >>> Address.parse("?filters.Age=30&filters.Age=40&tab=map").each("explore-filters")
        {'Age': ('30', '40')}
        """
        start = f"{parameter(id_)}."
        return {
            name.removeprefix(start): values
            for name, values in self.given.items()
            if name.startswith(start)
        }
