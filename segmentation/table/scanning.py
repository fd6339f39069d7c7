"""Single bytes looked for in large files, a piece at a time that stays in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_PIECE = 1 << 18
#: The highest bit of eight bytes at once.
_HIGH_BITS = np.uint64(0x8080808080808080)


def places_of(data: np.ndarray, byte: int) -> np.ndarray:
    """Return where a byte stands.

    Parameters
    ----------
    data : ndarray of uint8, shape (n,)
        The bytes.
    byte : int
        What to look for, 0 to 255.

    Returns
    -------
    ndarray of int64
        Positions, ascending.

    Examples
    --------
    >>> places_of(np.frombuffer(b"a,b,", np.uint8), ord(",")).tolist()
    [1, 3]
    """
    found = [np.flatnonzero(piece == byte) + start for start, piece in _pieces(data)]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def count_of(data: np.ndarray, byte: int) -> int:
    """Return how often a byte occurs.

    Parameters
    ----------
    data : ndarray of uint8, shape (n,)
        The bytes.
    byte : int
        What to count, 0 to 255.

    Examples
    --------
    >>> count_of(np.frombuffer(b"a,b,", np.uint8), ord(","))
    2
    """
    return sum(int(np.count_nonzero(piece == byte)) for _, piece in _pieces(data))


def places_beyond_ascii(data: np.ndarray) -> np.ndarray:
    """Return where bytes of 128 and more stand.

    Parameters
    ----------
    data : ndarray of uint8, shape (n,)
        The bytes.

    Returns
    -------
    ndarray of int64
        Positions, ascending.

    Examples
    --------
    >>> places_beyond_ascii(np.frombuffer("größer".encode(), np.uint8)).tolist()
    [2, 3, 4, 5]
    """
    whole = len(data) // 8 * 8
    eights = data[:whole].view(np.uint64)
    some = [np.flatnonzero(piece & _HIGH_BITS) + start for start, piece in _pieces(eights)]
    first = np.concatenate([*some, np.zeros(0, dtype=np.int64)]) * 8
    near = (first[:, None] + np.arange(8)).ravel()
    near = np.concatenate((near, np.arange(whole, len(data))))
    return near[data[near] >= 0x80]


def _pieces(data: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    for start in range(0, len(data), _PIECE):
        yield start, data[start : start + _PIECE]
