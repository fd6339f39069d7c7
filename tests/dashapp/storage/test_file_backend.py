"""What lies on disk: private, sealed, whole or not at all, and swept."""

from __future__ import annotations

import errno
import os
import stat
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.settings.portal_settings import Settings
from dashapp.storage.errors import QuotaExceededError, UnsafeFolderError
from dashapp.storage.keys import Key, Kind, content_id
from dashapp.storage.secret_key import SECRET_FILE, derived_key
from dashapp.storage.signing import PlainBytes, Seal
from dashapp.storage.store import SessionExpiredError, SessionStore, open_store

ANN, BEN = "a" * 32, "b" * 32


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "portal")


@pytest.fixture
def store(settings: Settings) -> SessionStore:
    return open_store(settings)


def key(session: str = ANN, name: str = "x") -> Key:
    return Key(session, Kind.DATASET, content_id(name.encode()))


def entry_files(settings: Settings, session: str = ANN) -> list[Path]:
    return sorted((settings.data_dir / "sessions" / session).iterdir())


def test_nobody_else_may_enter_the_folder(settings: Settings, store: SessionStore) -> None:
    store.put(key(), b"private")
    for path in [settings.data_dir, *settings.data_dir.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_folder_open_to_others_is_refused_with_the_command_that_mends_it(
    settings: Settings,
) -> None:
    settings.data_dir.mkdir(mode=0o755)
    settings.data_dir.chmod(0o755)
    with pytest.raises(UnsafeFolderError, match="chmod 700"):
        open_store(settings)


def test_the_secret_is_made_once_and_kept_private(settings: Settings) -> None:
    first = derived_key(settings, "cookie")
    path = settings.data_dir / SECRET_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert derived_key(settings, "cookie") == first
    assert derived_key(settings, "store") != first
    assert [found.name for found in settings.data_dir.iterdir()] == [SECRET_FILE]


@given(position=st.integers(0, 10_000), change=st.integers(1, 255))
def test_any_changed_byte_is_noticed(position: int, change: int) -> None:
    seal = Seal(b"k" * 32)
    entry = bytearray(seal.close("name", b"Ann, 34, Houston"))
    entry[position % len(entry)] ^= change
    assert seal.open("name", bytes(entry)) is None


@given(st.binary(max_size=200))
def test_no_foreign_bytes_open(data: bytes) -> None:
    assert Seal(b"k" * 32).open("name", data) is None


@pytest.mark.parametrize("damage", ["overwrite", "truncate", "empty", "flip"])
def test_a_damaged_entry_counts_as_missing(
    settings: Settings, store: SessionStore, damage: str
) -> None:
    store.put(key(), b"value" * 100)
    (path,) = entry_files(settings)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    changed = {
        "overwrite": b"\xff" * 4 + b"cos\nsystem\n(S'touch canary'\ntR.",
        "truncate": path.read_bytes()[:60],
        "empty": b"",
        "flip": bytes(data),
    }
    path.write_bytes(changed[damage])
    with pytest.raises(SessionExpiredError):
        store.get(key())
    store.put(key(), b"fresh")
    assert store.get(key()) == b"fresh"


def test_an_entry_copied_to_another_session_does_not_open(
    settings: Settings, store: SessionStore
) -> None:
    store.put(key(ANN), b"Ann's")
    store.put(key(BEN), b"Ben's")
    (anns,), (bens,) = entry_files(settings, ANN), entry_files(settings, BEN)
    bens.write_bytes(anns.read_bytes())
    with pytest.raises(SessionExpiredError):
        store.get(key(BEN))


def test_a_full_disk_is_told_and_leaves_no_draft(
    settings: Settings, store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(key(), b"before")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(QuotaExceededError):
            store.put(key(name="y"), b"after")
    assert store.get(key()) == b"before"
    assert len(entry_files(settings)) == 1
    store.put(key(name="y"), b"after")


def test_the_sweeper_takes_expired_entries_and_old_drafts(
    settings: Settings, store: SessionStore
) -> None:
    store.put(key(), b"stays")
    folder = settings.data_dir / "sessions" / ANN
    (folder / "expired").write_bytes(struct.pack("I", 1) + b"x")
    (folder / "short").write_bytes(b"x")
    (folder / "fresh.draft").write_bytes(b"x")
    (folder / "old.draft").write_bytes(b"x")
    (folder.parent / "check.draft").write_bytes(b"")
    for old in (folder / "old.draft", folder.parent / "check.draft"):
        os.utime(old, (1, 1))
    assert store.sweep() == 4
    assert not (folder.parent / "check.draft").exists()
    assert {path.name for path in folder.iterdir()} >= {"fresh.draft"}
    assert store.get(key()) == b"stays"


def test_the_serializer_refuses_anything_but_bytes() -> None:
    with pytest.raises(TypeError):
        PlainBytes().dumps({"a": 1})


@given(st.text())
def test_no_text_of_a_user_becomes_part_of_a_path(text: str) -> None:
    if len(text) == 32 and all(sign in "0123456789abcdef" for sign in text):
        return
    with pytest.raises(ValueError, match="32 hex digits"):
        Key(ANN, Kind.UPLOAD, text)
    with pytest.raises(ValueError, match="32 hex digits"):
        Key(text, Kind.UPLOAD, "0" * 32)
