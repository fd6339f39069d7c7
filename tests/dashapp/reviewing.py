"""What a visitor does on the Data page, over HTTP."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from tests.callbacks import texts
from tests.dashapp.portal import Portal

Refs = dict[str, Any]


def import_file(portal: Portal, data: bytes, name: str = "kunden.csv") -> Refs:
    """Upload a file and wait; the tab's references."""
    job = portal.upload(name, data).get_json()["job"]
    return dict(portal.follow({"id": job}, {})["shell-refs.data"])


def change(portal: Portal, refs: Refs, input_: str, values: dict[str, Any]) -> dict[str, Any]:
    """Change something on the page and wait; what the shell shows then."""
    started = portal.fire("shell-job.data", input_, {**values, "shell-refs.data": refs})
    return portal.follow(started["shell-job.data"], refs)


def layout_values(**fields: Any) -> dict[str, Any]:
    ids = [{"type": "data-layout", "field": field} for field in fields]
    return {
        "data-layout.value": list(zip(ids, fields.values(), strict=True)),
        "data-layout.id": list(zip(ids, ids, strict=True)),
    }


def fix_values(fixes: dict[str, Any]) -> dict[str, Any]:
    ids = [{"type": "data-fix", "key": key} for key in fixes]
    return {
        "data-apply-fixes.n_clicks": 1,
        "data-fix.value": list(zip(ids, fixes.values(), strict=True)),
        "data-fix.id": list(zip(ids, ids, strict=True)),
    }


def read_differently(portal: Portal, refs: Refs, **fields: Any) -> Refs:
    return dict(try_reading(portal, refs, **fields)["shell-refs.data"])


def try_reading(portal: Portal, refs: Refs, **fields: Any) -> dict[str, Any]:
    """Choose how the file is read, press the button and wait; what the shell shows then."""
    values = layout_values(**fields) | {"data-read.n_clicks": 1}
    return change(portal, refs, "data-read.n_clicks", values)


def preview(portal: Portal, refs: Refs, **fields: Any) -> str:
    """Change choices of the form and wait; the words of the preview."""
    values = layout_values(**fields) | {"shell-refs.data": refs}
    started = portal.fire("shell-job.data", "data-layout.value", values)
    assert started["data-read.disabled"] is False
    done = portal.follow(started["shell-job.data"], refs)["shell-done.data"]
    shown = portal.fire("data-preview.children", "shell-done.data", {"shell-done.data": done})
    return texts(shown["data-preview.children"])


def unread(portal: Portal, data: bytes, name: str = "kunden.csv", refs: Refs | None = None) -> Refs:
    """Upload a file that cannot be read by itself; the tab's references then."""
    job = portal.upload(name, data).get_json()["job"]
    return dict(portal.follow({"id": job}, refs or {})["shell-refs.data"])


def apply_fixes(portal: Portal, refs: Refs, fixes: dict[str, str]) -> dict[str, Any]:
    return change(portal, refs, "data-apply-fixes.n_clicks", fix_values(fixes))


def edit_cell(portal: Portal, refs: Refs, column: str, field: str, value: str) -> dict[str, Any]:
    """Change one cell of the column grid and wait."""
    row = {"name": column, "role": "ordinal", "use": "basis", field: value}
    edited = {"data-columns-grid.cellValueChanged": [{"colId": field, "data": row}]}
    return change(portal, refs, "data-columns-grid.cellValueChanged", edited)


def undo(portal: Portal, refs: Refs, clicks: int = 1) -> Refs:
    return step(portal, refs, "data-undo", clicks)


def redo(portal: Portal, refs: Refs, clicks: int = 1) -> Refs:
    return step(portal, refs, "data-redo", clicks)


def step(portal: Portal, refs: Refs, button: str, clicks: int) -> Refs:
    """Click so often on a button that was drawn for these references."""
    values = {f"{button}.n_clicks": clicks, f"{button}.value": refs["dataset"]}
    return dict(portal.fire("shell-refs.data", f"{button}.n_clicks", values)["shell-refs.data"])


def page(portal: Portal, refs: Refs) -> dict[str, Any]:
    return portal.fire("data-content.children", "shell-refs.data", {"shell-refs.data": refs})


def words(portal: Portal, refs: Refs) -> str:
    return texts(page(portal, refs)["data-content.children"])


def grid_rows(tree: Any) -> list[dict[str, Any]]:
    """The rows of the only grid in a component tree."""
    if isinstance(tree, dict):
        if "rowData" in tree:
            return list(tree["rowData"])
        tree = list(tree.values())
    found = [grid_rows(item) for item in tree] if isinstance(tree, list) else []
    return next((rows for rows in found if rows), [])


def apply_recipe(portal: Portal, refs: Refs, data: bytes) -> Any:
    """Send a recipe as the drop zone does."""
    return send_for(portal, refs, data, "recipe", "recipe.json")


def send_for(portal: Portal, refs: Refs, data: bytes, purpose: str, name: str) -> Any:
    """Send a file that belongs to the data set of the tab."""
    return portal.client.post(
        "/upload",
        data=data,
        content_type="application/octet-stream",
        headers={
            "Sec-Fetch-Site": "same-origin", "X-Portal-Upload": "1", "X-File-Name": name,
            "X-Purpose": purpose, "X-Data": refs.get("dataset") or "",
        },
    )  # fmt: skip


def mend(portal: Portal, refs: Refs, data: bytes) -> Refs:
    """Send mended rows as the drop zone does and wait; the tab's references."""
    sent = send_for(portal, refs, data, "mended", "mended.csv")
    return dict(portal.follow({"id": sent.get_json()["job"]}, refs)["shell-refs.data"])


def workbook(*names: str) -> bytes:
    """An XLSX file whose sheets hold 40, 80, … customers."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for number, name in enumerate(names, 1):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["id", "age", "spend"])
            for row in range(1, 40 * number + 1):
                sheet.write_row(row, 0, [row, 20 + row % 30, row * number])
    return buffer.getvalue()
