"""Canaries: words that stand in one session's data and nowhere else, and where they were seen."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field

CANARY = re.compile(rb"canary([0-9a-z])of", re.IGNORECASE)
ROWS = 60
JOB = "/jobs/<job_id>"


@dataclass
class Findings:
    """What all wanderers saw.

    Attributes
    ----------
    leaks
        Sentences about canaries of others.
    answers
        Answers by what was asked and status.
    own
        How often somebody saw an own canary, by what was asked: without these nothing is shown.
    broken
        Answers that should never be.
    """

    leaks: list[str] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def steps(self) -> int:
        """All answers but those that told somebody to wait on."""
        return self.answers.total() - self.answers[JOB, 202]

    def statuses(self) -> Counter[int]:
        """Answers by status."""
        found: Counter[int] = Counter()
        for (_, status), count in list(self.answers.items()):
            found[status] += count
        return found


def word(who: str) -> str:
    """The canary of one session, a character names whom."""
    return f"Canary{who}of"


def customers(who: str, turn: int) -> bytes:
    """A file that says in column, level, customer and rejected row whose it is."""
    own = word(who)
    lines = [
        f"{own}x{row},{20 + row % 50},{own}{row % 3},{row % 3 * 400 + row + turn}"
        for row in range(ROWS)
    ]
    lines.append(f"{own}x0,{own}bad,{own}0,{own}none")
    return "\n".join([f"Customer ID,Age,{own} kind,Total Spend", *lines]).encode()


def readable(answer: bytes) -> bytes:
    """An answer with what is packed in it."""
    if not answer.startswith(b"PK\x03\x04"):
        return answer
    with zipfile.ZipFile(io.BytesIO(answer)) as packed:
        return b"\n".join(packed.read(name) for name in packed.namelist())
