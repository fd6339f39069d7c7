"""Columns are known by what they hold, in the words of many languages and systems."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation import Column, Role, Use, read_table

COUNT = 60
VALUES: dict[str, list[Any]] = {
    "customer_id": [1000 + i * 3 for i in range(COUNT)],
    "gender": ["m" if i % 2 else "f" for i in range(COUNT)],
    "age": [20 + i % 50 for i in range(COUNT)],
    "city": [("Rome", "Oslo", "Lima")[i % 3] for i in range(COUNT)],
    "membership": [("Gold", "Silver", "Bronze")[i % 3] for i in range(COUNT)],
    "spend": [round(50 + i * 7.35, 2) for i in range(COUNT)],
    "items": [1 + i % 20 for i in range(COUNT)],
    "rating": [round(3 + (i % 20) / 10, 1) for i in range(COUNT)],
    "discount": ["TRUE" if i % 2 else "FALSE" for i in range(COUNT)],
    "recency": [1 + i % 90 for i in range(COUNT)],
    "satisfaction": [("Satisfied", "Neutral", "Unsatisfied")[i % 3] for i in range(COUNT)],
}
NAMES = {
    "customer_id": "cust_id|CustomerID|Kunden-Nr.|KundenID|Kd.-Nr.|client id|id_client|N° client|"
    "Numéro de client|Nº cliente|Código cliente|Customer No.|CUST#|Membership Number|AccountNo|"
    "custnum|Debitorennummer|Kundenschlüssel|codice cliente|klant_id|Nr klienta|Kunde|Customer",
    "gender": "gender|Sex|Geschlecht|Sexe|Género|Sexo|Anrede|sesso|płeć",
    "age": "age|Alter|Âge|Edad|Age (years)|Alter in Jahren|età|leeftijd|ålder|idade",
    "city": "city|Stadt|Ort|Wohnort|Ville|Ciudad|città|Cidade|miasto",
    "membership": "Membership Type|tier|Mitgliedschaft|Kundenstatus|nivel de membresía",
    "spend": "Total Spend|Umsatz (EUR)|CA|Chiffre d'affaires|Montant total|Gasto total|fatturato|"
    "Total Sales USD|CLV|Ausgaben gesamt|net_sales|total_amount_spent|Umsatz gesamt|Omzet totaal|"
    "Umsatz gesamt (EUR)",
    "items": "Items Purchased|Anzahl Käufe|Bestellungen|order_count|Nombre d'achats|Pedidos|qty|"
    "Nb articles|Artículos comprados|Aantal aankopen",
    "rating": "Average Rating|Bewertung|Note moyenne|Calificación|Sterne|valutazione",
    "discount": "Discount Applied|Rabatt|Remise|Descuento|Gutschein|sconto",
    "recency": "recency|Tage seit letztem Kauf|Jours depuis le dernier achat|days_inactive|"
    "Días desde la última compra|last purchase (days ago)|giorni dall'ultimo acquisto",
    "satisfaction": "Satisfaction Level|Zufriedenheit|CSAT|Satisfacción|Niveau de satisfaction",
}


def column(name: str, values: list[Any]) -> Column:
    """A column among others that mean nothing."""
    noise = np.random.default_rng(0).normal(size=(2, len(values))).round(3)
    frame = pd.DataFrame({"zz1": noise[0], name: values, "zz2": noise[1]})
    return read_table(frame.to_csv(index=False).encode()).columns[1]


@pytest.mark.parametrize(
    ("name", "meaning"),
    [(name, meaning) for meaning, names in NAMES.items() for name in names.split("|")],
)
def test_a_name_has_its_meaning(name: str, meaning: str) -> None:
    assert column(name, VALUES[meaning]).meaning == meaning


@pytest.mark.parametrize("kind", ["customer_id", "spend", "membership", "rating"])
@pytest.mark.parametrize(
    "name",
    [
        "customer name", "Kundenname", "customer since", "customer segment", "order id",
        "Bestellnummer", "Rechnungsnummer", "product id", "session_id", "age group", "usage",
        "package", "average", "membership date", "store id", "Filial-Nr.", "Postleitzahl",
    ],
)  # fmt: skip
def test_a_name_of_something_else_has_none(name: str, kind: str) -> None:
    assert column(name, VALUES[kind]).meaning is None


def test_two_columns_never_mean_the_same() -> None:
    names = ("Kunden-Nr.", "CustomerID", "id", "client id")
    frame = pd.DataFrame(dict.fromkeys(names, VALUES["customer_id"]) | {"n": VALUES["age"]})
    table = read_table(frame.to_csv(index=False).encode())
    assert sum(one.meaning == "customer_id" for one in table.columns) == 1


FIRST = ("Anna", "Ben", "Chloé", "David", "Emil", "Fatma", "Greta", "Hugo", "Ines", "Jan")
LAST = ("Meier", "O'Neill", "García", "Šimek", "de Vries", "Yıldız")


def people(pattern: str) -> list[str]:
    """Contact data of people who do not exist."""
    return [
        pattern.format(first=FIRST[i % 10], last=LAST[i % 6], n=i, big=10_000_000 + i * 7_919)
        for i in range(COUNT)
    ]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("contact", people("mail{n}@example.com")),
        ("info", people("+49 170 {big}")),
        ("x1", people("DE89 3704 0044 0532 {n:04d} 00")),
        ("payment", people("4111 1111 1111 {n:04d}")),
        ("where", people("{n} Baker Street")),
        ("wo", people("Hauptstraße {n}")),
        ("adr", people("12{n} rue de la Paix")),
        ("customer", people("{first} {last}")),
        ("Kunde", people("{last}, {first}")),
        ("Kundenname", people("{last}")),
        ("nom du client", people("{last}")),
        ("Ansprechpartner", people("{first} {last}")),
        ("Name, Vorname", people("{last}, {first}")),
        ("Nombre y apellidos", people("{first} {last}")),
        ("nom et prénom", people("{last} {first}")),
    ],
)
def test_contact_data_are_found_and_hidden(name: str, values: list[str]) -> None:
    found = column(name, values)
    assert (found.role, found.use, found.meaning) == (Role.CONTACT, Use.IGNORED, None)
    assert not set(found.examples) & set(values)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("product", ["Blue Pen", "Red Ink", "Green Pad"] * 20),
        ("region", ["North East", "South West"] * 30),
        ("slogan", ["Ring 5", "Level 7"] * 30),
        ("amount", [f"{i}.50" for i in range(COUNT)]),
    ],
)
def test_other_words_are_no_contact_data(name: str, values: list[str]) -> None:
    assert column(name, values).role is not Role.CONTACT
