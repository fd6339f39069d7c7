"""Decode a whole file to UTF-8 text and detect its encoding."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace

import numpy as np

from segmentation.errors import ReadError
from segmentation.table.files.binary_data import refuse_binary
from segmentation.table.files.byte_search import places_beyond_ascii
from segmentation.table.files.legacy_encodings import Judgement, judge_charset
from segmentation.table.schema.columns import Issue

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
_LOOKED_AT = 65_536
#: The UTF-8 of the upper half of cp1252.
_WESTERN = [bytes([c]).decode("cp1252", errors="replace").encode() for c in range(0x80, 0x100)]
#: With a larger share of non-ASCII bytes, decoding everything is faster.
_MOST_PIECES = 0.002
#: Bytes that do not count as text.
_NOTHING = b" \t\r\n\x1a\x0c"
#: Encoding names we treat as equal: cp1252 has the printable characters of Latin-1.
_ALIASES = {"latin-1": "iso-8859-1", "latin1": "iso-8859-1", "windows-1252": "cp1252"}


_REPLACEMENT = "\ufffd".encode()
#: Name of the codec error handler that reads stray bytes in UTF-8 as cp1252.
_MIXED = "segmentation.cp1252"
#: Maximum invalid bytes per valid UTF-8 character: text in other encodings hardly ever contains
#: one by chance.
_MOST_WRONG = 3
#: Number of non-ASCII bytes that is enough to judge the rest.
_MOST_JUDGED = 200_000

MIXED_SENTENCE = (
    "The text is UTF-8, but some characters are not; they were read as cp1252. The file may have "
    "been put together from two."
)
JUDGED_SENTENCE = (
    "The characters were taken for {} by the letters they make. Choose another encoding if names "
    "look wrong."
)
UNSURE = (
    "The encoding of the text cannot be told for sure; it was read as cp1252, which is usual in "
    "western Europe. Choose another encoding if names look wrong."
)
LOST_SENTENCE = (
    "{:,} characters cannot be read, since the encoding of the text cannot be told. Choose the "
    "encoding, or save the file as UTF-8."
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text file.

    Attributes
    ----------
    body : bytes
        UTF-8 without byte order mark and NUL characters. Line ends are unchanged, except that
        lone carriage returns become line feeds if the file has no line feeds.
    encoding : str
        The file's original encoding.
    nul_characters : int
        Number of NUL characters removed.
    doubts : tuple of Issue
        Doubtful characters to report.
    """

    body: bytes
    encoding: str
    nul_characters: int = 0
    doubts: tuple[Issue, ...] = ()


def decode(data: bytes, encoding: str | None = None) -> Text:
    """Return a whole text file, decoded.

    In order: the byte order mark; the zero-byte pattern of UTF-16 and UTF-32; UTF-8 if all or
    most bytes are valid; a legacy encoding if the letters clearly belong to another region; else
    cp1252, which covers western Europe.

    Parameters
    ----------
    data : bytes
        The whole file.
    encoding : str or None
        The user's choice; overrides detection.

    Raises
    ------
    ReadError
        The bytes are not text, or not in the chosen encoding.

    Examples
    --------
    >>> decode("Müller".encode("cp1252")).encoding
    'cp1252'
    """
    if encoding is not None:
        return _clean(*_decode_as(data, encoding))
    for mark, name, codec in _BOMS:
        if data.startswith(mark):
            return _clean(_strict(data[len(mark) :], codec, name), name)
    guess = _wide_pattern(data)
    if guess is not None:
        return _clean(_strict(data, guess, guess), guess)
    padding = len(data) - len(data.rstrip(b"\x00"))
    if 0 < padding < len(data):
        text = decode(data[: len(data) - padding])
        return replace(text, nul_characters=text.nul_characters + padding)
    refuse_binary(data[:_LOOKED_AT])
    places = places_beyond_ascii(np.frombuffer(data, dtype=np.uint8))
    if _is_utf8(data, places):
        return _clean(data, "utf-8")
    mixed = _mostly_utf8(data, places)
    return mixed if mixed is not None else _old(data, places)


def _mostly_utf8(data: bytes, places: np.ndarray) -> Text | None:
    """Decode UTF-8 that contains some cp1252 bytes, as in concatenated files."""
    runs = [data[run[0] : run[-1] + 1] for run in _runs(places[:_MOST_JUDGED])]
    wrong = sum(map(_wrong_bytes, runs))
    right = sum(len(run.decode("utf-8", "ignore")) for run in runs)
    if wrong > _MOST_WRONG * right:
        return None
    body = data.decode("utf-8", _MIXED).encode("utf-8")
    text = _clean(body, "utf-8")
    return replace(text, doubts=(_doubt("mixed_encoding", wrong, MIXED_SENTENCE),))


def _wrong_bytes(run: bytes) -> int:
    escaped = run.decode("utf-8", "surrogateescape")
    return sum("\udc80" <= letter <= "\udcff" for letter in escaped)


def _old(data: bytes, places: np.ndarray) -> Text:
    """Decode text in a legacy encoding, and report doubts."""
    judged = judge_charset(data, places)
    if judged.encoding != "cp1252":
        try:
            text = _clean(data.decode(judged.encoding).encode("utf-8"), judged.encoding)
        except UnicodeDecodeError:
            judged = Judgement("cp1252", sure=False)
        else:
            sentence = JUDGED_SENTENCE.format(judged.encoding)
            return replace(text, doubts=(_doubt("judged_encoding", 1, sentence),))
    body = _western(data, places)
    text = _clean(body, "cp1252")
    lost = body.count(_REPLACEMENT) if _REPLACEMENT[:1] in body else 0
    if lost:
        return replace(text, doubts=(_doubt("odd_character", lost, LOST_SENTENCE.format(lost)),))
    return text if judged.sure else replace(text, doubts=(_doubt("judged_encoding", 1, UNSURE),))


def _doubt(kind: str, count: int, sentence: str) -> Issue:
    return Issue(kind=kind, column=None, count=count, suggestion=sentence)


def _read_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: decode an invalid UTF-8 byte as cp1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error(_MIXED, _read_as_cp1252)


def _runs(places: np.ndarray) -> list[np.ndarray]:
    """Split positions into runs of consecutive ones."""
    return np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if len(places) else []


def _is_utf8(data: bytes, places: np.ndarray) -> bool:
    """Return whether the non-ASCII bytes at the given positions are valid UTF-8."""
    if len(places) <= len(data) * _MOST_PIECES:
        data = b" ".join(data[run[0] : run[-1] + 1] for run in _runs(places))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _western(data: bytes, places: np.ndarray) -> bytes:
    """Convert cp1252 to UTF-8; if non-ASCII bytes are rare, touch only those.

    The five bytes undefined in cp1252 become the replacement character.
    """
    if len(places) > len(data) * _MOST_PIECES:
        return data.decode("cp1252", errors="replace").encode("utf-8")
    view = memoryview(data)
    pieces: list[bytes | memoryview] = []
    start = 0
    for place in places.tolist():
        pieces += (view[start:place], _WESTERN[data[place] - 0x80])
        start = place + 1
    return b"".join([*pieces, view[start:]])


def _strict(data: bytes, codec: str, name: str) -> bytes:
    try:
        return data.decode(codec).encode("utf-8")
    except UnicodeError as error:
        raise ReadError(
            f"The file begins like {name}, but is damaged further on. Save it as UTF-8.",
            kind="encoding",
        ) from error


def _decode_as(data: bytes, encoding: str) -> tuple[bytes, str]:
    try:
        codec = codecs.lookup(encoding)
        text = data.decode(encoding)
    except UnicodeError as error:
        raise ReadError(
            f"The file is not written in {encoding}. Leave the choice to the program, or try "
            "cp1252.",
            kind="encoding",
        ) from error
    except (LookupError, ValueError) as error:  # ValueError: NUL in the name
        raise ReadError(
            f"There is no text encoding “{encoding}”. Common ones are utf-8, cp1252 and utf-16.",
            kind="encoding",
        ) from error
    name = encoding.lower() if encoding.lower().startswith("utf") else codec.name
    return text.removeprefix("\ufeff").encode("utf-8", "replace"), _ALIASES.get(name, name)


def _wide_pattern(data: bytes) -> str | None:
    """Detect UTF-16 and UTF-32 without byte order mark: every other byte is mostly zero."""
    quads = np.frombuffer(data[: _LOOKED_AT // 4 * 4][: len(data) // 4 * 4], dtype="<u4")
    if len(data) % 4 == 0 and len(quads) >= 4:
        for codec, characters in (("utf-32-le", quads), ("utf-32-be", quads.byteswap())):
            if (characters < 0x11_0000).all() and characters.any():
                return codec
    some = np.frombuffer(data[: _LOOKED_AT // 2 * 2], dtype=np.uint8)
    if len(some) < 8 or len(data) % 2:
        return None
    even, odd = (some[0::2] == 0).mean(), (some[1::2] == 0).mean()
    if odd > 0.5 and even < 0.1:
        return "utf-16-le"
    if even > 0.5 and odd < 0.1:
        return "utf-16-be"
    return None


def _clean(body: bytes, encoding: str) -> Text:
    """Remove NUL characters and convert the line ends of classic Mac OS."""
    zeros = body.count(b"\x00") if b"\x00" in body else 0
    if zeros:
        body = body.replace(b"\x00", b"")
    body = body.removeprefix(codecs.BOM_UTF8).rstrip(b"\x1a")  # DOS end-of-file mark
    if codecs.BOM_UTF8[:1] in body:  # possibly concatenated files
        body = body.replace(b"\n" + codecs.BOM_UTF8, b"\n")
    if b"\r" in body and b"\n" not in body:
        body = body.replace(b"\r", b"\n")
    if not (body[:_LOOKED_AT].strip(_NOTHING) or body.strip(_NOTHING)):
        raise ReadError("The file is empty: there is no text in it.", kind="empty")
    return Text(body, encoding, zeros)
