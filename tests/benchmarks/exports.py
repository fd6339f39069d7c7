"""One session asks for large files again and again: what others notice, and what it costs.

python tests/benchmarks/exports.py --rows 100000 --requests 16 --seconds 30
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import psutil
import requests

from dashapp.app import create_app
from dashapp.settings.portal_settings import Settings
from segmentation import sample_customers
from tests.callbacks import find_by_input
from tests.servers import Server, start_server, stop_server
from tests.visitor import Visitor

MB = 1024 * 1024
# A click in a hundred milliseconds, as of a person in a hurry.
PAUSE_SECONDS = 0.1


def main() -> None:
    """Run it and print both sides."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=16, help="at the same time")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--kind", choices=("csv", "xlsx"), default="xlsx")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = create_app(Settings(data_dir=folder / "map"))
        server = start_server(folder)
        try:
            one, other = (
                Visitor(server.url, lambda output, input_: find_by_input(app, output, input_))
                for _ in range(2)
            )
            one.upload("many.csv", sample_customers(options.rows, 1).to_csv(index=False).encode())
            other.upload("few.csv", sample_customers(500, 2).to_csv(index=False).encode())
            for visitor in (one, other):
                visitor.find_segments()
                click(visitor)
            print("alone:      ", watched(server, other, options.seconds, [], one))  # noqa: T201
            query = f"data={one.refs['dataset']}&model={one.refs['model']}"
            same = [f"{server.url}/download/customers.{options.kind}?{query}"] * options.requests
            others = [f"{path}&rows={place}" for place, path in enumerate(same)]
            print("one file:   ", watched(server, other, options.seconds, same, one))  # noqa: T201
            print("many files: ", watched(server, other, options.seconds, others, one))  # noqa: T201
        finally:
            stop_server(server)


def click(visitor: Visitor) -> float:
    """Open the customers' list; how long it takes, in milliseconds."""
    began = time.perf_counter()
    visitor.fire(
        "segments-body.children", "segments-tabs.data", {"segments-tabs.data": "customers"}
    )
    return 1000 * (time.perf_counter() - began)


def watched(server: Server, other: Visitor, seconds: float, paths: list[str], one: Visitor) -> str:
    """What somebody else's clicks take, and what web workers take, while files are asked for."""
    workers = psutil.Process(server.web.pid).children()
    before = [worker.memory_info().rss for worker in workers]
    most = list(before)
    times = []
    # A process of its own: whoever clicks must not wait for the threads of who asks.
    with ProcessPoolExecutor(1) as apart:
        answers = apart.submit(ask_for_all, paths, one.cookies, seconds)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            times.append(click(other))
            now = [worker.memory_info().rss for worker in workers]
            most = list(map(max, most, now))
            time.sleep(PAUSE_SECONDS)
        statuses = answers.result()
    grown = max(now - then for now, then in zip(most, before, strict=True)) / MB
    p50, p95, worst = np.percentile(times, [50, 95, 100])
    return (
        f"clicks of somebody else {p50:.0f} ms, p95 {p95:.0f}, at most {worst:.0f}; a web worker "
        f"+{grown:.0f} MB; answers {dict(statuses)}"
    )


def ask_for_all(paths: list[str], cookies: dict[str, str], seconds: float) -> Counter[int]:
    """Ask for files at the same time, again and again; how often each status was answered."""
    statuses = Counter[int]()
    until = time.monotonic() + seconds

    def ask(path: str) -> None:
        while time.monotonic() < until:
            with requests.get(path, cookies=cookies, stream=True, timeout=120) as answer:
                statuses[answer.status_code] += 1
                for _ in answer.iter_content(MB):
                    pass
            time.sleep(PAUSE_SECONDS if answer.status_code == requests.codes.ok else 1)

    with ThreadPoolExecutor(max(1, len(paths))) as pool:
        list(pool.map(ask, paths))
    return statuses


if __name__ == "__main__":
    main()
