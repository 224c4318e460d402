"""A class of thirty opens the page at once and drags at once, on one machine with the load beside the server.

``LOAD_BEFORE=/path/to/checkout`` measures that checkout too, by turns: other work on the machine weighs on both.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chromium import ROOT, Server, served
from tests.load.crowd import place, together
from tests.load.table import note
from tests.processes import processor

CLASS = 30
ROUNDS = 3
DRAG = 4.0  # seconds
BEFORE = os.environ.get("LOAD_BEFORE")
CHECKOUTS = {"before": Path(BEFORE).resolve(), "here": ROOT} if BEFORE else {"here": ROOT}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(served(tmp_path_factory.mktemp(name), root))
            for name, root in CHECKOUTS.items()
        }


def measure(
    servers: dict[str, Server], title: str, do: Callable[[str, Server], list[float]]
) -> dict[str, dict[str, float]]:
    """All waits of some rounds by turns, told as quantiles, with the processor that each took."""
    waits: dict[str, list[float]] = {name: [] for name in servers}
    spent = dict.fromkeys(servers, 0.0)
    for _ in range(ROUNDS):
        for name, server in servers.items():
            began = processor(server.process.pid)
            waits[name] += do(server.address, server)
            spent[name] += processor(server.process.pid) - began
    found = {}
    for name, all_of_them in waits.items():
        ordered = sorted(all_of_them)
        p50, p95 = (ordered[int(share * len(ordered))] for share in (0.5, 0.95))
        found[name] = {"p50": p50, "p95": p95, "max": ordered[-1], "processor": spent[name] / len(ordered)}
        p50, p95, most, spent_each = (1e3 * value for value in found[name].values())
        note(name, title, "waits", f"{p50:7.1f} {p95:7.1f} {most:7.1f} ms of {len(ordered)}")
        note(name, title, "processor each", f"{spent_each:7.1f} ms")
    return found


def test_thirty_open_the_page_with_empty_browsers(servers: dict[str, Server]) -> None:
    points = iter(place(0, 10_000 + k) for k in range(1000))

    def do(address: str, _server: Server) -> list[float]:
        point = next(points)  # new to the server as well
        return together(address, CLASS, lambda visitor, _: visitor.open(point))

    found = measure(servers, "thirty cold", do)
    assert found["here"]["p95"] <= 5.0


def test_thirty_drag_at_once(servers: dict[str, Server]) -> None:
    places = iter(range(0, 10**6, CLASS))
    flows: dict[str, list[float]] = {server.address: [] for server in servers.values()}

    def do(address: str, _server: Server) -> list[float]:
        first, seen = next(places), flows[address]
        return together(address, CLASS, lambda visitor, k: visitor.drag(first + k, DRAG, seen))

    found = measure(servers, "thirty dragging", do)
    for name, server in servers.items():
        ordered = sorted(flows[server.address])
        p50, p95 = (1e3 * ordered[int(share * len(ordered))] for share in (0.5, 0.95))
        note(
            name,
            "thirty dragging",
            "flow to flow",
            f"{p50:7.1f} {p95:7.1f} {1e3 * ordered[-1]:7.1f} ms of {len(ordered)}",
        )
    assert found["here"]["p95"] <= 0.6


def test_thirty_without_cookies_are_one_client_and_all_are_answered(servers: dict[str, Server]) -> None:
    """A class behind one address whose browsers keep no cookies shares one budget: it is slowed down, not shut out.

    Thirty pages are five flows and closed forms each, 200 are saved up: they open as ever. Dragging asks for more than
    40 a second, so that some are put off by the second or two of their Retry-After.
    """

    def open_it(address: str, _server: Server) -> list[float]:
        return together(address, CLASS, lambda visitor, k: visitor.open(place(k, 20_000)), keep_cookies=False)

    def drag(address: str, _server: Server) -> list[float]:
        return together(
            address, CLASS, lambda visitor, k: visitor.drag(500 + k, DRAG, []), keep_cookies=False
        )

    found = measure(servers, "thirty cold, no cookies", open_it)
    assert found["here"]["p95"] <= 10.0
    found = measure(servers, "thirty dragging, no cookies", drag)
    assert found["here"]["p95"] <= 5.0
