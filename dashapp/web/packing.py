"""Compress scripts and styles, each once in the life of a process.

Flask-Compress compresses every response anew, which suits responses that differ; plotly's five
megabytes are always the same.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from threading import Lock

import brotli
from flask import Flask, Response, request

# Every browser that can show the portal supports Brotli; nothing compresses scripts better.
ENCODING = "br"
# Of 11: plotly takes 0.2 s and 1.25 MB; one level more takes twice as long for 1 % less.
QUALITY = 7
# Compressed, all scripts and styles of the portal take about 2 MB.
MOST_BYTES = 8 * 1024 * 1024
# Compression does not help smaller files.
FEWEST_BYTES = 500
PACKED_TYPES = frozenset({"application/javascript", "text/javascript", "text/css", "image/svg+xml"})


class Packer:
    """Compress bytes and cache the result by content.

    Parameters
    ----------
    limit : int
        Maximum number of compressed bytes to keep; the least recently used are dropped first.

    Examples
    --------
    >>> packer = Packer()
    >>> brotli.decompress(packer.pack(b"a" * 1000)) == b"a" * 1000
    True
    """

    def __init__(self, limit: int = MOST_BYTES) -> None:
        self._limit = limit
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()

    def pack(self, data: bytes) -> bytes:
        """Return the compressed bytes.

        The key is the content, not the URL: a changed file is compressed anew, and made-up URLs
        cannot fill the memory.
        """
        key = blake2b(data, digest_size=16).digest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        packed: bytes = brotli.compress(data, quality=QUALITY)
        with self._lock:
            self._kept[key] = packed
            while sum(map(len, self._kept.values())) > self._limit:
                self._kept.popitem(last=False)
        return packed


def install(server: Flask, static: tuple[str, ...]) -> None:
    """Compress responses whose paths have certain prefixes.

    Parameters
    ----------
    static
        Path prefixes of files that are the same for everyone.
    """
    packer = Packer()

    @server.after_request
    def pack(response: Response) -> Response:
        if not request.path.startswith(static) or not can_pack(response):
            return response
        response.direct_passthrough = False
        data = response.get_data()
        if len(data) < FEWEST_BYTES:
            return response
        response.set_data(packer.pack(data))
        response.headers["Content-Encoding"] = ENCODING
        response.vary.add("Accept-Encoding")
        # Another encoding of the same file: browsers may still revalidate it.
        tag, _ = response.get_etag()
        if tag:
            response.set_etag(tag, weak=True)
            response.make_conditional(request)
        return response


def can_pack(response: Response) -> bool:
    """Whether a response is a complete file and the browser accepts the encoding."""
    return (
        response.status_code == 200
        and response.mimetype in PACKED_TYPES
        and "Content-Encoding" not in response.headers
        and request.accept_encodings[ENCODING] > 0
    )
