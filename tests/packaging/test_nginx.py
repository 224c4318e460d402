"""`deploy/nginx.conf` in front of a real server: every answer has its headers, under the prefix, as it should."""

from __future__ import annotations

import ast
import gzip
import http.client
import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from urllib.parse import urlsplit

import pytest

from app.settings import Settings
from tests.browser.conftest import MAIN_STORIES
from tests.nginx import DEPLOY, PREFIX, nginx
from tests.packaging.test_hosting import ROOT, served

HEADERS = {
    "Content-Security-Policy": "default-src '",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
COOKIE = f"visitor=1; Path={PREFIX}; HttpOnly; SameSite=Lax"
FLOW = "/data/flow.csv?p=3&d2=0.4&dp=1.7&m0=0.1&tmax=10"


class Answer:
    """What has come, with each header as often as it was there."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def is_protected(self) -> bool:
        """Whether each security header is there once."""
        found = {name: self.headers.get_all(name, []) for name in HEADERS}
        return all(len(found[name]) == 1 and found[name][0].startswith(HEADERS[name]) for name in HEADERS)


def ask(address: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """One request of a connection of its own; names of headers are written with _ for -."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.netloc, timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, place.path + path, body, named)
        return Answer(connection.getresponse())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The addresses of one server: its own, and the one that nginx gives it."""
    folder = tmp_path_factory.mktemp("server")
    cache = {"SADDLESURF_CACHE_FOLDER": str(folder / "cache"), "SADDLESURF_URL_PREFIX": PREFIX}
    with served(folder / "log", **cache) as direct, nginx([urlsplit(direct).netloc]) as behind:
        yield {"direct": direct, "nginx": behind}


@pytest.fixture(params=["direct", "nginx"])
def address(request: pytest.FixtureRequest, ways: Mapping[str, str]) -> str:
    return ways[request.param]


CASES = {
    "page": ("/", "GET", b"", 200),
    "head": ("/", "HEAD", b"", 200),
    "health": ("/health", "GET", b"", 200),
    "data": (FLOW, "GET", b"", 200),
    "layout": ("/_dash-layout", "GET", b"", 200),
    "dependencies": ("/_dash-dependencies", "GET", b"", 200),
    "wrong parameter": ("/data/flow.csv?p=x", "GET", b"", 400),
    "wrong message": ("/_dash-update-component", "POST", b"[]", 400),
    "nothing there": ("/nope", "GET", b"", 404),
    "no asset": ("/assets/nope.js", "GET", b"", 404),
    "another host's": ("//evil.example/", "GET", b"", 404),
    "method": ("/health", "DELETE", b"", 405),
    "body": ("/_dash-update-component", "POST", bytes(2**18 + 1), 413),
    "body for nginx": ("/_dash-update-component", "POST", bytes(2**20 + 1), 413),
    "line": ("/?" + 9000 * "x", "GET", b"", 414),
    "line for nginx": ("/?" + 40_000 * "x", "GET", b"", 414),
}


@pytest.mark.parametrize("case", CASES)
def test_every_answer_has_its_headers(address: str, case: str) -> None:
    path, method, body, status = CASES[case]
    answer = ask(address, path, method, body or None, Content_Type="application/json")
    assert answer.status == status
    assert answer.is_protected(), answer.headers


def test_what_the_page_names_and_what_a_browser_has_have_them_too(
    address: str, ways: Mapping[str, str]
) -> None:
    page = ask(address, "/")
    named = set(re.findall(rb'(?:src|href)="([^"#]+)"', page.body))
    assert len(named) > 20
    for link in named:
        assert link.startswith(PREFIX.encode()), link
        answer = ask(address, "/" + link.decode().removeprefix(PREFIX))
        assert answer.status == 200
        assert answer.is_protected(), answer.headers
    unchanged = ask(address, "/", If_None_Match=page.headers["ETag"])
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert unchanged.is_protected()
    data = ask(address, FLOW)
    assert ask(address, FLOW, If_None_Match=data.headers["ETag"]).status == 304


def test_what_is_no_request_has_them_too(address: str) -> None:
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port or 80), timeout=60) as line:
        line.sendall(b"junk\r\n\r\n")
        response = http.client.HTTPResponse(line)
        response.begin()
        answer = Answer(response)
    assert answer.status == 400
    assert answer.is_protected(), answer.headers


def test_sentences_and_compression_are_the_servers_own(ways: Mapping[str, str]) -> None:
    for path, method, body, _ in (CASES["wrong parameter"], CASES["body"], CASES["line"]):
        direct, behind = (ask(ways[way], path, method, body or None) for way in ("direct", "nginx"))
        assert direct.body == behind.body
        assert direct.body
    table = FLOW.replace(".csv", ".json")
    packed = ask(ways["nginx"], table, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == ask(ways["nginx"], table).body


def test_the_prefix_is_stripped_completed_and_all_there_is(ways: Mapping[str, str]) -> None:
    behind = ways["nginx"]
    outside = behind.removesuffix(PREFIX.rstrip("/"))
    bare = ask(outside, PREFIX.rstrip("/") + "?v=1&p=4")
    assert (bare.status, bare.headers["Location"]) == (308, f"{PREFIX}?v=1&p=4")
    assert bare.is_protected()
    for path in ("/", "/health", "/saddlesurfing/"):
        answer = ask(outside, path)
        assert answer.status == 404
        assert answer.is_protected()
    assert json.loads(ask(behind, "/health").body)["status"] == "ok"


@pytest.mark.parametrize(
    "path", ["/metrics", "//metrics", "/%2fmetrics", "/%6detrics", "/./metrics", "/x/../metrics"]
)
def test_metrics_are_closed(ways: Mapping[str, str], path: str) -> None:
    answer = ask(ways["nginx"], path)
    assert answer.status == 403
    assert answer.is_protected()


@pytest.mark.parametrize("path", ["/metrics/", "/metrics;x", "/metrics%00"])
def test_metrics_have_no_other_name(ways: Mapping[str, str], path: str) -> None:
    assert ask(ways["nginx"], path).status in (400, 404)


def test_what_a_visitor_says_of_himself_is_not_handed_on_and_cookies_are() -> None:
    with listening() as (place, heard), nginx([place]) as behind:
        said = {f"X_Forwarded_{name}": "203.0.113.7" for name in ("For", "Proto", "Host", "Prefix", "Port")}
        answer = ask(behind, "/", **said, Cookie="visitor=1")
        assert answer.status == 204
    assert answer.headers["Set-Cookie"] == COOKIE
    (head,) = heard
    assert "203.0.113.7" not in head
    assert "X-Forwarded-For: 127.0.0.1\r\n" in head
    assert "X-Forwarded-Proto: http\r\n" in head
    assert "Cookie: visitor=1\r\n" in head
    assert head.startswith("GET / HTTP/1.1\r\n")


def test_a_server_that_is_gone_is_told_with_headers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    with nginx([place]) as behind:
        answer = ask(behind, "/")
    assert answer.status == 502
    assert answer.is_protected()


def test_of_two_servers_the_other_is_asked_when_one_is_gone(ways: Mapping[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        gone = f"127.0.0.1:{free.getsockname()[1]}"
    with nginx([gone, urlsplit(ways["direct"]).netloc], "nginx-upstream-compose.conf") as behind:
        for number in range(8):  # some of them belong to the one that is gone
            assert ask(behind, "/health", User_Agent=f"browser {number}").status == 200


def test_the_example_says_the_servers_limits() -> None:
    """The proxy takes a little more than the server, so that the server's sentence is heard."""
    said = (DEPLOY / "nginx.conf").read_text()
    most = {name: Settings.model_fields[name].default for name in ("largest_body", "longest_line")}
    assert most["largest_body"] < 2**20
    assert "client_max_body_size 1m;" in said
    assert most["longest_line"] < 32 * 2**10
    assert "large_client_header_buffers 4 32k;" in said


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server that answers 204 once and keeps what it heard."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            line, _ = door.accept()
            with line:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += line.recv(65536)
                heard.append(head.decode())
                said = f"HTTP/1.1 204 No Content\r\nConnection: close\r\nSet-Cookie: {COOKIE}\r\n\r\n"
                line.sendall(said.encode())

        thread = Thread(target=answer)
        thread.start()
        yield f"127.0.0.1:{door.getsockname()[1]}", heard
        thread.join(60)


def test_the_stories_that_are_told_behind_it_are_there() -> None:
    """A story that has been renamed would silently be told once."""
    told = {
        node.name
        for file in (ROOT / "tests" / "browser").glob("test_*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert told >= MAIN_STORIES
