"""Whatever bytes come over a connection: a status below 500 or none, no traceback, the next good request as ever."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server_process import Server, served

SOON = 0.3  # seconds that one waits for an answer to what may have no end, and so no answer
PATIENCE = 60.0  # seconds that one waits for what must be answered
BODY = json.dumps({"address": None, "box": "d2", "text": "0.4", "point": {}}).encode()
POST = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
GOOD = [
    b"GET / HTTP/1.1\r\nHost: x\r\nCookie: saddlesurf=0123456789abcdef\r\nAccept-Encoding: gzip\r\n\r\n",
    b"GET /health HTTP/1.0\r\n\r\n",
    b"GET /data/lines.csv?p=3 HTTP/1.1\r\nHost: x\r\nIf-None-Match: W/\"x\"\r\nRange: bytes=0-9\r\n\r\n",
    b"GET /ready HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
    b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    POST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY,
    POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n",
]  # fmt: skip
#: What is put in or set in place of something: other protocols, other ends of lines, lengths that are none.
JUNK = [
    b"\0", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b":", b"\xff\xfe", b"\x80", b"%", b"%00", b"//", b"http://evil.com/",
    b"HTTP/2.0", b"HTTP/0.9", b"HTTP/9999", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0", b"-1",
    b"Content-Length: -1\r\n", b"Content-Length: 9999999999999999999\r\n", b"Content-Length: 1, 2\r\n",
    b"Content-Length: +5\r\n", b"Transfer-Encoding: x\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Host: a\r\nHost: b\r\n",
    b"Expect: 100-continue\r\n", b" folded: line\r\n", b"X: " + 5000 * b"x" + b"\r\n", b"X: y\r\n" * 300, b"ffffffffff",
    b"Connection: Upgrade\r\nUpgrade: h2c\r\n", b"x" * 9000, b"CONNECT x:443 HTTP/1.1\r\n", b"OPTIONS * HTTP/1.1\r\n",
]  # fmt: skip
Change = tuple[int, str, bytes]
changes = st.lists(
    st.tuples(
        st.integers(0, 10**6),
        st.sampled_from(["in", "instead", "gone", "cut", "flipped", "twice"]),
        st.sampled_from(JUNK) | st.binary(max_size=8),
    ),
    min_size=1,
    max_size=3,
)
batches = st.lists(st.tuples(st.sampled_from(GOOD), changes), min_size=20, max_size=20)


def mutated(request: bytes, there: list[Change]) -> bytes:
    """A request with some of its bytes changed."""
    for number, way, junk in there:
        at = number % (len(request) + 1)
        after = request[at:]
        if way == "in":
            request = request[:at] + junk + after
        elif way == "instead":
            request = request[:at] + junk + request[at + max(1, len(junk)) :]
        elif way == "gone":
            request = request[:at] + request[at + 1 + number % 7 :]
        elif way == "cut":
            request = request[: max(at, 1)]
        elif way == "twice":
            line_end = request.find(b"\n", at) + 1
            request = request[:line_end] + request[at:line_end] + request[line_end:]
        elif after:
            request = request[:at] + bytes([after[0] ^ (1 << number % 8)]) + after[1:]
    return request


def said(server: Server, request: bytes, patience: float) -> bytes:
    """The beginning of what is answered to these bytes; nothing if that takes too long, for one who then hangs up."""
    with server.connect(PATIENCE) as connection, suppress(ConnectionError, TimeoutError):
        connection.sendall(request)
        connection.settimeout(patience)
        return connection.recv(2**16)
    return b""


def check(server: Server, request: bytes) -> None:
    """It is answered with a status that is the sender's, or not at all if it has no end."""
    answer = said(server, request, SOON)
    assert not answer or answer.startswith(b"HTTP/1."), (request, answer[:300])
    for status in map(int, re.findall(rb"^HTTP/1\.[01] ([0-9]{3}) ", answer[:12])):
        unknown = (
            status == 501 and b"ransfer" in request
        )  # RFC 9112, 6.1: a transfer coding that is not understood
        put_off = status == 503 and b"Retry-After: " in answer
        assert status < 500 or unknown or put_off, (request, answer[:300])
    assert b"Traceback" not in answer


def assert_well(server: Server, since: int = 0) -> None:
    """The good requests are answered, and nothing in the log is a fault, from a line of it on."""
    for request in GOOD:
        answer = said(server, request, PATIENCE)
        assert re.match(rb"HTTP/1\.[01] (200|206|404) ", answer), (request, answer[:300])
    lines = server.said()[since:]
    assert not [line for line in lines if line.startswith(("ERROR", "CRITICAL", "  | "))], lines[-30:]
    assert all(len(line) <= 300 and line.isprintable() for line in lines)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    limits = {"SADDLESURF_RECEIVE_WITHIN": "1", "SADDLESURF_PROXIES": "1"}
    with served(tmp_path_factory.mktemp("server"), **limits) as running:
        yield running


def test_good_requests_are_answered(server: Server) -> None:
    assert_well(server)


@given(batches)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_mutated_bytes_are_answered(server: Server, batch: list[tuple[bytes, list[Change]]]) -> None:
    before = len(server.said())
    for request, there in batch:
        check(server, mutated(request, there))
    assert_well(server, before)


@pytest.mark.slow
@given(batches)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_two_thousand_mutations_of_bytes_are_answered(
    server: Server, batch: list[tuple[bytes, list[Change]]]
) -> None:
    before = len(server.said())
    for request, there in batch:
        check(server, mutated(request, there))
    assert_well(server, before)
