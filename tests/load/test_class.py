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

CLASS = 30
ROUNDS = 3
DRAG = 4.0  # seconds
BEFORE = os.environ.get("LOAD_BEFORE")
CHECKOUTS = {"before": Path(BEFORE).resolve(), "now": ROOT} if BEFORE else {"now": ROOT}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(served(tmp_path_factory.mktemp(name), root))
            for name, root in CHECKOUTS.items()
        }


def processor(server: Server) -> float:
    """Seconds of processor that a server and its children have taken (Linux)."""
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = 0
    for number in (str(pid), *children):
        ticks += sum(map(int, Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(
    servers: dict[str, Server], title: str, do: Callable[[str, Server], list[float]]
) -> dict[str, dict[str, float]]:
    """All waits of some rounds by turns, told as quantiles, with the processor that each took."""
    waits: dict[str, list[float]] = {name: [] for name in servers}
    spent = dict.fromkeys(servers, 0.0)
    for _ in range(ROUNDS):
        for name, server in servers.items():
            began = processor(server)
            waits[name] += do(server.address, server)
            spent[name] += processor(server) - began
    found = {}
    for name, all_of_them in waits.items():
        ordered = sorted(all_of_them)
        p50, p95 = (ordered[int(share * len(ordered))] for share in (0.5, 0.95))
        found[name] = {"p50": p50, "p95": p95, "max": ordered[-1], "processor": spent[name] / len(ordered)}
        said = ", ".join(f"{what} {1e3 * value:.0f} ms" for what, value in found[name].items())
        print(f"{title}, {name}: {said} ({len(ordered)} in all)")
    return found


def test_thirty_open_the_page_with_empty_browsers(servers: dict[str, Server]) -> None:
    points = iter(place(0, 10_000 + k) for k in range(1000))

    def do(address: str, _server: Server) -> list[float]:
        point = next(points)  # new to the server as well
        return together(address, CLASS, lambda visitor, _: visitor.open(point))

    found = measure(servers, "thirty cold", do)
    assert found["now"]["p95"] <= 5.0


def test_thirty_drag_at_once(servers: dict[str, Server]) -> None:
    places = iter(range(0, 10**6, CLASS))

    def do(address: str, _server: Server) -> list[float]:
        first = next(places)
        return together(address, CLASS, lambda visitor, k: visitor.drag(first + k, DRAG))

    found = measure(servers, "thirty dragging", do)
    assert found["now"]["p95"] <= 0.6
