"""Counts that all processes of a machine share for a minute, in a separate database.

Every request is counted, so counting must not wait for the disk. A power cut resets the counts, and
with them the limits.
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
# Seconds between removals of expired counts.
SWEEP_SECONDS = 10.0


class SqliteCounts(DisposableDatabase):
    """Count events in time windows.

    Parameters
    ----------
    path : Path
        The database file; its folder exists and is private.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA)
        self._swept = 0.0

    def hits(self, name: str, seconds: int) -> int:
        """Count one event and return the count in the current window."""
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
