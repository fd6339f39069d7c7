"""A long, lossy line to a server: a TCP proxy that hands everything on later."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

READ_BYTES = 65_536
# RFC 6298, section 2.4: a lost segment is sent again after a second at least, and one more way.
RESENT_SECONDS = 1.0


class SlowLine:
    """A proxy whose answers take as long as they would over a bad line.

    Parameters
    ----------
    target : str
        Address of the server, ``http://127.0.0.1:port``.
    seconds : float
        Time that a question and its answer are on their way, together.
    loss : float
        Share of pieces that are lost and sent again.
    cut : float
        Share of answers whose connection breaks before they arrive.
    seed : int
        The same seed loses the same pieces.

    Attributes
    ----------
    url : str
        Where to reach the server through this line.
    cut : float
        As above; may change while the line is in use.
    """

    def __init__(
        self, target: str, seconds: float, *, loss: float = 0.0, cut: float = 0.0, seed: int = 1
    ) -> None:
        self._port = urlsplit(target).port
        self._half = seconds / 2
        self._loss = loss
        self.cut = cut
        self._chance = random.Random(seed)
        self._writers: set[asyncio.StreamWriter] = set()
        self._calls: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        # A loop of its own: Playwright's runs in the thread of the test.
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait()

    def close(self) -> None:
        """Hang up."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stop.wait()
        server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = asyncio.current_task()
        assert call is not None
        self._calls.add(call)
        self._writers.add(writer)
        try:
            their_reader, their_writer = await asyncio.open_connection("127.0.0.1", self._port)
            self._writers.add(their_writer)
            await asyncio.gather(
                self._carry(reader, their_writer, answers=False),
                self._carry(their_reader, writer, answers=True),
            )
        finally:
            self._calls.discard(call)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        """Hand on what comes, in its order, each piece after its time on the way."""
        arrived: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivery = asyncio.create_task(self._deliver(arrived, writer, answers))
        try:
            while piece := await reader.read(READ_BYTES):
                arrived.put_nowait((self._arrival(), piece))
        except OSError:
            pass
        arrived.put_nowait((self._arrival(), b""))
        await delivery

    def _arrival(self) -> float:
        lost = self._chance.random() < self._loss
        again = RESENT_SECONDS + 2 * self._half if lost else 0.0
        return self._loop.time() + self._half + again

    async def _deliver(
        self,
        arrived: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
        answers: bool,
    ) -> None:
        try:
            while True:
                when, piece = await arrived.get()
                await asyncio.sleep(when - self._loop.time())
                if answers and self._chance.random() < self.cut:
                    writer.transport.abort()
                    return
                if not piece:
                    break
                writer.write(piece)
                await writer.drain()
            writer.close()
        except OSError:
            writer.transport.abort()


@contextmanager
def slow_line(target: str, seconds: float, loss: float = 0.0) -> Iterator[SlowLine]:
    """A server at the other end of a slow line."""
    line = SlowLine(target, seconds, loss=loss)
    try:
        yield line
    finally:
        line.close()
