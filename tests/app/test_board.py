"""Who has cancelled, paused or gone, is so for every process that shares the cache, whichever of them heard it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest

from app.compute import board, hearing, redis_link
from app.compute.board import AGE, FileBoard
from app.compute.file_shelf import SUBFOLDER, FileShelf, digest
from app.compute.jobs import IN_FLIGHT, Jobs
from app.compute.serializer import NpzSerializer
from app.main import create_compute
from app.settings import Settings
from tests import waiting
from tests.app.long_work import Later, let_go, parts
from tests.redis_server import redis_server

ROOT = Path(__file__).resolve().parents[2]
BOUND = 60.0  # seconds after which a test gives up
until = partial(waiting.until, seconds=BOUND)
Pair = tuple[Jobs, Jobs, Later, Later]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "work"
    found.mkdir()
    let_go(found)
    return found


@pytest.fixture(params=["folder", "Redis"])
def pair(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """Two servers on one cache, and what their executors hold."""
    monkeypatch.setattr(hearing, "OFTEN", 0.02)
    monkeypatch.setattr(redis_link, "WAIT", BOUND)
    is_redis = request.param == "Redis"
    with redis_server(tmp_path) if is_redis else nullcontext() as server:
        settings = Settings(cache=server.address if server else None, cache_folder=tmp_path / "cache")
        held = Later(), Later()
        one, other = (Jobs(create_compute(settings), lambda found=found: found) for found in held)
        yield one, other, *held


def test_cancel_heard_by_one_stops_the_other_and_nobody_hears_him_again(pair: Pair, folder: Path) -> None:
    one, other, here, there = pair
    work = parts(folder, *range(20))
    one.ask(work, "me")
    assert len(here.under_way) == IN_FLIGHT
    other.cancel("me")
    until(lambda: not here.under_way)
    assert one.crowd.askers == 0
    assert one.ask(work, "me").is_cancelled
    assert other.ask(work, "me").is_cancelled
    assert len(here.held) == IN_FLIGHT
    assert there.held == []
    assert not one.ask(work, "you").is_cancelled
    assert len(here.under_way) == IN_FLIGHT


def test_who_has_cancelled_is_not_heard_by_one_that_has_never_known_him(pair: Pair, folder: Path) -> None:
    one, other, here, there = pair
    work = parts(folder, *range(20))
    one.ask(work, "me")
    one.cancel("me")
    assert here.under_way == []
    assert other.ask(work, "me").is_cancelled
    assert there.held == []


def test_goodbye_heard_by_one_stops_the_other_and_he_may_come_back(pair: Pair, folder: Path) -> None:
    one, other, here, there = pair
    work = parts(folder, *range(20))
    for _ in range(2):  # also the second time
        one.ask(work, "me")
        assert len(here.under_way) == IN_FLIGHT
        other.leave("me")
        until(lambda: not here.under_way)
    assert there.held == []


def test_pause_heard_by_one_lets_the_other_end_what_has_begun(pair: Pair, folder: Path) -> None:
    one, other, here, there = pair
    work = parts(folder, *range(20))
    one.ask(work, "me")
    other.pause(work, "me")
    until(lambda: one.crowd.askers == 0)
    assert len(here.under_way) == IN_FLIGHT
    while here.under_way:
        here.land()
    assert one.look(work).done == IN_FLIGHT
    assert len(here.held) == IN_FLIGHT
    assert there.held == []
    other.ask(work, "me")
    assert len(there.under_way) == IN_FLIGHT


def test_who_asks_one_for_something_else_has_left_the_other(pair: Pair, folder: Path) -> None:
    one, other, here, there = pair
    first, second = parts(folder, *range(20)), parts(folder, *range(100, 120))
    one.ask(first, "me")
    one.ask(first, "you")
    other.ask(second, "me")
    until(lambda: one.crowd.askers == 1)
    assert len(here.under_way) == IN_FLIGHT  # for you
    one.ask(first, "me")
    until(lambda: not there.under_way)
    assert one.crowd.askers == 2


def test_of_one_who_never_asked_nothing_is_said(tmp_path: Path) -> None:
    jobs = create_compute(Settings(cache_folder=tmp_path)).jobs
    jobs.leave("me")
    assert list(tmp_path.rglob("*.notice")) == []


def test_the_last_notice_counts_for_a_while_and_its_writer_removes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = FileBoard(tmp_path), FileBoard(tmp_path)
    one.post("name", "first")
    other.post("name", "second")
    assert one.read("name") == other.read("name") == "second"
    (file,) = tmp_path.iterdir()
    old = time.time() - 2 * AGE
    os.utime(file, (old, old))
    assert one.read("name") == ""
    FileBoard(tmp_path)  # a new process removes what is old
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(board, "MANY", 3)
    for number in range(10):
        one.post(f"name {number}", "said")
    assert len(list(tmp_path.iterdir())) == 3
    assert [one.read(f"name {number}") for number in (6, 7, 8, 9)] == ["", "said", "said", "said"]


def test_what_is_foreign_is_neither_read_in_full_nor_removed(tmp_path: Path) -> None:
    foreign = [tmp_path / "mine.notice", tmp_path / "notes.txt", tmp_path / f"{'0' * 63}.notice"]
    old = time.time() - 2 * AGE
    for file in foreign:
        file.write_text("mine")
        os.utime(file, (old, old))
    found = FileBoard(tmp_path)
    found.post("name", "said")
    assert all(file.read_text() == "mine" for file in foreign)
    (tmp_path / f"{digest('large')}.notice").write_bytes(bytes(10 * board.LONGEST))
    (tmp_path / f"{digest('folder')}.notice").mkdir()
    assert found.read("large") == found.read("folder") == ""
    found.post("folder", "said")  # cannot be written, and is no error
    assert found.read("folder") == ""


def test_the_shelf_lets_notices_lie(tmp_path: Path) -> None:
    shelf = FileShelf(tmp_path, NpzSerializer(), limit=2**16)
    found = FileBoard(tmp_path / SUBFOLDER)
    found.post("name", "said")
    for number in range(64):
        shelf.set(f"key {number}", float(number))
    assert found.read("name") == "said"


def test_a_folder_that_has_vanished_is_made_anew_and_one_that_cannot_be_is_no_error(
    tmp_path: Path,
) -> None:
    place = tmp_path / "there"
    found = FileBoard(place)
    found.post("name", "said")
    for file in place.iterdir():
        file.unlink()
    place.rmdir()
    assert found.read("name") == ""
    found.post("name", "again")
    assert found.read("name") == "again"
    (tmp_path / "file").touch()
    nowhere = FileBoard(tmp_path / "file")
    nowhere.post("name", "said")
    assert nowhere.read("name") == ""


def test_an_application_that_is_made_has_no_thread_and_no_connection(tmp_path: Path) -> None:
    """It is made before the server forks."""
    looks = f"""
import socket
from pathlib import Path
from threading import active_count, enumerate as all_threads
def connect(*_):
    raise AssertionError("connected")
socket.socket.connect = connect
from app.main import create_app
from app.settings import Settings
before = active_count()
create_app(Settings(cache_folder=Path({str(tmp_path)!r})))
create_app(Settings(cache="redis://127.0.0.1:1/0"))
create_app(Settings(scheduler="tcp://127.0.0.1:1", processes=2))
assert active_count() == before, list(all_threads())
"""
    subprocess.run([sys.executable, "-c", looks], cwd=ROOT, timeout=BOUND, check=True)
