"""Bytes that are no text, or text of a mainframe."""

from __future__ import annotations

import numpy as np

from segmentation.errors import ReadError

#: Control characters that text files do not contain; tab, line ends, form feed and the
#: separators that databases write are fine.
_CONTROLS = np.array(
    [
        c
        for c in range(0x20)
        if c not in (0x00, 0x01, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1E, 0x1F)
    ]
    + [0x7F]
)
#: Above this share of control characters among the first bytes, a file is no text.
_MOST_CONTROLS = 0.01
#: Text in EBCDIC has more bytes above 0x80 than this share, and so much of it is plain.
_MOST_LETTERS, _MOSTLY_PLAIN = 0.4, 0.9
#: A few stray ones do not make a small file binary.
_FEWEST_CONTROLS = 8


def refuse_binary(data: bytes) -> None:
    """Refuse what is no text, or in no code that is read.

    Parameters
    ----------
    data : bytes
        The beginning of a file.

    Raises
    ------
    ReadError
        It holds control characters as no text does, or is in EBCDIC.
    """
    some = np.frombuffer(data, dtype=np.uint8)
    if _is_ebcdic(data):
        raise ReadError(
            "The text is in EBCDIC, the code of mainframes. Have it converted to UTF-8 when it "
            "is transferred.",
            kind="encoding",
        )
    controls = int(np.isin(some, _CONTROLS).sum())
    zeros = np.count_nonzero(some == 0) / max(len(some), 1)
    if controls > max(_FEWEST_CONTROLS, _MOST_CONTROLS * len(some)) or zeros > 0.2:
        raise ReadError(
            "This is not a text file, nor a workbook or Parquet file: it contains binary data. "
            "Export the table as CSV or XLSX.",
            kind="unsupported",
        )


def _is_ebcdic(data: bytes) -> bool:
    """Tell whether bytes make plain text only if read as EBCDIC, where digits are above 0x80."""
    if b"\n" in data or sum(byte >= 0x80 for byte in data) <= _MOST_LETTERS * len(data):
        return False
    text = data.decode("cp500")
    plain = sum(
        letter in "\n\r\x85" or (letter.isascii() and letter.isprintable()) for letter in text
    )
    return plain >= _MOSTLY_PLAIN * len(text)
