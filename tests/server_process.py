"""The server as a process of its own, as an operator starts it; for tests of what only a process has."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests import processes
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 10.0  # seconds: who has not been answered by then has not been answered
BOUND = 60.0  # seconds for a server to start
HONEST = "127.0.0.1"  # where visitors are; all of 127.0.0.0/8 is this machine


class Answer(NamedTuple):
    """One answer."""

    status: int
    content: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    host: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    cache: Path

    def connect(self, timeout: float = PATIENCE, source: str = HONEST) -> socket.socket:
        """A connection to it, from one of this machine's addresses."""
        return socket.create_connection((self.host, self.port), timeout=timeout, source_address=(source, 0))

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        timeout: float = PATIENCE,
        *,
        source: str = HONEST,
        cookie: str = "",
        held: set[socket.socket] | None = None,
    ) -> Answer:
        """One answer, over a connection of its own; while it is waited for it is among those held."""
        headers = {"Content-Type": "application/json"} if body else {}
        headers |= {"Cookie": cookie} if cookie else {}
        connection = http.client.HTTPConnection(
            self.host, self.port, timeout=timeout, source_address=(source, 0)
        )
        connection.connect()
        held, line = set() if held is None else held, connection.sock
        held.add(line)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()})
        finally:
            held.discard(line)
            connection.close()

    def cookie(self, source: str = HONEST) -> str:
        """What a browser that opens the page sends from then on; empty if the page sets none."""
        return self.ask("GET", "/", source=source).headers.get("set-cookie", "").partition(";")[0]

    def memory(self) -> int:
        """Bytes that it and its children hold."""
        return processes.memory(self.process.pid)

    def processor(self) -> float:
        """Seconds of processor that it and its children have taken."""
        return processes.processor(self.process.pid)

    def open_files(self) -> int:
        """Files and connections that it and its children hold open."""
        return processes.open_files(self.process.pid)

    def said(self) -> list[str]:
        """The lines of its log."""
        return self.log.read_text(errors="replace").splitlines()


@contextmanager
def served(
    folder: Path, root: Path = ROOT, command: Sequence[str] = (sys.executable, "-m", "app"), **said: str
) -> Iterator[Server]:
    """The dashboard of a checkout, with a cache of its own; ready when it answers."""
    folder.mkdir(parents=True, exist_ok=True)
    cache = folder / "cache"
    variables = {"HOST": "127.0.0.1", "PORT": "0", "SADDLESURF_CACHE_FOLDER": str(cache)}
    variables |= {"SADDLESURF_WARM_UP": "false", "OPENBLAS_NUM_THREADS": "1"}
    env = os.environ | variables | said
    env.pop("PYTHONPATH", None)  # another checkout must find itself
    log = folder / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(list(command), cwd=root, env=env, stdout=errors, stderr=errors)
    try:
        until(lambda: port_of(log) or process.poll() is not None, "it listens", BOUND)
        assert process.poll() is None, log.read_text()
        server = Server("127.0.0.1", port_of(log), process, log, cache)
        until(lambda: answers(server), "it answers", BOUND)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def port_of(log: Path) -> int:
    """The port at which a server says that it listens; 0 if it has not yet.

    One that was chosen before might be taken meanwhile, even by whoever looks whether somebody answers there.
    """
    found = re.search(r" listens on http://[0-9.]+:([0-9]+)\n", log.read_text(errors="replace"))
    return int(found[1]) if found else 0


def answers(server: Server) -> bool:
    """Whether it is there and well."""
    assert server.process.poll() is None, server.log.read_text()
    try:
        return server.ask("GET", "/health", timeout=5.0).status == 200
    except OSError:
        return False
