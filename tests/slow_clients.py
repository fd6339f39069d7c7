"""Clients that hold connections without using them, as many as wanted, from one thread.

Whenever the server closes a connection, its client comes again: an attacker does not give up.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import requests

from dashapp.app import SCRIPTS

CONNECT_SECONDS = 5.0
RECONNECT_SECONDS = 0.5
TRICKLE_SECONDS = 5.0
READ_SECONDS = 1.0
# So little fits into the receiver's window that the sender soon has to wait.
RECEIVE_BUFFER = 4096


@dataclass(frozen=True)
class SlowClient:
    """One way to be slow.

    Attributes
    ----------
    name
        What it is called in reports.
    first
        Sent at once.
    trickle
        Sent every few seconds from then on; nothing is sent when empty.
    bytes_per_second
        How much of the response is read each second; None reads whatever comes.
    """

    name: str
    first: bytes
    trickle: bytes = b""
    bytes_per_second: int | None = None


def head(method: str, path: str, cookie: str = "", *lines: str) -> bytes:
    """The head of a request as a browser of the portal's own page sends it."""
    cookies = [f"Cookie: {cookie}"] if cookie else []
    own = ["Host: portal", "Sec-Fetch-Site: same-origin", *cookies, *lines]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *own, "", ""]).encode()


def slow_clients(cookie: str, static: str, download: str) -> list[SlowClient]:
    """All kinds.

    Parameters
    ----------
    cookie
        Of a session, for what only visitors may do.
    static, download
        Paths of a large static file, and of a large file of the session.
    """
    json = "Content-Type: application/json"
    upload = head(
        "POST", "/upload", cookie, "X-Portal-Upload: 1", "X-File-Name: a.csv",
        "Content-Type: application/octet-stream", "Content-Length: 10000000",
    )  # fmt: skip
    callback = head("POST", "/_dash-update-component", "", json, "Content-Length: 5000")
    chunked = head("POST", "/_dash-update-component", "", json, "Transfer-Encoding: chunked")
    return [
        SlowClient("unfinished head", b"GET / HTTP/1.1\r\nHost: portal\r\n", b"X-A: b\r\n"),
        SlowClient("unfinished callback", callback + b'{"out', b" "),
        SlowClient("unfinished chunked callback", chunked + b'5\r\n{"out\r\n', b"1\r\n \r\n"),
        SlowClient("idle upload", upload + b"a,b\n1"),
        SlowClient("trickled upload", upload + b"1,2\n" * 25_000, b"1,2\n"),
        SlowClient("refused upload", upload.replace(b"X-Portal", b"X-Other") + b"a,b\n", b"1"),
        SlowClient("unread static file", head("GET", static), bytes_per_second=64),
        SlowClient("unread download", head("GET", download, cookie), bytes_per_second=64),
        SlowClient("idle connection", head("GET", "/healthz")),
        SlowClient("unread goodbye", head("GET", "/healthz", "", "Connection: close")),
    ]


def largest_script(url: str) -> str:
    """Path of the largest script of a portal's start page."""
    paths = SCRIPTS.findall(requests.get(url, timeout=30).text)
    return max(paths, key=lambda path: len(requests.get(url + path, timeout=30).content))


class Siege:
    """Keeps so many connections of each kind open until it ends.

    Parameters
    ----------
    port
        Of a server on loopback.
    clients
        The kinds.
    each
        Connections of each kind.

    Attributes
    ----------
    connected
        Connections made so far, by kind; those beyond ``each`` followed one that was closed.
    """

    def __init__(self, port: int, clients: list[SlowClient], each: int) -> None:
        self._port = port
        self._crowd = [client for client in clients for _ in range(each)]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self.size = len(self._crowd)
        self.connected: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        tasks = [asyncio.create_task(self._keep(client)) for client in self._crowd]
        await self._stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, client: SlowClient) -> None:
        while True:
            with suppress(OSError), socket.socket() as connection:
                connection.setblocking(False)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
                await self._hold(client, connection)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hold(self, client: SlowClient, connection: socket.socket) -> None:
        """Be slow until the server closes the connection."""
        loop = asyncio.get_running_loop()
        address = ("127.0.0.1", self._port)
        await asyncio.wait_for(loop.sock_connect(connection, address), CONNECT_SECONDS)
        self.connected[client.name] += 1
        await loop.sock_sendall(connection, client.first)
        while True:
            if client.bytes_per_second is not None:
                if not await loop.sock_recv(connection, client.bytes_per_second):
                    return
                await asyncio.sleep(READ_SECONDS)
                continue
            with suppress(TimeoutError):
                reading = loop.sock_recv(connection, RECEIVE_BUFFER)
                # Who does not read the end of a connection keeps it half open.
                if not await asyncio.wait_for(reading, TRICKLE_SECONDS):
                    await asyncio.sleep(TRICKLE_SECONDS)
                    return
            if client.trickle:
                await loop.sock_sendall(connection, client.trickle)
