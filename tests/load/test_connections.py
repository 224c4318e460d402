"""Attackers of the kinds 4 and 5: slow and idle connections, large and wrong requests."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.load import attackers
from tests.load.harness import CHECKOUTS, QUESTIONS, tell, visit
from tests.load.table import note
from tests.server_process import Server, served

SECONDS = 4.0  # of each attack
CALM = 100.0  # ms: what 95 of 100 visitors wait at most
WORK = "/data/instance.csv?N=1000000000000&p=4&dp=0.025&d2=0.4&until=200&then=oooooooo&seed={}"

Attack = Callable[[Server], AbstractContextManager[None]]
ATTACKS: dict[str, Attack] = {
    "18 slow headers": lambda server: attackers.slow_heads(server, 18),
    "18 slow bodies": lambda server: attackers.slow_bodies(server, 18),
    "64 idle": lambda server: attackers.idle(server, 64),
    "400 idle": lambda server: attackers.idle(server, 400),
    "2 with bodies of 10 MB": lambda server: attackers.large_bodies(server, 2),
    "1 with addresses of 4 MB": lambda server: attackers.long_lines(server, 1),
    "2 with messages of another form": lambda server: attackers.nonsense(server, 2),
}


@pytest.mark.parametrize("checkout", CHECKOUTS)
def test_nobody_waits_for_attackers_of_the_kinds_4_and_5(checkout: str, tmp_path: Path) -> None:
    with served(tmp_path, CHECKOUTS[checkout]) as server:
        server.ask(*QUESTIONS["cached card"](), 60)
        tell(checkout, "alone", visit(server, SECONDS))
        found = {}
        for name, attack in ATTACKS.items():
            with attack(server):
                found[name] = visit(server, SECONDS)
            tell(checkout, name, found[name])
        note(checkout, "after these", "memory", f"{server.memory() >> 20:5d} MB")
        note(checkout, "after these", "log", f"{server.log.stat().st_size / 2**20:8.2f} MB")
        said = server.log.read_text(errors="replace")
    if checkout == "here":
        for name, waits in found.items():
            assert waits["/health"].quantile(0.95) < CALM, name
        assert "Traceback" not in said
        assert max(map(len, said.splitlines())) <= 300
        assert not any(line.startswith("ERROR forged") for line in said.splitlines())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
@pytest.mark.parametrize("checkout", CHECKOUTS)
def test_the_end_comes_soon_and_leaves_nobody_on_the_port(
    checkout: str, number: signal.Signals, tmp_path: Path
) -> None:
    with served(tmp_path, CHECKOUTS[checkout]) as server:
        work = [server.connect() for _ in range(4)]
        for seed, connection in enumerate(work):
            connection.sendall(f"GET {WORK.format(seed)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        server.ask("GET", "/health")
        begun = time.monotonic()
        server.process.send_signal(number)
        server.process.wait(60)
        while is_taken(server):
            time.sleep(0.05)
        seconds = time.monotonic() - begun
        for connection in work:
            connection.close()
        note(checkout, f"{number.name} during work", "port free after", f"{seconds:7.1f} s")
    if checkout == "here":
        assert seconds < 8


def is_taken(server: Server) -> bool:
    """Whether somebody still listens."""
    try:
        server.connect(1.0).close()
    except OSError:
        return False
    return True
