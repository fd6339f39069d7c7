"""What the portal is made of: nothing that it does not use, nothing with a known hole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# First versions without the vulnerabilities that were public in November 2026.
FIRST_SAFE = {
    "aiohttp": "3.14.4",  # PYSEC-2026-4369, and CVE-2026-69243, CVE-2026-59881 before
    "authlib": "1.9.1",  # CVE-2026-116672, and CVE-2026-27962, CVE-2026-114615 to -114619 before
    "brotli": "1.2",  # CVE-2025-6176
    "certifi": "2024.7.4",  # CVE-2024-39689
    "click": "8.3.3",  # CVE-2026-7246
    "cryptography": "50",  # CVE-2026-69247
    "dash": "4.4.1",  # plotly/dash#3902; CVE-2024-21485 before
    "distributed": "2026.1",  # CVE-2026-23528
    "flask": "3.1.3",  # CVE-2026-27205
    "gunicorn": "27.0",  # CVE-2026-134820
    "idna": "3.15",  # CVE-2026-45409
    "jinja2": "3.1.6",  # CVE-2025-27516
    "joblib": "1.2",  # CVE-2022-21797
    "joserfc": "1.7.4",  # GHSA-gg9x-qcx2-xmrh, and CVE-2026-48990 before
    "msgpack": "1.2.1",  # CVE-2026-57585
    "numpy": "1.22.2",  # CVE-2021-41495
    "plotly": "6.0",  # whose plotly.js is newer than 2.25.2: CVE-2023-46308
    "pandas": "1.0.4",  # CVE-2020-13091, disputed
    "pyarrow": "23.0.1",  # CVE-2026-25087
    "pydantic-settings": "2.14.2",  # GHSA-4xgf-cpjx-pc3j; asks for pydantic without CVE-2024-3772
    "pygments": "2.20",  # CVE-2026-4539
    "pyjwt": "2.15",  # CVE-2026-101918, CVE-2026-102267, CVE-2026-32597
    "pytest": "9.0.3",  # CVE-2025-71176
    "python-dotenv": "1.2.2",  # CVE-2026-28684
    "redis": "6.2",  # PYSEC-2023-312, and CVE-2023-28858, CVE-2023-28859 before
    "requests": "2.33",  # CVE-2026-25645
    "setuptools": "78.1.1",  # CVE-2025-47273, and CVE-2024-6345, CVE-2022-40897 before
    "scikit-learn": "1.5",  # CVE-2024-5206
    "scipy": "1.10",  # CVE-2023-25399
    "tornado": "6.5.9",  # its security fixes, and CVE-2026-82397, CVE-2026-49853 to -49855 before
    "urllib3": "2.8",  # CVE-2026-97687 to -97689
    "werkzeug": "3.1.6",  # CVE-2026-27199
}
# Where a package's import is not called as the package.
IMPORTS = {
    "bootstrap-flask": "flask_bootstrap",
    "dash-ag-grid": "dash_ag_grid",
    "dash-bootstrap-components": "dash_bootstrap_components",
    "flask-caching": "flask_caching",
    "prometheus-client": "prometheus_client",
    "pydantic-settings": "pydantic_settings",
    "pyjwt": "jwt",
    "python-calamine": "python_calamine",
    "scikit-learn": "sklearn",
}
# Brought by others, so that only their floors are ours; gunicorn is started, Dask's frames come
# from callers.
NOT_IMPORTED = {
    "aiohttp", "certifi", "cryptography", "dask", "gunicorn", "idna", "jinja2", "joserfc",
    "msgpack", "pygments", "python-dotenv", "setuptools", "tornado", "urllib3",
}  # fmt: skip


def parsed(requirement: str) -> tuple[str, tuple[int, ...]]:
    """Name and floor of a requirement."""
    found = re.match(r"([\w.-]+)(?:\[[\w,]+\])?(?:>=([\d.]+))?", requirement)
    assert found is not None
    floor = tuple(int(part) for part in (found[2] or "0").split("."))
    return found[1].lower().replace("_", "-"), floor


EXTRAS = PROJECT["optional-dependencies"]
RUNTIME = [parsed(item) for item in (*PROJECT["dependencies"], *EXTRAS["oidc"], *EXTRAS["scale"])]
EVERY = RUNTIME + [parsed(item) for item in EXTRAS["test"]]


@pytest.mark.parametrize("name", sorted(FIRST_SAFE))
def test_no_floor_lets_a_known_vulnerability_in(name: str) -> None:
    floors = [floor for known, floor in EVERY if known == name]
    safe = tuple(int(part) for part in FIRST_SAFE[name].split("."))
    assert floors
    assert min(floors) >= safe


@pytest.mark.parametrize("name", sorted({name for name, _ in RUNTIME} - NOT_IMPORTED))
def test_what_is_installed_is_used(name: str) -> None:
    module = IMPORTS.get(name, name)
    imports = re.compile(
        rf"^\s*(import|from) {module}\b|find_spec\(.{module}.\)", re.MULTILINE | re.IGNORECASE
    )
    sources = [*(ROOT / "segmentation").rglob("*.py"), *(ROOT / "dashapp").rglob("*.py")]
    assert any(imports.search(path.read_text()) for path in sources)
