"""Processes that are killed, the server itself or what it uses: what was shown stays, nothing else is restarted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.dask_processes import Processes
from tests.load.askers import dialog
from tests.load.harness import cards
from tests.redis_server import RedisServer, redis_server
from tests.server_process import Answer, Server, served
from tests.waiting import until

BOUND = 120.0  # seconds after which a test gives up
OLD, NEW, LAST = (f"/data/flow.csv?dp=1.3&tmax=100&d2={d2}" for d2 in (0.31, 0.32, 0.33))
PLACE = {"p": 3, "d2": 0.4, "dp": 4.0, "m0": 0.05, "tmax": 1e3, "N": 400, "start": "random", "until": 2.0}


def no_fault(server: Server) -> None:
    """Nothing in the log is a fault of ours: what Dask itself says of a connection that it has lost is none."""
    assert not [line for line in server.said() if re.match("(ERROR|CRITICAL) (?!distributed)", line)]


def notes(answer: Answer) -> set[str]:
    """What the cards say of what they cost."""
    return {card["note"] for card in json.loads(answer.content)["cards"].values()}


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as running:
        yield running


@pytest.mark.parametrize("fault", ["killed", "hanging"])
def test_redis_goes_and_comes_back_and_the_server_answers_all_the_while(
    shared: RedisServer, tmp_path: Path, fault: str
) -> None:
    with (
        served(tmp_path / "server", SADDLESURF_CACHE=shared.address) as server,
        redis.Redis.from_url(shared.address) as look,
    ):
        shown = server.ask("GET", OLD, timeout=BOUND)
        assert shown.status == 200
        (shared.kill if fault == "killed" else shared.hang)()
        assert server.ask("GET", OLD, timeout=BOUND).content == shown.content
        first = server.ask("GET", NEW, timeout=BOUND)
        assert first.status == 200
        assert server.ask("GET", NEW, timeout=BOUND).content == first.content
        (shared.start if fault == "killed" else shared.go_on)()
        asked = iter(range(1000))

        def is_kept() -> bool:
            """Whether something that is asked for now is kept there."""
            before = look.dbsize()
            server.ask("GET", f"{LAST}{next(asked):03d}", timeout=BOUND)
            return bool(look.dbsize() > before)

        until(is_kept, "it is used again", BOUND)
        for address, content in ((OLD, shown.content), (NEW, first.content)):
            assert server.ask("GET", address, timeout=BOUND).content == content
        no_fault(server)


def test_a_server_that_is_killed_and_started_again_shows_what_it_had_shown(tmp_path: Path) -> None:
    """Nothing is computed again, and nothing is half there."""
    question = cards(["flow"], {"d2": 0.31, "dp": 1.3, "tmax": 1e3})
    with served(tmp_path) as server:
        shown = server.ask(*question, timeout=BOUND)
        table = server.ask("GET", OLD, timeout=BOUND)
        assert all(note.startswith("computed") for note in notes(shown))
        server.process.kill()
        server.process.wait(BOUND)
    with served(tmp_path) as server:
        again = server.ask(*question, timeout=BOUND)
        assert notes(again) == {"computed before"}
        figures = [json.loads(answer.content)["cards"]["flow"]["figure"] for answer in (shown, again)]
        assert figures[0] == figures[1]
        assert server.ask("GET", OLD, timeout=BOUND).content == table.content
        assert not list(server.cache.rglob("*.part"))
        no_fault(server)


class Dialog:
    """The dialog of ensembles, as the page's clock asks for it."""

    def __init__(self, server: Server) -> None:
        self._ask = partial(server.ask, *dialog(server)("f" * 32, PLACE), timeout=BOUND)
        self.status, self.share, self.goes_on = "", 0.0, True

    def look(self) -> Mapping[str, Any]:
        """Ask once; what it says, and of how many instances there are results."""
        said: Mapping[str, Any] = json.loads(self._ask().content)["response"]
        self.status = said["ensemble-status"]["children"]
        self.share = float(said.get("ensemble-progress", {}).get("value", self.share))
        self.goes_on = not said["ensemble-clock"]["disabled"]
        return said

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Ask until it is so."""

        def is_so() -> bool:
            self.look()
            return holds()

        until(is_so, what, BOUND)


def test_a_scheduler_and_its_worker_are_killed_and_the_dialog_goes_on_when_others_stand(
    tmp_path: Path,
) -> None:
    processes = Processes(tmp_path / "dask")
    try:
        scheduler, worker = processes.scheduler(), processes.worker()
        with served(tmp_path / "server", SADDLESURF_SCHEDULER=processes.address) as server:
            shown = Dialog(server)
            shown.until(lambda: shown.share > 0, "the first instances are there")
            for process in (worker, scheduler):
                process.kill()
                process.wait(BOUND)
            reached = shown.share
            shown.until(lambda: "is tried again" in shown.status, "it is told")
            assert shown.goes_on
            there, total = map(int, re.search(r"(\d+) of (\d+) instances are there", shown.status).groups())
            assert there / total >= reached - 1e-3  # it is told to four digits
            assert server.ask("GET", OLD, timeout=BOUND).status == 200
            processes.scheduler()
            processes.worker()
            shown.until(lambda: shown.share == 1.0, "all are there")
            assert not shown.goes_on
            no_fault(server)
    finally:
        processes.close()


def test_a_worker_that_is_killed_is_replaced_by_whoever_joins(tmp_path: Path) -> None:
    processes = Processes(tmp_path / "dask")
    try:
        processes.scheduler()
        worker = processes.worker()
        with served(tmp_path / "server", SADDLESURF_SCHEDULER=processes.address) as server:
            shown = Dialog(server)
            shown.until(lambda: shown.share > 0, "the first instances are there")
            reached = shown.share
            worker.kill()
            worker.wait(BOUND)
            shown.until(lambda: "has no workers" in shown.status, "it is told")
            assert shown.goes_on
            processes.worker()
            shown.until(lambda: shown.share == 1.0, "all are there")
            assert reached <= shown.share
            no_fault(server)
    finally:
        processes.close()
