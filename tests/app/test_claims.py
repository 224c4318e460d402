"""Several processes on one folder: each result is made by one of them, whichever of them dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.compute import claims
from app.compute.claims import AGE, LITTER, FileClaims
from app.compute.file_shelf import SUBFOLDER, FileShelf
from app.compute.jobs import IN_FLIGHT, Jobs
from app.compute.serializer import NpzSerializer
from app.main import create_compute
from app.settings import Settings
from tests import waiting
from tests.app.long_work import AtOnce, Later, begun, let_go, parts

ROOT = Path(__file__).resolve().parents[2]
BOUND = 60.0  # seconds after which a test gives up
until = partial(waiting.until, seconds=BOUND)
N = 30

needs_locks = pytest.mark.skipif(claims.fcntl is None, reason="files cannot be locked here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "work"
    found.mkdir()
    return found


@pytest.fixture
def start(tmp_path: Path, folder: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts processes that do the same work on the same cache."""
    running: list[subprocess.Popen[str]] = []

    def one() -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-m",
            "tests.app.worker_process",
            str(tmp_path / "cache"),
            str(folder),
            str(N),
        ]
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        running.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True))
        return running[-1]

    yield one
    for process in running:
        process.kill()
        process.communicate(timeout=BOUND)


@needs_locks
def test_of_several_one_may_until_he_is_done(tmp_path: Path) -> None:
    one, other = FileClaims(tmp_path), FileClaims(tmp_path)
    assert one.claim("key")
    assert not one.claim("key")
    assert not other.claim("key")
    assert other.claim("another key")
    other.release("key")  # it is not his
    assert not other.claim("key")
    one.release("key")
    assert other.claim("key")
    other.release("key")
    other.release("another key")
    assert list(tmp_path.iterdir()) == []


@needs_locks
def test_a_claim_that_is_removed_between_opening_and_locking_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = FileClaims(tmp_path), FileClaims(tmp_path)
    assert one.claim("key")
    opened = os.open

    def slowly(*arguments: Any) -> int:
        file = opened(*arguments)
        one.release("key")  # now: it is open here, and is gone
        return file

    monkeypatch.setattr("app.compute.claims.os.open", slowly)
    assert other.claim("key")
    monkeypatch.undo()
    assert not one.claim("key")


@needs_locks
def test_a_claim_of_a_process_that_hangs_counts_for_a_while(tmp_path: Path) -> None:
    one, other = FileClaims(tmp_path), FileClaims(tmp_path)
    assert one.claim("key")
    (file,) = tmp_path.iterdir()
    old = time.time() - 0.9 * AGE
    os.utime(file, (old, old))
    assert not other.claim("key")
    old = time.time() - 1.1 * AGE
    os.utime(file, (old, old))
    assert other.claim("key")
    other.release("key")
    one.release("key")


def test_where_files_cannot_be_made_or_locked_everything_is_granted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "nowhere", tmp_path / "file" / "below"):
        found = FileClaims(place)
        assert found.claim("key")
        assert found.claim("key")
        found.release("key")
    if claims.fcntl is not None:

        def no_locks(*_: Any) -> None:
            raise OSError(38, "Function not implemented")

        monkeypatch.setattr(claims.fcntl, "flock", no_locks)
        assert FileClaims(tmp_path).claim("key")
    monkeypatch.setattr(claims, "fcntl", None)
    assert FileClaims(tmp_path).claim("key")


def test_claims_are_no_entries_and_what_is_left_behind_is_removed(tmp_path: Path) -> None:
    disk = FileShelf(tmp_path, NpzSerializer(), limit=2**20)
    place = tmp_path / SUBFOLDER
    held = FileClaims(place)
    assert all(held.claim(f"claim {i}") for i in range(20))
    for i in range(400):
        disk.set(f"key {i}", i)
    assert len(list(place.glob("*.result"))) < 400
    assert not any(FileClaims(place).claim(f"claim {i}") for i in range(20))  # the shelf has let them lie
    left, foreign = place / f"{'a' * 64}.claim", place / "insurance.claim"
    old = time.time() - 1.1 * LITTER
    for file in (left, foreign):
        file.touch()
        os.utime(file, (old, old))
    FileClaims(place)
    assert [left.exists(), foreign.exists()] == [False, True]
    assert len(list(place.glob("*.claim"))) == 21


@needs_locks
def test_two_processes_share_the_work(start: Callable[[], subprocess.Popen[str]], folder: Path) -> None:
    two = [start(), start()]
    until(lambda: len({process for _, process in begun(folder)}) == 2)
    let_go(folder)
    for process in two:
        assert process.communicate(timeout=BOUND)[0] == "complete\n"
    made = begun(folder)
    assert [number for number, _ in made] == list(range(N))  # each of them once
    assert {process for _, process in made} == {process.pid for process in two}


def test_a_server_that_starts_again_in_the_middle_goes_on_from_the_shelf(
    start: Callable[[], subprocess.Popen[str]], folder: Path, tmp_path: Path
) -> None:
    first = start()
    let_go(folder, *range(12))
    until(lambda: sum(number >= 12 for number, _ in begun(folder)) == 2)  # both threads are held up there
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=BOUND)
    before = {number for number, _ in begun(folder)}
    let_go(folder)
    jobs = Jobs(create_compute(Settings(cache_folder=tmp_path / "cache")), AtOnce)
    work = parts(folder, *range(N))
    kept = {value[0] for value in jobs.look(work).results.values()}
    assert len(kept) >= 12 - IN_FLIGHT  # all but what was about to be kept, or waited behind the two
    assert jobs.ask(work, "me").is_complete
    times = Counter(number for number, _ in begun(folder))
    assert {number for number, n in times.items() if n > 1} == before - kept  # what was under way
    assert max(times.values()) == 2


def test_a_process_that_ends_does_not_wait_for_its_long_work(folder: Path, tmp_path: Path) -> None:
    """Threads that compute are joined at the end: they are told that nobody wants anything any more."""
    ends = f"""
from pathlib import Path
from app.main import create_compute
from app.settings import Settings
from tests.app.long_work import begun, parts
jobs = create_compute(Settings(cache_folder=Path({str(tmp_path / "cache")!r}))).jobs
folder = Path({str(folder)!r})
while not begun(folder):
    jobs.ask(parts(folder, *range(100)), "me")
"""
    done = subprocess.run(
        [sys.executable, "-c", ends], cwd=ROOT, timeout=BOUND, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert list((tmp_path / "cache").rglob("*.claim")) == []


@needs_locks
def test_what_one_does_the_other_leaves_alone(folder: Path, tmp_path: Path) -> None:
    let_go(folder)
    work = parts(folder, *range(10))
    executors = Later(), Later()
    one, other = (
        Jobs(create_compute(Settings(cache_folder=tmp_path / "cache")), lambda executor=executor: executor)
        for executor in executors
    )
    one.ask(work, "me")
    other.ask(work, "you")
    assert executors[0].under_way == [0, 1, 2, 3]
    assert executors[1].under_way == [4, 5, 6, 7]
    one.leave("me")
    executors[1].land()
    assert executors[1].under_way == [5, 6, 7, 0]  # given up there, taken up here
    while executors[1].under_way:
        executors[1].land()
    assert other.look(work).is_complete
    assert one.ask(work, "me").is_complete
    assert len(executors[0].held) == IN_FLIGHT
