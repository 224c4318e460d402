"""Several web processes on one port: one is killed, the parent is killed, all are told to end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.server_process import ROOT, Server, served
from tests.waiting import until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

BOUND = 60.0  # seconds after which a test gives up
FLOW = "/data/flow.csv?dp=1.3&tmax=100&d2=0.31"
LONG = "/data/instance.csv?N=1000000000000&p=4&dp=0.025&d2=0.4&until=200&then=oooooooo&seed={}"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A parent and two web processes."""
    with served(tmp_path, SADDLESURF_PROCESSES="2") as running:
        yield running
        with suppress(ProcessLookupError):
            running.process.kill()


def children(server: Server) -> set[int]:
    """The web processes that are there, in the sense of the system: also one that has ended and is not waited for."""
    said = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return {int(number) for number in said.split()}


def alive(processes: set[int]) -> set[int]:
    """Of some processes those that have not ended."""
    found = set()
    for number in processes:
        with suppress(OSError):
            if Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                found.add(number)
    return found


def whose(server: Server) -> int:
    """The process that answers this time."""
    said = server.ask("GET", "/metrics").content.decode()
    return int(re.findall(r'saddlesurf_build_info\{[^}]*pid="(\d+)"', said)[0])


def test_whoever_is_free_answers_and_a_halted_one_takes_nothing(server: Server) -> None:
    one, other = children(server)
    for halted, free in ((one, other), (other, one)):
        os.kill(halted, signal.SIGSTOP)
        try:
            assert {whose(server) for _ in range(20)} == {free}
        finally:
            os.kill(halted, signal.SIGCONT)


def test_one_that_is_killed_is_replaced_and_what_it_showed_is_there(server: Server) -> None:
    before = children(server)
    shown = server.ask("GET", FLOW, timeout=BOUND)
    assert shown.status == 200
    for killed in sorted(before):
        os.kill(killed, signal.SIGKILL)
        assert server.ask("GET", FLOW, timeout=BOUND).content == shown.content  # by another, at once
        until(lambda killed=killed: killed not in children(server), "it is gone", BOUND)
    until(lambda: len(alive(children(server)) - before) == 2, "two others are there", BOUND)
    assert server.ask("GET", FLOW, timeout=BOUND).content == shown.content
    warnings = [line for line in server.said() if "has ended (SIGKILL); another takes its place" in line]
    assert len(warnings) == 2
    assert all(line.startswith("WARNING app.supervise: Web process ") for line in warnings)
    assert not any("Traceback" in line for line in server.said())


def working(server: Server, n: int) -> list[socket.socket]:
    """Connections that let all processes compute."""
    held = [server.connect() for _ in range(n)]
    for seed, connection in enumerate(held):
        connection.sendall(f"GET {LONG.format(seed)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return held


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_told_to_end_all_end_under_work_too(server: Server, number: signal.Signals) -> None:
    processes, held = children(server), working(server, 8)
    server.ask("GET", "/health")
    server.process.send_signal(number)
    assert server.process.wait(BOUND) == 0
    assert alive(processes) == set()
    until(lambda: is_free(server.port), "the port is free", BOUND)
    for connection in held:
        connection.close()


def test_without_their_parent_they_end(server: Server) -> None:
    processes, held = children(server), working(server, 4)
    server.ask("GET", "/health")
    server.process.kill()
    server.process.wait(BOUND)
    until(lambda: not alive(processes), "no orphan stays", BOUND)
    assert is_free(server.port)
    for connection in held:
        connection.close()


def is_free(port: int) -> bool:
    """Whether one can listen there."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_one_that_ends_at_once_again_and_again_is_not_started_without_pause() -> None:
    script = """
import os, socket
from app.log import start_log
from app.supervise import Supervisor
start_log()
Supervisor(lambda line: os._exit(3), 1, socket.create_server(("127.0.0.1", 0)), warms=False).run()
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as parent:
        assert parent.stderr is not None
        said = [parent.stderr.readline() for _ in range(3)]
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(BOUND) == 0
    pauses = [re.sub(r"^.*another takes its place|\.\n$", "", line) for line in said]
    assert pauses == ["", " in 1 s", " in 2 s"]
    assert all("(status 3)" in line for line in said)


def test_one_warms_up_and_then_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "told"
    folder.mkdir()
    script = f"""
import os, socket, sys
from pathlib import Path
from app.supervise import Supervisor
from app.serve import WARM

def work(line):
    assert line.recv(1) == WARM
    told = Path({str(folder)!r}) / str(os.getpid())
    others = [file for file in told.parent.iterdir() if file.suffix != ".warm"]
    told.write_text("")
    for other in others:  # the first one was warm by then
        assert any(file.suffix == ".warm" for file in told.parent.iterdir())
    told.with_suffix(".warm").write_text("")
    line.send(WARM)
    line.recv(1)
    os._exit(0)

Supervisor(work, 3, socket.create_server(("127.0.0.1", 0)), warms=True).run()
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) as parent:
        until(lambda: len(list(folder.glob("*.warm"))) == 3, "all are warm", BOUND)
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(BOUND) == 0
