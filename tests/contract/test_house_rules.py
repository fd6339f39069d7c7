"""Every house rule is a check: lint, types, layers, the top level, what README promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("segmentation/**/*.py"), *ROOT.glob("dashapp/**/*.py")])
ALLOWED_TOP = {
    "dashapp", "assets", "segmentation", "tests", "Procfile", "pyproject.toml", "README.md",
    "LICENSE",
}  # fmt: skip
# Split by idea, not by count; complexity is limited by ruff.
LONGEST_FILE = 600


def run(*command: str) -> None:
    """Run a tool of this environment; its output is the failure's message."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def tracked_files() -> list[str]:
    """Files that git knows, or nothing to check outside a checkout."""
    done = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines() if done.returncode == 0 else []


def test_lint_finds_nothing() -> None:
    run("ruff", "check", ".")


def test_every_file_is_formatted() -> None:
    run("ruff", "format", "--check", ".")


def test_types_hold_in_strict_mode() -> None:
    run("mypy")


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_top_level_holds_only_what_the_design_names() -> None:
    top = {name.split("/")[0] for name in tracked_files()}
    assert {name for name in top if not name.startswith(".")} <= ALLOWED_TOP


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_grows_beyond_what_a_reader_holds_in_mind(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


def test_only_settings_read_the_environment() -> None:
    allowed = {
        "dashapp/settings/portal_settings.py",
        "dashapp/gunicorn_conf.py",
        "dashapp/__main__.py",
    }
    readers = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("dashapp/**/*.py")
        if re.search(r"os\.environ|os\.getenv|getenv\(", path.read_text())
    }
    assert readers <= allowed


def test_nothing_is_kept_in_browser_storage() -> None:
    for path in ROOT.glob("dashapp/**/*.py"):
        text = path.read_text()
        assert not re.search(r"storage_type\s*=\s*[\"'](session|local)", text), path
        assert "persistence_type" not in text, path


def test_no_chart_needs_webgl_scatter_or_raw_html() -> None:
    for path in ROOT.glob("dashapp/**/*.py"):
        code = re.sub(r'"""[\s\S]*?"""|#.*', "", path.read_text())
        assert not re.search(r"scattergl|Scattergl|parcoords|splom|dangerously_allow_html", code), (
            path
        )


def test_ci_runs_the_command_that_the_readme_names() -> None:
    readme = (ROOT / "README.md").read_text()
    command = next(line for line in readme.splitlines() if '".[test]"' in line)
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_readme_starts_with_its_two_commands() -> None:
    blocks = re.findall(r"```\n(.*?)\n```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert blocks[0].endswith("pip install -e . && .venv/bin/python -m dashapp")
    assert blocks[1].endswith('pip install -e ".[test]" && .venv/bin/pytest')


def test_the_procfile_is_the_one_of_the_readme() -> None:
    lines = (ROOT / "Procfile").read_text().strip().splitlines()
    readme = (ROOT / "README.md").read_text()
    assert all(line in readme for line in lines)


def test_the_settings_table_of_the_readme_is_that_of_the_code() -> None:
    from dashapp.settings.portal_settings import Settings

    rows = re.findall(
        r"^\| `SEGMENTATION_(\w+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    assert rows == [name.upper() for name in Settings.model_fields]
