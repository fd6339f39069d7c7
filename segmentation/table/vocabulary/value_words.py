"""Words with special meanings: missing values, yes and no, totals."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

#: Spellings of "missing" in lower case. Empty cells are handled earlier.
MISSING_WORDS = frozenset(
    {
        "na", "n/a", "#n/a", "n.a.", "n. a.", "n.a", "nan", "-nan", "null", "(null)", "<null>",
        "<na>", "none", "nil", "\\n", "-", "--", "---", "–", "—", ".", "?", "??", "missing",
        "(missing)", "(blank)", "#nv", "k.a.", "k. a.", "keine angabe", "n.v.", "nd", "n.d.",
        "not available", "not applicable", "#missing", "sin datos", "sin dato", "s/d", "n/d",
        "#na", "undefined", "(leer)", "(vide)", "(vacío)", "no data", "n/v", "nicht verfügbar",
        "-nan(ind)", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan",
        "0000-00-00", "0000-00-00 00:00:00", "0000/00/00", "00.00.0000", "00/00/0000",
    }
)  # fmt: skip

#: Error values of spreadsheet formulas.
ERROR_WORDS = frozenset(
    {
        "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#error!", "#wert!",
        "#bezug!", "#zahl!", "#valeur!", "#spill!", "#calc!", "#getting_data", "#div/0",
    }
)  # fmt: skip

#: A cell of a ruled line below a header, as in Markdown and database output.
RULED_CELL = r"^[+:]?[-=_~*]{2,}[+:]?$"

#: Word pairs, "no" first.
BOOLEAN_PAIRS = (
    ("false", "true"),
    ("no", "yes"),
    ("n", "y"),
    ("f", "t"),
    ("nein", "ja"),
    ("non", "oui"),
    ("no", "si"),
    ("no", "sí"),
    ("não", "sim"),
    ("nee", "ja"),
    ("nej", "ja"),
    ("falsch", "wahr"),
    ("faux", "vrai"),
    ("falso", "verdadero"),
    ("falso", "vero"),
    ("off", "on"),
    ("нет", "да"),
    ("nie", "tak"),
    ("ne", "ano"),
    ("ei", "kyllä"),
    ("hayır", "evet"),
    ("✗", "✓"),
    ("✘", "✔"),
    ("☐", "☑"),
    ("no", "x"),
    ("no", "✓"),
    ("no", "✔"),
    ("no", "☑"),
    ("0", "1"),
)

_SUMS = (
    r"(?:(?:grand|sub|sous|over)[ -]?)?(?:totals?|totaux|totaal|totale|totali|totalt|totalsumme|"
    r"sums?|summe|summa|somme|suma|soma|somma|gesamt|gesamtsumme|gesamtergebnis|zwischensumme|"
    r"ergebnis|insgesamt|i alt|yhteensä|összesen|razem|celkem|toplam|итого|всего|合计|合計|总计|"
    r"小计|総計|averages?|mean|durchschnitt|mittelwert|moyenne|promedio|media|média)|[Σ∑]"
)

#: Labels of total rows.
TOTAL_PATTERN = (
    rf"(?i)^\s*(?:{_SUMS})(?:[\s(:=.-]+(?:général|générale|general|generale|geral|eur|usd|gbp|chf|"
    r"sek|pln|€|\$|£|all|alle|overall))?[^\pL\d]*$"
)

#: Prefixes of labels that count only if the row adds up.
SUM_BEGINS = rf"(?i)^\s*(?:{_SUMS})(?:[^\pL\d]|$)"


def is_missing_word(values: pa.StringArray) -> pa.BooleanArray:
    """Return a mask of values that are spellings of "missing" or spreadsheet errors.

    Exception: among two-letter country codes, ``NA`` is Namibia.

    Examples
    --------
    >>> is_missing_word(pa.array(["n/a", "12", "#DIV/0!"])).to_pylist()
    [True, False, True]
    """
    lower = pc.utf8_lower(values)
    found = pc.is_in(lower, value_set=pa.array(sorted(MISSING_WORDS | ERROR_WORDS)))
    if _are_two_letter_codes(pc.filter(values, pc.invert(found))):
        return pc.and_(found, pc.not_equal(values, "NA"))
    return found


#: Marks of a ticked box; empty cells in such a column are unticked.
TICKS = frozenset({"x", "✓", "✔", "☑"})


def is_missing(cell: str) -> bool:
    """Return whether a single cell is a spelling of "missing" or a spreadsheet error."""
    return cell.lower() in MISSING_WORDS or cell.lower() in ERROR_WORDS


def _are_two_letter_codes(values: pa.StringArray) -> bool:
    if len(values) < 3:
        return False
    return bool(pc.all(pc.match_substring_regex(values, r"^[A-Z]{2}$")).as_py())


def boolean_pair(values: pa.StringArray) -> tuple[str, str] | None:
    """Return the words for "no" and "yes" in lower case if there are no other values.

    Examples
    --------
    >>> boolean_pair(pa.array(["TRUE", "False", "true"]))
    ('false', 'true')
    >>> boolean_pair(pa.array(["yes", "maybe"])) is None
    True
    """
    words = set(pc.utf8_lower(values).to_pylist()) if len(values) <= 8 else set()
    return next((pair for pair in BOOLEAN_PAIRS if words == set(pair)), None)
