"""The data folder and the keys that sign its contents."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from dashapp.settings.portal_settings import SECRET_BYTES, Settings
from dashapp.storage.errors import UnsafeFolderError

SECRET_FILE = "secret.key"  # noqa: S105 - a file's name


def private_folder(path: Path) -> Path:
    """Create a folder that only its owner can access, or raise an error if others can access it.

    Raises
    ------
    UnsafeFolderError
        If the folder belongs to another user or other users can access it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.stat()
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise UnsafeFolderError(
            f"the data folder {path} is open to other users of this machine: run chmod 700 {path}"
        )
    return path


def derived_key(settings: Settings, purpose: str) -> bytes:
    """Derive a key for one purpose; keys for different purposes reveal nothing about each other.

    Parameters
    ----------
    purpose
        Such as ``"cookie"`` or ``"store"``.

    Returns
    -------
    bytes
        32 bytes: HMAC-SHA-256 of the purpose under the secret key (the expand step of HKDF,
        RFC 5869, section 2.3, for one block).
    """
    info = f"segmentation-portal {purpose}".encode() + b"\x01"
    return hmac.new(_master(settings), info, hashlib.sha256).digest()


def _master(settings: Settings) -> bytes:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    path = private_folder(settings.data_dir) / SECRET_FILE
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _make_secret(path)


def _make_secret(path: Path) -> bytes:
    """Write a new secret; if several processes try at once, all use the first one's."""
    draft = path.with_name(f"{SECRET_FILE}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A hard link appears complete or not at all, and never replaces an existing file.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()
