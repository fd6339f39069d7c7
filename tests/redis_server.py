"""A real redis-server of the test's own, which can be stopped, frozen, filled and flushed."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from pathlib import Path

import redis

from tests.conftest import missing
from tests.waiting import until


class RedisServer:
    """One redis-server on a free port of loopback, without files that outlive it."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            missing("no redis-server is installed (apt-get install redis-server)")
        assert program is not None
        self._program = program
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis(port=self.port)
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no", "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        until(self._answers, seconds=10, what="redis-server answers")

    def stop(self) -> None:
        """End it at once, as a crash would."""
        self.client.close()
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """Let it accept connections and answer nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def fill(self) -> None:
        """Leave it no room for any write."""
        self.client.config_set("maxmemory", "1mb")
        self.client.config_set("maxmemory-policy", "noeviction")

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.exceptions.ConnectionError:
            return False
