"""A server as it is started, whoever attacks it, and how long honest visitors wait meanwhile."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Another checkout, measured in the same run: what was before.
BEFORE = os.environ.get("LOAD_BEFORE")
CHECKOUTS = {"before": Path(BEFORE), "here": ROOT} if BEFORE else {"here": ROOT}
PATIENCE = 10.0  # seconds: who has not been answered by then has not been answered
CARD = {
    "number": 1,
    "cards": ["phase"],
    "pace": "first",
    "theme": "light",
    "points": [{}],
    "looks": {},
}


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    host: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connect(self, timeout: float = PATIENCE) -> socket.socket:
        """A connection to it."""
        return socket.create_connection((self.host, self.port), timeout=timeout)

    def ask(
        self, method: str, path: str, body: bytes | None = None, timeout: float = PATIENCE
    ) -> tuple[int, bytes]:
        """Status and content of one answer, over a connection of its own."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def memory(self) -> int:
        """Bytes that it and its children hold (Linux)."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        held = 0
        for number in (str(self.process.pid), *children):
            with suppress(OSError):
                held += int(Path(f"/proc/{number}/statm").read_text().split()[1])
        return held * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def served(
    folder: Path, root: Path = ROOT, command: Sequence[str] = (sys.executable, "-m", "app"), **said: str
) -> Iterator[Server]:
    """The dashboard of a checkout, with a cache of its own; ready when it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    variables = {"HOST": "127.0.0.1", "PORT": str(port), "SADDLESURF_CACHE_FOLDER": str(folder / "cache")}
    env = os.environ | variables | {"SADDLESURF_WARM_UP": "false"} | said
    log = folder / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(list(command), cwd=root, env=env, stdout=errors, stderr=errors)
    server = Server("127.0.0.1", port, process, log)
    try:
        until(lambda: answers(server), "it answers", 60.0)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def answers(server: Server) -> bool:
    """Whether it is there and well."""
    assert server.process.poll() is None, server.log.read_text()
    try:
        return server.ask("GET", "/health", timeout=5.0)[0] == 200
    except OSError:
        return False


def until(holds: Callable[[], bool], what: str, seconds: float) -> None:
    """Wait for a state."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


@dataclass(frozen=True)
class Waits:
    """How long visitors waited, in milliseconds; who was not answered well counts as infinitely long."""

    all: tuple[float, ...]

    def quantile(self, share: float) -> float:
        """Of all waits, this share is at most so long."""
        return sorted(self.all)[min(int(share * len(self.all)), len(self.all) - 1)]

    def __str__(self) -> str:
        p50, p95, most = (self.quantile(share) for share in (0.5, 0.95, 1.0))
        return f"p50 {p50:7.1f}  p95 {p95:7.1f}  max {most:7.1f} ms of {len(self.all)}"


QUESTIONS: Mapping[str, tuple[str, str, bytes | None]] = {
    "/health": ("GET", "/health", None),
    "cached card": ("POST", "/cards", json.dumps(CARD).encode()),
    "closed form": ("GET", "/data/lines.csv?p=3", None),
}


def visit(
    server: Server, seconds: float, questions: Mapping[str, tuple[str, str, bytes | None]] = QUESTIONS
) -> dict[str, Waits]:
    """Ask each question again and again for so long, one visitor a question, and tell how long they waited."""
    end = time.monotonic() + seconds
    waited: dict[str, list[float]] = {name: [] for name in questions}

    def ask(name: str) -> None:
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                status, _ = server.ask(*questions[name])
            except OSError:
                status = 0
            waited[name].append((time.monotonic() - begun) * 1000 if status == 200 else float("inf"))
            time.sleep(0.05)  # who looks

    visitors = [threading.Thread(target=ask, args=(name,)) for name in questions]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return {name: Waits(tuple(waits)) for name, waits in waited.items()}


def tell(title: str, found: Mapping[str, Waits]) -> None:
    """Print what was measured; pytest shows it with -s."""
    for name, waits in found.items():
        print(f"{title:40} {name:12} {waits}")
