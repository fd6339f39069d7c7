"""From bytes to UTF-8 text, judged on the whole file."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

import numpy as np

from segmentation.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
#: Control characters that text files do not contain; tab, line ends and form feed are fine.
_CONTROLS = np.array(
    [c for c in range(0x20) if c not in (0x00, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1F)] + [0x7F]
)
#: Above this share of control characters among the first bytes, a file is no text.
_MOST_CONTROLS = 0.01
#: A few stray ones do not make a small file binary.
_FEWEST_CONTROLS = 8
_LOOKED_AT = 65_536
#: The UTF-8 of the upper half of cp1252.
_WESTERN = [bytes([c]).decode("cp1252", errors="replace").encode() for c in range(0x80, 0x100)]
#: With more bytes beyond ASCII than this share, decoding everything is faster.
_MOST_PIECES = 0.002
#: What a file without text may be made of.
_NOTHING = b" \t\r\n\x1a\x0c"
#: Names that are the same decoder for us: cp1252 has the printable characters of Latin-1.
_ALIASES = {"latin-1": "iso-8859-1", "latin1": "iso-8859-1", "windows-1252": "cp1252"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text file.

    Attributes
    ----------
    body : bytes
        UTF-8 without byte order mark and NUL characters; line ends as they were, but for files
        of carriage returns alone, which become line feeds.
    encoding : str
        The encoding the file had.
    nul_characters : int
        How many NUL characters were taken out.
    """

    body: bytes
    encoding: str
    nul_characters: int = 0


def decode(data: bytes, encoding: str | None = None) -> Text:
    """Decode a whole text file.

    A byte order mark decides; then the pattern of UTF-16; then UTF-8 if every byte is valid;
    else cp1252, which reads every file of western Europe.

    Parameters
    ----------
    data : bytes
        The whole file.
    encoding : str or None
        The user's choice, which overrules.

    Raises
    ------
    ReadError
        The bytes are no text, or not in the chosen encoding.

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
    _refuse_binary(data)
    places = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) >= 0x80)
    if _is_utf8(data, places):
        return _clean(data, "utf-8")
    return _clean(_western(data, places), "cp1252")


def _is_utf8(data: bytes, places: np.ndarray) -> bool:
    """Tell whether the bytes beyond ASCII, whose places are given, are valid UTF-8."""
    if len(places) <= len(data) * _MOST_PIECES:
        runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if len(places) else []
        data = b" ".join(data[run[0] : run[-1] + 1] for run in runs)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _western(data: bytes, places: np.ndarray) -> bytes:
    """Turn cp1252 into UTF-8, in files of few such letters only at their places.

    The five bytes that cp1252 leaves open become the replacement character.
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
    except LookupError as error:
        raise ReadError(
            f"There is no text encoding “{encoding}”. Common ones are utf-8, cp1252 and utf-16.",
            kind="encoding",
        ) from error
    except UnicodeError as error:
        raise ReadError(
            f"The file is not written in {encoding}. Leave the choice to the program, or try "
            "cp1252.",
            kind="encoding",
        ) from error
    name = encoding.lower() if encoding.lower().startswith("utf") else codec.name
    return text.removeprefix("\ufeff").encode("utf-8", "replace"), _ALIASES.get(name, name)


def _wide_pattern(data: bytes) -> str | None:
    """Recognize UTF-16 without byte order mark: every other byte is mostly zero."""
    some = np.frombuffer(data[: _LOOKED_AT // 2 * 2], dtype=np.uint8)
    if len(some) < 8 or len(data) % 2:
        return None
    even, odd = (some[0::2] == 0).mean(), (some[1::2] == 0).mean()
    if odd > 0.5 and even < 0.1:
        return "utf-16-le"
    if even > 0.5 and odd < 0.1:
        return "utf-16-be"
    return None


def _refuse_binary(data: bytes) -> None:
    some = np.frombuffer(data[:_LOOKED_AT], dtype=np.uint8)
    controls = int(np.isin(some, _CONTROLS).sum())
    zeros = (some == 0).mean()
    if controls > max(_FEWEST_CONTROLS, _MOST_CONTROLS * len(some)) or zeros > 0.2:
        raise ReadError(
            "This is not a text file, nor a workbook or Parquet file: it contains binary data. "
            "Export the table as CSV or XLSX.",
            kind="unsupported",
        )


def _clean(body: bytes, encoding: str) -> Text:
    """Take out NUL characters, and turn the line ends of old Macs into today's."""
    zeros = body.count(b"\x00") if b"\x00" in body else 0
    if zeros:
        body = body.replace(b"\x00", b"")
    body = body.removeprefix(codecs.BOM_UTF8).rstrip(b"\x1a")  # the end-of-file mark of DOS
    if b"\r" in body and b"\n" not in body:
        body = body.replace(b"\r", b"\n")
    if not (body[:_LOOKED_AT].strip(_NOTHING) or body.strip(_NOTHING)):
        raise ReadError("The file is empty: there is no text in it.", kind="empty")
    return Text(body, encoding, zeros)
