"""How long honest visitors wait, whoever attacks the server meanwhile."""

from __future__ import annotations

import http.client
import json
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.load.table import note
from tests.server_process import PATIENCE, ROOT, Server

#: Another checkout, measured in the same run: what was before.
BEFORE = os.environ.get("LOAD_BEFORE")
CHECKOUTS = {"before": Path(BEFORE).resolve(), "here": ROOT} if BEFORE else {"here": ROOT}


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
