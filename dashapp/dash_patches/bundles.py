"""Bundle our scripts into one file and our styles into another.

A browser fetches about six files at a time; thirty small files delay the first page longer than
their total size would.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType

from flask import Flask, Response

from dashapp.auth.permissions import Door, needs

TYPES = MappingProxyType({"js": "text/javascript", "css": "text/css"})


def bundled(folder: Path, ending: str) -> bytes:
    """Concatenate the files with an extension directly in a folder, sorted by name.

    Parameters
    ----------
    folder
        Inside the assets; files in subfolders are served separately.
    ending
        ``"js"`` or ``"css"``.
    """
    return b"\n".join(path.read_bytes() for path in sorted(folder.glob(f"*.{ending}")))


def serve(server: Flask, folder: Path) -> dict[str, str]:
    """Serve both current bundles in addition to their source files.

    Returns
    -------
    dict
        Extension → URL with a content hash: browsers may cache it forever.
    """
    return {ending: _serve(server, ending, bundled(folder, ending)) for ending in TYPES}


def _serve(server: Flask, ending: str, content: bytes) -> str:
    path = f"/assets/all.{ending}"

    @needs(Door.PUBLIC)
    def bundle() -> Response:
        return Response(content, content_type=f"{TYPES[ending]}; charset=utf-8")

    server.add_url_rule(path, f"bundle_{ending}", bundle)
    return f"{path}?m={blake2b(content, digest_size=8).hexdigest()}"
