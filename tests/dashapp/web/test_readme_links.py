"""The README's code for hosts, as it stands there: its links open a portal."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dashapp.web.launching import KEY, hosted, launch, share

README = Path(__file__).resolve().parents[3] / "README.md"
HOST = "https://bi.example.com"
# Nothing else of the portal needs Node.
LANGUAGES = ["python", "js"] if shutil.which("node") else ["python"]


def code(language: str, holding: str) -> str:
    """The one block of code in a language that holds some words."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)
    (found,) = [block for block in blocks if holding in block]
    return str(found)


def printed(command: list[str], source: str) -> str:
    """What a program prints that is read from standard input."""
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_made_as_the_readme_says_opens_a_shared_model(language: str, tmp_path: Path) -> None:
    portal = hosted(tmp_path, frame_ancestors=HOST)
    asked = f"link({json.dumps(KEY)}, {json.dumps(share(portal))})"
    source = code(language, "segmentation-host")
    if language == "python":
        address = printed([sys.executable, "-"], f"{source}\nprint({asked})")
    else:
        address = printed(["node", "-"], f"{source}\nconsole.log({asked});")
    assert address.startswith("https://segments.example.com/embed?t=")
    answer, _ = launch(portal, address.removeprefix("https://segments.example.com"))
    assert answer.status_code == 200
    assert "portal-view" in answer.text
