"""The choices that an address carries, read with bounds at the door.

An address names the data set and the model that a browser tab looks at, and what was chosen on
its page. The parameter of a choice is the id of its widget without the page: ``explore-column``
is ``column``. A choice of several values repeats its parameter; one that holds a value for each
of some columns has one parameter a column, such as ``filters.Age``. ``assets/address.js`` writes
what is read here. What people search for never gets into it: names belong to no address.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

# Servers and proxies cut addresses from 4,096 characters on; the script stays well below.
LONGEST = 4_096
MOST_PARAMETERS = 200


def parameter(id_: str) -> str:
    """The parameter that carries the choice of a widget.

    Examples
    --------
    >>> parameter("segments-map-view")
    'map-view'
    """
    return id_.partition("-")[2]


@dataclass(frozen=True)
class Link:
    """A choice that the address of a page carries, so that it can be linked.

    Attributes
    ----------
    id
        Id of the widget; a pattern has one parameter for each of its components.
    property
        The property that holds the choice.
    """

    id: str | dict[str, Any]
    property: str = "value"


@dataclass(frozen=True, slots=True)
class Address:
    """What the query of an address asks for; whatever is malformed counts as absent.

    Attributes
    ----------
    given
        Parameter → its values.
    """

    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, search: object) -> Address:
        """Read a query string, with or without its question mark.

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
        except ValueError:  # more parameters than our pages ever write
            return cls()
        return cls({name: tuple(values) for name, values in found.items()})

    def first(self, name: str) -> str | None:
        """The first value of a parameter, or None."""
        return next(iter(self.given.get(name, ())), None)

    def number(self, name: str, below: int) -> int | None:
        """A whole number from 0 on, or None where it is none or too large.

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
        """The tab that is asked for, or None where it is none of these.

        Examples
        --------
        >>> Address.parse("?tab=map").tab({"map": "Map"}), Address.parse("?tab=x").tab(["map"])
        ('map', None)
        """
        asked = self.first("tab")
        return asked if asked in tabs else None

    def one(self, id_: str, allowed: Collection[str], default: str | None) -> str | None:
        """The choice of a widget where it is among the allowed ones, else its default.

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
        """The allowed ones among the choices of a widget, in their order, each once.

        Examples
        --------
        >>> Address.parse("?segments=s9&segments=s2").several("compare-segments", ["s1", "s2"])
        ['s2']
        """
        asked = self.given.get(parameter(id_), ())
        return [value for value in dict.fromkeys(asked) if value in allowed]

    def each(self, id_: str) -> dict[str, tuple[str, ...]]:
        """The values that are given for each column.

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
