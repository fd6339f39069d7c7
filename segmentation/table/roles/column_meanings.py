"""Match columns to the classic ones by alias, similarity of names and values."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from functools import lru_cache

import pandas as pd

from segmentation.table.schema.columns import Column, Role
from segmentation.table.vocabulary.name_patterns import (
    is_customer_code_name,
    is_customer_word,
    joined,
    tokens,
    without_total,
    without_unit,
)

#: Names without case and separators, the most specific first.
ALIASES: dict[str, tuple[str, ...]] = {
    "customer_id": (
        "customerid", "custid", "clientid", "userid", "memberid", "customernumber", "customerno",
        "customernr", "kundennr", "kundennummer", "kundenid", "kdnr", "accountid", "shopperid",
        "buyerid", "idclient", "idcustomer", "customer", "id", "kunde", "debitor", "klant",
        "cliente", "client", "codecustomer",
    ),
    "age": (
        "age", "customerage", "alter", "ageyears", "ageinyears", "years", "edad", "alterinjahren",
        "lebensalter", "eta", "leeftijd", "alder", "wiek", "idade",
    ),
    "gender": (
        "gender", "sex", "geschlecht", "customergender", "genero", "genre", "sexe", "sexo",
        "sesso", "geslacht", "kon", "plec", "anrede", "gendermf",
    ),
    "city": (
        "city", "town", "customercity", "stadt", "ort", "wohnort", "ville", "ciudad", "location",
        "cidade", "citta", "plaats", "miasto", "localidad", "municipality", "homecity",
        "woonplaats", "localite",
    ),
    "membership": (
        "membershiptype", "membership", "membershiplevel", "membershiptier", "tier",
        "loyaltytier", "loyaltylevel", "membertype", "mitgliedschaft", "plan", "customertier",
        "memberlevel", "kundenstatus", "kundenklasse", "niveaudadhesion", "typedadhesion",
        "niveldemembresia", "loyaltyprogramlevel", "membershipcategory", "membresia", "adhesion",
        "statuslevel", "customerstatus", "loyaltystatus", "bonusstufe",
    ),
    "spend": (
        "totalspend", "totalspent", "totalspending", "spend", "amountspent", "spending",
        "purchaseamount", "totalpurchaseamount", "purchaseamountusd", "revenue", "totalrevenue",
        "monetary", "monetaryvalue", "umsatz", "gesamtumsatz", "sales", "totalsales",
        "totalamount", "annualspend", "totalpurchases", "amount", "lifetimevalue", "ausgaben",
        "turnover", "jahresumsatz", "nettoumsatz", "ca", "chiffreaffaires", "chiffredaffaires",
        "depenses", "montant", "ventas", "ventastotales", "gasto", "gastototal", "importe",
        "ingresos", "fatturato", "spesa", "vendite", "omzet", "receita", "vendas", "clv", "ltv",
        "gmv", "montanttotal", "importetotal", "customerlifetimevalue", "totalamountspent",
        "amountspenttotal", "warenwert", "einkaufswert", "ausgabengesamt", "sumsales", "netsales",
        "gesamtausgaben", "gesamtbetrag", "totaldepense", "depensetotale", "totaldepenses",
        "totalgastado", "spesatotale", "bestedingen", "annualrevenue", "customerrevenue",
    ),
    "fee": (
        "mrr", "monthlyrecurringrevenue", "arr", "annualrecurringrevenue", "monthlycharges",
        "monthlycharge", "monthlyfee", "monthlyrevenue", "monthlypayment", "monthlybill",
        "monthlyprice", "membershipfee", "subscriptionfee", "subscriptionprice", "annualfee",
        "yearlyfee", "fee", "recurringfee", "acv", "tcv", "annualcontractvalue", "contractvalue",
        "arpu", "premium", "monthlypremium", "annualpremium", "monatsbeitrag", "beitrag",
        "mitgliedsbeitrag", "jahresbeitrag", "monatsgebuhr", "jahresgebuhr", "grundgebuhr",
        "monatspreis", "abopreis", "abogebuhr", "monatsmiete", "jahrespramie", "monatspramie",
        "mensualite", "cotisation", "abonnementmensuel", "cuota", "cuotamensual", "canone",
        "canonemensile", "maandbedrag", "contributie", "mensalidade", "abonnementsprijs",
    ),
    "items": (
        "itemspurchased", "items", "numberofitems", "itemcount", "quantity", "purchases",
        "numpurchases", "numberofpurchases", "totalitems", "frequency", "orders", "ordercount",
        "numberoforders", "purchasecount", "artikel", "anzahlartikel", "bestellungen",
        "purchasefrequency", "totalorders", "anzahlkaufe", "kaufe", "anzahlbestellungen",
        "nombredachats", "nombredecommandes", "numerodecompras", "pedidos", "numorders",
        "artikelanzahl", "qty", "units", "acquisti", "aantalbestellingen", "ordersplaced",
        "numerodepedidos", "purchasescount", "itemsbought", "achats", "compras", "commandes",
        "einkaufe", "nbarticles", "nbachats", "nbcommandes", "nombredarticles", "aankopen",
        "articuloscomprados", "aantalaankopen", "anzahleinkaufe",
    ),
    "rating": (
        "averagerating", "rating", "avgrating", "reviewrating", "customerrating", "meanrating",
        "bewertung", "durchschnittsbewertung", "stars", "reviewscore", "notemoyenne",
        "calificacion", "sterne", "valutazione", "notamedia", "ratingavg", "kundenbewertung",
        "averagereviewscore", "beoordeling",
    ),
    "recency": (
        "dayssincelastpurchase", "recency", "dayssincelastorder", "lastpurchasedays",
        "dayssincepurchase", "dayslastpurchase", "dayssincelastvisit", "recencydays",
        "tageseitletztemkauf", "tageseitkauf", "dayssincelast", "tageseitletzterbestellung",
        "joursdepuisledernierachat", "joursdepuisdernierachat", "diasdesdelaultimacompra",
        "diasdesdeultimacompra", "daysinactive", "lastpurchasedaysago",
        "giornidallultimoacquisto", "letzterkauftage", "tageseitletztemeinkauf",
        "dayssincelastactivity",
    ),
    "satisfaction": (
        "satisfactionlevel", "satisfaction", "customersatisfaction", "satisfactionscore", "csat",
        "zufriedenheit", "satisfactionrating", "satisfactionclient", "satisfaccion",
        "kundenzufriedenheit", "niveaudesatisfaction", "niveldesatisfaccion", "soddisfazione",
        "tevredenheid", "satisfaccioncliente",
    ),
    "discount": (
        "discountapplied", "discount", "discountused", "useddiscount", "hasdiscount", "rabatt",
        "promocodeused", "couponused", "discounted", "rabattgenutzt", "remise", "descuento",
        "gutschein", "sconto", "descuentoaplicado", "remiseappliquee", "korting", "discountflag",
        "promoused",
    ),
}  # fmt: skip

#: Words that rule out a match, however similar the names.
_OTHER_THINGS = frozenset(
    {"name", "names", "date", "datum", "since", "group", "email", "phone", "address", "segment",
     "region", "rep", "type", "groupe", "gruppe", "nom", "nombre"}
)  # fmt: skip

#: Minimum similarity (Ratcliff–Obershelp) of matching names.
_LEAST_ALIKE = 0.84
#: Shorter names are similar by chance.
_SHORT = 5

#: About this many values are enough to judge plausibility.
_LOOKED_AT = 10_000

_NUMBERS = frozenset({Role.NUMERIC})
_WORDS = frozenset({Role.ORDINAL, Role.NOMINAL, Role.BINARY})


def names_a_measure(name: str) -> bool:
    """Return whether a name matches a classic column other than the customer id.

    Examples
    --------
    >>> names_a_measure("Age (years)"), names_a_measure("Customer ID")
    (True, False)
    """
    plain = {joined(name), without_unit(name)}
    return any(
        not plain.isdisjoint(aliases)
        for meaning, aliases in ALIASES.items()
        if meaning != "customer_id"
    )


def find_meanings(columns: list[Column], values: list[pd.Series]) -> dict[str, str]:
    """Return the columns' classic meanings: at most one column per meaning and vice versa.

    Parameters
    ----------
    columns : list of Column
        The columns with their roles.
    values : list of Series
        Their typed values.

    Returns
    -------
    dict
        Column name to meaning; best matches first, ties go to the first column.
    """
    matches = []
    for place, (column, series) in enumerate(zip(columns, values, strict=True)):
        for meaning in ALIASES:
            likeness, rank = _likeness(column.name, meaning)
            if likeness >= _LEAST_ALIKE and _IS_PLAUSIBLE[meaning](column, series):
                matches.append((-likeness, rank, place, column.name, meaning))
    found: dict[str, str] = {}
    for *_, name, meaning in sorted(matches):
        if name not in found and meaning not in found.values():
            found[name] = meaning
    return found


@lru_cache(maxsize=4096)
def _likeness(written: str, meaning: str) -> tuple[float, int]:
    """Return the similarity of a name to its nearest alias (0 if too low), and its position."""
    aliases = ALIASES[meaning]
    for name in (joined(written), without_unit(written), without_total(written)):
        if name in aliases:
            return 1.0, aliases.index(name)
    if meaning == "customer_id" and is_customer_code_name(written):
        return 1.0, len(aliases)
    if not _OTHER_THINGS.isdisjoint(tokens(written)):
        return 0.0, len(aliases)
    name = without_unit(written)
    scores = [(_alike(name, alias), -rank) for rank, alias in enumerate(aliases)]
    best, rank = max(scores)
    return min(best, 0.99), -rank


def _alike(name: str, alias: str) -> float:
    """Return the Ratcliff–Obershelp similarity, or 0 if it is too low or a name is short."""
    short, long = sorted((len(name), len(alias)))
    if short < _SHORT or 2 * short < _LEAST_ALIKE * (short + long):
        return 0.0
    match = SequenceMatcher(None, name, alias)
    return match.ratio() if match.quick_ratio() >= _LEAST_ALIKE else 0.0


def _is_number_between(low: float, high: float) -> Callable[[Column, pd.Series], bool]:
    def check(column: Column, series: pd.Series) -> bool:
        if column.role not in _NUMBERS | {Role.BINARY} or series.dtype.kind not in "iuf":
            return False
        some = series.iloc[:: max(1, len(series) // _LOOKED_AT)]
        middle = some.dropna().astype("float64").quantile([0.01, 0.99]).to_numpy()
        return bool(middle[0] >= low and middle[1] <= high)

    return check


def _is_word(column: Column, series: pd.Series) -> bool:
    del series
    return column.role in _WORDS


def _is_word_or_number(column: Column, series: pd.Series) -> bool:
    del series
    return column.role in _WORDS | _NUMBERS


def _is_id(column: Column, series: pd.Series) -> bool:
    if column.role is Role.IDENTIFIER:
        return True
    if is_customer_word(column.name) and column.role is not Role.NUMERIC:
        return _hold_digits(column)
    whole = str(series.dtype).lower().startswith(("int", "str"))
    return column.role in {Role.NUMERIC, Role.TEXT, Role.NOMINAL, Role.BINARY} and whole


def _hold_digits(column: Column) -> bool:
    """Return whether a column's examples hold digits: codes, not names of people."""
    return bool(column.examples) and all(any(map(str.isdigit, one)) for one in column.examples)


def _is_place(column: Column, series: pd.Series) -> bool:
    del series
    return column.role in _WORDS | {Role.TEXT}


_IS_PLAUSIBLE: dict[str, Callable[[Column, pd.Series], bool]] = {
    "customer_id": _is_id,
    "age": _is_number_between(0, 125),
    "gender": lambda column, series: _is_word_or_number(column, series) and column.distinct <= 12,
    "city": _is_place,
    "membership": _is_word,
    "spend": _is_number_between(-1e12, 1e12),
    "fee": _is_number_between(0, 1e9),
    "items": _is_number_between(-1e9, 1e9),
    "rating": _is_number_between(0, 100),
    "recency": _is_number_between(0, 40_000),
    "satisfaction": _is_word_or_number,
    "discount": _is_word_or_number,
}
