"""The model file: a zip of JSON and number arrays, sealed, bounded, and never unpickled.

Layout, format 1: ``manifest.json`` (format, version, SHA-256 and size of every other member),
``model.json``, and one ``.npy`` file an array. The zip's comment is the SHA-256 of everything
before it, so that a single flipped byte anywhere is noticed before anything is parsed. A
checksum is no signature: a file made to deceive passes it, so all sizes are checked as well.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.errors import ModelFileError
from segmentation.scoring.documents import from_json

Array = npt.NDArray[Any]

FORMAT = "segmodel"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
DOCUMENT = "model.json"
SEAL = 64  # characters of a SHA-256 in hexadecimal

# A model of 50 segments and 500 columns takes under 8 MB; everything above is no model.
MAX_FILE = 64 * 2**20
MAX_MEMBER = 64 * 2**20
MAX_TOTAL = 128 * 2**20
MAX_MEMBERS = 64
MAX_RATIO = 200  # as for uploaded workbooks
DTYPES = frozenset({"<f8", "<f4", "<i8", "<u8"})
EPOCH = (1980, 1, 1, 0, 0, 0)  # zip's earliest date: the same model gives the same bytes

NOT_A_MODEL = "This is not a model file (.segmodel)."
DAMAGED = "The model file is damaged: "


def pack(document: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Write a model file.

    Parameters
    ----------
    document
        Plain JSON values.
    arrays
        Number arrays by name, written as little-endian float64, float32, int64 or uint64.
    """
    members = {DOCUMENT: _dump(document)}
    members |= {f"{name}.npy": _npy(array) for name, array in sorted(arrays.items())}
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "members": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in members.items()
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"0" * SEAL
        for name, data in {MANIFEST: _dump(manifest), **members}.items():
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    body = buffer.getvalue()[:-SEAL]
    return body + hashlib.sha256(body).hexdigest().encode()


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """Read a model file.

    Returns
    -------
    document, arrays
        What `pack` was given.

    Raises
    ------
    ModelFileError
        Not a model file, damaged, too large, or written by a newer program.
    """
    if len(data) > MAX_FILE:
        raise ModelFileError(f"The model file is larger than {MAX_FILE // 2**20} MB.")
    if not data.startswith(b"PK\x03\x04"):
        raise ModelFileError(NOT_A_MODEL)
    seal = hashlib.sha256(data[:-SEAL]).hexdigest().encode()
    if seal != data[-SEAL:]:
        raise ModelFileError(
            DAMAGED + "its checksum does not match. Download or save the model again."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _read_members(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise ModelFileError(DAMAGED + "its parts cannot be unpacked.") from error
    document = _load(members.pop(DOCUMENT, b""), DOCUMENT)
    arrays = {name.removesuffix(".npy"): _array(raw, name) for name, raw in members.items()}
    return document, arrays


def _read_members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    infos = {info.filename: info for info in archive.infolist()}
    if MANIFEST not in infos or len(infos) != len(archive.infolist()):
        raise ModelFileError(NOT_A_MODEL)
    _check_sizes(list(infos.values()))
    listed = _check_manifest(_load(archive.read(MANIFEST), MANIFEST))
    if set(listed) != set(infos) - {MANIFEST}:
        raise ModelFileError(DAMAGED + "its parts are not those it lists.")
    members = {name: archive.read(name) for name in listed}
    for name, data in members.items():
        if hashlib.sha256(data).hexdigest() != listed[name]:
            raise ModelFileError(DAMAGED + f"the checksum of {name} does not match.")
    return members


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse bombs by what the zip announces; reading stops at the announced size."""
    total = sum(info.file_size for info in infos)
    if len(infos) > MAX_MEMBERS or total > MAX_TOTAL:
        raise ModelFileError("The model file is too large when unpacked.")
    for info in infos:
        if info.file_size > MAX_MEMBER or info.file_size > MAX_RATIO * max(info.compress_size, 64):
            raise ModelFileError("The model file is too large when unpacked.")


def _check_manifest(manifest: dict[str, Any]) -> dict[str, str]:
    if manifest.get("format") != FORMAT:
        raise ModelFileError(NOT_A_MODEL)
    version = from_json(int, manifest.get("format_version"), "manifest.format_version")
    if version > FORMAT_VERSION:
        raise ModelFileError(
            f"The model file has format {version}, this program reads up to {FORMAT_VERSION}: "
            "it was saved by a newer version. Update this program to use it."
        )
    members = from_json(dict[str, Any], manifest.get("members"), "manifest.members")
    return {
        name: from_json(str, from_json(dict[str, Any], entry, name).get("sha256"), name)
        for name, entry in members.items()
    }


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True).encode()


def _load(data: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(DAMAGED + f"{name} is not JSON.") from error
    return from_json(dict[str, Any], value, name)


def _npy(array: Array) -> bytes:
    buffer = io.BytesIO()
    plain = np.ascontiguousarray(array)
    np.lib.format.write_array(
        buffer, plain.astype(plain.dtype.newbyteorder("<")), (1, 0), allow_pickle=False
    )
    return buffer.getvalue()


def _array(data: bytes, name: str) -> Array:
    """Read a ``.npy`` member whose header agrees with its length, so that no header allocates."""
    stream = io.BytesIO(data)
    try:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise ModelFileError(DAMAGED + f"{name} is not an array.")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    except ValueError as error:
        raise ModelFileError(DAMAGED + f"{name} is not an array.") from error
    payload = data[stream.tell() :]
    if dtype.str not in DTYPES or fortran or math.prod(shape) * dtype.itemsize != len(payload):
        raise ModelFileError(DAMAGED + f"{name} is not an array of numbers of its size.")
    array = np.frombuffer(payload, dtype=dtype).reshape(shape)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ModelFileError(DAMAGED + f"{name} holds values that are not numbers.")
    return array
