"""Model files with something wrong in them: values, arrays, parts of the zip."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import random
import zipfile
from collections.abc import Iterator
from typing import Any

from segmentation.scoring.artifact import SEAL

ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**63, -(2**70), 10**400, 0.5, -0.5, 1e308, -1e308, float("inf"),
    float("nan"), "", " ", "s1", "s99", "Unassigned", "\ud800", "\x00", "x" * 6_000, "é" * 70,
    "<script>", "1970-13-45", "9999-12-31", [], {}, [[]], [None] * 60, {"a": {"b": {"c": {}}}},
)  # fmt: skip
HEADERS = (
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1), }", b"((((", b"[" * 500, b"",
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (True,), }", b"\xff" * 40, b"{" * 9_000,
    b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"__import__('os')",
    b"{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2), }",
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }",
)  # fmt: skip


def sealed(members: dict[str, bytes]) -> bytes:
    """A file with the right checksums and whatever members."""
    listed = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in members.items()
        if name != "manifest.json"
    }
    manifest = {"format": "segmodel", "format_version": 2, "members": listed}
    members = {"manifest.json": json.dumps(manifest).encode()} | members
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.comment = b"0" * SEAL
    return resealed(buffer.getvalue())


def resealed(data: bytes) -> bytes:
    """The same bytes with the checksum that they should have."""
    body = data[:-SEAL]
    return body + hashlib.sha256(body).hexdigest().encode()


def members_of(data: bytes) -> dict[str, bytes]:
    """The parts of a model file, without its list of them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}


def mutants(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """So many files that differ from a good one, most of them in its JSON."""
    chance = random.Random(seed)
    members = members_of(data)
    for _ in range(count):
        change = chance.choices((in_json, in_array, in_zip), (6, 3, 1))[0]
        yield change(data, members, chance)


def in_json(_data: bytes, members: dict[str, bytes], chance: random.Random) -> bytes:
    """One to three values of the document are odd, gone, doubled or from another place."""
    document = json.loads(members["model.json"])
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(places(document)))
        action = chance.random()
        if action < 0.55:
            holder[key] = copy.deepcopy(chance.choice(ODD))
        elif action < 0.7:
            del holder[key]
        elif action < 0.85 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        else:
            other, where = chance.choice(list(places(document)))
            holder[key] = copy.deepcopy(other[where])
    return sealed(members | {"model.json": json.dumps(document).encode("utf-8")})


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Everywhere in a document: the container and the key in it."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def in_array(_data: bytes, members: dict[str, bytes], chance: random.Random) -> bytes:
    """An array has another header, other bytes, another length, or is another one's."""
    arrays = [name for name in members if name.endswith(".npy")]
    name = chance.choice(arrays)
    raw = bytearray(members[name])
    action = chance.randrange(6)
    if action == 0:
        header = chance.choice(HEADERS)
        header += b" " * (117 - len(header)) + b"\n"
        raw[8:] = len(header).to_bytes(2, "little") + header + raw[128:]
    elif action == 1:
        for _ in range(chance.randint(1, 8)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
    elif action == 2:
        del raw[chance.randrange(len(raw)) :]
    elif action == 3:
        raw = bytearray(members[chance.choice(arrays)])
    elif action == 4:
        raw[128:] = bytes(chance.choice((0, 0x7F, 0xFF)) for _ in range(1)) * (len(raw) - 128)
    else:
        return sealed({key: value for key, value in members.items() if key != name})
    return sealed(members | {name: bytes(raw)})


def in_zip(data: bytes, _members: dict[str, bytes], chance: random.Random) -> bytes:
    """Bytes of the archive are other ones, under a checksum that fits."""
    raw = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        raw[chance.randrange(len(raw) - SEAL)] = chance.randrange(256)
    return resealed(bytes(raw))
