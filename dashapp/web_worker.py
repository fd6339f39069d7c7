"""gunicorn's threaded worker, with threads that do not wait for clients.

gunicorn's own worker gives each connection a thread, which waits for the rest of a request and for
the reader of its response: as many slow clients as there are threads block the server. Here the
event loop waits instead. It collects a request and hands it to a thread once it is complete. If the
client does not read, the thread returns the connection to the event loop, and some thread continues
once there is room. An open connection costs a descriptor and its buffered bytes.

Threads read only bodies too large for memory, as WSGI requires, once the first bytes have arrived.
These bodies have their own slots. While others wait for a slot, the slowest client is dropped.

This module overrides methods that gunicorn 27 does not document: ``accept``, ``enqueue_req``,
``handle``, ``handle_request``, ``finish_request``, ``murder_pending``, ``_keepalive_after`` and
``_cap_keepalive``. So pyproject.toml excludes gunicorn 28, and tests/faults/test_slow_clients.py
shows whether a newer version works. If gunicorn itself serves TLS, its own methods run: TLS ends in
a proxy. Remove this module once gunicorn buffers by itself.
"""

from __future__ import annotations

import re
import select
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, cast

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from dashapp.telemetry import metrics
from dashapp.web.guards.load_shedding import BODY_BYTES, DRAINS, STREAMS

# Default of Apache's mod_reqtimeout: 20 s for the head, then 500 bytes a second.
HEAD_SECONDS = 20.0
LEAST_BYTES_PER_SECOND = 500
# nginx's default (client_body_timeout, send_timeout): time without progress.
PACE_SECONDS = 60.0
PACE_BYTES = int(PACE_SECONDS * LEAST_BYTES_PER_SECOND)
# While others wait for a slot, this is the time for the same bytes: 6 kB a second.
SCARCE_SECONDS = 5.0
# nginx's large_client_header_buffers hold half as much.
HEAD_BYTES = 64 * 1024
# Bytes of a large body to receive before a thread reads it.
STREAM_HEAD_BYTES = 64 * 1024
# For all unfinished requests of a process; callbacks take a few kilobytes.
BUFFERED_BYTES = 16 * 1024 * 1024
READ_BYTES = 64 * 1024
# The kernel doubles it. Without a limit it would take 4 MB for each reader, and show progress so
# rarely that slow and stopped readers look alike.
SEND_BUFFER_BYTES = 128 * 1024
# As in gunicorn's close_graceful; browsers show a response only after sending all.
LINGER_SECONDS = 2.0
DRAIN_SECONDS = 10.0

END_OF_HEAD = b"\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# Only determines how much to wait for; gunicorn's parser parses the request.
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)

# Closing then drops unsent data in the kernel, which a slow reader would keep for hours.
RESET = struct.pack("ii", 1, 0)
TOO_SLOW = (408, "Request Timeout")
BUSY = (503, "Service Unavailable")
# Returned by a thread whose client must read first.
PAUSED = object()


class Pace:
    """A deadline that is extended whenever enough bytes have moved.

    Parameters
    ----------
    seconds
        Time until the first deadline, if it differs from the later ones.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._bytes = 0
        self.deadline = time.monotonic() + (seconds or PACE_SECONDS)

    def move(self, count: int) -> None:
        """Count bytes."""
        self._bytes += count
        if self._bytes >= PACE_BYTES:
            self._bytes = 0
            self.deadline = time.monotonic() + PACE_SECONDS


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A client's connection and its current request.

    Attributes
    ----------
    received
        Bytes of requests that no thread has taken yet.
    needed
        Bytes that complete the request; None before the end of its head.
    streamed
        Whether a thread reads the rest of the body.
    ended
        Whether the client has stopped sending.
    response
        Continues the response, and pauses whenever the client must read first.
    pace
        The client's deadline.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.init()
        self.parser.unreader = BodyReader(self)
        self.received = bytearray()
        self.response: Generator[None, None, bool] | None = None
        self.ended = False
        self.pace = Pace(HEAD_SECONDS)
        self.expect_request()

    def expect_request(self) -> None:
        """Wait for the next request; bytes that came with the last one belong to it."""
        self.received[:] = self.parser.unreader.take_buffered()
        self.needed: int | None = None
        self.streamed = False

    def receive(self) -> bool:
        """Receive available bytes and return whether a thread may take the request.

        Raises
        ------
        OSError
            If the connection is broken.
        """
        self.sock.setblocking(False)
        if not self.received:
            # The connection may have been idle until now.
            self.pace = Pace(HEAD_SECONDS)
        while not self._is_complete():
            try:
                piece = self.sock.recv(READ_BYTES)
            except BlockingIOError:
                return False
            if not piece:
                self.ended = True
                return True
            self.received += piece
            self.pace.move(len(piece))
        return True

    def _is_complete(self) -> bool:
        if self.needed is None:
            end = self.received.find(END_OF_HEAD)
            if end < 0:
                # The parser then refuses it.
                return len(self.received) > HEAD_BYTES
            self._learn(bytes(self.received[: end + len(END_OF_HEAD)]))
        assert self.needed is not None
        return len(self.received) >= self.needed

    def _learn(self, head: bytes) -> None:
        """Read from the head how many bytes to expect."""
        found = LENGTH.search(head)
        length = int(found.group(1)) if found else 0
        self.streamed = length > BODY_BYTES or CHUNKED.search(head) is not None
        self.needed = len(head) + (min(length, STREAM_HEAD_BYTES) if self.streamed else length)
        self.pace = Pace()
        if len(self.received) < self.needed and EXPECTS.search(head):
            self.sock.send(CONTINUE)

    def hand_over(self) -> None:
        """Pass the received bytes to the parser."""
        self.parser.unreader.unread(bytes(self.received))
        self.received.clear()
        self.pace = Pace()

    @property
    def is_slow(self) -> bool:
        """Whether to drop the connection while others wait for its slot."""
        return bool(self.pace.deadline - PACE_SECONDS + SCARCE_SECONDS < time.monotonic())


class BodyReader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """Read what the event loop has received, and then the rest of a streamed body.

    A client that is too slow counts as disconnected.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.sock)
        self._connection = connection

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next chunk, empty at the end."""
        pace, readable = self._connection.pace, select.poll()
        readable.register(self.sock, select.POLLIN)
        seconds = pace.deadline - time.monotonic()
        if not self._connection.streamed or seconds <= 0 or not readable.poll(1000 * seconds):
            return b""
        piece = cast("bytes", super().chunk(size_hint))
        pace.move(len(piece))
        return piece


class Outbox:
    """Replaces a response's socket: sends what the client accepts, and buffers the rest."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rest: deque[memoryview] = deque()

    def sendall(self, data: bytes) -> None:
        """Send bytes now or later."""
        self._rest.append(memoryview(data))
        self.flush()

    def flush(self) -> bool:
        """Send buffered bytes and return whether none are left."""
        while self._rest:
            try:
                sent = self._connection.sock.send(self._rest[0], socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            self._connection.pace.move(sent)
            self._rest[0] = self._rest[0][sent:]
            if not self._rest[0]:
                self._rest.popleft()
        return True


class BufferingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A threaded worker whose event loop waits for clients."""

    alive: bool

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        # Connections that the event loop waits for, and how many bytes they hold.
        self._parked: dict[Connection, None] = {}
        self._buffered = 0
        # Large bodies that threads read, and those that wait for a slot.
        self._streams: set[Connection] = set()
        self._waiting: deque[Connection] = deque()
        self._next_sweep = 0.0

    # The event loop: what follows runs in the main thread, which never blocks.

    def accept(self, listener: socket.socket) -> None:
        """Accept a new connection; if there are too many, close another one."""
        if self.cfg.is_ssl:
            super().accept(listener)
            return
        if self.nr_conns >= self.worker_connections - 1:
            self._make_room()
        try:
            sock, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self.enqueue_req(Connection(self.cfg, sock, address, listener.getsockname()))

    def enqueue_req(self, conn: Connection) -> None:
        """Hand a complete request to a thread; wait for the rest of an incomplete one."""
        if self.cfg.is_ssl:
            super().enqueue_req(conn)
            return
        try:
            complete = conn.receive()
        except OSError:
            self._drop(conn)
            return
        if not complete:
            self._park(conn, EVENT_READ, self.enqueue_req)
        elif conn.ended and not conn.received:
            self._drop(conn)
        else:
            conn.hand_over()
            if conn.streamed:
                self._waiting.append(conn)
                self._start_streams()
            else:
                super().enqueue_req(conn)

    def finish_request(self, conn: Connection, fs: Future[object]) -> None:
        """Wait for the reader, for the next request, or for the client to close."""
        if self.cfg.is_ssl:
            super().finish_request(conn, fs)
            return
        self._streams.discard(conn)
        self._start_streams()
        outcome = None if fs.cancelled() or fs.exception() else fs.result()
        if outcome is PAUSED:
            self._park(conn, EVENT_WRITE, super().enqueue_req)
            return
        if not outcome:
            self._linger(conn)
            return
        conn.expect_request()
        if conn.received:
            self.enqueue_req(conn)
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Close connections that are too slow, once a second."""
        super().murder_pending()
        now = time.monotonic()
        if now < self._next_sweep:
            return
        self._next_sweep = now + 1
        for conn in [conn for conn in self._idle if conn.pace.deadline < now]:
            self._give_up(conn)
        # A thread that reads from it then sees the end.
        slowest = sorted(self._streams, key=lambda conn: conn.pace.deadline)
        for conn in slowest[: len(self._waiting)]:
            if conn.is_slow:
                metrics.meters().refused.labels("slow").inc()
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)

    def _cap_keepalive(self, deadline: float) -> None:
        """Start to stop: wait only a little longer for requests that have not arrived."""
        super()._cap_keepalive(deadline)
        for conn in self._parked:
            if conn.response is None:
                conn.pace.deadline = min(conn.pace.deadline, deadline)

    def _park(self, conn: Connection, events: int, go_on: Callable[[Connection], None]) -> None:
        """Wait until the connection is ready, at most until its deadline."""
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, events, partial(self._unpark, conn, go_on))
        self._parked[conn] = None
        self._buffered += len(conn.received)
        if self._buffered > BUFFERED_BYTES:
            self._give_up(max(self._parked, key=lambda conn: len(conn.received)))

    def _unpark(
        self, conn: Connection, go_on: Callable[[Connection], None], _fileobj: object = None
    ) -> None:
        self.poller.unregister(conn.sock)
        del self._parked[conn]
        self._buffered -= len(conn.received)
        go_on(conn)

    def _start_streams(self) -> None:
        """Give free slots to large bodies."""
        while self._waiting and len(self._streams) < STREAMS:
            conn = self._waiting.popleft()
            conn.pace = Pace()
            self._streams.add(conn)
            super().enqueue_req(conn)

    def _linger(self, conn: Connection) -> None:
        """Close for writing, and wait a moment for the client (RFC 9112, section 9.6).

        Closing with unread bytes resets the connection, and the response may be lost.
        """
        conn.received.clear()
        conn.pace = Pace(DRAIN_SECONDS if conn.streamed else LINGER_SECONDS)
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            self._park(conn, EVENT_READ, self._discard)
        except (OSError, ValueError):
            self._drop(conn)

    def _discard(self, conn: Connection) -> None:
        """Read and discard."""
        try:
            if conn.sock.recv(READ_BYTES):
                self._park(conn, EVENT_READ, self._discard)
                return
        except BlockingIOError:
            self._park(conn, EVENT_READ, self._discard)
            return
        except OSError:
            pass
        self._drop(conn)

    def _make_room(self) -> None:
        """Close the connection that is next to be dropped."""
        if self._idle:
            self._give_up(min(self._idle, key=lambda conn: conn.pace.deadline))
        elif self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0
            self.murder_keepalived()

    @property
    def _idle(self) -> list[Connection]:
        """Connections that no thread is using."""
        return [*self._parked, *self._waiting]

    def _give_up(self, conn: Connection) -> None:
        """Close an idle connection; tell the client why its request is not answered."""
        waits = conn not in self._parked
        if waits or conn.received or conn.response:
            metrics.meters().refused.labels("slow").inc()
        with suppress(OSError):
            if waits or conn.received:
                util.write_error(conn.sock, *(BUSY if waits else TOO_SLOW), "")
            elif conn.response:
                conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        if waits:
            self._waiting.remove(conn)
            self._drop(conn)
        else:
            self._unpark(conn, self._drop)

    def _drop(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()
        if conn.response is not None:
            self.tpool.submit(conn.response.close)

    # What follows runs in threads.

    def handle(self, conn: Connection) -> object:
        """Answer a request, or continue the response."""
        if self.cfg.is_ssl or conn.response is None:
            return super().handle(conn)
        try:
            return self._keepalive_after(conn, self._go_on(conn))
        except OSError:
            # The client has disconnected.
            return False

    def handle_request(self, req: Any, conn: Connection) -> object:
        """Start the response."""
        if self.cfg.is_ssl:
            return super().handle_request(req, conn)
        # Sent by the event loop.
        req._expected_100_continue = False  # noqa: SLF001
        conn.response = self._respond(req, conn)
        return self._go_on(conn)

    def _keepalive_after(self, conn: Connection, keepalive: object) -> object:
        return PAUSED if keepalive is PAUSED else super()._keepalive_after(conn, keepalive)

    def _go_on(self, conn: Connection) -> object:
        """Return PAUSED, or whether the connection can be reused."""
        assert conn.response is not None
        try:
            next(conn.response)
        except StopIteration as end:
            conn.response = None
            return end.value
        except BaseException:
            conn.response = None
            raise
        return PAUSED

    def _respond(self, req: Any, conn: Connection) -> Generator[None, None, bool]:
        """Do what gunicorn's ``handle_request`` does, with pauses; return whether to keep alive."""
        environ: dict[str, Any] = {}
        response = None
        try:
            self.cfg.pre_request(self, req)
            began, outbox = datetime.now(), Outbox(conn)  # noqa: DTZ005 - gunicorn's logger
            response, environ = wsgi.create(req, outbox, conn.client, conn.server, self.cfg)
            environ["wsgi.multithread"] = True
            environ[DRAINS] = True
            self._count_request(response, conn)
            pieces = self.wsgi(environ, response.start_response)
            try:
                conn.pace = Pace()
                for piece in pieces:
                    response.write(piece)
                    while not outbox.flush():
                        yield
                response.close()
                while not outbox.flush():
                    yield
            finally:
                self.log.access(response, req, environ, datetime.now() - began)  # noqa: DTZ005
                if hasattr(pieces, "close"):
                    pieces.close()
            return not response.should_close()
        except OSError:
            raise
        except Exception:
            if response is None or not response.headers_sent:
                raise
            self.log.exception("Error handling request")
            return False
        finally:
            self._report(req, environ, response)

    def _count_request(self, response: Any, conn: Connection) -> None:
        """Decide, as gunicorn does, whether this request is the last of its connection."""
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.log.info("Autorestarting worker after current request.")
            self.alive = False
        full = len(self.keepalived_conns) >= self.max_keepalived
        # Do not read the rest of an unread body to find the next request.
        if conn.streamed or full or not self.alive or not self.cfg.keepalive:
            response.force_close()

    def _report(self, req: Any, environ: dict[str, Any], response: Any) -> None:
        try:
            self.cfg.post_request(self, req, environ, response)
        except Exception:
            self.log.exception("Exception in post_request hook")
