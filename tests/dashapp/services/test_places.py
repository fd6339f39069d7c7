"""Places of large data: what is in them is offered, and nothing outside is ever read."""

from __future__ import annotations

import os
from pathlib import Path

import fsspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashapp.services.large.data_locations import Listing, find, look_around
from dashapp.settings.portal_settings import Settings
from segmentation import ReadError


def settings_of(*places: object) -> Settings:
    return Settings(dask_scheduler="local", data_sources=",".join(map(str, places)))


def write(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"id,spend\n1,2\n")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is offered, beside one that is not."""
    root = tmp_path_factory.mktemp("disk")
    shelf = root / "crm"
    write(
        shelf / "newsletter.csv",
        shelf / "2026" / "part-0.parquet",
        shelf / "2026" / "part-1.parquet",
        shelf / "2026" / "_SUCCESS",
        shelf / "single" / "all.csv",
        shelf / "notes" / "readme.md",
        root / "secret" / "salaries.csv",
    )
    (shelf / "out").symlink_to(root / "secret")
    (shelf / "linked").mkdir()
    (shelf / "linked" / "a.csv").symlink_to(root / "secret" / "salaries.csv")
    write(shelf / "linked" / "b.csv")
    return shelf


def test_folders_and_files_are_offered_with_their_sizes(shelf: Path) -> None:
    found = look_around(settings_of(shelf))
    told = [(offer.name, offer.files, offer.size, offer.is_part) for offer in found.offers]
    assert told == [
        ("crm/newsletter.csv", 1, 13, False),
        ("crm/2026", 2, 26, False),
        ("crm/2026/part-0.parquet", 1, 13, True),
        ("crm/2026/part-1.parquet", 1, 13, True),
        ("crm/linked/b.csv", 1, 13, False),
        ("crm/single/all.csv", 1, 13, False),
    ]
    assert Listing.from_bytes(found.to_bytes()) == found


def test_what_is_offered_is_found_again(shelf: Path) -> None:
    settings = settings_of(shelf)
    for offer in look_around(settings).offers:
        files = find(settings, offer.place, offer.path)
        assert (files.files >= offer.files, Path(files.url).exists()) == (True, True)


def test_a_changed_file_is_another_request(tmp_path: Path) -> None:
    write(tmp_path / "a.csv")
    before = look_around(settings_of(tmp_path)).offers[0]
    (tmp_path / "a.csv").write_bytes(b"id,spend\n1,2\n3,4\n")
    assert look_around(settings_of(tmp_path)).offers[0].mark != before.mark


def test_a_place_that_is_not_there_is_named_and_the_others_are_shown(shelf: Path) -> None:
    found = look_around(settings_of(shelf, shelf / "gone"))
    assert found.silent == ("gone",)
    assert found.offers


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("..", "no name"),
        ("../secret", "no name"),
        ("2026/../../secret/salaries.csv", "no name"),
        ("/etc/passwd", "no name"),
        ("./2026", "no name"),
        ("2026//part-0.parquet", "no name"),
        ("a\0b", "no name"),
        ("2026/*.parquet", "cannot be read"),
        ("simplecache::file:", "cannot be read"),
        ("..\\secret", "cannot be read"),
        ("out", "leads out"),
        ("out/salaries.csv", "leads out"),
        ("linked/a.csv", "leads out"),
        ("linked", "links are not followed"),
        ("nothing", "is not there"),
    ],
)
def test_paths_that_lead_elsewhere_are_refused(shelf: Path, path: str, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        find(settings_of(shelf), str(shelf), path)
    assert str(shelf.parent) not in str(caught.value)


TRICKS = (
    "..", ".", "", "/", "\\", "2026", "out", "linked", "a.csv", "secret", "~", "salaries.csv",
    "\0", "%2e%2e", "C:", "file://", "::", "*",
)  # fmt: skip
PIECES = st.lists(st.sampled_from(TRICKS) | st.text(max_size=6), max_size=6)


@given(pieces=PIECES, sign=st.sampled_from(["/", "//", "\\", ""]))
@example(pieces=["..", "secret", "salaries.csv"], sign="/")
@example(pieces=["out", "salaries.csv"], sign="/")
def test_no_path_leads_out_of_its_place(shelf: Path, pieces: list[str], sign: str) -> None:
    try:
        files = find(settings_of(shelf), str(shelf), sign.join(pieces))
    except ReadError:
        return
    real = os.path.realpath(files.url)
    assert real == str(shelf) or real.startswith(f"{shelf}/")


def test_a_place_that_is_no_longer_offered_is_refused(shelf: Path, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no longer offered"):
        find(settings_of(tmp_path), str(shelf), "2026")


def test_url_prefixes_are_places_as_well() -> None:
    system = fsspec.filesystem("memory")
    for name in ("a.csv", "b.csv"):
        system.pipe_file(f"/bucket/crm/{name}", b"id,spend\n1,2\n")
    system.pipe_file("/bucket/other/secret.csv", b"id,spend\n1,2\n")
    settings = settings_of("memory://bucket/crm")
    whole, *parts = look_around(settings).offers
    assert (whole.name, whole.path, [offer.name for offer in parts]) == (
        "crm", "", ["crm/a.csv", "crm/b.csv"],
    )  # fmt: skip
    assert find(settings, whole.place, "a.csv").url == "memory://bucket/crm/a.csv"
    with pytest.raises(ReadError, match="no name"):
        find(settings, whole.place, "../other/secret.csv")
