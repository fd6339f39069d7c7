"""Our own scripts and styles come as two files."""

from __future__ import annotations

import re
from pathlib import Path

from dashapp.app import assets_folder
from dashapp.dash_patches.bundles import bundled
from tests.dashapp.portal import ORIGIN, Portal


def test_files_follow_each_other_by_name_and_deeper_ones_are_left_out(tmp_path: Path) -> None:
    for name, text in (("b.js", "second"), ("a.js", "first"), ("a.css", "style")):
        (tmp_path / name).write_text(text)
    (tmp_path / "head").mkdir()
    (tmp_path / "head" / "c.js").write_text("by itself")
    assert bundled(tmp_path, "js") == b"first\nsecond"
    assert bundled(tmp_path, "css") == b"style"


def test_the_page_asks_for_each_bundle_once_and_may_keep_it(portal: Portal) -> None:
    page = portal.client.get("/", headers=ORIGIN).text
    own = re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:js|css)\b[^"]*)"', page)
    bundles = [address for address in own if not address.startswith("/assets/head/")]
    assert [re.sub(r"m=\w+", "m=", address) for address in sorted(bundles)] == [
        "/assets/all.css?m=", "/assets/all.js?m=",
    ]  # fmt: skip
    for address in bundles:
        answer = portal.client.get(address)
        assert answer.data == bundled(assets_folder(), address.split("?")[0].rpartition(".")[2])
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
