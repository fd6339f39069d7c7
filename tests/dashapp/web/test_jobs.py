"""Programs ask how far a job is; a refused file is a 4xx with its sentence."""

from __future__ import annotations

import gzip

import pytest

from tests.dashapp.portal import ORIGIN, Portal

CSV = b"Customer ID,Age,Total Spend\n1,30,100\n2,40,200\n3,50,300\n"
WIDE = ",".join(f"c{i}" for i in range(600)).encode()


def test_an_upload_names_the_job_that_reads_it(portal: Portal) -> None:
    sent = portal.upload("customers.csv", CSV)
    address = sent.headers["Location"]
    waiting = portal.client.get(address, headers=ORIGIN)
    assert (waiting.status_code, waiting.get_json()["state"]) == (202, "queued")
    assert int(waiting.headers["Retry-After"]) > 0
    portal.do_jobs()
    done = portal.client.get(address, headers=ORIGIN)
    assert done.status_code == 200
    assert done.get_json()["result"]["dataset"]


@pytest.mark.parametrize(
    ("name", "data", "status", "words"),
    [
        ("one.csv", b"alone\n1\n2\n", 422, "only one column"),
        ("wide.csv", WIDE + b"\n" + WIDE + b"\n", 413, "600 columns"),
        ("page.csv", b"<!doctype html><table><tr><td>1</table>", 415, "web page"),
        ("empty.csv", b" \n", 422, "empty"),
        ("bomb.gz", gzip.compress(b"0" * 3_000_000), 413, "200 times its size"),
    ],
)
def test_a_refused_file_is_a_4xx_with_its_sentence(
    portal: Portal, name: str, data: bytes, status: int, words: str
) -> None:
    address = portal.upload(name, data).headers["Location"]
    portal.do_jobs()
    answer = portal.client.get(address, headers=ORIGIN)
    assert answer.status_code == status
    assert words in answer.get_json()["error"]


def test_a_cancelled_job_says_so(portal: Portal) -> None:
    sent = portal.upload("customers.csv", CSV)
    session = portal.context.ledger.job(sent.get_json()["job"]).session  # type: ignore[union-attr]
    portal.context.jobs.cancel(session, sent.get_json()["job"])
    assert portal.client.get(sent.headers["Location"], headers=ORIGIN).status_code == 409


def test_jobs_are_their_owners_alone(portal: Portal) -> None:
    address = portal.upload("customers.csv", CSV).headers["Location"]
    assert portal.visitor().client.get(address, headers=ORIGIN).status_code == 404
    assert portal.client.get("/jobs/" + "0" * 32, headers=ORIGIN).status_code == 404


@pytest.mark.parametrize("name", ["customers.csv", "CUSTOMERS.TXT"])
def test_a_gzip_archive_that_is_called_text_is_refused_at_the_door(
    portal: Portal, name: str
) -> None:
    answer = portal.upload(name, gzip.compress(CSV))
    assert answer.status_code == 415
    assert "gzip archive" in answer.get_json()["error"]
    assert portal.upload("customers.csv.gz", gzip.compress(CSV)).status_code == 202
