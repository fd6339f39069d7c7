"""The audit log: who did what when, in lines that are only ever added.

A line is one JSON object with ids, counts and hashes; names, values and files never stand in it.
It goes to ``audit.jsonl`` in the data folder, or to standard output where several machines share a
Redis and a log collector gathers their lines.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import structlog
from flask import g

from dashapp.settings.portal_settings import Settings
from dashapp.storage.secret_key import private_folder

logger = structlog.get_logger(__name__)

AUDIT_FILE = "audit.jsonl"

Fact = str | int | bool | None


def note(event: str, **facts: Fact) -> None:
    """Remember what the present request does; it is written if the request succeeds.

    Parameters
    ----------
    event
        A word such as ``"train"``.
    facts
        Ids and counts; never what a user typed or uploaded.
    """
    g.setdefault("portal_events", []).append((event, facts))


class AuditLog:
    """Writes lines.

    Parameters
    ----------
    settings : Settings
        Tells where to.
    """

    def __init__(self, settings: Settings) -> None:
        shared = settings.redis_url is not None
        self._path = None if shared else private_folder(settings.data_dir) / AUDIT_FILE

    def write(self, event: str, session: str, user: str, facts: dict[str, Fact]) -> None:
        """Add one line; what the disk does not take stands whole in the log."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        record = {"time": now, "event": event, "session": session, "user": user or None, **facts}
        line = json.dumps(record, separators=(",", ":")) + "\n"
        if self._path is None:
            sys.stdout.write(line)
            sys.stdout.flush()
            return
        try:
            append_line(self._path, line.encode())
        except OSError as error:
            logger.warning("audit_line_unwritten", reason=error.strerror, line=record)


def append_line(path: Path, line: bytes) -> None:
    """Add a line to a file, on a line of its own also after one that a full disk cut short.

    Raises
    ------
    OSError
        If the disk did not take all of it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = b"\n" + line
        # One write to a file opened for appending: lines of several processes never mix.
        if os.write(descriptor, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(descriptor)
