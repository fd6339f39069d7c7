"""The model file: a zip of JSON and number arrays, sealed, bounded, and never unpickled.

Layout, format 2: ``manifest.json`` (format, version, SHA-256 and size of every other member),
``model.json``, and one ``.npy`` file an array. The zip's comment is the SHA-256 of everything
before it, so that a single flipped byte anywhere is noticed before anything is parsed. A
checksum is no signature: a file made to deceive passes it, so all sizes are checked as well.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.errors import ModelFileError
from segmentation.scoring.typed_json import from_json

Array = npt.NDArray[Any]

FORMAT = "segmodel"
FORMAT_VERSION = 2
MANIFEST = "manifest.json"
DOCUMENT = "model.json"
SEAL = 64  # characters of a SHA-256 in hexadecimal

# A process that reads a model holds the file and what is unpacked, at most 32 MB, and some 10 MB of
# objects: within the 50 MB that a web worker may grow. The largest part is a mixture's k triangles
# of p × p numbers: 10 segments of 450 features.
MAX_MODEL_FILE = 16 * 2**20
MAX_UNPACKED = 16 * 2**20
# JSON takes up to 25 times its size in memory. Names and encodings of 500 columns take 0.5 MB.
MAX_JSON = 2 * 2**20
MAX_MEMBERS = 64
# How `_npy` writes an array: the magic of version 1.0, the header's length, the header.
NPY = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(<[fiu]8)', 'fortran_order': False, "
    rb"'shape': \((|\d{1,19},|\d{1,19}(?:, \d{1,19}){1,3})\), \} *\n",
    re.DOTALL,
)
# What zipfile raises for damaged archives, besides its own error.
UNPACKING = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, LookupError,
    OverflowError, NotImplementedError, RuntimeError,
)  # fmt: skip
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
        Number arrays by name, written as little-endian float64, int64 or uint64.

    Raises
    ------
    ModelFileError
        It would be larger than `unpack` reads.
    """
    members = {DOCUMENT: _dump(document)}
    members |= {f"{name}.npy": _npy(array) for name, array in sorted(arrays.items())}
    _check_sizes({name: len(data) for name, data in members.items()})
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
    if len(data) > MAX_MODEL_FILE:
        raise ModelFileError(f"The model file is larger than {MAX_MODEL_FILE // 2**20} MB.")
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
    except UNPACKING as error:
        raise ModelFileError(DAMAGED + "its parts cannot be unpacked.") from error
    document = _load(members.pop(DOCUMENT, b""), DOCUMENT)
    arrays = {name.removesuffix(".npy"): _array(raw, name) for name, raw in members.items()}
    return document, arrays


def _read_members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    infos = {info.filename: info for info in archive.infolist()}
    if MANIFEST not in infos or len(infos) != len(archive.infolist()):
        raise ModelFileError(NOT_A_MODEL)
    # Reading stops at the announced size.
    _check_sizes({name: info.file_size for name, info in infos.items()})
    listed = _check_manifest(_load(archive.read(MANIFEST), MANIFEST))
    if set(listed) != set(infos) - {MANIFEST}:
        raise ModelFileError(DAMAGED + "its parts are not those it lists.")
    members = {name: archive.read(name) for name in listed}
    for name, data in members.items():
        if hashlib.sha256(data).hexdigest() != listed[name]:
            raise ModelFileError(DAMAGED + f"the checksum of {name} does not match.")
    return members


def _check_sizes(sizes: Mapping[str, int]) -> None:
    """Refuse more than a model ever has, by what the zip announces."""
    for name in (MANIFEST, DOCUMENT):
        if sizes.get(name, 0) > MAX_JSON:
            raise ModelFileError(
                f"The model is too large: its names and texts take more than "
                f"{MAX_JSON // 2**20} MB. Use fewer columns, or columns with fewer levels."
            )
    if len(sizes) > MAX_MEMBERS or sum(sizes.values()) > MAX_UNPACKED:
        raise ModelFileError(
            f"The model is too large: it takes more than {MAX_UNPACKED // 2**20} MB unpacked. "
            "Use fewer columns or fewer segments."
        )


def _check_manifest(manifest: dict[str, Any]) -> dict[str, str]:
    if manifest.get("format") != FORMAT:
        raise ModelFileError(NOT_A_MODEL)
    version = from_json(int, manifest.get("format_version"), "manifest.format_version")
    if version > FORMAT_VERSION:
        raise ModelFileError(
            f"The model file has format {version}, this program reads up to {FORMAT_VERSION}: "
            "it was saved by a newer version. Update this program to use it."
        )
    members = from_json(dict[str, dict[str, Any]], manifest.get("members"), "manifest.members")
    return {
        name: from_json(str, entry.get("sha256"), "manifest.members")
        for name, entry in members.items()
    }


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True).encode()


def _load(data: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(DAMAGED + f"{name} is not JSON.") from error
    if not isinstance(value, dict):
        raise ModelFileError(DAMAGED + f"{name} is not a JSON object.")
    return value


def _npy(array: Array) -> bytes:
    buffer = io.BytesIO()
    plain = np.ascontiguousarray(array)
    np.lib.format.write_array(
        buffer, plain.astype(plain.dtype.newbyteorder("<")), (1, 0), allow_pickle=False
    )
    return buffer.getvalue()


def _array(data: bytes, name: str) -> Array:
    """Read a ``.npy`` member as `_npy` writes it, where the header agrees with the length.

    numpy's own reader evaluates the header as Python; a pattern is enough for ours.
    """
    header = NPY.match(data)
    if header is None or header.end() != 10 + int.from_bytes(data[8:10], "little"):
        raise ModelFileError(DAMAGED + f"{name} is not an array of numbers.")
    dtype = np.dtype(header[1].decode())
    shape = tuple(int(size) for size in header[2].replace(b",", b"").split())
    if math.prod(shape) * dtype.itemsize != len(data) - header.end():
        raise ModelFileError(DAMAGED + f"{name} is not an array of numbers of its size.")
    return np.frombuffer(data, dtype=dtype, offset=header.end()).reshape(shape)
