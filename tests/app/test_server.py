"""The server itself, before any page of ours: slow, large, wrong and leaving clients; its end."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest

from app.connections import SWALLOWED, Reception
from app.settings import Settings

PATIENCE = 30.0  # seconds that a test waits for a state; other work may run on every core
BEGUN = b"POST / HTTP/1.1\r\nHost: x\r\n"
BODY = BEGUN + b"Content-Length: 100\r\n\r\nxx"


@dataclass
class Running:
    """A server in this process."""

    port: int
    reception: Reception
    thread: threading.Thread
    refusals: list[tuple[int, str]]

    def connect(self, begun: bytes = b"") -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall(begun)
        return connection

    def ask(self, method: str = "GET", path: str = "/", body: bytes | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """How many bytes have come."""
    said = str(len(environ["wsgi.input"].read())).encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said]


@contextmanager
def running(application: Any = echo, patience: float = PATIENCE, **said: Any) -> Iterator[Running]:
    """A server with few threads, stopped afterwards."""
    listening = socket.create_server(("127.0.0.1", 0))
    refusals: list[tuple[int, str]] = []
    settings = Settings(**({"threads": 2} | said))
    reception = Reception(application, listening, settings, lambda *refusal: refusals.append(refusal))
    thread = threading.Thread(target=reception.run)
    running = Running(listening.getsockname()[1], reception, thread, refusals)
    thread.start()
    try:
        yield running
    finally:
        if not reception.is_stopping:
            reception.stop(patience)
        thread.join(2 * PATIENCE)
        reception.task_dispatcher.shutdown()
        reception.trigger.close()
        assert not thread.is_alive()


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side closes, in the end."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("begun", [b"", b"P", BEGUN, BODY])
def test_whoever_is_slow_holds_no_thread(begun: bytes) -> None:
    with running() as server:
        slow = [server.connect(begun) for _ in range(40)]
        assert server.ask() == (200, "0")
        for connection in slow:
            connection.close()


def test_whoever_reads_slowly_holds_no_thread() -> None:
    def large(_: Any, start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Length", str(2**22))])
        return [bytes(2**22)]

    with running(large) as server:
        slow = [server.connect(BEGUN.replace(b"POST", b"GET") + b"\r\n") for _ in range(10)]
        assert len(server.ask()[1]) == 2**22
        for connection in slow:
            connection.close()


@pytest.mark.parametrize("size", [2**18 + 1, 2**22, SWALLOWED, SWALLOWED + 1])
def test_a_body_that_is_too_large_is_413_with_a_sentence(size: int) -> None:
    with running() as server:
        assert server.ask("POST", "/", bytes(2**18)) == (200, str(2**18))
        with server.connect(BEGUN + f"Content-Length: {size}\r\n\r\n".encode()) as connection:
            if size <= SWALLOWED:
                connection.sendall(bytes(size))
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert answer.status == 413
            assert answer.read() == b"The message is too large: at most 262144 bytes are read.\n"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
        assert server.refusals == [(413, "The message is too large: at most 262144 bytes are read.")]
        assert server.ask() == (200, "0")


def test_a_body_in_pieces_is_bounded_too() -> None:
    with running() as server:
        with server.connect(BEGUN + b"Transfer-Encoding: chunked\r\n\r\n") as connection:
            connection.sendall(b"10000\r\n" + bytes(2**16) + b"\r\n")
            connection.sendall(b"0\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
        piece = b"10000\r\n" + bytes(2**16) + b"\r\n"
        with server.connect(BEGUN + b"Transfer-Encoding: chunked\r\n\r\n") as connection:
            with suppress(ConnectionError):
                connection.sendall(10_000 * piece)
            assert (413, "The message is too large: at most 262144 bytes are read.") in server.refusals


@pytest.mark.parametrize("size", [9_000, 100_000, 4 * 2**20])
def test_an_address_that_is_too_long_is_414_with_a_sentence(size: int) -> None:
    with running() as server:
        assert server.ask("GET", "/" + 8000 * "x") == (200, "0")
        assert server.ask("GET", "/" + size * "x") == (
            414,
            "The address is too long: at most 8192 bytes are read.\n",
        )
        assert server.ask() == (200, "0")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nX: " + 40_000 * b"x" + b"\r\n\r\n", 431),
        (b"nonsense\x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nHost: <script>\n\n\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_is_a_sentence_without_its_words(sent: bytes, status: int) -> None:
    with running() as server:
        with server.connect(sent) as connection:
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert answer.status == status
            assert answer.read().startswith(b"Th")
        assert [code for code, _ in server.refusals] == [status]
        assert server.ask() == (200, "0")


def test_a_connection_serves_many_requests_in_their_order() -> None:
    asked = [b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % n + n * b"x" for n in range(5)]
    asked.append(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
    with (
        running() as server,
        server.connect(b"".join(asked)) as connection,
        connection.makefile("rb") as answers,
    ):
        said = [part[-1:] for part in answers.read().split(b"HTTP/1.1 200 OK")[1:]]
    assert said == [b"0", b"1", b"2", b"3", b"4", b"0"]


@pytest.mark.parametrize("begun", [b"", BODY])
def test_beyond_the_limit_the_longest_idle_goes_and_the_newest_is_served(begun: bytes) -> None:
    with running(connections=8) as server:
        held = [server.connect(begun) for _ in range(30)]
        assert server.ask() == (200, "0")
        for connection in held[:20]:
            assert is_closed(connection)
            connection.close()
        assert server.ask() == (200, "0")
        for connection in held[20:]:
            connection.close()


@pytest.mark.parametrize("begun", [b"GET", BODY, b"GET /" + 9000 * b"x"])
def test_a_request_that_does_not_end_is_given_up(begun: bytes) -> None:
    with running(receive_within=1.0) as server, server.connect(begun) as connection:
        assert is_closed(connection)
        assert server.ask() == (200, "0")


def test_who_leaves_is_noticed_while_he_is_served() -> None:
    began, left = threading.Event(), threading.Event()

    def patient(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        began.set()
        while not environ["waitress.client_disconnected"]():
            threading.Event().wait(0.01)
        left.set()
        return echo(environ, start)

    with running(patient) as server:
        connection = server.connect(b"GET / HTTP/1.1\r\n\r\n")
        assert began.wait(PATIENCE)
        connection.close()
        assert left.wait(PATIENCE)


def test_at_the_end_what_is_being_answered_is_answered_and_nothing_new_accepted() -> None:
    began, go_on = threading.Event(), threading.Event()

    def late(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        began.set()
        assert go_on.wait(PATIENCE)
        return echo(environ, start)

    with running(late) as server:
        idle, asking = server.connect(), server.connect(b"GET / HTTP/1.1\r\n\r\n")
        assert began.wait(PATIENCE)
        server.reception.stop(PATIENCE)
        assert is_closed(idle)
        with pytest.raises(ConnectionError):
            server.connect()
        go_on.set()
        assert asking.recv(12) == b"HTTP/1.1 200"
        server.thread.join(PATIENCE)
        assert not server.thread.is_alive()
        idle.close()
        asking.close()


def test_the_end_does_not_wait_for_ever() -> None:
    began, go_on = threading.Event(), threading.Event()

    def hanging(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        began.set()
        go_on.wait(2 * PATIENCE)
        return echo(environ, start)

    with running(hanging) as server:
        connection = server.connect(b"GET / HTTP/1.1\r\n\r\n")
        assert began.wait(PATIENCE)
        server.reception.stop(0.1)
        server.thread.join(PATIENCE)
        assert not server.thread.is_alive()
        go_on.set()
        connection.close()
