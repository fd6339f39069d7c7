"""Unwrap lines quoted as a whole, as happens when text is pasted into one column."""

from __future__ import annotations

import csv
import re

from segmentation.table.files.dialect import DELIMITERS

_LOOKED_AT = 20
_BEGINNING = 256 * 1024
_WRAPPED = re.compile(rb'(?m)^"(.*)"[,; ]*(\r?)$')


def unwrapped(body: bytes) -> bytes | None:
    r"""Return the file without the quotes around whole lines, or None if there are none.

    Parameters
    ----------
    body : bytes
        The whole file in UTF-8.

    Examples
    --------
    >>> unwrapped(b'"id,age"\n"1,30"\n')
    b'id,age\n1,30\n'
    >>> unwrapped(b'"id","age"\n"1","30"\n') is None
    True
    """
    if not body.startswith(b'"'):
        return None
    lines = body[:_BEGINNING].decode("utf-8", "replace").splitlines()
    some = [line for line in lines[:_LOOKED_AT] if line.strip()]
    if len(some) < 2 or not all(map(_is_wrapped, some)):
        return None
    return _WRAPPED.sub(lambda found: found[1].replace(b'""', b'"') + found[2], body)


def _is_wrapped(line: str) -> bool:
    """Return whether a line is a single quoted cell that holds delimiters."""
    inner = line.rstrip(",; ")
    if not (inner.startswith('"') and inner.endswith('"')) or len(inner) < 3:
        return False
    rows = [next(csv.reader([inner], delimiter=mark)) for mark in DELIMITERS]
    return all(len(row) == 1 for row in rows) and any(mark in inner for mark in DELIMITERS)
