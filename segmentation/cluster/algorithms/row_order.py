"""One order of the rows that depends on their values alone.

Seeds, samples and sums depend on the order of the rows. Sorting them first by a hash of their
values makes every result a property of the data: shuffle the file, and nothing changes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Indices = npt.NDArray[np.intp]

#: Odd multiplier of the 64-bit mix: the golden ratio's fraction times 2⁶⁴ (Knuth, *The Art of
#: Computer Programming*, vol. 3, sec. 6.4, multiplicative hashing).
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def row_hashes(X: Matrix) -> npt.NDArray[np.uint64]:
    """Return a 64-bit hash of each row; equal rows have equal hashes.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)

    Returns
    -------
    ndarray of uint64, shape (n,)
        Two different rows among a million share a hash with a chance of 3 in 10⁸.
    """
    result = np.zeros(len(X), dtype=np.uint64)
    for j in range(X.shape[1]):
        # Adding zero turns the negative zero into the positive one.
        bits = np.ascontiguousarray(X[:, j] + np.float32(0)).view(np.uint32)
        result ^= bits
        result *= _MULTIPLIER
        result ^= result >> _SHIFT
    return result


def canonical_order(X: Matrix) -> tuple[Indices | None, int]:
    """Return the order of the rows by their hashes, and how many different rows there are.

    Returns
    -------
    order : ndarray of int, shape (n,), or None
        None where the rows stand in this order already, so that sorting once is enough.
    distinct : int

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0], [2.0], [1.0]], dtype=np.float32)
    >>> canonical_order(X)[1]
    2
    """
    hashes = row_hashes(X)
    order: Indices | None = None
    if np.any(hashes[1:] < hashes[:-1]):
        order = np.argsort(hashes, kind="stable")
        hashes = hashes[order]
    distinct = int(np.count_nonzero(hashes[1:] != hashes[:-1])) + min(len(X), 1)
    return order, distinct


def in_order(X: Matrix, order: Indices | None) -> Matrix:
    """Return the rows in an order of `canonical_order`, C-contiguous."""
    return np.ascontiguousarray(X if order is None else X[order])


def sample_positions(n: int, size: int, rng: np.random.Generator) -> Indices:
    """Draw a uniform sample of positions without replacement; all of them when n ≤ size."""
    if n <= size:
        return np.arange(n)
    return np.sort(rng.choice(n, size, replace=False))
