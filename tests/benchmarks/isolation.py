"""Eight sessions do anything at random through two web workers; nobody may see another's canary.

    python tests/benchmarks/isolation.py --steps 100000
    python tests/benchmarks/isolation.py --steps 100000 --redis

Prints answers by status, how often the sessions saw canaries of their own, and every leak.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.isolation.wandering import wander
from tests.redis_server import RedisServer


def main() -> int:
    """Run it; 1 when something was seen by others or an answer was a fault of the server."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--redis", action="store_true", help="with Redis instead of files")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        redis = RedisServer(Path(name)) if options.redis else None
        began = time.monotonic()
        try:
            url = redis.url if redis else None
            found = wander(Path(name), options.steps, redis_url=url, seed=options.seed)
        finally:
            if redis:
                redis.stop()
    print(  # noqa: T201
        f"{found.steps():,} steps on {'Redis' if options.redis else 'files'} in "
        f"{time.monotonic() - began:.0f} s; by status {dict(sorted(found.statuses().items()))}; "
        f"kinds of requests: {len({what for what, _ in found.answers})}; own canaries seen: "
        f"{sum(found.own.values()):,} in {len(found.own)} kinds; canaries of others: "
        f"{len(found.leaks)}"
    )
    for line in (*found.leaks, *found.broken):
        print(line)  # noqa: T201
    return 1 if found.leaks or found.broken else 0


if __name__ == "__main__":
    sys.exit(main())
