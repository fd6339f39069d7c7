"""One SQLite file: few connections for many threads, and no transaction left half-done."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from dashapp.session.errors import QuotaExceededError
from dashapp.session.sqlite_database import SqliteDatabase

SCHEMA = "CREATE TABLE IF NOT EXISTS notes (text TEXT NOT NULL)"


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    return SqliteDatabase(tmp_path / "notes.sqlite3", SCHEMA)


def texts(database: SqliteDatabase) -> list[str]:
    return [row["text"] for row in database.read("SELECT text FROM notes")]


def test_threads_that_come_one_after_the_other_share_a_connection(database: SqliteDatabase) -> None:
    for number in range(20):
        thread = threading.Thread(target=write, args=(database, str(number)))
        thread.start()
        thread.join()
    assert len(texts(database)) == 20
    assert len(database._idle) == 1


def write(database: SqliteDatabase, text: str) -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO notes VALUES (?)", (text,))


def test_what_was_broken_off_is_undone_and_the_next_write_works(database: SqliteDatabase) -> None:
    with pytest.raises(sqlite3.ProgrammingError), database.write() as connection:
        connection.executemany("INSERT INTO notes VALUES (?)", [("half",), ("too", "many")])
    write(database, "whole")
    assert texts(database) == ["whole"]


def test_a_database_without_room_says_so_and_works_again(database: SqliteDatabase) -> None:
    with database.connection() as connection:
        connection.execute("PRAGMA max_page_count = 4")
    with pytest.raises(QuotaExceededError):
        write(database, "x" * 100_000)
    with database.connection() as connection:
        connection.execute("PRAGMA max_page_count = 1000")
    write(database, "fits")
    assert texts(database) == ["fits"]


def test_closing_closes_them_and_later_use_opens_anew(database: SqliteDatabase) -> None:
    with database.connection() as used:
        pass
    database.close()
    with pytest.raises(sqlite3.ProgrammingError):
        used.execute("SELECT 1")
    assert texts(database) == []
