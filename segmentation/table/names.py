"""What a column's name says about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_CAMEL = re.compile(r"(?<=[a-zß-ÿ0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[^0-9a-zß-öø-ÿ]+")

_CURRENCIES = frozenset(
    {
        "eur", "euro", "euros", "usd", "dollar", "dollars", "gbp", "pounds", "chf", "sek", "nok",
        "dkk", "pln", "jpy", "yen", "cny", "inr", "brl", "mxn", "aud", "cad", "keur", "teur",
    }
)  # fmt: skip
_CODE_ENDINGS = frozenset(
    {
        "id", "ids", "no", "nr", "num", "number", "nummer", "numero", "code", "key", "uuid",
        "guid", "sku", "ref", "reference", "ean", "isbn", "hash", "token", "kundennr",
        "kundennummer", "customerid", "custid", "clientid", "userid", "invoiceno",
        "orderid", "idnr", "stockcode", "productid",
    }
)  # fmt: skip
_DATE_WORDS = frozenset(
    {
        "date", "datum", "year", "jahr", "month", "monat", "week", "time", "timestamp",
        "day", "birthday", "birthdate", "dob", "fecha", "joined", "created", "updated",
        "since", "purchased", "signup", "registered",
    }
)  # fmt: skip
_PLACE_WORDS = frozenset(
    {
        "city", "town", "region", "country", "state", "province", "county", "district",
        "location", "postcode", "postal", "zip", "zipcode", "plz", "stadt", "ort", "land",
        "bundesland", "ville", "pays", "ciudad", "pais", "città", "territory", "latitude",
        "longitude", "lat", "lng", "lon", "municipality", "continent",
    }
)  # fmt: skip
_PLACE_ENDINGS = frozenset({"postalcode", "countrycode", "place", "area"})
_PERSONAL_WORDS = frozenset(
    {
        "gender", "sex", "geschlecht", "sexe", "genero", "ethnicity", "race", "religion",
        "health", "disability", "marital", "nationality", "familienstand", "orientation",
        "pregnant", "political", "genre",
    }
)  # fmt: skip
_PERSON_NAMES = frozenset(
    {
        "name", "fullname", "firstname", "lastname", "surname", "forename", "customername",
        "clientname", "vorname", "nachname", "nom", "prenom", "nombre", "apellido",
        "contactname", "username", "givenname", "familyname",
    }
)  # fmt: skip
_PERSON_TOKENS = frozenset(
    {
        "customer", "client", "first", "last", "full", "given", "family", "user", "contact",
        "member",
    }
)  # fmt: skip
_CONTACT_WORDS = frozenset(
    {
        "email", "mail", "phone", "telephone", "tel", "mobile", "cell", "handy", "telefon",
        "fax", "address", "street", "strasse", "straße", "adresse", "anschrift", "whatsapp",
        "emailaddress", "mailaddress", "phonenumber", "mobilephone", "telefonnummer",
        "streetaddress",
    }
)  # fmt: skip


def tokens(name: str) -> tuple[str, ...]:
    """Split a column name into lower-case words.

    Examples
    --------
    >>> tokens("CustomerID"), tokens("Kunden-Nr."), tokens("days_since_last")
    (('customer', 'id'), ('kunden', 'nr'), ('days', 'since', 'last'))
    """
    plain = unicodedata.normalize("NFKC", name)
    spaced = _CAMEL.sub(" ", plain).lower()
    return tuple(word for word in _SEPARATORS.split(spaced) if word)


def joined(name: str) -> str:
    """Return a name's letters and digits without case and separators."""
    return "".join(tokens(name))


def without_unit(name: str) -> str:
    """Return a name's letters and digits without the currency that an amount is in.

    Examples
    --------
    >>> without_unit("Umsatz (EUR)"), without_unit("Sales in $"), without_unit("USD")
    ('umsatz', 'sales', 'usd')
    """
    found = tokens(name)
    rest = [word for word in found if word not in _CURRENCIES]
    if rest[-1:] == ["in"]:
        rest.pop()
    return "".join(rest or found)


def _last_in(name: str, words: Iterable[str]) -> bool:
    found = tokens(name)
    return bool(found) and (found[-1] in words or "".join(found) in words)


def _any_in(name: str, words: frozenset[str]) -> bool:
    return any(word in words for word in tokens(name)) or joined(name) in words


def is_code_name(name: str) -> bool:
    """Tell whether a name promises codes or ids: "Customer ID", "Kunden-Nr.", "StockCode"."""
    found = tokens(name)
    return _last_in(name, _CODE_ENDINGS) or (len(found) > 1 and found[0] in {"id", "code"})


def is_date_name(name: str) -> bool:
    """Tell whether a name promises a date or a time."""
    return _any_in(name, _DATE_WORDS)


def is_place_name(name: str) -> bool:
    """Tell whether a name promises places: city, region, country, postcode."""
    return _any_in(name, _PLACE_WORDS) or _last_in(name, _PLACE_ENDINGS)


def is_postcode_name(name: str) -> bool:
    """Tell whether a name promises postcodes, which may look like numbers."""
    return _any_in(name, frozenset({"postcode", "postal", "zip", "zipcode", "plz"}))


def is_personal_name(name: str) -> bool:
    """Tell whether a name promises a trait that is kept out of targeting by default."""
    return _any_in(name, _PERSONAL_WORDS)


def is_person_name(name: str) -> bool:
    """Tell whether a name promises the names of people: "Customer Name", "Surname"."""
    found = tokens(name)
    if joined(name) in _PERSON_NAMES:
        return True
    return len(found) > 1 and found[-1] == "name" and found[-2] in _PERSON_TOKENS


def is_contact_name(name: str) -> bool:
    """Tell whether a name promises e-mail addresses, telephone numbers or streets."""
    return _any_in(name, _CONTACT_WORDS)
