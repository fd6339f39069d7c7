"""Processes that die and clusters that go: the same result, or a clear word."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import distributed
import joblib
import pandas as pd
import pytest

from segmentation import ClusterError, CustomerSegmentation, ParameterError, SegmentModel
from segmentation.options import Settings
from segmentation.scale.processes.dask_client import Workers
from segmentation.scale.processes.memory_shares import DIRECTOR, LEAST, share_out
from segmentation.scale.processes.temp_folders import clear_leftovers
from segmentation.scale.train_parts import train_in_parts
from tests.dask_cluster import Cluster, running_cluster
from tests.segmentation.scale.conftest import SAMPLE, write_parts


@pytest.fixture(scope="module")
def folder(customers: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_parts(customers, tmp_path_factory.mktemp("data") / "parquet", 6)


@pytest.fixture(scope="module")
def expected(folder: Path, workers: Workers) -> SegmentModel:
    return train_in_parts(
        folder, Settings(n_clusters=4, k_range=(3, 4)), workers, sample_rows=SAMPLE
    ).model


@pytest.mark.parametrize("during", ["Reading all rows", "pass 1", "Profiling"])
def test_a_worker_killed_during_a_pass_changes_nothing(
    folder: Path, workers: Workers, expected: SegmentModel, during: str
) -> None:
    killed: list[int] = []

    def kill(words: str, _: float) -> None:
        if during in words and not killed:
            killed.append(workers.processes[0])
            os.kill(killed[0], signal.SIGKILL)

    settings = Settings(n_clusters=4, k_range=(3, 4))
    found = train_in_parts(folder, settings, workers, sample_rows=SAMPLE, progress=kill).model
    assert killed
    assert found.inertia == expected.inertia
    assert found.segments == expected.segments


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and a worker as processes of their own."""
    with running_cluster(tmp_path) as running:
        yield running


def test_a_cluster_does_the_work_and_a_lost_scheduler_is_said(
    folder: Path, cluster: Cluster, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(n_clusters=3, k_range=(3, 4))

    def lose(words: str, _: float) -> None:
        if "pass 1" in words:
            cluster.scheduler.kill()

    with Workers.open(cluster.address) as connected:
        assert train_in_parts(folder, settings, connected, sample_rows=SAMPLE).model.verdict.k == 3
        with pytest.raises(ClusterError, match="scheduler was lost"):
            train_in_parts(folder, settings, connected, sample_rows=SAMPLE, progress=lose)
    assert "Traceback" not in capfd.readouterr().err


def test_a_cluster_that_loses_all_its_workers_is_said(
    folder: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segmentation.scale.processes.dask_client._ALONE", 0.5)

    def lose(words: str, _: float) -> None:
        if "pass 1" in words:
            cluster.workers[0].kill()

    with Workers.open(cluster.address) as connected:
        settings = Settings(n_clusters=3, k_range=(3, 4))
        with pytest.raises(ClusterError, match="All workers") as caught:
            train_in_parts(folder, settings, connected, sample_rows=SAMPLE, progress=lose)
    assert caught.value.kind == "no_workers"


def test_what_a_killed_training_left_with_the_workers_is_removed(
    cluster: Cluster, tmp_path: Path
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = Path(tempfile.gettempdir()) / f"segmentation-{gone.pid}-a-{socket.gethostname()}"
    left.mkdir()
    Workers.open(cluster.address).close()
    assert not left.exists()


def test_a_scheduler_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segmentation.scale.processes.dask_client._PATIENCE", 0.3)
    with pytest.raises(ClusterError, match="no Dask scheduler at tcp://127"):
        Workers.open("tcp://127.0.0.1:9")


def test_memory_is_shared_out_among_processes() -> None:
    count, limit = share_out("2GB")
    assert count >= 1
    assert count * limit + DIRECTOR <= 2_000_000_000
    assert limit >= LEAST
    with pytest.raises(ParameterError, match="too little"):
        share_out("600MB")
    with pytest.raises(ParameterError, match="no size"):
        share_out("plenty")


def test_files_made_on_the_way_are_gone_in_the_end(folder: Path, tmp_path: Path) -> None:
    with Workers.open(memory="1.5GB", local_directory=str(tmp_path)) as own:
        train_in_parts(folder, Settings(n_clusters=2, k_range=(2, 3)), own, sample_rows=SAMPLE)
        assert list(tmp_path.glob("segmentation-*/*/points-*"))
    assert not list(tmp_path.glob("segmentation-*"))


def test_files_of_a_run_that_was_killed_are_removed_by_the_next(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, ours, foreign = (
        tmp_path / name
        for name in (
            f"segmentation-{gone.pid}-a-{socket.gethostname()}",
            f"segmentation-{os.getpid()}-b-{socket.gethostname()}",
            f"segmentation-{gone.pid}-a-elsewhere",
        )
    )
    for folder in (left, ours, foreign):
        folder.mkdir()
        (folder / "points-0").touch()
    clear_leftovers(tmp_path)
    assert not left.exists()
    assert ours.exists()
    assert foreign.exists()


def test_what_joblib_runs_can_run_on_the_cluster_with_the_same_result(
    customers: pd.DataFrame, tmp_path: Path
) -> None:
    expected = CustomerSegmentation(k_range=(3, 4)).fit(customers).model_
    with (
        running_cluster(tmp_path, workers=2) as cluster,  # joblib leaves out a single core
        distributed.Client(cluster.address, set_as_default=False) as client,
    ):
        client.wait_for_workers(2)
        with joblib.parallel_config("dask", client=client):
            found = CustomerSegmentation(k_range=(3, 4)).fit(customers).model_
        done = client.run(lambda dask_worker: dask_worker.state.executed_count)
    assert min(done.values()) > 0
    assert found.segments == expected.segments
    assert found.verdict == expected.verdict
    assert found.evidence == expected.evidence


# What somebody else on this machine would do first: ask a port who it is, in Dask's own words.
INTRUDER = """
import asyncio, sys, distributed

async def ask(address):
    try:
        async with asyncio.timeout(5):
            await distributed.core.rpc(address).identity()
    except Exception as refused:
        return type(refused).__name__
    return "answered"

async def ask_all():
    print(*await asyncio.gather(*map(ask, sys.argv[1:])))

asyncio.run(ask_all())
"""


def listening(processes: set[int]) -> set[int]:
    """Ports on which some processes listen."""
    sockets = set()
    for link in (link for each in processes for link in Path(f"/proc/{each}/fd").iterdir()):
        with contextlib.suppress(FileNotFoundError):  # closed since
            sockets.add(str(link.readlink()))
    inodes = {name[len("socket:[") : -1] for name in sockets if name.startswith("socket:[")}
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    found = [line for line in lines if line[3] == "0A" and line[9] in inodes]
    assert all(line[1].startswith("0100007F") for line in found), "somebody listens to the world"
    return {int(line[1].split(":")[1], 16) for line in found}


def test_nobody_else_on_this_machine_reaches_the_processes_that_we_start() -> None:
    with Workers.open(memory="1GB") as workers:
        nannies = Path(f"/proc/{os.getpid()}/task").glob("*/children")
        children = {int(child) for task in nannies for child in task.read_text().split()}
        ports = listening({os.getpid(), *children, *workers.processes})
        assert ports
        places = [f"127.0.0.1:{port}" for port in sorted(ports)]
        addresses = [f"{kind}://{place}" for place in places for kind in ("tcp", "tls")]
        asked = subprocess.run(
            [sys.executable, "-c", INTRUDER, *addresses],
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        assert len(asked.stdout.split()) == len(addresses)
        assert "answered" not in asked.stdout


def test_a_scheduler_without_certificates_does_answer_them(cluster: Cluster) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", INTRUDER, cluster.address],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert asked.stdout.split() == ["answered"]
