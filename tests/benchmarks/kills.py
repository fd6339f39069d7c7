"""Kill 200 web workers and 100 training processes under load, and look for what was lost.

python tests/benchmarks/kills.py --web 200 --jobs 100
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dashapp.app import create_app
from dashapp.settings.portal_settings import Settings
from tests.callbacks import find_by_input
from tests.faults.killing import work_under_fire
from tests.servers import start_server, stop_server


def main() -> int:
    """Run it; 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--web", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--sessions", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = create_app(Settings(data_dir=folder / "map"))
        # So many sessions from one address, and none may be held up by a limit on requests.
        server = start_server(
            folder, SEGMENTATION_WORKERS="2", SEGMENTATION_UPLOADS_PER_MINUTE="999"
        )
        began = time.monotonic()
        try:
            outcome = work_under_fire(
                server,
                folder,
                lambda output, input_: find_by_input(app, output, input_),
                sessions=options.sessions,
                web=options.web,
                jobs=options.jobs,
            )
        finally:
            stop_server(server)
    print(  # noqa: T201
        f"{outcome.web_kills} web workers and {outcome.job_kills} training processes killed in "
        f"{time.monotonic() - began:.0f} s; {outcome.acknowledged} acknowledged; "
        f"jobs {dict(outcome.jobs)}; broken promises: {outcome.broken or 'none'}"
    )
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
