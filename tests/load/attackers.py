"""Who attacks by how he connects and what he sends (kinds 4 and 5 of issue 11's table).

Each is started, works in the background, and stops at the end of its block. Who attacks by what he lets the server
compute is in `tests.load.askers`.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from tests.server_process import Server

BEAT = 0.5  # seconds between two bytes of a slow one
PAUSE = 0.01  # seconds between two requests of one attacker
HEAD = b"POST /cards HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@contextmanager
def working(
    works: Sequence[Callable[[], None]], pause: float = PAUSE, at_end: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Threads that do these works again and again until the block ends; what is done at the end lets them go."""
    over = threading.Event()

    def again(work: Callable[[], None]) -> None:
        while not over.is_set():
            with suppress(OSError, http.client.HTTPException):
                work()
            over.wait(pause)

    threads = [threading.Thread(target=again, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        at_end()
        for thread in threads:
            thread.join(30)


@contextmanager
def slow(server: Server, count: int, beginning: bytes, byte: bytes = b"x") -> Iterator[None]:
    """Connections that have sent a beginning and go on a byte at a time; new ones for those that were closed."""
    held: list[socket.socket] = []

    def begin() -> socket.socket:
        connection = server.connect()
        connection.sendall(beginning)
        return connection

    def beat() -> None:
        over = threading.Event()
        for place, connection in enumerate(held):
            try:
                if byte:
                    connection.sendall(byte)
            except OSError:
                connection.close()
                held[place] = begin()
        over.wait(BEAT)

    held.extend(begin() for _ in range(count))
    with working([beat]):
        yield
    for connection in held:
        connection.close()


def slow_heads(server: Server, count: int) -> AbstractContextManager[None]:
    """Requests whose headers never end."""
    return slow(server, count, HEAD + b"X-Slow: ")


def slow_bodies(server: Server, count: int) -> AbstractContextManager[None]:
    """Requests whose body never ends."""
    return slow(server, count, HEAD + b"Content-Length: 100000\r\n\r\n")


def idle(server: Server, count: int) -> AbstractContextManager[None]:
    """Connections that say nothing at all."""
    return slow(server, count, b"", b"")


def large_bodies(server: Server, count: int, size: int = 10 * 2**20) -> AbstractContextManager[None]:
    """Messages of 10 MB, one after the other."""

    def post() -> None:
        server.ask("POST", "/cards", size * b"x")

    return working([post] * count)


def long_lines(server: Server, count: int, size: int = 4 * 2**20) -> AbstractContextManager[None]:
    """Addresses of 4 MB, one after the other."""

    def get() -> None:
        with server.connect() as connection:
            connection.sendall(b"GET /?d2=" + size * b"1" + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.recv(100)

    return working([get] * count)


def nonsense(server: Server, count: int) -> AbstractContextManager[None]:
    """Messages of another form, one after the other."""

    def post() -> None:
        for path in ("/cards", "/read", "/goodbye", "/_dash-update-component"):
            server.ask("POST", path, b'{"output": [], "x\\nERROR forged": {}}')

    return working([post] * count)
