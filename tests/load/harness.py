"""A server as it is started, whoever attacks it, and how long honest visitors wait meanwhile."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from tests.load import processes
from tests.load.table import note

ROOT = Path(__file__).resolve().parents[2]
#: Another checkout, measured in the same run: what was before.
BEFORE = os.environ.get("LOAD_BEFORE")
CHECKOUTS = {"before": Path(BEFORE).resolve(), "here": ROOT} if BEFORE else {"here": ROOT}
PATIENCE = 10.0  # seconds: who has not been answered by then has not been answered
#: Where honest visitors are; attackers are at other addresses of this machine, which are all its own.
HONEST = "127.0.0.1"


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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    cache = folder / "cache"
    variables = {"HOST": "127.0.0.1", "PORT": str(port), "SADDLESURF_CACHE_FOLDER": str(cache)}
    variables |= {"SADDLESURF_WARM_UP": "false", "OPENBLAS_NUM_THREADS": "1"}
    env = os.environ | variables | said
    env.pop("PYTHONPATH", None)  # another checkout must find itself
    log = folder / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(list(command), cwd=root, env=env, stdout=errors, stderr=errors)
    server = Server("127.0.0.1", port, process, log, cache)
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
        return server.ask("GET", "/health", timeout=5.0).status == 200
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
        return f"{p50:7.1f} {p95:7.1f} {most:7.1f} ms of {len(self.all)}"


Question = tuple[str, str, bytes | None]
_new = count(1)


def cards(names: Sequence[str], point: Mapping[str, object] | None = None, pace: str = "first") -> Question:
    """Ask for cards as the page does."""
    message = {"number": 1, "cards": names, "pace": pace, "theme": "light", "points": [point or {}]}
    return "POST", "/cards", json.dumps(message | {"looks": {}}).encode()


def elsewhere() -> str:
    """A noise that nobody has asked for yet."""
    return f"{0.3 + 1e-5 * next(_new):.6f}"


#: What honest visitors ask; each time it is made anew.
QUESTIONS: Mapping[str, Callable[[], Question]] = {
    "/health": lambda: ("GET", "/health", None),
    "cached card": lambda: cards(["phase"]),
    "closed form": lambda: ("GET", "/data/lines.csv?p=3", None),
    "new closed form": lambda: ("GET", f"/data/complexity.csv?d2={elsewhere()}", None),
    "new flow": lambda: ("GET", f"/data/flow.csv?dp=1.3&d2={elsewhere()}", None),
}


def visit(
    server: Server, seconds: float, questions: Mapping[str, Callable[[], Question]] = QUESTIONS
) -> dict[str, Waits]:
    """Ask each question again and again for so long, one visitor a question, and tell how long they waited.

    A visitor has opened the page before. He is polite: where he is asked to come again later, he does, and that is a
    part of his waiting.
    """
    end = time.monotonic() + seconds
    waited: dict[str, list[float]] = {name: [] for name in questions}

    def ask(name: str) -> None:
        look, cookie = threading.Event(), cookie_of(server)
        while not waited[name] or time.monotonic() < end:
            begun = time.monotonic()
            is_answered = patiently(server, questions[name](), begun + PATIENCE, cookie)
            waited[name].append((time.monotonic() - begun) * 1000 if is_answered else float("inf"))
            look.wait(0.05)  # who looks

    visitors = [threading.Thread(target=ask, args=(name,)) for name in questions]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return {name: Waits(tuple(waits)) for name, waits in waited.items()}


def cookie_of(server: Server) -> str:
    """The cookie of somebody who opens the page, if he gets that far."""
    try:
        return server.cookie()
    except (OSError, http.client.HTTPException):
        return ""


def patiently(server: Server, question: Question, until: float, cookie: str = "", **who: Any) -> bool:
    """Whether a question is answered in time, by somebody who comes again when he is asked to."""
    pause = threading.Event()
    while (left := until - time.monotonic()) > 0:
        try:
            status, _, headers = server.ask(*question, timeout=left, cookie=cookie, **who)
        except (OSError, http.client.HTTPException):
            return False
        if status not in (429, 503):
            return status == 200
        assert re.fullmatch(r"[1-9][0-9]?", headers["retry-after"]), headers
        pause.wait(min(float(headers["retry-after"]), max(0.0, until - time.monotonic())))
    return False


def tell(checkout: str, title: str, found: Mapping[str, Waits]) -> None:
    """Put what visitors waited into the table."""
    for name, waits in found.items():
        note(checkout, title, name, waits)
