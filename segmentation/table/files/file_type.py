"""Detect the type of a file from its content, never from its name."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import PurePath

from segmentation.errors import ReadError
from segmentation.table.schema.limits import Limits

_CHUNK = 1024 * 1024

#: First bytes of formats that are not tables, and their names.
_FOREIGN = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
    (b"RIFF", "a media file"),
    (b"OggS", "a media file"),
    (b"ID3", "a media file"),
    (b"{\\rtf", "an RTF document"),
    (b"\x00asm", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
)
#: First characters of text formats that are not tables.
_FOREIGN_TEXT = (
    (rb"(?i)\s*(?:--[^\n]*\n\s*)*(?:insert\s+into|create\s+table|drop\s+table)\s", "an SQL script"),
    (rb"(?i)--\s*(?:mysql|mariadb|postgresql|sqlite)[^\n]*dump", "an SQL script"),
    (rb"ID;P[^\n]*\n", "a SYLK file"),
    (rb"TABLE\r?\n0,1\r?\n", "a DIF file"),
    (rb"BEGIN:V(?:CARD|CALENDAR)", "a file of contacts or events"),
    (
        rb"(?:From|Return-Path|Received|Delivered-To|MIME-Version|Message-ID): ?[^,;\t\n]+\n",
        "an e-mail",
    ),
    (rb"#!|<\?php", "a program"),
    (rb"%!PS", "a PostScript document"),
)
_MARKUP = (b"<!doctype html", b"<html", b"<table", b"<?xml", b"<svg", b"<!doctype svg")
#: A sentence that lists the supported formats.
READABLE_FORMATS = (
    "Tables are read from CSV and other text files, workbooks (.xlsx, .xls, .ods) and Parquet."
)
_TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".tab", ".psv"})
#: Suffixes of tables only, to distinguish them from notes in the same archive.
_TABLE_SUFFIXES = (_TEXT_SUFFIXES - {".txt"}) | {".xlsx", ".xls", ".ods", ".parquet"}


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one table and their format.

    Attributes
    ----------
    format : str
        ``"csv"`` (any delimited text), ``"xlsx"``, ``"xls"``, ``"ods"`` or ``"parquet"``.
    data : bytes
        The bytes, extracted from any archive.
    name : str
        File name; that of the member if it came from an archive.
    beside : tuple of str
        Names of the archive's other files, which are not tables.
    """

    format: str
    data: bytes
    name: str
    beside: tuple[str, ...] = ()


def open_content(data: bytes, name: str, limits: Limits, *, depth: int = 0) -> Content:
    """Return bytes with their format; extract a single table from a gzip or zip archive.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Its name; used only to reject archives named ``.csv``.
    limits : Limits
        Maximum sizes when unpacking.
    depth : int
        Number of archives already opened; nested archives are rejected.

    Raises
    ------
    ReadError
        The file is empty, not a table, or too large.
    """
    if not data:
        raise ReadError("The file is empty: it has 0 bytes.", kind="empty")
    if data[:4] == b"PAR1":
        return Content("parquet", data, name)
    if data[:2] == b"\x1f\x8b":
        _refuse_archive(name, depth, "a gzip archive")
        return open_content(_gunzip(data, limits), PurePath(name).stem, limits, depth=depth + 1)
    if data[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return _open_zip(data, name, limits, depth)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        _refuse_no_workbook(data)
        return Content("xls", data, name)
    _refuse_foreign(data)
    return Content("csv", data, name)


def foreign_format(start: bytes) -> str | None:
    """Return the name of a format that is known not to be a table, else None.

    Parameters
    ----------
    start : bytes
        The first bytes of the file; 512 are enough.

    Examples
    --------
    >>> foreign_format(b"%PDF-1.7"), foreign_format(b"id,age")
    ('a PDF document', None)
    """
    if start[:2] == b"MZ" and b"\x00" in start[:512]:
        return "a program"
    return next((what for first, what in _FOREIGN if start.startswith(first)), None)


def _unsupported(what: str, advice: str = READABLE_FORMATS) -> ReadError:
    return ReadError(f"This is {what}, not a table of customers. {advice}", kind="unsupported")


def _refuse_archive(name: str, depth: int, what: str) -> None:
    if PurePath(name).suffix.lower() in _TEXT_SUFFIXES and depth == 0:
        raise ReadError(
            f"The name says text, but this is {what}. Unpack it, or give it its proper name.",
            kind="unsupported",
        )
    if depth:
        raise _unsupported("an archive inside an archive", "Unpack the file first.")


def _refuse_foreign(data: bytes) -> None:
    """Reject formats that are known not to be tables."""
    foreign = foreign_format(data)
    if foreign:
        raise _unsupported(foreign)
    head = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"[\[{]\s*[\[{\"]", head):
        raise _unsupported("a JSON file", "Save the table as CSV or XLSX.")
    for pattern, what in _FOREIGN_TEXT:
        if re.match(pattern, data[:4096].removeprefix(b"\xef\xbb\xbf")):
            raise _unsupported(what, "Save the table as CSV or XLSX.")
    if head.startswith(_MARKUP):
        raise _unsupported("a web page or XML document", "Save the table as CSV or XLSX.")


def _refuse_no_workbook(data: bytes) -> None:
    """Reject legacy Office documents other than workbooks."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ReadError(
            "The workbook is protected by a password. Save it without one and try again.",
            kind="encrypted",
        )
    if not any(stream.encode("utf-16-le") in data for stream in ("Workbook", "Book")):
        raise _unsupported("an Office document of another kind", "Save the table as CSV or XLSX.")


def _gunzip(data: bytes, limits: Limits) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                limits.check_unpacked(size, len(data))
                parts.append(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError("The gzip archive is damaged or incomplete.", kind="damaged") from error
    return b"".join(parts)


def _open_zip(data: bytes, name: str, limits: Limits, depth: int) -> Content:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            limits.check_members(len(archive.namelist()))
            names = set(archive.namelist())
            if any(member.lower() == "xl/workbook.xml" for member in names):
                _check_members(archive, limits, len(data))
                return Content("xlsx", data, name)
            if _is_ods(archive):
                _check_members(archive, limits, len(data))
                return Content("ods", data, name)
            _refuse_model(names)
            _refuse_office(names)
            _refuse_archive(name, depth, "a zip archive")
            member, beside = _only_table(archive)
            inner = _unzip(archive, member, limits, len(data))
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
        ValueError, UnicodeError,
    ) as error:  # fmt: skip
        if "password" in str(error) or "encrypted" in str(error):
            raise ReadError(
                "The archive is protected by a password. Unpack it and try again.",
                kind="encrypted",
            ) from error
        raise ReadError("The workbook or zip archive is damaged.", kind="damaged") from error
    found = open_content(inner, PurePath(member.filename).name, limits, depth=depth + 1)
    return replace(found, beside=beside)


def _is_ods(archive: zipfile.ZipFile) -> bool:
    """Return whether an archive is an OpenDocument spreadsheet."""
    if "mimetype" not in archive.namelist() or "content.xml" not in archive.namelist():
        return False
    with archive.open("mimetype") as stream:
        return b"opendocument.spreadsheet" in stream.read(200)


def _refuse_model(names: set[str]) -> None:
    """Reject this program's model files, which are zip archives too."""
    if {"manifest.json", "model.json"} <= names:
        raise ReadError(
            "This is a model file, not a table of customers. “segmentation describe” shows its "
            "segments, and “segmentation assign” gives the customers of a table their segment.",
            kind="unsupported",
        )


def _refuse_office(names: set[str]) -> None:
    lower = {name.lower() for name in names}
    if "xl/workbook.bin" in lower:
        raise _unsupported("a binary Excel workbook (.xlsb)", "Save it as .xlsx or CSV.")
    if "word/document.xml" in lower or "ppt/presentation.xml" in lower:
        raise _unsupported("a text document or presentation")
    if "content.xml" in lower and "mimetype" in lower:
        raise _unsupported("an OpenDocument file, but no spreadsheet", "Save it as .xlsx or CSV.")


def _only_table(archive: zipfile.ZipFile) -> tuple[zipfile.ZipInfo, tuple[str, ...]]:
    """Return the only table in an archive, and the names of the other files.

    Ignores folders and hidden system files.
    """
    members = [
        info
        for info in archive.infolist()
        if not info.is_dir()
        and not info.filename.startswith("__MACOSX/")
        and not PurePath(info.filename).name.startswith(".")
    ]
    tables = [m for m in members if PurePath(m.filename).suffix.lower() in _TABLE_SUFFIXES]
    tables = tables if len(tables) == 1 else members
    if len(tables) != 1:
        raise ReadError(
            f"The zip archive contains {len(members)} files; there must be exactly one table "
            "in it. Unpack it and choose the file.",
            kind="unsupported",
        )
    return tables[0], tuple(PurePath(m.filename).name for m in members if m not in tables)


def _unzip(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits, packed: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            limits.check_unpacked(size, packed)
            parts.append(chunk)
    return b"".join(parts)


def _check_members(archive: zipfile.ZipFile, limits: Limits, packed: int) -> None:
    """Check the true unpacked size of a workbook before anything parses it."""
    size = 0
    for member in archive.infolist():
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                limits.check_unpacked(size, packed)
