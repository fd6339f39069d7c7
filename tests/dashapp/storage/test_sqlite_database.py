"""One SQLite file: few connections for many threads, and no transaction left half-done."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from dashapp.ledger.records import Job, Limits
from dashapp.ledger.sqlite_counts import SqliteCounts
from dashapp.ledger.sqlite_ledger import SqliteLedger
from dashapp.storage.errors import DamagedError, QuotaExceededError
from dashapp.storage.sqlite_database import SCHEMA as LEDGER_SCHEMA
from dashapp.storage.sqlite_database import SqliteDatabase

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


def damage_pages(path: Path) -> None:
    """Overwrite all pages but the first, as a failing disk does."""
    for end in ("-wal", "-shm"):
        path.with_name(f"{path.name}{end}").unlink(missing_ok=True)
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))


def test_damaged_pages_are_told_once_until_the_file_is_restored(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    database = SqliteDatabase(path, SCHEMA)
    write(database, "text " * 5000)
    database.check()
    database.compact()
    database.close()
    good = path.read_bytes()
    damage_pages(path)
    with capture_logs() as logged:
        for _ in range(3):
            with pytest.raises(DamagedError, match="has to restore it") as told:
                texts(database)
            with pytest.raises(DamagedError):
                database.check()
    assert [line["event"] for line in logged] == ["database_damaged"]
    assert str(path) in told.value.for_operators
    assert str(tmp_path) not in str(told.value)
    path.unlink()
    path.write_bytes(good)
    assert texts(database) == ["text " * 5000]
    database.verify()
    database.check()


def test_damage_that_no_query_meets_is_found_by_the_check(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    database = SqliteDatabase(path, SCHEMA)
    write(database, "text " * 5000)
    database.compact()
    database.close()
    damage_pages(path)
    with pytest.raises(DamagedError):
        SqliteDatabase(path, SCHEMA).verify()


@pytest.mark.parametrize("content", [b"\xa5" * 8192, b"no database", b"SQLite format 3\0" * 300])
def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(content)
    with pytest.raises(DamagedError) as refused:
        SqliteLedger(path)
    assert f"the database {path} is damaged" in refused.value.for_operators
    assert path.read_bytes() == content


def test_damaged_counts_are_set_aside_and_counting_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "counts.sqlite3"
    path.write_bytes(b"\xa5" * 8192)
    with capture_logs() as logged:
        counts = SqliteCounts(path)
        assert counts.hits("a", 3600) == 1
    assert [line["event"] for line in logged].count("database_set_aside") == 1
    assert path.with_name("counts.sqlite3.damaged").read_bytes() == b"\xa5" * 8192
    other = SqliteCounts(path)
    counts.compact()
    counts.close()
    path.write_bytes(b"\xa5" * 8192)
    assert counts.hits("a", 3600) == 1
    assert other.hits("a", 3600) == 2, "both count in the new file"


def test_a_ledger_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    earlier = sqlite3.connect(path)
    earlier.executescript(LEDGER_SCHEMA.replace(", client TEXT NOT NULL DEFAULT ''", ""))
    earlier.close()
    ledger = SqliteLedger(path)
    job = Job(id="1" * 32, session="a" * 32, kind="train", request={}, client="c" * 32)
    ledger.add_job(job, Limits())
    assert ledger.job(job.id) == job


def test_a_damaged_record_counts_as_missing(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    session = "a" * 32
    for number in "123":
        ledger.add_item(session, "model", number * 32, f"model {number}", {})
    with ledger.write() as connection:
        connection.execute("UPDATE items SET info = '{\"broken' WHERE id = ?", ("2" * 32,))
    assert [item.name for item in ledger.items(session, "model")] == ["model 3", "model 1"]
    assert ledger.item(session, "model", "2" * 32) is None
