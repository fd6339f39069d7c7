"""The folders and URL prefixes that hold large data sets, and their readable files.

Only jobs list them: a slow or silent location delays no web worker, and the files are those that
the job's machine and the cluster see.
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

# File extensions that the engine reads in parts.
ENDINGS = (".parquet", ".pq", ".parq", ".csv", ".tsv", ".txt")
# More do not fit on a screen; narrower locations show the rest.
MOST_OFFERED = 200
# Maximum number of single files offered per folder.
FILES_OFFERED = 20
# Characters that the engine reads as patterns or chained file systems.
UNREADABLE = ("*", "?", "[", "::", "://", "\\")
# Names that file systems give to the modification time.
WRITTEN = ("mtime", "LastModified", "last_modified", "updated", "ETag", "etag")

Infos = dict[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Offer:
    """A data set that can be used: a folder with all files below it, or one file.

    Attributes
    ----------
    place, path
        The location as in the settings, and the path below it, with slashes; never sent to
        browsers.
    name
        Display name.
    files, size
        Number of its files, and their bytes.
    mark
        Changes with the files, so that equal requests always mean the same data.
    is_part
        Whether it is a file of the folder offered before it.
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
    """Contents of all locations.

    Attributes
    ----------
    offers
        Folders, each followed by some of its files, and single files.
    silent
        Names of locations that could not be opened.
    is_cut
        Whether there are more than are offered.
    """

    offers: tuple[Offer, ...] = ()
    silent: tuple[str, ...] = ()
    is_cut: bool = False

    def to_bytes(self) -> bytes:
        """Return the listing as bytes for the store; ``from_bytes`` is the inverse."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Listing:
        """Rebuild a listing."""
        plain = json.loads(data)
        offers = tuple(Offer(**offer) for offer in plain["offers"])
        return cls(offers, tuple(plain["silent"]), plain["is_cut"])


@dataclass(frozen=True, slots=True)
class Files:
    """The files to read: their URL, number and bytes."""

    url: str
    files: int
    size: int


def look_around(settings: Settings) -> Listing:
    """List the data sets of all locations."""
    offers: list[Offer] = []
    silent: list[str] = []
    for place, name in named_places(settings.data_sources).items():
        try:
            offers += _offers(place, name)
        except ReadError:
            silent.append(name)
    return Listing(tuple(offers[:MOST_OFFERED]), tuple(silent), len(offers) > MOST_OFFERED)


def named_places(sources: str) -> dict[str, str]:
    """Return each location with a display name that does not reveal its address.

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
    """Find an offered data set again, right before it is read.

    Parameters
    ----------
    place, path
        As in an :class:`Offer`.

    Raises
    ------
    ReadError
        The location is no longer offered, the path leads out of it, or there is nothing to read.
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
    """Refuse a path that leads out of its location or has characters special to the engine.

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
        # A folder with subfolders holds several data sets; one without is a data set in many files.
        is_shelf = folder in shelves
        whole = {key: infos[key] for key in files}
        if len(files) > 1 and not is_shelf:
            yield _offer(place, name, folder.removeprefix(root).strip("/"), whole)
        for key in files if is_shelf else files[:FILES_OFFERED]:
            path, is_part = key.removeprefix(root).strip("/"), len(files) > 1 and not is_shelf
            yield _offer(place, name, path, {key: infos[key]}, is_part=is_part)


def _common(base: str, infos: Infos) -> str:
    """Return the location as its file system writes it before the keys."""
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
    """Return the path to read, and all files below it except hidden ones.

    Raises
    ------
    ReadError
        The path cannot be opened or leads out of its location.
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
    """Return the real path of a file in a local folder, with links resolved.

    Raises
    ------
    ReadError
        The file is outside the folder.
    """
    root, real = os.path.realpath(place), os.path.realpath(wanted)
    if real != root and not real.startswith(f"{root.rstrip(os.sep)}{os.sep}"):
        raise ReadError(f"“{shown}” leads out of the folder that is offered.", kind="missing_file")
    return real


def _is_hidden(key: str, root: str) -> bool:
    return any(part.startswith(("_", ".")) for part in key.removeprefix(root).split("/"))
