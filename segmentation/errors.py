"""Everything that can go wrong for a user, each with one clear sentence.

::

    SegmentationError
    ├── ReadError            a file cannot be read as a table
    ├── DataError            a table was read, but cannot be segmented (also a ValueError)
    ├── ParameterError       an option has an impossible value (also a ValueError)
    ├── ModelFileError       a model file is damaged, foreign or too new
    ├── ClusterError         the cluster does not answer, or went away
    ├── PlaybookError        the playbook of names and actions is not valid
    └── CancelledError       the user stopped the work

``str(error)`` is the sentence to show: what is wrong, where, and what to do about it. Anything
that is not a `SegmentationError` is a defect of the program and never the user's fault.
"""

from __future__ import annotations


class SegmentationError(Exception):
    """Root of all errors that a user can cause and mend; ``str()`` is one clear sentence."""


class ReadError(SegmentationError):
    """A file cannot be read as a table.

    Parameters
    ----------
    message : str
        What is wrong, where, and what to do.
    kind : str
        The sort of trouble as one word for programs: ``"missing_file"``, ``"empty"``,
        ``"unsupported"``, ``"encrypted"``, ``"too_large"``, ``"one_column"``, ``"no_rows"``,
        ``"encoding"`` or ``"damaged"``.

    Examples
    --------
    >>> ReadError("The file is empty.", kind="empty").kind
    'empty'
    """

    def __init__(self, message: str, *, kind: str = "damaged") -> None:
        super().__init__(message)
        self.kind = kind


class DataError(SegmentationError, ValueError):
    """A table was read, but what it holds cannot be segmented or scored."""


class ParameterError(SegmentationError, ValueError):
    """An option has a value that is not possible."""


class ModelFileError(SegmentationError):
    """A model file is damaged, was not written by this program, or is newer than it."""


class ClusterError(SegmentationError):
    """The processes that read large data do not answer, or went away.

    Parameters
    ----------
    message : str
        What is wrong and what to do.
    kind : str
        The sort of trouble as one word for programs: ``"unreachable"``, ``"no_workers"``,
        ``"lost"``, ``"memory"`` or ``"failed"``.

    Examples
    --------
    >>> ClusterError("The scheduler was lost.").kind
    'lost'
    """

    def __init__(self, message: str, *, kind: str = "lost") -> None:
        super().__init__(message)
        self.kind = kind


class PlaybookError(SegmentationError):
    """The playbook of names and actions is not valid."""


class CancelledError(SegmentationError):
    """The user stopped the work."""

    def __init__(self, message: str = "The work was cancelled.") -> None:
        super().__init__(message)
