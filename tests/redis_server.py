"""A real Redis on a free port, for tests; it can be killed, made to hang, and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAMES = ("redis-server", "valkey-server")
WITHIN = 60.0  # seconds for it to answer


class RedisServer:
    """It keeps nothing when it ends.

    Parameters
    ----------
    folder : Path
        Where it works.
    options : str
        Of its command line.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        program = os.environ.get("REDIS_SERVER") or next(filter(None, map(shutil.which, NAMES)), None)
        assert program, "No redis-server was found; `make test` installs one, or name it in REDIS_SERVER."
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)]
        self._command += ["--save", "", "--appendonly", "no", "--loglevel", "warning", *options]
        self.start()

    @property
    def address(self) -> str:
        """What goes into SADDLESURF_CACHE."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + WITHIN
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "redis-server has ended"
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                line.sendall(b"PING\r\n")
                if line.recv(64):
                    return
            time.sleep(0.02)
        raise AssertionError("redis-server did not answer")

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait(WITHIN)

    def hang(self) -> None:
        """Let it take connections and answer nothing, until it goes on."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def redis_server(folder: Path, *options: str) -> Iterator[RedisServer]:
    """A Redis that ends with the test."""
    server = RedisServer(folder, *options)
    try:
        yield server
    finally:
        server.kill()
