"""A slow line to a portal: every byte takes its time, and every hundredth request is lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from tests.servers import Server

START_SECONDS = 10
CHUNK = 65_536
REQUESTS = (b"GET ", b"POST ")
# Of so many requests one is lost, the first of them half way: 1 %.
REQUESTS_PER_LOSS = 100


@dataclass
class SlowLine:
    """A proxy before a portal.

    Attributes
    ----------
    latency
        Seconds from a question to the first byte of its answer, beyond the server's own time.
    requests, losses
        How many came, and how many connections were reset.
    """

    latency: float
    host: str
    port: int
    requests: int = 0
    losses: int = 0
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        answers, server = await asyncio.open_connection(self.host, self.port)
        ends = _Connection(writer, server)
        self.open |= {writer, server}
        await asyncio.gather(
            self._carry(reader, server, ends, way_there=True),
            self._carry(answers, writer, ends, way_there=False),
        )
        self.open -= {writer, server}

    async def _carry(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        ends: _Connection,
        *,
        way_there: bool,
    ) -> None:
        clock = asyncio.get_running_loop()
        try:
            while chunk := await source.read(CHUNK):
                if way_there and chunk.startswith(REQUESTS):
                    ends.fate = self._fate_of_next()
                if ends.fate == ("there" if way_there else "back"):
                    ends.reset()
                    return
                clock.call_later(self.latency / 2, _write, target, chunk)
        except ConnectionError:
            pass
        clock.call_later(self.latency / 2, target.close)

    def _fate_of_next(self) -> str:
        """Where the next request is lost: on its way there, or its answer on the way back."""
        self.requests += 1
        if self.requests % REQUESTS_PER_LOSS != REQUESTS_PER_LOSS // 2:
            return ""
        self.losses += 1
        return "there" if self.losses % 2 else "back"


@dataclass
class _Connection:
    """Both ends of a connection, and where its present request is lost."""

    browser: asyncio.StreamWriter
    server: asyncio.StreamWriter
    fate: str = ""

    def reset(self) -> None:
        for end in (self.browser, self.server):
            end.transport.abort()


def _write(target: asyncio.StreamWriter, chunk: bytes) -> None:
    if not target.is_closing():
        target.write(chunk)


@contextmanager
def slow_line(server: Server, latency: float) -> Iterator[tuple[Server, SlowLine]]:
    """The same portal, at the end of a slow line."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    line = SlowLine(latency, host, int(port))
    opened: Future[tuple[int, Callable[[], object]]] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_listen(line, opened)))
    thread.start()
    port_here, close = opened.result(START_SECONDS)
    try:
        yield replace(server, url=f"http://{host}:{port_here}"), line
    finally:
        close()
        thread.join(START_SECONDS)


async def _listen(line: SlowLine, opened: Future[tuple[int, Callable[[], object]]]) -> None:
    """Serve until somebody calls what ``opened`` gives, beside the port."""
    clock, closed = asyncio.get_running_loop(), asyncio.Event()
    async with await asyncio.start_server(line.serve, line.host, 0) as listening:
        port = int(listening.sockets[0].getsockname()[1])
        opened.set_result((port, lambda: clock.call_soon_threadsafe(closed.set)))
        await closed.wait()
        for writer in line.open:
            writer.transport.abort()
        listening.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)
