"""A customer list as German Excel writes it."""

from __future__ import annotations

import random


def german_export(title: str = "Kundenliste Mai 2026", *, bad: bool = True) -> bytes:
    """A list as German Excel writes it: title, semicolons, decimal commas, umlauts, a total."""
    rng = random.Random(7)
    lines = [title, "", "Kunden-Nr.;Ort;Umsatz;Käufe;Tage seit letztem Kauf;Zufriedenheit"]
    for number in range(120):
        spend = f"{rng.uniform(50, 900):.2f}".replace(".", ",")
        if bad and number % 10 == 3:
            spend = rng.choice(["#WERT!", "siehe unten", "n/v"])
        city = rng.choice(["München", "Köln", "Düsseldorf"])
        mood = rng.choice(["unzufrieden", "neutral", "zufrieden"])
        cells = (10_001 + number, city, spend, rng.randint(1, 20), rng.randint(1, 90), mood)
        lines.append(";".join(map(str, cells)))
    return "\r\n".join([*lines, "Summe;;57.000,00;;;", ""]).encode("latin-1")
