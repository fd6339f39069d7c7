"""Charts' files are written by the browser, by the same rule as those of the server."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

from dashapp.app import assets_folder
from segmentation import FORMULA_PATTERN, escape_formula
from tests.conftest import missing
from tests.dashapp.portal import Portal
from tests.formulas import cells_of, could_run

# Loads the script as a page does, with the pattern in its head, and writes the lines of stdin.
HARNESS = """
const text = require("fs").readFileSync(0, "utf8"), {script, pattern, rows} = JSON.parse(text);
globalThis.window = {};
globalThis.document = {querySelector: () => ({content: pattern})};
require("vm").runInThisContext(script);
process.stdout.write(JSON.stringify(rows.map(window.portalCsv.line)));
"""


def lines(rows: list[list[Any]]) -> list[str]:
    """What the browser's script writes for some rows."""
    node = shutil.which("node")
    if node is None:
        missing("no node is installed to run the browser's script")
    assert node is not None
    asked = {
        "script": (assets_folder() / "csv.js").read_text(),
        "pattern": FORMULA_PATTERN,
        "rows": rows,
    }
    done = subprocess.run(
        [node, "-e", HARNESS], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return list(json.loads(done.stdout))


def hostile_texts() -> list[str]:
    """Each hostile piece alone, and behind each other."""
    some = ["=1+1", "-5", ";", "\t", "\n", '"', " ", "＝1", "\u200b", "x", "+49 30 1234", "-2+3"]
    return some + [a + b for a in some for b in some] + [a + b + "=1" for a in some for b in some]


def test_the_browser_escapes_what_the_server_escapes() -> None:
    texts = hostile_texts()
    for text, line in zip(texts, lines([[text] for text in texts]), strict=True):
        ((cell,),) = csv.reader(io.StringIO(line, newline=""))
        assert cell == escape_formula(text)


def test_no_cell_of_a_charts_file_can_run_whatever_separates_lists() -> None:
    rows: list[list[Any]] = [[-1.5, text, text] for text in hostile_texts()]
    for line in lines(rows):
        for delimiter in (",", ";", "\t"):
            assert not any(could_run(cell) for cell in cells_of(line, delimiter)), line


def test_numbers_of_a_charts_file_stay_numbers() -> None:
    assert lines([[-1.5, 0, 1e-9, None, 1 / 3]]) == ["-1.5,0,1e-9,,0.3333333"]


def test_the_page_gives_the_rule_to_the_browser(tmp_path: Path) -> None:
    page = Portal.new(tmp_path).client.get("/").get_data(as_text=True)
    found = re.search(r'<meta name="portal-formulas" content="([^"]+)"', page)
    assert found is not None
    assert unescape(found.group(1)) == FORMULA_PATTERN
