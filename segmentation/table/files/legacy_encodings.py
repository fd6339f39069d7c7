"""Detect legacy encodings from the letters of a text, only if the evidence is clear.

A single-byte encoding decodes any file without error, so errors are no evidence. Neighboring
letters are: a capital after a small letter, or a currency sign within a word, suggests the wrong
encoding; letters frequent in a language suggest the right one. East Asian encodings are
recognized by their share of common characters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

#: Bytes of lines with non-ASCII letters to examine.
_LOOKED_AT = 20_000
#: Bytes of a line to examine before and after such a letter.
_LONGEST = 2_000
#: Minimum number of different letters to be sure; East Asian text has more of them.
_FEWEST_LETTERS, _FEWEST_CHARACTERS = 3, 6
#: Minimum share of letters that must fit.
_LEAST = 0.85
#: A text that fits western Europe at least this well is taken as western.
_WESTERN_ENOUGH = 0.9
#: Minimum lead over western Europe.
_MARGIN = 0.1
#: Minimum lead of the best encoding over the second.
_LEAD = 0.04
#: Maximum run of non-ASCII letters in western European words.
_LONGEST_RUN = 2

#: Different letters needed to tell encodings apart (or all that the language has).
_TELLING = 3

_WESTERN = "àâäáãåæçéèêëíîïñóôöõøœúùûüßìò¡¿ªº"
#: By language: German, French, Spanish, Portuguese, Italian, Danish and Norwegian, Swedish and
#: Finnish, Icelandic, Catalan, Estonian. Portuguese has õ only before e.
_WESTERN_ALPHABETS = (
    "äöüßé", "àâæçéèêëîïôœùûüÿ", "áéíóúüñªº", "áâãàçéêíóôúüªº", "àèéìíîòóùú", "æøåäöéü",
    "åäöéü", "áéíóúýðþæö", "àçèéíïòóúü", "äöõüšž",
)  # fmt: skip
#: Polish, Czech, Slovak, Hungarian, Romanian, Croatian; Turkish; Lithuanian, Latvian; western
#: Europe again.
_EUROPEAN: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("cp1250", "iso-8859-2"),
        ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž"),
    ),
    (("cp1254",), ("çğıİöşüâî",)),
    (("cp1257",), ("ąčęėįšųūž", "āčēģīķļņšūž")),
    (("cp850", "mac-roman"), (_WESTERN,)),
)
_ALPHABETS = [(codecs[0], own) for codecs, many in _EUROPEAN[:3] for own in many]
_CYRILLIC = ("cp1251", "koi8-r", "cp866", "iso-8859-5")
#: First and last letter of a script, and its frequent letters.
_CYRILLIC_BLOCK = ("\u0400", "\u04ff", "оеаинтсрвлкмдпуязьыгбчйії")
_GREEK_BLOCK = ("\u0370", "\u03ff", "αοιετσνηυρπκμλςάέήίόύώδγθ")
#: Punctuation that word processors insert.
_MARKS = "“”„‚‘’«»‹›–—…•·€£°§©®™´`№±²³½¼×"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The encoding of a text and whether it is certain."""

    encoding: str
    sure: bool


def judge_charset(data: bytes, places: Sequence[int] | np.ndarray | None = None) -> Judgement:
    """Return the likely encoding of a text that is not UTF-8.

    Parameters
    ----------
    data : bytes
        The whole file.
    places : sequence of int, optional
        Positions of the non-ASCII bytes, if known.

    Returns
    -------
    Judgement
        cp1252 if the letters fit western Europe, or if nothing is certain.

    Examples
    --------
    >>> judge_charset("Москва, Казань и Новосибирск".encode("cp1251"))
    Judgement(encoding='cp1251', sure=True)
    >>> judge_charset("Köln, Besançon, Málaga".encode("cp1252"))
    Judgement(encoding='cp1252', sure=True)
    """
    if places is None:
        places = [i for i, byte in enumerate(data) if byte >= 0x80]
    some = b"\n".join(_telling_lines(data, places))
    western = _fit(some, "cp1252", _western_letter)
    if western >= _WESTERN_ENOUGH:
        return _by_language(some)
    scores: dict[str, float] = {}
    for codec, fits in _candidates():
        scores[codec] = max(scores.get(codec, 0.0), _fit(some, codec, fits))
    ranked = sorted(scores, key=lambda codec: -scores[codec])
    best, next_best = scores[ranked[0]], scores[ranked[1]]
    enough = _has_enough(some, ranked[0])
    leads = best - next_best >= _LEAD or _read(some, ranked[0]) == _read(some, ranked[1])
    if best >= _LEAST and best - western >= _MARGIN and leads and enough:
        return Judgement(ranked[0], sure=True)
    return Judgement("cp1252", sure=False)


def _by_language(data: bytes) -> Judgement:
    """Judge an all-western text by whether its letters belong to one language.

    Hungarian in cp1250 differs from western text only in ő and ű, which cp1252 reads as õ and û:
    no western language combines those with á and ö.
    """
    letters = _letters(data.decode("cp1252", "replace").replace("õe", "e"))
    if any(letters <= set(alphabet) for alphabet in _WESTERN_ALPHABETS):
        return Judgement("cp1252", sure=True)
    sure = True
    for codec, alphabet in _ALPHABETS:
        text = _read(data, codec)
        if text is None or not _letters(text) <= _letters(alphabet):
            continue
        own = _letters(alphabet) - set(_WESTERN)
        if len(own & _letters(text)) >= min(_TELLING, len(own)):
            return Judgement(codec, sure=True)
        sure &= not own & _letters(text)
    return Judgement("cp1252", sure=sure)


def _letters(text: str) -> set[str]:
    """Return the non-ASCII letters in lower case."""
    return {letter for letter in text.lower() if letter >= "\x80" and letter.isalpha()}


def _has_enough(data: bytes, codec: str) -> bool:
    """Return whether there are enough different non-ASCII letters to judge."""
    letters = {letter for letter in _read(data, codec) or "" if letter >= "\x80"}
    asian = codec in {"cp932", "euc_jp", "gb18030", "big5", "cp949"}
    return len(letters) >= (_FEWEST_CHARACTERS if asian else _FEWEST_LETTERS)


def _telling_lines(data: bytes, places: Sequence[int] | np.ndarray) -> list[bytes]:
    """Return excerpts of the first lines with non-ASCII letters."""
    lines: list[bytes] = []
    end = size = 0
    for place in map(int, places[:_LOOKED_AT]):
        if place < end:
            continue
        begin = max(data.rfind(b"\n", max(0, place - _LONGEST), place) + 1, place - _LONGEST, end)
        newline = data.find(b"\n", place, place + _LONGEST)
        end = newline if newline >= 0 else min(len(data), place + _LONGEST)
        lines.append(data[begin:end])
        size += end - begin
        if size > _LOOKED_AT:
            break
    return lines


#: Weight of a letter as evidence, given the letters before and after it.
_Worth = Callable[[str, str, str], float]


def _candidates() -> list[tuple[str, _Worth]]:
    """Return encodings, likeliest first, each with its weight function."""
    european = [
        (codec, partial(_letter_of, letters))
        for codecs, alphabets in _EUROPEAN
        for codec in codecs
        for letters in alphabets
    ]
    cyrillic = [(codec, partial(_script, _CYRILLIC_BLOCK)) for codec in _CYRILLIC]
    asian = [
        ("cp932", _japanese), ("euc_jp", _japanese), ("gb18030", _simplified),
        ("big5", _traditional), ("cp949", _korean),
    ]  # fmt: skip
    return [*european, *cyrillic, ("cp1253", partial(_script, _GREEK_BLOCK)), *asian]


def _western_letter(before: str, letter: str, after: str) -> float:
    if letter in "ìò" and after.isalpha():
        return 0.0  # Italian words end with these
    return _letter_of(_WESTERN, before, letter, after)


def _letter_of(alphabet: str, before: str, letter: str, after: str) -> float:
    """Return 1 for a letter of an alphabet in a plausible position, else 0."""
    if letter in _MARKS:
        return float(not (before.isalpha() and after.isalpha()) or letter in "’·-")
    if letter.isupper() and (before.islower() or (before.isalpha() and after.islower())):
        return 0.0
    return float(letter in alphabet or letter.lower() in alphabet)


def _script(block: tuple[str, str, str], before: str, letter: str, after: str) -> float:
    """Return the weight of a letter of another script: 0 next to Latin letters."""
    first, last, common = block
    if not first <= letter <= last:
        return float(letter in _MARKS)
    latin = any(beside.isascii() and beside.isalpha() for beside in (before, after))
    if latin or not letter.isalpha() or (letter.isupper() and before.islower()):
        return 0.0
    return 1.0 if letter.lower() in common else 0.6


def _is_kana(letter: str) -> bool:
    return "\u3000" <= letter <= "\u30ff"


def _lead(letter: str, codec: str) -> int:
    """Return the first byte of a letter in an encoding, 0 if it is not encodable."""
    try:
        code = letter.encode(codec)
    except UnicodeError:
        return 0
    return code[0] if len(code) > 1 else 0


def _japanese(before: str, letter: str, after: str) -> float:
    del before, after
    return 1.0 if _is_kana(letter) else 0.95 * (0xB0 <= _lead(letter, "euc_jp") <= 0xCF)


def _simplified(before: str, letter: str, after: str) -> float:
    del before, after
    if _is_kana(letter):
        return 0.5 * (letter <= "\u303f")
    return 0.95 * (0xB0 <= _lead(letter, "gb2312") <= 0xD7)


def _traditional(before: str, letter: str, after: str) -> float:
    del before, after
    return 0.95 * (0xA4 <= _lead(letter, "big5") <= 0xC6 or "\u3000" <= letter <= "\u303f")


def _korean(before: str, letter: str, after: str) -> float:
    del before, after
    return 1.0 * (0xB0 <= _lead(letter, "euc_kr") <= 0xC8 and "가" <= letter <= "힣")


def _read(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


def _fit(data: bytes, codec: str, fits: _Worth) -> float:
    """Return the mean weight of the non-ASCII letters, 0 if the bytes cannot be decoded."""
    text = _read(data, codec)
    if text is None and codec == "cp1252":
        text = data.decode(codec, "replace")
    if text is None:
        return 0.0
    worth, count, run = 0.0, 0, 0
    for before, letter, after in zip(" " + text, text, text[1:] + " ", strict=False):
        run = run + 1 if letter >= "\x80" and letter.isalpha() else 0
        if letter < "\x80":
            continue
        count += 1
        long = codec == "cp1252" and run > _LONGEST_RUN
        worth += 0.0 if long or letter == "\ufffd" else fits(before, letter, after)
    return worth / max(count, 1)
