"""Files made to exhaust a server are refused with a sentence, and nobody else notices.

``BOMB_MB`` sets the size of those that are large by nature; the nightly run uses 120.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from segmentation import CustomerSegmentation, sample_customers
from tests.faults.conftest import Answer, Machine, children
from tests.segmentation.scoring.mutants import members_of, sealed
from tests.waiting import until

MB = 1024 * 1024
SIZE = int(os.environ.get("BOMB_MB", "8"))
GROWTH_MB = 50
# Sooner than a person gives up; what a bomb takes on a machine of its own is under a second.
REFUSED_SECONDS = 30
SHEET = "xl/worksheets/sheet1.xml"


def workbook(sheet: Callable[[bytes], bytes]) -> bytes:
    """A small workbook whose sheet is replaced by a hostile one."""
    buffer, bomb = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("Kunden").write_row(0, 0, ["id", "age"])
    with zipfile.ZipFile(buffer) as good, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, sheet(data) if name == SHEET else data)
    return bomb.getvalue()


def far_cell() -> bytes:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return workbook(lambda data: data.replace(b"</sheetData>", far))


def hollow_sheet() -> bytes:
    rows = b"<row><c><v>1</v></c></row>" * (SIZE * MB // 26)
    return workbook(lambda data: data.replace(b"</sheetData>", rows + b"</sheetData>"))


def archives_in_archives() -> bytes:
    data = b"id,age\n1,30\n2,40\n"
    for level in range(40):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{level}.zip", data)
        data = packed.getvalue()
    return data


def many_columns() -> bytes:
    names = b",".join(b"c%d" % i for i in range(SIZE * 10_000))
    return names + b"\n" + names + b"\n"


def open_quotes() -> bytes:
    return b"id,age,words\n" + b'1,2,"a"b"c\n2,"3,x""\n' * (SIZE * MB // 20)


BOMBS: dict[str, tuple[Callable[[], bytes], int]] = {
    "far cell": (far_cell, 413),
    "hollow sheet": (hollow_sheet, 413),
    "archives in archives": (archives_in_archives, 415),
    "gzip of nothing": (lambda: gzip.compress(b"1,2,3\n" * (SIZE * MB // 2)), 413),
    "many columns": (many_columns, 413),
    "quotes that are never closed": (open_quotes, 422),
    "one endless line": (lambda: b"x" * (SIZE * MB), 413),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 999, 415),
    "program": (lambda: b"MZ" + b"\0" * 999, 415),
}


def empty_lists() -> bytes:
    """60 MB of JSON in a file of 0.1 MB; parsed they take 25 times as much."""
    return sealed({"model.json": b"[" + b"[]," * (20 * MB) + b"[]]"})


def changed_model(change: Callable[[dict[str, Any]], object]) -> bytes:
    frame = sample_customers(200)
    members = members_of(CustomerSegmentation(n_clusters=3).fit(frame).model_.to_bytes())
    document = json.loads(members["model.json"])
    change(document)
    return sealed(members | {"model.json": json.dumps(document).encode()})


def long_names() -> bytes:
    return changed_model(lambda document: document["story"]["segments"][0].update(name="x" * MB))


def many_features() -> bytes:
    column = {"name": "c", "features": ["c"], "levels": []}
    return changed_model(
        lambda document: document["encoder"]["columns"].extend(
            document["encoder"]["columns"][0] | column for _ in range(2_000)
        )
    )


MODELS = {"empty lists": empty_lists, "long names": long_names, "many features": many_features}


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def refusal(machine: Machine, data: bytes, cookie: str, purpose: str = "dataset") -> Answer:
    """What a program is told in the end about a file that it sent."""
    sent = machine.upload(data, cookie, "kunden.bin", purpose)
    if sent.status != 202:
        return sent
    answers = [sent]

    def has_ended() -> bool:
        answers.append(machine.get(sent.headers["Location"], cookie))
        return answers[-1].status != 202

    until(has_ended, seconds=REFUSED_SECONDS, what="the bomb is refused")
    return answers[-1]


proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is read from /proc"
)


@proc
def test_models_are_read_in_no_web_worker(machine: Machine) -> None:
    web = machine.start_web()
    machine.start_worker()
    attacker, other = machine.visitor(), machine.visitor()
    workers = children(web.pid)
    assert refusal(machine, sealed({"model.json": b"{}"}), attacker, "model").status == 422
    before = [memory_mb(pid) for pid in workers]
    for name, make in MODELS.items():
        for _ in range(3):
            answer = refusal(machine, make(), attacker, "model")
            assert (answer.status, "model" in answer.json["error"]) == (422, True), name
        assert machine.get("/", other).status == 200
    grown = [memory_mb(pid) - old for pid, old in zip(workers, before, strict=True)]
    assert max(grown) < GROWTH_MB, grown


@proc
def test_bombs_are_refused_and_others_go_on(machine: Machine) -> None:
    web = machine.start_web()
    machine.start_worker()
    attacker, other = machine.visitor(), machine.visitor()
    workers = children(web.pid)
    # The first file fills what is filled once; it is no bomb's doing.
    assert refusal(machine, b"alone\n1\n2\n", attacker).status == 422
    before = [memory_mb(pid) for pid in workers]
    found: dict[str, Any] = {}
    for name, (make, _) in BOMBS.items():
        answer = refusal(machine, make(), attacker)
        found[name] = (answer.status, bool(answer.json["error"]))
        assert machine.get("/healthz", other).status == 200
        assert machine.get("/", other).status == 200
    assert found == {name: (status, True) for name, (_, status) in BOMBS.items()}
    assert children(web.pid) == workers, "no web worker died"
    grown = [memory_mb(pid) - old for pid, old in zip(workers, before, strict=True)]
    assert max(grown) < GROWTH_MB, grown
    assert machine.get("/readyz").status == 200
