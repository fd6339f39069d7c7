"""Whether slow clients hold up others: the portal as in production, without a proxy in front.

Starts gunicorn with two workers, opens slow connections of all kinds (or of one), and lets a few
visitors click and upload meanwhile, and a probe ask for /healthz. Prints what was answered, how
fast, and how often slow connections were closed.

    python tests/benchmarks/slow_clients.py
    python tests/benchmarks/slow_clients.py --connections 200 --kind "idle upload"
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

import requests

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from dashapp.app import create_app  # noqa: E402
from dashapp.settings.portal_settings import Settings  # noqa: E402
from segmentation import sample_customers  # noqa: E402
from tests.callbacks import SAME_ORIGIN, body_of, find_by_input  # noqa: E402
from tests.servers import Server, start_server, stop_server  # noqa: E402
from tests.slow_clients import Siege, largest_script, slow_clients  # noqa: E402
from tests.visitor import Visitor  # noqa: E402

USERS = 5
THINK_SECONDS = 0.5
PROBE_SECONDS = 3.0
UPLOAD_SECONDS = 4.0
PATIENCE_SECONDS = 10.0
ROWS = 40_000
SMALL = b"id,age\n" + b"".join(b"%d,%d\n" % (row, 20 + row % 50) for row in range(20_000))


class Tally:
    """What visitors saw, by what they did."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}
        self.outcomes: dict[str, Counter[str]] = {}

    def note(self, name: str, act: Callable[[], int]) -> None:
        """Do something and keep its outcome and time."""
        began = time.perf_counter()
        try:
            outcome = str(act())
        except requests.RequestException as error:
            outcome = type(error).__name__
        self.seconds.setdefault(name, []).append(time.perf_counter() - began)
        self.outcomes.setdefault(name, Counter())[outcome] += 1

    def report(self) -> None:
        """Print one line for each kind of action."""
        for name, seconds in sorted(self.seconds.items()):
            cuts = quantiles(seconds, n=20) if len(seconds) > 1 else seconds * 20
            good = sum(n for code, n in self.outcomes[name].items() if code[:1] == "2")
            print(  # noqa: T201
                f"{name:9} {good:4} of {len(seconds):4} answered, p50 {1e3 * cuts[9]:6.0f} ms, "
                f"p95 {1e3 * cuts[18]:6.0f} ms, worst {1e3 * max(seconds):6.0f} ms, "
                f"{dict(self.outcomes[name])}"
            )


def every(seconds: float, stop: threading.Event, act: Callable[[], None]) -> threading.Thread:
    """A thread that does something again and again."""

    def run() -> None:
        while not stop.wait(seconds):
            act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def clicking(
    url: str, body: dict[str, object], cookies: object, tally: Tally
) -> Callable[[], None]:
    """One visitor's click: a callback that draws a page with its data."""
    http = requests.Session()
    http.headers.update(SAME_ORIGIN)
    http.cookies.update(cookies)  # type: ignore[arg-type]

    def ask() -> int:
        address = f"{url}/_dash-update-component"
        return http.post(address, json=body, timeout=PATIENCE_SECONDS).status_code

    return lambda: tally.note("click", ask)


def uploading(url: str, cookies: object, tally: Tally) -> Callable[[], None]:
    """One visitor's upload of a small file."""

    def ask() -> int:
        headers = {**SAME_ORIGIN, "X-Portal-Upload": "1", "X-File-Name": "small.csv"}
        return requests.post(
            f"{url}/upload", data=SMALL, headers=headers, cookies=cookies,  # type: ignore[arg-type]
            timeout=PATIENCE_SECONDS,
        ).status_code  # fmt: skip

    return lambda: tally.note("upload", ask)


def asking(name: str, address: str, tally: Tally) -> Callable[[], None]:
    """Ask for something small on a new connection."""
    return lambda: tally.note(
        name, lambda: requests.get(address, timeout=PATIENCE_SECONDS).status_code
    )


def prepared(server: Server, folder: Path) -> Visitor:
    """A visitor with customers and segments."""
    app = create_app(Settings(data_dir=folder / "map"))
    visitor = Visitor(server.url, lambda output, input_: find_by_input(app, output, input_))
    table = sample_customers(ROWS, 1)
    visitor.upload("customers.csv", table.to_csv(index=False).encode())
    visitor.find_segments()
    return visitor


def measure(server: Server, folder: Path, options: argparse.Namespace) -> None:
    """Besiege the portal and print what others notice."""
    visitor = prepared(server, folder)
    cookies, tally, stop = visitor._http.cookies, Tally(), threading.Event()
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    download = (
        f"/download/customers.csv?data={visitor.refs['dataset']}&model={visitor.refs['model']}"
    )
    kinds = slow_clients(cookie, largest_script(server.url), download)
    kinds = [kind for kind in kinds if re.search(options.kind, kind.name)]
    values = {"shell-refs.data": visitor.refs, "shell-theme.data": "light"}
    app = create_app(Settings(data_dir=folder / "map"))
    click = find_by_input(app, "segments-content.children", "shell-refs.data")
    body = body_of(click, values, "shell-refs.data")
    port = int(server.url.rpartition(":")[2])
    with Siege(port, kinds, options.connections // len(kinds)) as siege:
        stop.wait(2)
        acts = [(THINK_SECONDS, clicking(server.url, body, cookies, tally)) for _ in range(USERS)]
        acts += [
            (UPLOAD_SECONDS, uploading(server.url, cookies, tally)),
            (PROBE_SECONDS, asking("/healthz", f"{server.url}/healthz", tally)),
            (PROBE_SECONDS, asking("/readyz", f"{server.url}/readyz", tally)),
            (PROBE_SECONDS, asking("page", server.url, tally)),
        ]
        threads = [every(seconds, stop, act) for seconds, act in acts]
        stop.wait(options.seconds)
        stop.set()
        for thread in threads:
            thread.join()
        made = dict(siege.connected)
        print(f"{siege.size} slow connections, {options.seconds:g} s, made: {made}")  # noqa: T201
    tally.report()
    for pid in web_workers(server):
        print(f"web worker: {memory(pid)}")  # noqa: T201


def web_workers(server: Server) -> list[int]:
    """Process ids of gunicorn's workers."""
    children = Path(f"/proc/{server.web.pid}/task/{server.web.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def memory(pid: int) -> str:
    """Resident memory and threads of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = dict(re.findall(r"(VmRSS|VmHWM|Threads):\s+(\d+)", status))
    return (
        f"{int(found['VmRSS']) / 1024:.0f} MB, at most {int(found['VmHWM']) / 1024:.0f} MB, "
        f"{found['Threads']} threads"
    )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=65)
    parser.add_argument("--kind", default="", help="only kinds whose name matches")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        server = start_server(
            Path(name),
            SEGMENTATION_REQUESTS_PER_MINUTE="100000",
            SEGMENTATION_NEW_SESSIONS_PER_MINUTE="100000",
            SEGMENTATION_UPLOADS_PER_MINUTE="100000",
        )
        try:
            measure(server, Path(name), options)
        finally:
            stop_server(server)


if __name__ == "__main__":
    main()
