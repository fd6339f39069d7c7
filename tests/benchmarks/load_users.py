"""Users who repeat the scout's journey, each with a file and a session of their own.

They share the machine with the portal, so they do little: bodies are prepared, answers are
looked through as bytes, and one event loop serves all.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from load_scout import CALLBACK, Action, Ask

# As browsers: so many connections to one host, and a wait for an answer that ends some time.
CONNECTIONS = 6
ANSWER_SECONDS = 30.0
GRACE_SECONDS = 10.0
POLL_SECONDS = re.compile(rb'"milliseconds":\s*(\d+)')
REFUSED = {429, 503}
# Shorter than the browser's patience of two minutes.
MOST_TRIES = 40
CANARY = re.compile(rb"canary(\d{4})")
REFS = re.compile(rb'"shell-refs":\s*{"data":\s*{"dataset":\s*"?(\w+)"?,\s*"model":\s*"?(\w+)"?')
JOB = re.compile(rb'(?:"job"|"shell-job":\s*{"data":\s*{"id"):\s*"([0-9a-f]{32})"')
FOLLOW = b'"..shell-progress.children'
STOPPED = re.compile(rb'"shell-pace":\s*{"data":\s*null')


@dataclass
class Tally:
    """What all users saw.

    Attributes
    ----------
    seconds
        Times of answers by name of the action, uploads and pages included.
    callbacks
        Times of callbacks alone.
    refused, errors
        Answers of 429 and 503 by status; everything that should not happen, by what it was.
    first_refusal
        Users at work when the first answer of 429 or 503 came.
    mixed
        Canaries of others that somebody saw.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    callbacks: list[float] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    first_refusal: int | None = None
    mixed: int = 0
    journeys: int = 0
    active: int = 0


class Wire:
    """One connection that stays open between requests."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer; a connection that idled away is opened anew."""
        fresh = self._streams is None
        try:
            return await self._send(request)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            if fresh:
                raise
            return await self._send(request)

    async def _send(self, request: bytes) -> tuple[int, bytes, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address, limit=2**20)
        reader, writer = self._streams
        writer.write(request)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        body = await _body(reader, head)
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return int(head[9:12]), head, body

    def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
    if length:
        return await reader.readexactly(int(length.group(1)))
    if b"chunked" not in head.lower():
        return b""
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


class User:
    """One visitor with an own file, session and canary.

    Parameters
    ----------
    number
        Who it is; part of each row of the file.
    host, port
        The portal.
    journey
        What the scout did.
    file
        Gives the user's file.
    think
        Seconds between two actions, on average.
    tally
        Where everything is noted.
    """

    def __init__(
        self, number: int, host: str, port: int, journey: list[Action],
        file: Callable[[int], bytes], think: float, tally: Tally,
    ) -> None:  # fmt: skip
        self._number = number
        self._own = f"{number:04d}".encode()
        self._host = f"{host}:{port}"
        self._wires = [Wire(host, port) for _ in range(CONNECTIONS)]
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._journey = journey
        self._file = file
        self._think = think
        self._tally = tally
        self._chance = random.Random(number)
        self._cookie = ""
        self._ids: dict[str, bytes] = {}
        self._stopped = True

    async def live(self, until: float) -> None:
        """Walk again and again, each time in a new session, until the time is over."""
        self._tally.active += 1
        while time.monotonic() < until:
            self._cookie, self._ids = "", {}
            for action in self._journey:
                if time.monotonic() >= until:
                    break
                await self._do(action)
                await asyncio.sleep(self._think * self._chance.uniform(0.5, 1.5))
            else:
                await self._export()
                self._tally.journeys += 1
        self._tally.active -= 1
        for wire in self._wires:
            wire.close()

    async def _do(self, action: Action) -> None:
        for wave in action.waves:
            asks = [ask for ask in wave if all(slot in self._ids for slot in ask.slots)]
            if len(asks) < len(wave):
                self._tally.errors["a step was missed"] += 1
            await _together([self._ask(action.name, ask) for ask in asks])

    async def _ask(self, name: str, ask: Ask) -> None:
        body = self._file(self._number) if ask.path == "/upload" else _filled(ask, self._ids)
        follows = FOLLOW in body and b"shell-job" in body
        while True:
            answer = await self._patiently(name, ask.method, ask.path, body)
            if not follows or STOPPED.search(answer) or not answer:
                return
            pace = POLL_SECONDS.search(answer)
            await asyncio.sleep(int(pace.group(1)) / 1000 if pace else 0.4)

    async def _export(self) -> None:
        query = "&".join(
            f"{name}={self._ids[slot].decode()}"
            for name, slot in (("data", "dataset"), ("model", "model")) if slot in self._ids
        )  # fmt: skip
        found = await self._patiently("export", "GET", f"/download/customers.csv?{query}", b"")
        if found and self._own not in found:
            self._tally.errors["the export lacks the user's rows"] += 1

    async def _patiently(self, name: str, method: str, path: str, body: bytes) -> bytes:
        """Ask as a browser with the portal's script does: refused is asked again later."""
        for _ in range(MOST_TRIES):
            await self._free.acquire()
            wire = self._wires.pop()
            began = time.perf_counter()
            try:
                send = wire.send(self._request(method, path, body))
                status, head, answer = await asyncio.wait_for(send, ANSWER_SECONDS)
            except (TimeoutError, ConnectionError, OSError, asyncio.IncompleteReadError) as error:
                wire.close()
                self._tally.errors[f"{name}: {type(error).__name__}"] += 1
                return b""
            finally:
                self._wires.append(wire)
                self._free.release()
            if status not in REFUSED:
                self._note(name, path, status, time.perf_counter() - began)
                return self._learn(head, answer)
            await self._refused(status, head)
        self._tally.errors[f"{name}: refused {MOST_TRIES} times"] += 1
        return b""

    async def _refused(self, status: int, head: bytes) -> None:
        self._tally.refused[status] += 1
        if self._tally.first_refusal is None:
            self._tally.first_refusal = self._tally.active
        after = re.search(rb"\r\nretry-after: (\d+)", head, re.IGNORECASE)
        if after is None:
            self._tally.errors[f"{status} without Retry-After"] += 1
        await asyncio.sleep((int(after.group(1)) if after else 1) * self._chance.uniform(1, 1.25))

    def _request(self, method: str, path: str, body: bytes) -> bytes:
        extra = (
            f"X-Portal-Upload: 1\r\nX-File-Name: canary{self._number:04d}.csv\r\n"
            "X-Purpose: dataset\r\nContent-Type: application/octet-stream\r\n"
            if path == "/upload"
            else "Content-Type: application/json\r\n"
        )
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nSec-Fetch-Site: same-origin\r\n"
            f"Accept-Encoding: gzip\r\n{extra}"
            + (f"Cookie: {self._cookie}\r\n" if self._cookie else "")
            + (f"Content-Length: {len(body)}\r\n" if method == "POST" else "")
        )
        return head.encode() + b"\r\n" + body

    def _note(self, name: str, path: str, status: int, seconds: float) -> None:
        self._tally.seconds[name].append(seconds)
        if path == CALLBACK:
            self._tally.callbacks.append(seconds)
        if status >= 400:
            self._tally.errors[f"{name}: {status}"] += 1

    def _learn(self, head: bytes, answer: bytes) -> bytes:
        """Take in cookie and ids; look for what belongs to others."""
        cookie = re.search(rb"\r\nset-cookie: ([^;\r]+)", head, re.IGNORECASE)
        if cookie:
            self._cookie = cookie.group(1).decode()
        if b"content-encoding: gzip" in head.lower():
            answer = zlib.decompress(answer, 31)
        self._tally.mixed += sum(own != self._own for own in set(CANARY.findall(answer)))
        job, refs = JOB.search(answer), REFS.search(answer)
        if job:
            self._ids["job"] = job.group(1)
        if refs:
            for name, value in zip(("dataset", "model"), refs.groups(), strict=True):
                if value != b"null":
                    self._ids[name] = value
        return answer


def _filled(ask: Ask, ids: dict[str, bytes]) -> bytes:
    parts = [ask.body[0]]
    for slot, piece in zip(ask.slots, ask.body[1:], strict=True):
        parts += [ids[slot], piece]
    return b"".join(parts)


async def _together(work: list[Coroutine[Any, Any, None]]) -> None:
    await asyncio.gather(*work)


async def crowd(users: list[User], *, seconds: float, spread: float) -> None:
    """All users, who come one after the other within the first seconds."""
    until = time.monotonic() + seconds

    async def arrive(place: int, user: User) -> None:
        await asyncio.sleep(spread * place / max(1, len(users)))
        await user.live(until)

    arrivals = [asyncio.create_task(arrive(*pair)) for pair in enumerate(users)]
    # Who then still waits for a training would wait for those of all others.
    _, waiting = await asyncio.wait(arrivals, timeout=seconds + GRACE_SECONDS)
    for arrival in waiting:
        arrival.cancel()
    for ended in await asyncio.gather(*arrivals, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended
