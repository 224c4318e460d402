"""The page's scripts, the real ones, on a blank page in Chromium; no server, no Dash, no plotly.js."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from playwright.sync_api import Browser, Page, Route

from app.cards import DECK
from app.layout.specification import PACE, as_block, specification
from app.page import ids
from tests.chromium import ROOT

HOST = "http://page.test"
QUICK = {
    **PACE,
    "settle": 30,
    "announce": 60,
    "look": 30,
    "late": 30,
    "again": 30,
    "longest": 200,
}  # silence alone is waited for in full
BLANK = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><body>{body}
<script type="application/json" id="{name}">{specification}</script></body></html>"""

#: Status, body (JSON unless it is text) and perhaps headers; None: no answer at all.
Answer = Callable[[Any], "tuple[int, Any] | tuple[int, Any, dict[str, str]] | None"]


@dataclass
class Blank:
    """A blank page with the specification on it, and what the scripts have asked of the server."""

    page: Page
    specification: dict[str, Any]
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, query: str = "", body: str = "", **changes: Any) -> Page:
        """Open it anew: every module is evaluated again."""
        self.asked.clear()
        self._body, self._said = body, self.specification | changes
        self.page.goto(f"{HOST}/{query}")
        return self.page

    def run(self, module: str, code: str, argument: Any = None) -> Any:
        """The value of ``code``, in which the module's exports and ``argument`` are known by name."""
        script = f"""async (argument) => {{ const module = await import("/assets/{module}");
            {{ const {{ {", ".join(self.exports(module))} }} = module; {code} }} }}"""
        return self.page.evaluate(script, argument)

    def exports(self, module: str) -> list[str]:
        """Names that a module offers."""
        found: list[str] = self.page.evaluate(f"async () => Object.keys(await import('/assets/{module}'))")
        return found

    def wait(self, condition: str) -> None:
        """Until an expression holds."""
        self.page.wait_for_function(f"() => {condition}")

    def serve(self, route: Route) -> None:
        """Files of the project, and the answers that a test gives."""
        path = urlsplit(route.request.url).path
        if path == "/":
            said = as_block(self._said)
            body = BLANK.format(body=self._body, name=ids.SPECIFICATION, specification=said)
            route.fulfill(body=body, content_type="text/html")
        elif path.startswith("/assets/"):
            route.fulfill(path=ROOT / path[1:], content_type="text/javascript")
        else:
            name = path[1:]
            data = route.request.post_data
            message = orjson.loads(data) if data else None
            self.asked.append((name, message))
            if name == "goodbye" and name not in self.answers:  # of the page that the last test has left
                route.fulfill(status=204)
                return
            answer = self.answers[name](message)
            if answer is None:
                route.abort()
            else:
                status, said, headers = (*answer, {})[:3]
                is_text = isinstance(said, str)
                body = said.encode() if is_text else said if isinstance(said, bytes) else orjson.dumps(said)
                kind = {"Content-Type": "text/html" if is_text else "application/json"}
                route.fulfill(status=status, body=body, headers=kind | headers)


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Blank]:
    """One tab for the tests of a file; its console stays empty but for what the browser says of failed requests."""
    context = browser.new_context()
    made = Blank(context.new_page(), specification(DECK.catalogue, "/") | {"pace": QUICK})
    made.page.route(f"{HOST}/**", made.serve)
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.on("console", lambda message: made.complaints.append(message.text))
    yield made
    context.close()


@pytest.fixture
def blank(tab: Blank) -> Iterator[Blank]:
    """The tab, with nothing on it."""
    tab.answers.clear()
    tab.complaints.clear()
    tab.open()
    yield tab
    assert [text for text in tab.complaints if "Failed to load resource" not in text] == []
