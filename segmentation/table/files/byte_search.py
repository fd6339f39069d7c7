"""Search large files for single bytes, in chunks that fit into the CPU cache."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_PIECE = 1 << 18


def places_of(data: np.ndarray, byte: int) -> np.ndarray:
    """Return the positions of a byte.

    Parameters
    ----------
    data : ndarray of uint8, shape (n,)
        The bytes.
    byte : int
        The byte to find, 0 to 255.

    Returns
    -------
    ndarray of int64
        Positions, ascending.

    Examples
    --------
    >>> places_of(np.frombuffer(b"a,b,", np.uint8), ord(",")).tolist()
    [1, 3]
    """
    return _joined([np.flatnonzero(piece == byte).astype(np.int32) for piece in _pieces(data)])


def count_of(data: np.ndarray, byte: int) -> int:
    """Return the number of occurrences of a byte.

    Parameters
    ----------
    data : ndarray of uint8, shape (n,)
        The bytes.
    byte : int
        The byte to count, 0 to 255.

    Examples
    --------
    >>> count_of(np.frombuffer(b"a,b,", np.uint8), ord(","))
    2
    """
    return sum(int(np.count_nonzero(piece == byte)) for piece in _pieces(data))


def places_beyond_ascii(data: np.ndarray) -> np.ndarray:
    """Return the positions of non-ASCII bytes (128 and above).

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
    return _joined([np.flatnonzero(piece >= 0x80).astype(np.int32) for piece in _pieces(data)])


def _pieces(data: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]


def _joined(found: list[np.ndarray]) -> np.ndarray:
    """Return positions in the whole from the positions in each chunk."""
    places = np.empty(sum(map(len, found)), dtype=np.int64)
    end = 0
    for number, within in enumerate(found):
        places[end : end + len(within)] = within + number * _PIECE
        end += len(within)
    return places
