"""Counts that all processes of a machine share for a minute, in a database of their own.

They are counted with each request, so they must not wait for the disk: lost in a power cut, they
start again from nothing, and so do those whom they limit.
"""

from __future__ import annotations

import time
from pathlib import Path

from dashapp.storage.sqlite_database import DisposableDatabase

SCHEMA = """
CREATE TABLE IF NOT EXISTS hits (
    name TEXT NOT NULL, window INTEGER NOT NULL, count INTEGER NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (name, window)
) WITHOUT ROWID
"""
# How often what is over is removed, in seconds.
SWEEP_SECONDS = 10.0


class SqliteCounts(DisposableDatabase):
    """Counts events in windows of time.

    Parameters
    ----------
    path : Path
        The database file; its folder exists and is private.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA)
        self._swept = 0.0

    def hits(self, name: str, seconds: int) -> int:
        """Count one event; returns the count within the current window."""
        return self.attempt(lambda: self._count(name, seconds))

    def _count(self, name: str, seconds: int) -> int:
        now = time.time()
        with self.write() as connection:
            if now > self._swept + SWEEP_SECONDS:
                self._swept = now
                connection.execute("DELETE FROM hits WHERE until < ?", (now,))
            row = connection.execute(
                "INSERT INTO hits VALUES (?, ?, 1, ?)"
                " ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count",
                (name, int(now // seconds), now + 2 * seconds),
            ).fetchone()
            return int(row["count"])
