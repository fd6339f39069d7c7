"""The folders and URL prefixes that hold large data sets, and what of them may be read.

Looked at by jobs only: a slow or silent place holds up no web worker, and is where the files of
the job's machine and of the cluster are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from dashapp.settings.dask_settings import places_in
from dashapp.settings.portal_settings import Settings
from dashapp.storage.keys import content_id
from segmentation import ReadError

# What the engine reads in parts.
ENDINGS = (".parquet", ".pq", ".parq", ".csv", ".tsv", ".txt")
# More cannot be looked through on a screen; narrower places show the rest.
MOST_OFFERED = 200
# Single files that are offered of a folder.
FILES_OFFERED = 20
# The engine takes these for patterns and for chains of file systems.
UNREADABLE = ("*", "?", "[", "::", "://", "\\")
# Under which name file systems say when a file was written.
WRITTEN = ("mtime", "LastModified", "last_modified", "updated", "ETag", "etag")

Infos = dict[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Offer:
    """One data set that can be used: a folder with all files below it, or one file.

    Attributes
    ----------
    place, path
        The place as the settings write it, and what follows, with slashes; never sent to browsers.
    name
        What to call it.
    files, size
        How many files it has, and their bytes.
    mark
        Changes with the files, so that the same request again is one about the same data.
    is_part
        Whether it is a file of the folder that was offered before it.
    """

    place: str
    path: str
    name: str
    files: int
    size: int
    mark: str
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What all places hold.

    Attributes
    ----------
    offers
        Folders, each followed by some of its files, and single files.
    silent
        Names of places that could not be opened.
    is_cut
        Whether there are more than are offered.
    """

    offers: tuple[Offer, ...] = ()
    silent: tuple[str, ...] = ()
    is_cut: bool = False

    def to_bytes(self) -> bytes:
        """As bytes for the store; ``from_bytes`` is the way back."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Listing:
        """Rebuild a listing."""
        plain = json.loads(data)
        offers = tuple(Offer(**offer) for offer in plain["offers"])
        return cls(offers, tuple(plain["silent"]), plain["is_cut"])


@dataclass(frozen=True, slots=True)
class Files:
    """What is read: where it is, how many files it has and their bytes."""

    url: str
    files: int
    size: int


def look_around(settings: Settings) -> Listing:
    """List the data sets of all places."""
    offers: list[Offer] = []
    silent: list[str] = []
    for place, name in named_places(settings.data_sources).items():
        try:
            offers += _offers(place, name)
        except ReadError:
            silent.append(name)
    return Listing(tuple(offers[:MOST_OFFERED]), tuple(silent), len(offers) > MOST_OFFERED)


def named_places(sources: str) -> dict[str, str]:
    """Each place and what to call it, which says nothing of where it is.

    Examples
    --------
    >>> named_places("/srv/crm, s3://shop/exports/crm, s3://bucket")
    {'/srv/crm': 'crm', 's3://shop/exports/crm': 'crm (2)', 's3://bucket': 'bucket'}
    """
    names: dict[str, str] = {}
    for place in places_in(sources):
        name = PurePosixPath(place).name
        same = sum(other.partition(" (")[0] == name for other in names.values())
        names[place] = f"{name} ({same + 1})" if same else name
    return names


def find(settings: Settings, place: str, path: str) -> Files:
    """Find what was offered once more, right before it is read.

    Parameters
    ----------
    place, path
        Of an :class:`Offer`.

    Raises
    ------
    ReadError
        The place is no longer offered, the path leads out of it, or there is nothing to read.
    """
    name = named_places(settings.data_sources).get(place)
    if name is None:
        raise ReadError("The place of these data is no longer offered here.", kind="missing_file")
    shown = f"{name}/{path}" if path else name
    check_path(path, shown)
    base, infos = _below(place, path, shown)
    links = [key for key, info in infos.items() if info["type"] != "file"]
    if links:
        raise ReadError(
            f"“{PurePosixPath(links[0]).name}” in “{shown}” is a link, and links are not followed. "
            "Put the file itself there, or take the link away."
        )
    if not infos:
        raise ReadError(f"There are no files in “{shown}” any more.", kind="missing_file")
    return Files(base, len(infos), sum(int(info["size"]) for info in infos.values()))


def check_path(path: str, shown: str) -> None:
    """Refuse a path that could lead out of its place, or that the engine would take for more.

    Raises
    ------
    ReadError
        With the reason.

    Examples
    --------
    >>> check_path("2026/june.csv", "crm/2026/june.csv")
    >>> check_path("../secret.csv", "crm/../secret.csv")
    Traceback (most recent call last):
    segmentation.errors.ReadError: “crm/../secret.csv” is no name of a data set here.
    """
    parts = path.split("/") if path else []
    if any(part in {"", ".", ".."} for part in parts) or not path.isprintable():
        raise ReadError(f"“{shown}” is no name of a data set here.", kind="missing_file")
    if any(mark in path for mark in UNREADABLE):
        raise ReadError(
            f"The name “{shown}” cannot be read: rename it without {' '.join(UNREADABLE)}"
        )


def _offers(place: str, name: str) -> Iterator[Offer]:
    base, infos = _below(place, "", name)
    infos = {key: info for key, info in infos.items() if info["type"] == "file"}
    root = _common(base, infos)
    folders: dict[str, list[str]] = {}
    for key in infos:
        if key.lower().endswith(ENDINGS):
            folders.setdefault(key.rpartition("/")[0], []).append(key)
    shelves = {str(above) for folder in folders for above in PurePosixPath(folder).parents}
    for folder, files in sorted(folders.items()):
        # A folder with folders in it is a shelf of data sets, one without is one in many files.
        is_shelf = folder in shelves
        whole = {key: infos[key] for key in files}
        if len(files) > 1 and not is_shelf:
            yield _offer(place, name, folder.removeprefix(root).strip("/"), whole)
        for key in files if is_shelf else files[:FILES_OFFERED]:
            path, is_part = key.removeprefix(root).strip("/"), len(files) > 1 and not is_shelf
            yield _offer(place, name, path, {key: infos[key]}, is_part=is_part)


def _common(base: str, infos: Infos) -> str:
    """The place as its file system writes it in front of the keys."""
    if "://" not in base:
        return base
    import fsspec

    return str(fsspec.core.url_to_fs(base)[1]) if infos else base


def _offer(place: str, name: str, path: str, infos: Infos, *, is_part: bool = False) -> Offer:
    told = [
        (key, info["size"], next((str(info[word]) for word in WRITTEN if word in info), ""))
        for key, info in sorted(infos.items())
    ]
    return Offer(
        place=place,
        path=path,
        name=f"{name}/{path}" if path else name,
        files=len(infos),
        size=sum(int(info["size"]) for info in infos.values()),
        mark=content_id(json.dumps(told).encode()),
        is_part=is_part,
    )


def _below(place: str, path: str, shown: str) -> tuple[str, Infos]:
    """What to read, and all that is in it but for hidden files.

    Raises
    ------
    ReadError
        It cannot be opened, or leads out of its place.
    """
    import fsspec

    base = f"{place}/{path}" if path else place
    try:
        if "://" not in place:
            base = _inside(Path(place), Path(base), shown)
        system, root = fsspec.core.url_to_fs(base)
        if not system.exists(root):
            raise ReadError(f"“{shown}” is not there.", kind="missing_file")
        infos = system.find(root, detail=True)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        raise ReadError(f"“{shown}” cannot be opened.", kind="missing_file") from error
    inside = root.rstrip("/")
    seen = {
        key: info
        for key, info in infos.items()
        if (key == inside or key.startswith(f"{inside}/")) and not _is_hidden(key, inside)
    }
    return base, seen


def _inside(place: Path, wanted: Path, shown: str) -> str:
    """The real path of what lies in a folder of this machine, links on the way followed.

    Raises
    ------
    ReadError
        It lies elsewhere.
    """
    root, real = os.path.realpath(place), os.path.realpath(wanted)
    if real != root and not real.startswith(f"{root.rstrip(os.sep)}{os.sep}"):
        raise ReadError(f"“{shown}” leads out of the folder that is offered.", kind="missing_file")
    return real


def _is_hidden(key: str, root: str) -> bool:
    return any(part.startswith(("_", ".")) for part in key.removeprefix(root).split("/"))
