"""Reject binary data and EBCDIC text from mainframes."""

from __future__ import annotations

import numpy as np

from segmentation.errors import ReadError

#: Control characters that do not occur in text files; tab, line ends, form feed and the
#: separators that databases write are allowed.
_CONTROLS = np.array(
    [
        c
        for c in range(0x20)
        if c not in (0x00, 0x01, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1E, 0x1F)
    ]
    + [0x7F]
)
#: With a larger share of control characters among its first bytes, a file is binary.
_MOST_CONTROLS = 0.01
#: EBCDIC text has a larger share of bytes above 0x80, and at least this share of plain text.
_MOST_LETTERS, _MOSTLY_PLAIN = 0.4, 0.9
#: Fewer control characters do not make a small file binary.
_FEWEST_CONTROLS = 8


def refuse_binary(data: bytes) -> None:
    """Reject binary data and unsupported encodings (EBCDIC).

    Parameters
    ----------
    data : bytes
        The first bytes of a file.

    Raises
    ------
    ReadError
        The data holds too many control characters or is EBCDIC.
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
    """Return whether bytes are plain text only as EBCDIC, whose digits are above 0x80."""
    if b"\n" in data or sum(byte >= 0x80 for byte in data) <= _MOST_LETTERS * len(data):
        return False
    text = data.decode("cp500")
    plain = sum(
        letter in "\n\r\x85" or (letter.isascii() and letter.isprintable()) for letter in text
    )
    return plain >= _MOSTLY_PLAIN * len(text)
