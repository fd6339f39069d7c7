"""Large files are written by jobs, once, for whom they are meant, and complete."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from dashapp.auth.identity import COOKIE, cookie_tokens
from dashapp.auth.permissions import ROLES, SCOPES
from dashapp.services import exports
from dashapp.services.exports import Export, Exports, What, customers_frame, stem
from dashapp.services.spreadsheets import LostRowsError
from dashapp.storage.backend import Quota
from dashapp.storage.keys import Key, Kind
from segmentation import Table
from tests.callbacks import callbacks, fire, texts
from tests.dashapp.portal import ORIGIN, Portal, look

Trained = tuple[Portal, dict[str, Any]]


@pytest.fixture
def all_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is one that a job writes."""
    monkeypatch.setattr(exports, "SMALL_CELLS", {"csv": 0, "xlsx": 0})


def customers(refs: dict[str, Any], kind: str = "csv", more: str = "") -> str:
    return f"/download/customers.{kind}?data={refs['dataset']}&model={refs['model']}{more}"


def fetched(portal: Portal, path: str) -> bytes:
    """A file, as a program fetches it: ask, wait for the job, ask again."""
    started = portal.client.get(path)
    assert started.status_code == 202, started.get_data(as_text=True)
    assert portal.client.get(started.headers["Location"]).status_code == 202
    portal.do_jobs()
    assert portal.client.get(started.headers["Location"]).status_code == 200
    answer = portal.client.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.content_length == len(answer.data)
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.data


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_large_file_is_the_one_that_a_small_one_would_be(
    trained: Trained, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    portal, refs = trained
    for more in ("", "&segment=s1", "&rows=3.7.11"):
        small = portal.client.get(customers(refs, kind, more)).data
        with monkeypatch.context() as patch:
            patch.setattr(exports, "SMALL_CELLS", {"csv": 0, "xlsx": 0})
            large = fetched(portal, customers(refs, kind, more))
        if kind == "csv":
            assert large == small
        else:
            assert rows_of(large) == rows_of(small)


def rows_of(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_object(io.BytesIO(data)).get_sheet_by_index(0).to_python()


@pytest.mark.usefixtures("all_large")
def test_the_same_file_is_written_once_however_often_it_is_asked_for(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    asked = [portal.client.get(customers(refs, "xlsx")) for _ in range(16)]
    assert {answer.status_code for answer in asked} == {202}
    assert len({answer.get_json()["job"] for answer in asked}) == 1
    portal.do_jobs()
    again = portal.client.get(customers(refs, "xlsx"))
    assert again.status_code == 303
    assert again.headers["Location"] == asked[0].get_json()["file"]


@pytest.mark.usefixtures("all_large")
def test_a_session_may_have_so_many_files_written_at_once(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    answers = [
        portal.client.get(customers(refs, "xlsx", f"&rows={row}"))
        for row in range(portal.context.settings.jobs_per_session + 1)
    ]
    assert [answer.status_code for answer in answers] == [202] * (len(answers) - 1) + [429]
    assert "Retry-After" in answers[-1].headers


def test_asking_for_the_headers_of_a_file_does_no_work(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal, refs = trained
    monkeypatch.delattr(Exports, "frame")
    monkeypatch.delattr(Exports, "model_file")
    monkeypatch.delattr(Exports, "template")
    monkeypatch.delattr(Exports, "start")
    for path in (
        customers(refs),
        customers(refs, "xlsx"),
        "/download/template.csv",
        f"/download/rejects.csv?data={refs['dataset']}",
        f"/download/model.segmodel?model={refs['model']}",
    ):
        for limits in ({"csv": 10**9, "xlsx": 10**9}, {"csv": 0, "xlsx": 0}):
            monkeypatch.setattr(exports, "SMALL_CELLS", limits)
            answer = portal.client.head(path)
            assert answer.status_code == 200, path
            assert "attachment" in answer.headers["Content-Disposition"]
    assert portal.client.head(customers(refs | {"dataset": "0" * 32})).status_code == 410


def test_a_person_who_opens_the_address_of_a_large_file_waits_on_a_page(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal, refs = trained
    monkeypatch.setattr(exports, "SMALL_CELLS", {"csv": 0, "xlsx": 0})
    path = customers(refs, more="&rows=1")
    answer = portal.client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 202
    assert answer.headers["Refresh"]
    assert "Tasks of this session" in answer.get_data(as_text=True)


def test_a_search_is_posted_and_never_stands_in_an_address(trained: Trained) -> None:
    portal, refs = trained
    answer = portal.client.get(customers(refs, more="&q=Chicago"))
    assert answer.status_code == 400
    assert "POST" in answer.get_json()["error"]
    form = {"data": refs["dataset"], "model": refs["model"], "q": "Chicago"}
    found = portal.client.post("/download/customers.csv", data=form, headers=ORIGIN)
    cities = pd.read_csv(io.BytesIO(found.data))["City"]
    assert set(cities) == {"Chicago"}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    refused = portal.client.post("/download/customers.csv", data=form, headers=foreign)
    assert refused.status_code == 403


@pytest.mark.usefixtures("all_large")
def test_a_file_is_its_sessions_own(trained: Trained) -> None:
    portal, refs = trained
    file = portal.client.get(customers(refs, more="&rows=2")).get_json()["file"]
    assert portal.client.get(file).status_code == 202
    portal.do_jobs()
    assert portal.client.get(file).status_code == 200
    assert portal.visitor().client.get(file).status_code == 404
    training = portal.fire(
        "shell-job.data", "segments-find.n_clicks",
        {"segments-find.n_clicks": 1, "shell-refs.data": refs},
    )["shell-job.data"]["id"]  # fmt: skip
    assert portal.client.get(f"/download/file/{training}").status_code == 404


@pytest.mark.usefixtures("all_large")
def test_a_file_that_is_no_longer_kept_says_so(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    started = portal.client.get(customers(refs)).get_json()
    portal.do_jobs()
    job = portal.context.ledger.job(started["job"])
    assert job is not None
    assert job.result is not None
    portal.context.store.delete(Key(job.session, Kind.EXPORT, job.result["file"]))
    gone = portal.client.get(started["file"])
    assert gone.status_code == 410
    assert "no longer kept" in gone.get_json()["error"]


@pytest.mark.usefixtures("all_large")
def test_a_written_file_counts_against_the_storage_of_its_session(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    started = portal.client.get(customers(refs)).get_json()
    portal.context.store._quota = Quota(session=1, client=10**9, total=10**9)
    portal.do_jobs()
    failed = portal.client.get(started["file"])
    assert failed.status_code >= 400
    assert "storage is full" in failed.get_json()["error"]


@pytest.mark.usefixtures("all_large")
def test_deleting_a_session_deletes_its_files(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    file = portal.client.get(customers(refs)).get_json()["file"]
    portal.do_jobs()
    assert portal.client.get(file).status_code == 200
    confirm = "shell-delete-confirm.n_clicks"
    portal.fire("shell-refs.data", confirm, {confirm: 1})
    assert portal.client.get(file).status_code == 404
    assert portal.context.store.sessions() == []


@pytest.mark.usefixtures("all_large")
def test_the_tab_shows_a_file_on_its_way_and_then_downloads_it(trained: Trained) -> None:
    portal, refs = trained
    buttons = portal.fire(
        "segments-grid-download.children",
        "segments-grid-asked.data",
        {"shell-refs.data": refs},
    )["segments-grid-download.children"]
    assert "href" not in json.dumps(buttons)
    clicks = "segments-grid-xlsx.n_clicks"
    values = {
        "shell-refs.data": refs,
        clicks: 1,
        "segments-grid.selectedRows": [{"portal-row": "5"}, {"portal-row": "6"}],
    }
    job = portal.fire("shell-export.data", clicks, values)["shell-export.data"]

    def shown(changed: str = "shell-export.data") -> dict[str, Any]:
        return portal.fire("shell-export-ready.data", changed, {"shell-export.data": job})

    waiting = shown()
    assert "Writing your file" in texts(waiting["shell-export-progress.children"])
    assert "Cancel" in texts(waiting["shell-export-progress.children"])
    assert not waiting["shell-export-poll.disabled"]
    portal.do_jobs()
    ready = shown()
    assert "2 rows" in texts(ready["shell-export-progress.children"])
    assert ready["shell-export-poll.disabled"]
    file = portal.client.get(ready["shell-export-ready.data"])
    assert len(rows_of(file.data)) == 3
    # On another page nothing is downloaded a second time; the tasks still lead to it.
    assert "shell-export-ready.data" not in shown("shell-url.pathname")
    history = portal.fire("shell-history-list.children", "shell-history-asked.data", {})
    assert ready["shell-export-ready.data"] in json.dumps(history)


@pytest.mark.usefixtures("all_large")
def test_a_cancelled_file_is_neither_written_nor_shown(portal: Portal) -> None:
    refs = portal.with_model(portal.with_sample())
    started = portal.client.get(customers(refs)).get_json()
    cancel = {"type": "shell-cancel", "job": started["job"]}
    portal.fire(
        "shell-alert.children", "shell-cancel.n_clicks", {"shell-cancel.n_clicks": [(cancel, 1)]}
    )
    portal.do_jobs()
    assert portal.client.get(started["file"]).status_code == 409
    shown = portal.fire(
        "shell-export-ready.data", "shell-export.data",
        {"shell-export.data": {"id": started["job"]}},
    )  # fmt: skip
    assert shown["shell-export-progress.children"] is None


def test_a_file_on_its_way_does_not_hide_what_a_new_tab_waits_for(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = portal.with_model(portal.with_sample())
    monkeypatch.setattr(exports, "SMALL_CELLS", {"csv": 0, "xlsx": 0})
    assert portal.client.get(customers(refs)).status_code == 202
    opened = portal.fire("shell-job.data", "shell-asked.data", {"shell-asked.data": ""})
    assert opened["shell-job.data"] is None


def scored(portal: Portal, refs: dict[str, Any], data: bytes) -> str:
    """Score a file with the model; the id of the scored file."""
    sent = portal.client.post(
        "/upload",
        data=data,
        headers=ORIGIN | {
            "X-Portal-Upload": "1", "X-File-Name": "new.csv", "X-Purpose": "batch",
            "X-Model": refs["model"],
        },
    )  # fmt: skip
    done = portal.follow({"id": sent.get_json()["job"]}, refs)
    return str(done["shell-done.data"]["result"]["batch"])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_scored_file_is_offered_and_written_in_both_kinds(
    trained: Trained, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    portal, refs = trained
    batch = scored(portal, refs, portal.client.get(customers(refs)).data)
    page = portal.fire("predict-batch.children", "shell-refs.data", {"shell-refs.data": refs})
    assert f"/download/scored.{kind}?batch={batch}" in json.dumps(page)
    path = f"/download/scored.{kind}?batch={batch}"
    small = portal.client.get(path).data
    monkeypatch.setattr(exports, "SMALL_CELLS", {"csv": 0, "xlsx": 0})
    page = portal.fire("predict-batch.children", "shell-refs.data", {"shell-refs.data": refs})
    assert "/download/scored" not in json.dumps(page)
    button = {"type": "predict-export", "kind": kind, "batch": batch}
    job = portal.fire(
        "shell-export.data", "predict-export.n_clicks", {"predict-export.n_clicks": [(button, 1)]}
    )["shell-export.data"]["id"]
    portal.do_jobs()
    large = portal.client.get(f"/download/file/{job}").data
    assert large == small if kind == "csv" else rows_of(large) == rows_of(small)


# --- contact data -----------------------------------------------------------------------------

NAMES = [f"Zebulon{n} Quark{n}" for n in range(60)]
MAILS = [f"zeb{n}@quark.example" for n in range(60)]


def crm_file() -> bytes:
    """Customers with names and addresses, and some rows that are set aside."""
    rows = [
        f"{n},{NAMES[n]},{MAILS[n]},{20 + n % 40},{n * 7 % 300}" for n in range(60)
    ]  # fmt: skip
    broken = [f"Zebulon{n} Quark{n},{MAILS[n]}" for n in range(3)]
    return "\n".join(["Customer ID,Name,Email,Age,Total Spend", *rows, *broken, ""]).encode()


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A session with contact data, a model, and a scored file; and its ids."""
    portal = Portal.new(tmp_path_factory.mktemp("crm"))
    job = portal.upload("crm.csv", crm_file()).get_json()["job"]
    refs = portal.with_model(dict(portal.follow({"id": job}, {})["shell-refs.data"]))
    return portal, refs | {"batch": scored(portal, refs, crm_file())}


def addresses(refs: dict[str, Any]) -> Iterator[str]:
    """Every file that holds customers."""
    for kind in ("csv", "xlsx"):
        yield customers(refs, kind)
        yield f"/download/scored.{kind}?batch={refs['batch']}"
    yield f"/download/rejects.csv?data={refs['dataset']}"


def text_of(data: bytes) -> str:
    """All cells of a file."""
    return (
        json.dumps(rows_of(data), default=str, ensure_ascii=False)
        if data.startswith(b"PK")
        else data.decode()
    )


ALL_ROLES = {**SCOPES, **ROLES, "view-pages predict": SCOPES["view-pages"] | SCOPES["predict"]}


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("role", ALL_ROLES)
def test_contact_data_leave_only_with_the_right_to_change(
    crm: Trained, monkeypatch: pytest.MonkeyPatch, role: str, large: bool
) -> None:
    portal, refs = crm
    if large:
        monkeypatch.setattr(exports, "SMALL_CELLS", {"csv": 0, "xlsx": 0})
    visitor = with_role(portal, role)
    got = 0
    for path in addresses(refs):
        answer = visitor.client.get(path)
        if answer.status_code == 403:
            continue
        if large:
            portal.do_jobs()
            answer = visitor.client.get(path, follow_redirects=True)
            assert answer.request.path.startswith("/download/file/")
        assert answer.status_code == 200, path
        got += 1
        text = text_of(answer.data)
        whole = any(name in text for name in (*NAMES, *MAILS))
        assert whole == ("change" in ALL_ROLES[role]), path
        assert "•••" in text or whole
    expected = 3 * ("data" in ALL_ROLES[role]) + 2 * ("predict" in ALL_ROLES[role])
    assert got == expected


def with_role(portal: Portal, role: str) -> Portal:
    """The same session with other rights, as after a change of roles."""
    settings = portal.context.settings
    cookie = portal.client.get_cookie(COOKIE)
    assert cookie is not None
    tokens = cookie_tokens(settings)
    before = tokens.read(cookie.value)
    assert before is not None
    client = portal.app.server.test_client()
    client.set_cookie(COOKIE, tokens.write(replace(before, rights=ALL_ROLES[role])))
    return Portal(portal.app, portal.context, client)


def test_a_whole_file_written_before_a_downgrade_is_not_given_out_after_it(
    crm: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal, refs = crm
    monkeypatch.setattr(exports, "SMALL_CELLS", {"csv": 0, "xlsx": 0})
    file = portal.client.get(customers(refs, more="&rows=1")).get_json()["file"]
    portal.do_jobs()
    assert portal.client.get(file).status_code == 200
    assert with_role(portal, "viewer").client.get(file).status_code == 403
    assert with_role(portal, "predict").client.get(file).status_code == 403


@pytest.mark.parametrize(("role", "says"), [("viewer", True), ("analyst", False)])
def test_who_gets_masked_files_reads_so_beside_them(crm: Trained, role: str, says: bool) -> None:
    portal, refs = crm
    visitor = with_role(portal, role)
    shown = {
        "segments-body.children": ("segments-tabs.data", {"segments-tabs.data": "customers"}),
        "data-content.children": ("shell-refs.data", {}),
        "predict-batch.children": ("shell-refs.data", {}),
    }
    for output, (input_, more) in shown.items():
        page = visitor.fire(output, input_, {"shell-refs.data": refs, **more})
        assert ("masked in these files" in texts(page[output])) == says, output


def test_no_callback_shows_contact_data_whole_whoever_asks(crm: Trained) -> None:
    portal, refs = crm
    grid = {"startRow": 0, "endRow": 60, "sortModel": []}
    values = look(
        refs,
        **{
            "segments-grid.getRowsRequest": grid,
            "segments-tabs.data": "customers",
            "segments-map.clickData": {"points": [{"customdata": [3]}]},
            "shell-url.search": f"?data={refs['dataset']}&model={refs['model']}&customer=3",
            "shell-url.pathname": "/",
        },
    )
    shown = 0
    for role in ("viewer", "analyst"):
        visitor = with_role(portal, role)
        for callback in callbacks(portal.app):
            if "shell-delete" in str(callback.inputs):
                continue
            text = fire(visitor.client, callback, values).get_data(as_text=True)
            shown += "\\u2022" in text or "•••" in text
            assert not any(name in text for name in (*NAMES, *MAILS)), callback.output
    assert shown >= 4


# --- counts and names -------------------------------------------------------------------------


def test_scores_that_do_not_belong_to_the_rows_are_an_error() -> None:
    table = Table.from_frame(pd.DataFrame({"spend": [1.5, 2.5, 3.5]}))
    scores = pd.DataFrame(
        {"segment_id": "s1", "runner_up_id": "s1", "confidence": 0.9, "fits": True, "problems": ""},
        index=[1, 2, 3],
    )
    model: Any = SimpleNamespace(segments=(SimpleNamespace(id="s1", name="One"),))
    export = Export(What.CUSTOMERS, "csv", "x.csv", "d", 3, masked=False)
    with pytest.raises(LostRowsError):
        customers_frame(table, model, scores, export)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("=cmd.csv", "cmd"),
        ("＝1+1.csv", "1+1"),
        ("-rf.csv", "rf"),
        ("..\\..\\boot.ini", "boot"),
        ("June\u202excod.exe", "Junexcod"),
        ("…", "customers"),
    ],
)
def test_a_files_name_begins_with_a_letter_and_shows_what_it_is(name: str, safe: str) -> None:
    assert stem(name) == safe
