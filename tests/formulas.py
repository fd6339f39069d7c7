"""What spreadsheets do with the text of a cell, written apart from the rule under test."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

from hypothesis import strategies as st

# A number, or one with what a reader of other separators leaves behind it.
NUMBER = re.compile(r"-\d[\d.,]*(e[+-]?\d+)?(\"*|\"*[,;\t\r\n].*)", re.IGNORECASE | re.DOTALL)
UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}

PIECES = st.sampled_from(
    ["=1+1", "+cmd", "-2+3", "-5", "-5.25", "@SUM(A1)", "|calc", "%0A", "＝1", "＋1", "－1", "＠x",
     "﹦1", " ", "\t", "\r", "\n", "\x00", "\u00a0", "\u2028", "\ufeff", "\u200b", "\u3000", "\x85",
     ";", ",", "|", '"', "'", "x", "Käse", "+49 30 1234", "-1.234,5", "2026"]
)  # fmt: skip
HOSTILE = st.lists(PIECES, max_size=6).map("".join)
TEXTS = HOSTILE | st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


def could_run(cell: str) -> bool:
    """Whether a spreadsheet could take a cell for a formula."""
    seen = cell
    while seen and (unicodedata.category(seen[0]) in UNSEEN or seen[0] == '"'):
        seen = seen[1:]
    sign = unicodedata.normalize("NFKC", seen[:1])
    return sign in {"=", "+", "-", "@", "|", "%"} and not NUMBER.fullmatch(seen)


def cells_of(text: str, delimiter: str) -> list[str]:
    """All cells of a file as a spreadsheet with this list separator splits it."""
    lines = io.StringIO(text, newline="")
    return [cell for row in csv.reader(lines, delimiter=delimiter) for cell in row]
