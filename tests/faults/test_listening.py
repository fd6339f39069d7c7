"""Unless hosted for others, nothing of the portal listens beyond this machine."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from segmentation.scale.processes.dask_client import Workers
from tests.faults.conftest import PORTAL, START_SECONDS, WEB, Machine, descendants
from tests.waiting import until

LISTENS = "0A"
SECRET = "a-secret-of-the-test-suite-of-40-characters"


def listening(pid: int) -> set[str]:
    """IPv4 and IPv6 addresses on which a process or one that it has started listens."""
    inodes = set()
    for process in [pid, *descendants(pid)]:
        with suppress(OSError):
            for file in Path(f"/proc/{process}/fd").iterdir():
                with suppress(OSError):
                    inodes.add(str(file.readlink()).removeprefix("socket:[").removesuffix("]"))
    lines = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {
        address(line[1].partition(":")[0])
        for line in lines
        if line[3] == LISTENS and line[9] in inodes
    }


def address(kernels: str) -> str:
    """An address as the kernel writes it, words in the machine's order."""
    words = [bytes.fromhex(kernels[at : at + 8])[::-1] for at in range(0, len(kernels), 8)]
    kind = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(kind, b"".join(words))


@pytest.mark.parametrize("command", [WEB, PORTAL], ids=["gunicorn", "supervisor"])
@pytest.mark.parametrize(("hosted", "expected"), [(False, "127.0.0.1"), (True, "0.0.0.0")])
def test_the_portal_listens_to_others_only_when_hosted(
    machine: Machine, command: list[str], hosted: bool, expected: str
) -> None:
    if hosted:
        machine.environment |= {
            "SEGMENTATION_HOSTED": "1",
            "SEGMENTATION_OPEN_TO_ALL": "1",
            "SEGMENTATION_SECRET_KEY": SECRET,
        }
    process = machine.start(command)
    until(lambda: machine.get("/healthz").status == 200, seconds=START_SECONDS, what="answers")
    assert listening(process.pid) == {expected}


def test_processes_for_large_data_listen_on_this_machine_only(tmp_path: Path) -> None:
    with Workers.open(memory=2 * 1024**3, local_directory=tmp_path):
        assert listening(os.getpid()) == {"127.0.0.1"}
