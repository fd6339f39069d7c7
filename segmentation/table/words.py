"""Words that stand for something: missing values, yes and no, totals."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

#: Spellings of "there is no value", in lower case. The empty cell is handled before.
MISSING_WORDS = frozenset(
    {
        "na", "n/a", "#n/a", "n.a.", "n. a.", "n.a", "nan", "-nan", "null", "(null)", "<null>",
        "<na>", "none", "nil", "\\n", "-", "--", "---", "–", "—", ".", "?", "??", "missing",
        "(missing)", "(blank)", "#nv", "k.a.", "k. a.", "keine angabe", "n.v.", "nd", "n.d.",
        "not available", "not applicable", "#missing", "sin datos", "s/d",
    }
)  # fmt: skip

#: What spreadsheets write where a formula failed.
ERROR_WORDS = frozenset(
    {
        "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#error!", "#wert!",
        "#bezug!", "#zahl!", "#valeur!", "#spill!", "#calc!", "#getting_data", "#div/0",
    }
)  # fmt: skip

#: Pairs of words, first the one that means "no".
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
    ("0", "1"),
)

#: How the label of a row of totals begins.
TOTAL_PATTERN = (
    r"(?i)^\s*(grand[ -]?|sub[ -]?)?(total|totals|sum|summe|gesamt|gesamtsumme|insgesamt|"
    r"somme|suma|totaal|totale|totalt|average|mean|durchschnitt)\b[^a-z]*$"
)


def is_missing_word(values: pa.StringArray) -> pa.BooleanArray:
    """Tell which values are a spelling of "missing" or a spreadsheet's error.

    Country codes are an exception: among two-letter capitals, ``NA`` is Namibia.

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


def _are_two_letter_codes(values: pa.StringArray) -> bool:
    if len(values) < 3:
        return False
    return bool(pc.all(pc.match_substring_regex(values, r"^[A-Z]{2}$")).as_py())


def boolean_pair(values: pa.StringArray) -> tuple[str, str] | None:
    """Return the words for "no" and "yes" in lower case if the values are just those.

    Examples
    --------
    >>> boolean_pair(pa.array(["TRUE", "False", "true"]))
    ('false', 'true')
    >>> boolean_pair(pa.array(["yes", "maybe"])) is None
    True
    """
    words = set(pc.utf8_lower(values).to_pylist()) if len(values) <= 8 else set()
    return next((pair for pair in BOOLEAN_PAIRS if words == set(pair)), None)
