"""Our own scripts as one file and our styles as another.

A newcomer's browser asks for six files at a time; some thirty small ones, each asked for by
itself, keep the first page waiting longer than their bytes do.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType

from flask import Flask, Response

from dashapp.auth.permissions import Door, needs

TYPES = MappingProxyType({"js": "text/javascript", "css": "text/css"})


def bundled(folder: Path, ending: str) -> bytes:
    """All files with an ending that lie in a folder itself, in the order of their names.

    Parameters
    ----------
    folder
        Of the assets. What lies deeper is served by itself.
    ending
        ``"js"`` or ``"css"``.
    """
    return b"\n".join(path.read_bytes() for path in sorted(folder.glob(f"*.{ending}")))


def serve(server: Flask, folder: Path) -> dict[str, str]:
    """Serve both bundles, as they are now, beside the files that they are made of.

    Returns
    -------
    dict
        Ending → address, which names the content: browsers may keep it for ever.
    """
    return {ending: _serve(server, ending, bundled(folder, ending)) for ending in TYPES}


def _serve(server: Flask, ending: str, content: bytes) -> str:
    path = f"/assets/all.{ending}"

    @needs(Door.PUBLIC)
    def bundle() -> Response:
        return Response(content, content_type=f"{TYPES[ending]}; charset=utf-8")

    server.add_url_rule(path, f"bundle_{ending}", bundle)
    return f"{path}?m={blake2b(content, digest_size=8).hexdigest()}"
