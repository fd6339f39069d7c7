"""What a wheel holds: an installation without -e finds its styles, scripts and playbook."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("dashapp", "segmentation", "assets", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of all files in the wheel, built from a copy so that the checkout stays clean."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_asset_is_shipped_where_the_portal_looks_for_it(names: set[str]) -> None:
    assets = [path for path in (ROOT / "assets").rglob("*") if path.is_file()]
    assert assets
    for path in assets:
        assert f"dashapp/assets/{path.relative_to(ROOT / 'assets')}" in names


def test_every_module_and_the_playbook_are_shipped(names: set[str]) -> None:
    for package in ("dashapp", "segmentation"):
        for path in (ROOT / package).rglob("*"):
            if path.suffix in {".py", ".toml"} and "__pycache__" not in path.parts:
                assert str(path.relative_to(ROOT)) in names


def test_the_command_is_installed(names: set[str]) -> None:
    assert any(name.endswith("entry_points.txt") for name in names)


def test_nothing_else_is_shipped(names: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "dashapp", "segmentation", "customer_segmentation_portal",
    }  # fmt: skip
