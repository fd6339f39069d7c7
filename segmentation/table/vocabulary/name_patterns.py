"""Infer what a column holds from its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-zß-ÿ0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[\W_]+")
#: Letters that Unicode does not decompose into base letter and accent.
_PLAIN_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d"})

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
        "bundesland", "ville", "pays", "ciudad", "pais", "citta", "territory", "latitude",
        "longitude", "lat", "lng", "lon", "municipality", "continent", "wohnort", "cidade",
        "plaats", "woonplaats", "miasto", "localidad", "provincia", "departement", "kanton",
        "gemeinde", "paese",
        "postleitzahl", "codepostal", "codigopostal", "localite", "commune", "standort",
    }
)  # fmt: skip
_PLACE_ENDINGS = frozenset({"postalcode", "countrycode", "place", "area"})
_PERSONAL_WORDS = frozenset(
    {
        "gender", "sex", "geschlecht", "sexe", "genero", "ethnicity", "race", "religion",
        "health", "disability", "marital", "nationality", "familienstand", "orientation",
        "pregnant", "political", "genre", "sexo", "sesso", "geslacht", "kon", "plec", "anrede",
        "civilite", "etatcivil", "estadocivil", "nationalite", "nacionalidad", "konfession",
        "staatsangehorigkeit",
    }
)  # fmt: skip
_PERSON_NAMES = frozenset(
    {
        "name", "fullname", "firstname", "lastname", "surname", "forename", "customername",
        "clientname", "vorname", "nachname", "nom", "prenom", "nombre", "apellido",
        "contactname", "username", "givenname", "familyname", "kundenname", "nomclient",
        "nomduclient", "nomdefamille", "nombrecliente", "nombredelcliente", "apellidos",
        "cognome", "nomecliente", "klantnaam", "voornaam", "achternaam", "ansprechpartner",
        "accountname", "customerfullname", "customerfirstname", "customerlastname", "nachnamen",
        "sobrenome", "familienname", "rufname", "imie", "nazwisko", "имя", "фамилия", "nome",
    }
)  # fmt: skip
_PERSON_TOKENS = frozenset(
    {
        "customer", "client", "first", "last", "full", "given", "family", "user", "contact",
        "member",
    }
)  # fmt: skip
#: Words that join two parts of a name.
_AND = frozenset({"and", "und", "et", "y", "e", "en", "i", "or", "oder"})
#: Words for "total".
_TOTAL = frozenset({"total", "gesamt", "insgesamt", "totale", "totaal", "totales", "sum", "summe"})
_CONTACT_WORDS = frozenset(
    {
        "email", "mail", "phone", "telephone", "tel", "mobile", "cell", "handy", "telefon",
        "fax", "address", "street", "strasse", "adresse", "anschrift", "whatsapp", "mobil",
        "emailaddress", "mailaddress", "phonenumber", "mobilephone", "telefonnummer",
        "streetaddress", "courriel", "correo", "telefono", "direccion", "rue", "indirizzo", "calle",
        "mobilnummer", "hausnummer", "iban", "kontonummer", "emailadresse", "telefone",
    }
)  # fmt: skip


#: Words for consent, such as to e-mails.
_CONSENT_WORDS = frozenset(
    {
        "newsletter", "optin", "optout", "consent", "consents", "gdpr", "dsgvo", "einwilligung",
        "werbeeinwilligung", "unsubscribed", "donotcontact", "donotcall", "consentement",
        "consentimiento", "consenso", "toestemming", "werbeerlaubnis",
    }
)  # fmt: skip
#: Words for outcomes, known only afterwards.
_OUTCOME_WORDS = frozenset(
    {
        "churn", "churned", "ischurn", "attrition", "exited", "gekundigt", "kundigung",
        "kundigte", "abgewandert", "resilie", "abandono", "converted", "defaulted",
    }
)  # fmt: skip
#: Words for the employee responsible for a customer.
_KEEPER_WORDS = frozenset(
    {
        "csm", "owner", "rep", "salesrep", "salesperson", "accountmanager", "accountowner", "kam",
        "betreuer", "kundenbetreuer", "berater", "vertreter", "verkaufer", "trainer",
    }
)  # fmt: skip


#: Words for customers, and for the units they are counted by.
_CUSTOMER = (
    r"customers?|cust|clients?|clientes?|kunden?|kd|users?|members?|membership|mitglieds?|shopper|"
    r"buyer|account|acct|debtor|debitor(?:en)?|klant(?:en)?|kund|klienta?|asiakas|contact|party|"
    r"cardholder|card|subscriber|patient|guest|household|loyaltycard|kaufer|abonnent(?:en)?"
)
_CODE = (
    r"ids?|no|nr|num|nums|number|nummer|numero|nro|key|code|codigo|codice|ref|reference|schlussel|"
    r"uuid|guid|identifier|kennung|nummern"
)
_CUSTOMER_CODE = re.compile(
    rf"^(?:(?:{_CUSTOMER})(?:{_CODE})|(?:{_CODE})(?:de|du|der|des|del|di|do)?(?:{_CUSTOMER}))$"
)
_BARE_CUSTOMER = re.compile(rf"^(?:{_CUSTOMER})$")


@lru_cache(maxsize=4096)
def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a column name in lower case, without accents.

    Examples
    --------
    >>> tokens("CustomerID"), tokens("Kunden-Nr."), tokens("days_since_last")
    (('customer', 'id'), ('kunden', 'nr'), ('days', 'since', 'last'))
    >>> tokens("N° de client"), tokens("Käufe")
    (('no', 'de', 'client'), ('kaufe',))
    """
    plain = unicodedata.normalize("NFKC", name).replace("#", " no ").replace("°", "o ")
    spaced = unicodedata.normalize("NFKD", _CAMEL.sub(" ", plain).lower())
    spaced = "".join(c for c in spaced if not unicodedata.combining(c)).translate(_PLAIN_LETTERS)
    return tuple(word for word in _SEPARATORS.split(spaced) if word)


def joined(name: str) -> str:
    """Return a name's letters and digits without case and separators."""
    return "".join(tokens(name))


def without_unit(name: str) -> str:
    """Return a name's letters and digits without a currency.

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


def without_total(name: str) -> str:
    """Return a name's letters and digits without a currency and words for "total".

    Examples
    --------
    >>> without_total("Umsatz gesamt (EUR)"), without_total("Total")
    ('umsatz', 'total')
    """
    found = [word for word in tokens(name) if word not in _CURRENCIES]
    return "".join([word for word in found if word not in _TOTAL] or found)


def _last_in(name: str, words: Iterable[str]) -> bool:
    found = tokens(name)
    return bool(found) and (found[-1] in words or "".join(found) in words)


def _any_in(name: str, words: frozenset[str]) -> bool:
    return any(word in words for word in tokens(name)) or joined(name) in words


def is_customer_code_name(name: str) -> bool:
    """Return whether a name is one for customer ids, in many languages.

    Examples
    --------
    >>> is_customer_code_name("Kunden-Nr."), is_customer_code_name("numéro de client")
    (True, True)
    >>> is_customer_code_name("customer name"), is_customer_code_name("Order No")
    (False, False)
    """
    return bool(_CUSTOMER_CODE.match(joined(name)))


def is_customer_word(name: str) -> bool:
    """Return whether a name is just a word for customers: "Customer", "Kunde"."""
    return bool(_BARE_CUSTOMER.match(joined(name)))


def is_code_name(name: str) -> bool:
    """Return whether a name suggests codes or ids: "Customer ID", "Kunden-Nr.", "StockCode"."""
    found = tokens(name)
    if is_customer_code_name(name):
        return True
    return _last_in(name, _CODE_ENDINGS) or (len(found) > 1 and found[0] in {"id", "code"})


def is_date_name(name: str) -> bool:
    """Return whether a name suggests a date or a time."""
    return _any_in(name, _DATE_WORDS)


def is_place_name(name: str) -> bool:
    """Return whether a name suggests places: city, region, country, postcode."""
    return _any_in(name, _PLACE_WORDS) or _last_in(name, _PLACE_ENDINGS)


def is_postcode_name(name: str) -> bool:
    """Return whether a name suggests postcodes, which may look like numbers."""
    return _any_in(name, frozenset({"postcode", "postal", "zip", "zipcode", "plz"}))


def is_personal_name(name: str) -> bool:
    """Return whether a name suggests a personal trait, excluded from targeting by default."""
    return _any_in(name, _PERSONAL_WORDS)


def is_consent_name(name: str) -> bool:
    """Return whether a name suggests a customer's consent: "Newsletter", "email_opt_in"."""
    found = f" {' '.join(tokens(name))} "
    return _any_in(name, _CONSENT_WORDS) or " opt in " in found or " opt out " in found


def is_outcome_name(name: str) -> bool:
    """Return whether a name suggests an outcome: "Churn", "Gekündigt"."""
    return _any_in(name, _OUTCOME_WORDS)


def is_keeper_name(name: str) -> bool:
    """Return whether a name suggests an account manager: "Owner (CSM)", "Betreuer"."""
    return _any_in(name, _KEEPER_WORDS)


def is_person_name(name: str) -> bool:
    """Return whether a name suggests names of people: "Customer Name", "Surname"."""
    found = [word for word in tokens(name) if word not in _AND]
    if joined(name) in _PERSON_NAMES or (found and set(found) <= _PERSON_NAMES):
        return True
    return len(found) > 1 and found[-1] == "name" and found[-2] in _PERSON_TOKENS


def is_contact_name(name: str) -> bool:
    """Return whether a name suggests e-mail addresses, telephone numbers or streets."""
    return _any_in(name, _CONTACT_WORDS)
