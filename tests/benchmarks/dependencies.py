"""Every distribution that this environment resolved, beside its floor; then what advisories say.

    .venv/bin/python tests/benchmarks/dependencies.py

Exits with 1 where a distribution is below its floor, or where pip-audit, if it is installed and
reaches a source of advisories, knows a vulnerability.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from packaging.version import Version  # noqa: E402 - the project's root comes first

from tests.contract.test_supply import EVERY, FIRST_SAFE  # noqa: E402


def write(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Print the table and run the audit."""
    floors = {name: Version(".".join(map(str, floor))) for name, floor in EVERY if any(floor)}
    found = {
        item.metadata["Name"].lower().replace("_", "-"): Version(item.version)
        for item in distributions()
    }
    below = [name for name in found if name in floors and found[name] < floors[name]]
    for name, version in sorted(found.items()):
        floor = floors.get(name)
        notes = ["below its floor"] * (name in below) + ["has a known past"] * (name in FIRST_SAFE)
        write(
            f"{name:32} {version!s:18} {'>=' + str(floor) if floor else '-':12} {', '.join(notes)}"
        )
    write(f"{len(found)} distributions, {len(below)} below their floor")
    if find_spec("pip_audit") is None:
        write("pip-audit is not installed: advisories were not asked (pip install pip-audit)")
        return int(bool(below))
    asked = subprocess.run([sys.executable, "-m", "pip_audit", "--local"], check=False)
    return int(bool(below) or asked.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
