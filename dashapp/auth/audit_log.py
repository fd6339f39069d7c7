"""The audit log: who did what and when, in append-only lines.

Each line is one JSON object with ids, counts and hashes, never names, values or files. It goes to
``audit.jsonl`` in the data folder, or to standard output where several machines share a Redis and a
log collector gathers their lines.
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
    """Note what the present request does; it is logged if the request succeeds.

    Parameters
    ----------
    event
        A word such as ``"train"``.
    facts
        Ids and counts; never user input or uploaded content.
    """
    g.setdefault("portal_events", []).append((event, facts))


class AuditLog:
    """Write lines to the audit log.

    Parameters
    ----------
    settings : Settings
        Determines where the lines go.
    """

    def __init__(self, settings: Settings) -> None:
        shared = settings.redis_url is not None
        self._path = None if shared else private_folder(settings.data_dir) / AUDIT_FILE

    def write(self, event: str, session: str, user: str, facts: dict[str, Fact]) -> None:
        """Add one line; if the disk does not take all of it, write it to the application log."""
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
    """Append a line to a file; start a new line if a full disk cut the last one short.

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
        # A single write to a file opened for appending: lines of several processes never mix.
        if os.write(descriptor, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(descriptor)
