"""A class that opens the page at once, and drags at once, without browsers: what thirty of them would ask of a server.

One process of little work: connections are kept, messages are bytes made before, answers are read and hardly looked at.
Visitors keep the cookie that comes with the page, as browsers do, unless told not to; who is asked to come again later
does, as the page does, and that is a part of his waiting.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

CARDS = ("phase", "flow", "spectrum", "landscape", "sentence")
ALWAYS, BY_TURNS = ("flow", "sentence"), ("phase", "spectrum", "landscape")
CONNECTIONS = 6  # of a browser to one server
MOST_ASKED = 40  # times that a page asks for more
LATER = (b"429", b"503")
RETRY = re.compile(rb"\r\nretry-after: ([1-9][0-9]?)\r\n")
COOKIE = re.compile(rb"\r\n[Ss]et-[Cc]ookie: ([^;\r]+)")
LEFT_OUT = re.compile(r'"(\w+)":\{"figure":null,"caption":null')
LINKS = re.compile(rb'(?:href|src)="(/[^"]+)"')
#: What no page names before it runs: by Dash's scripts, and, once the layout is there, by its components.
BY_SCRIPTS = ("/_dash-dependencies", "/_dash-layout")
BY_COMPONENTS = tuple(
    f"/_dash-component-suites/{name}"
    for name in (
        "dash/dcc/async-graph.js",
        "dash/dcc/async-markdown.js",
        "plotly/package_data/plotly.min.js",
        "dash/dcc/async-highlight.js",
    )
)


@dataclass
class Connection:
    """One kept connection; what it asks is answered before it asks again."""

    host: str
    port: int
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes, accept: str, cookie: str) -> tuple[bytes, bytes]:
        """Head and content of an answer; anything but 200, or a wish to be asked later, is a failure."""
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nAccept-Encoding: {accept}\r\n{kind}"
        head += f"Cookie: {cookie}\r\n\r\n" if cookie else "\r\n"
        writer.write(head.encode() + body)
        exactly = await reader.readuntil(b"\r\n\r\n")
        said = exactly.lower()
        found = re.search(rb"content-length: (\d+)", said)
        if found:
            content = await reader.readexactly(int(found[1]))
        else:
            content = b""
            while size := int((await reader.readline()).strip(), 16):
                content += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        status = said.split(None, 2)[1]
        assert status == b"200" or (status in LATER and RETRY.search(said)), (path, said, content[:300])
        if b"connection: close" in said:
            self.close()
        return exactly, content

    def close(self) -> None:
        """End it."""
        if self.streams is not None:
            self.streams[1].close()
        self.streams = None


@dataclass
class Visitor:
    """One browser: a few connections, how long it has waited for what, in seconds, and how often it was put off."""

    address: str
    keeps_cookies: bool = True
    waits: list[float] = field(default_factory=list)
    number: int = 0
    cookie: str = ""
    put_off: int = 0

    def __post_init__(self) -> None:
        place = urlsplit(self.address)
        self.free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self.free.put_nowait(Connection(str(place.hostname), int(place.port or 80)))

    async def ask(self, method: str, path: str, body: bytes = b"", accept: str = "gzip, br, zstd") -> bytes:
        """Ask on a connection that is free, until one is answered."""
        for _ in range(MOST_ASKED):
            connection = await self.free.get()
            try:
                head, content = await connection.ask(method, path, body, accept, self.cookie)
            finally:
                self.free.put_nowait(connection)
            later = RETRY.search(head.lower())
            if later is None:
                if self.keeps_cookies and (found := COOKIE.search(head)):
                    self.cookie = found[1].decode()
                return content
            self.put_off += 1
            await asyncio.sleep(int(later[1]))
        raise AssertionError(f"{path} was never answered.")

    async def fetch(self, paths: Iterable[str]) -> None:
        """Fetch some files side by side."""
        await asyncio.gather(*(self.ask("GET", path) for path in paths))

    async def pictures(self, point: dict[str, float], pace: str, cards: Sequence[str]) -> list[str]:
        """Ask for cards; the names of those that have more to show, or while dragging have been left out."""
        self.number += 1
        message = {"number": self.number, "cards": cards, "pace": pace, "theme": "light", "points": [point]}
        content = await self.ask("POST", "/cards", json.dumps(message | {"looks": {}}).encode(), "gzip")
        text = zlib.decompress(content, 31) if content[:2] == b"\x1f\x8b" else content
        assert b'"failed":true' not in text, text[:300]
        if pace == "moving":
            return LEFT_OUT.findall(text.decode())
        answer: dict[str, Any] = json.loads(text)["cards"]
        return [name for name, card in answer.items() if card["more"]]

    async def open(self, point: dict[str, float]) -> None:
        """Open the page with an empty cache and wait until all of it is there."""
        began = time.perf_counter()
        index = await self.ask("GET", "/")
        if index[:2] == b"\x1f\x8b":
            index = zlib.decompress(index, 31)
        await self.fetch(dict.fromkeys(link.decode() for link in LINKS.findall(index)))
        await asyncio.gather(self.rest(point), self.by_scripts())
        self.waits.append(time.perf_counter() - began)

    async def by_scripts(self) -> None:
        """What Dash asks for."""
        await self.fetch(BY_SCRIPTS)
        await self.fetch(BY_COMPONENTS)

    async def rest(self, point: dict[str, float]) -> None:
        """Wait for all pictures of a point at rest."""
        more = await self.pictures(point, "first", CARDS)
        for _ in range(MOST_ASKED):
            if not more:
                return
            more = await self.pictures(point, "leisure", more)
        raise AssertionError(f"{more} never had all.")

    async def drag(self, k: int, seconds: float, flows: list[float]) -> None:
        """Drag the handle around a place of one's own: as soon as an answer has come the next is asked for.

        An answer has no new flow where the server had no time for one; from one flow to the next it is so long.
        """
        await self.ask("GET", "/")  # which he has opened before
        last = time.perf_counter()
        end = last + seconds
        step = 0
        while (began := time.perf_counter()) < end:
            step += 1
            cards = (*ALWAYS, BY_TURNS[step % len(BY_TURNS)])
            left_out = await self.pictures(place(k, step), "moving", cards)
            now = time.perf_counter()
            self.waits.append(now - began)
            if "flow" not in left_out:
                flows.append(now - last)
                last = now


def place(k: int, step: int) -> dict[str, float]:
    """The point of visitor k after some steps: no two of them are the same."""
    angle = 0.15 * step + 0.618 * k
    return {
        "d2": 0.45 * math.exp(0.3 * math.sin(1.7 * angle)),
        "dp": math.exp(0.6 * math.cos(angle) + 0.01 * k),
    }


def together(
    address: str, n: int, do: Callable[[Visitor, int], Awaitable[None]], *, keep_cookies: bool = True
) -> list[float]:
    """Let n visitors do something at once; all their waits, in seconds."""

    async def run() -> list[float]:
        visitors = [Visitor(address, keep_cookies) for _ in range(n)]
        await asyncio.gather(*(do(visitor, k) for k, visitor in enumerate(visitors)))
        for visitor in visitors:
            while not visitor.free.empty():
                visitor.free.get_nowait().close()
        return [wait for visitor in visitors for wait in visitor.waits]

    return asyncio.run(run())
