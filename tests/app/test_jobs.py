"""Long work of any kind: who waits for it, in which order it is made, what happens when something is missing."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.compute import visit
from app.compute.cluster import Cluster, CrowdedError, NoConnectionError
from app.compute.compute import Compute
from app.compute.elsewhere import OTHER
from app.compute.executor import Threads, create_executor, width_of
from app.compute.file_shelf import SUBFOLDER, name_of
from app.compute.job import PATIENCE, Progress
from app.compute.jobs import FAILED, IN_FLIGHT, LOOKS, Jobs
from app.compute.ledger import AGAIN, WORKS
from app.main import create_compute
from app.settings import Settings
from engine import ParameterError
from tests import waiting
from tests.app.long_work import AtOnce, Later, Parts, begun, let_go, parts

BOUND = 60.0  # seconds after which a test gives up
until = partial(waiting.until, seconds=BOUND)


@pytest.fixture
def compute(tmp_path: Path) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where chunks say that they have begun; all may end at once."""
    found = tmp_path / "work"
    found.mkdir()
    let_go(found)
    return found


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """The same, but chunks last until they are let go."""
    found = tmp_path / "closed"
    found.mkdir()
    return found


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The jobs' clock."""
    found = [100.0]
    monkeypatch.setattr("app.compute.job.clock.monotonic", lambda: found[0])
    return found


def numbers(progress: Progress) -> list[int]:
    return sorted(value[0] for value in progress.results.values())


def test_the_door_has_the_jobs_also_within_a_request(compute: Compute, folder: Path) -> None:
    work = parts(folder, 1, 2, 3)
    door = compute.once()
    assert door.jobs is compute.jobs
    until(lambda: door.jobs.ask(work, "me").is_complete)
    made = compute.jobs.look(work)
    assert (made.done, made.total, made.error, made.unsaved) == (3, 3, "", False)
    assert [made.results[chunk] for chunk in work.chunks()] == [(1, 1), (2, 4), (3, 9)]


def test_hundreds_of_chunks_done_where_they_are_asked_for_fit_on_the_stack(
    compute: Compute, folder: Path
) -> None:
    executor = AtOnce()
    progress = Jobs(compute, lambda: executor).ask(parts(folder, *range(340)), "me")
    assert progress.is_complete
    assert executor.calls == 340


def test_works_take_turns_and_all_of_them_share_the_room(compute: Compute, folder: Path) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    atlas, ensemble, other = (
        parts(folder, *range(340)),
        parts(folder, *range(1000, 1010)),
        parts(folder, 2000),
    )
    jobs.ask(atlas, "one")
    assert later.under_way == [0, 1, 2, 3]
    for work, asker in ((ensemble, "two"), (other, "three")):
        jobs.ask(work, asker)
    assert len(later.under_way) == IN_FLIGHT
    begun_after = []
    while not jobs.look(ensemble).is_complete:
        later.land()
        assert len(later.under_way) == IN_FLIGHT
        begun_after.append(later.under_way[-1])
    assert begun_after[:5] == [1000, 2000, 4, 1001, 5]
    assert sum(number < 1000 for number in begun_after) < 14
    while not jobs.look(atlas).is_complete:
        later.land()
    assert len(later.held) == 340 + 10 + 1


@contextmanager
def of(client: str, works: int = 4) -> Iterator[None]:
    """Within a request of a client."""
    token = visit.begin(visit.Visit(client, works))
    try:
        yield
    finally:
        visit.end(token)


def test_a_stranger_with_many_works_takes_no_more_than_one_with_few(compute: Compute, folder: Path) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    with of("stranger", 12):
        for number in range(12):
            jobs.ask(parts(folder, *range(100 * number, 100 * number + 50)), f"stranger {number}")
    with of("honest"):
        honest = parts(folder, *range(5000, 5020))
        jobs.ask(honest, "honest")
    done = 0
    while not jobs.look(honest).is_complete:
        later.land()
        done += 1
    assert done <= 2 * 20 + 2 * IN_FLIGHT


def test_a_client_may_wait_for_a_few_works(compute: Compute, folder: Path) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    with of("one"):
        for number in range(4):
            jobs.ask(parts(folder, number, number + 1000), f"tab {number}")
        with pytest.raises(CrowdedError, match="4 long computations are under way already"):
            jobs.ask(parts(folder, 9000), "tab 5")
        jobs.ask(parts(folder, 2, 1002), "tab 2")  # goes on
        jobs.ask(parts(folder, 2, 1002), "tab 6")  # waits for the same
        jobs.ask(parts(folder, 9001), "tab 3")  # leaves his own
        with pytest.raises(CrowdedError):
            jobs.ask(parts(folder, 9000), "tab 5")
        jobs.leave("tab 3")
        jobs.ask(parts(folder, 9000), "tab 5")
    with of("another"):
        jobs.ask(parts(folder, 9002), "tab 7")


def test_long_chunks_leave_half_of_the_room_to_short_ones(compute: Compute, folder: Path) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    long, short = parts(folder, *range(1000, 1010)), parts(folder, *range(100))
    jobs.ask(short, "one")
    jobs.ask(long, "two")
    for _ in range(40):  # of the short ones alone
        at = next(
            k for k, args in enumerate(later.arguments) if args[-1] < 1000 and not later.held[k][0].done()
        )
        later.held[at][0].set_result(later.held[at][1]())
    assert sum(number >= 1000 for number in later.under_way) == IN_FLIGHT / 2
    assert jobs.look(short).done == 40


def test_a_wide_executor_gets_two_chunks_for_each_worker(compute: Compute, folder: Path) -> None:
    class Wide(Later, Threads):
        def __init__(self) -> None:
            super().__init__()
            self.width = 8

    wide = Wide()
    Jobs(compute, lambda: wide).ask(parts(folder, *range(50)), "me")
    assert len(wide.held) == 16
    with create_executor(None) as threads:
        assert width_of(threads) >= 1
    assert width_of(AtOnce()) == 0


def test_chunks_of_two_works_are_computed_once(compute: Compute, folder: Path) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    one, two = parts(folder, 1, 2, 3), parts(folder, 2, 3, 4)
    jobs.ask(one, "one")
    jobs.ask(two, "two")
    jobs.leave("one")
    assert later.under_way == [2, 3, 4]  # of the first, what the second waits for too
    while later.under_way:
        later.land()
    assert jobs.look(two).is_complete
    assert numbers(jobs.look(one)) == [2, 3]
    assert len(later.held) == 4


def test_who_asks_for_another_work_leaves_the_first(compute: Compute, closed: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        jobs = Jobs(compute, lambda: pool)
        first, second = parts(closed, 1, 2, 3, 4, 5), parts(closed, 11, 12)
        jobs.ask(first, "me")
        until(lambda: begun(closed))
        jobs.ask(second, "me")
        until(lambda: len(begun(closed)) == 2)
        assert [number for number, _ in begun(closed)] == [1, 11]  # the one that had begun was stopped
        let_go(closed)
        until(lambda: jobs.look(second).is_complete)
        assert jobs.look(first).done == 0
        until(lambda: jobs.ask(first, "me").is_complete)


def test_another_asker_keeps_his_work(compute: Compute, folder: Path) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    first, second = parts(folder, 1, 2, 3), parts(folder, 11)
    jobs.ask(first, "me")
    jobs.ask(first, "you")
    jobs.ask(second, "me")
    assert later.under_way == [1, 2, 3, 11]
    jobs.leave("you")
    assert later.under_way == [11]


def test_a_pause_finishes_and_keeps_what_has_begun(compute: Compute, closed: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        jobs = Jobs(compute, lambda: pool)
        work = parts(closed, *range(8))
        jobs.ask(work, "me")
        until(lambda: begun(closed))
        assert jobs.pause(work, "me").done == 0
        let_go(closed)
        until(lambda: jobs.look(work).done == 1)
        assert pool.submit(lambda: "free").result(BOUND) == "free"
        assert [number for number, _ in begun(closed)] == [0]
        until(lambda: jobs.ask(work, "me").is_complete)
        assert [number for number, _ in begun(closed)] == list(range(8))


def test_elsewhere_a_pause_lets_all_that_was_sent_end(
    compute: Compute, folder: Path, now: list[float]
) -> None:
    """A cluster does not say what has begun."""
    later = Later()
    jobs = Jobs(compute, lambda: later)
    work = parts(folder, *range(8))
    jobs.ask(work, "me")
    jobs.pause(work, "me")
    now[0] += 2 * PATIENCE
    jobs.look(parts(folder, 77))  # works that nobody waits for are forgotten: this one is not
    while later.under_way:
        later.land()
    assert jobs.look(work).done == len(later.held) == IN_FLIGHT


def test_a_pause_concerns_one_asker(compute: Compute, folder: Path) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    work, other = parts(folder, *range(8)), parts(folder, 11)
    jobs.ask(work, "me")
    jobs.ask(work, "you")
    jobs.pause(work, "me")
    later.land()
    assert later.under_way == [1, 2, 3, 4]
    jobs.leave("you")
    assert later.under_way == [1, 2, 3, 4]  # I want what is under way
    jobs.pause(other, "me")  # the page is paused, and its parameters have moved
    assert later.under_way == []


def test_who_has_left_may_ask_again_at_once_and_who_has_cancelled_may_not(
    compute: Compute, folder: Path
) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    work = parts(folder, *range(8))
    jobs.ask(work, "me")
    jobs.leave("me")
    assert later.under_way == []
    assert not jobs.ask(work, "me").is_cancelled
    assert later.under_way == [0, 1, 2, 3]
    jobs.cancel("me")
    assert jobs.ask(work, "me").is_cancelled
    assert later.under_way == []


def test_the_rate_is_that_of_the_last_results(compute: Compute, folder: Path, now: list[float]) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    work = parts(folder, *range(100))
    assert jobs.ask(work, "me").rate is None
    for _ in range(10):
        now[0] += 4.0
        later.land()
    assert jobs.look(work).rate == pytest.approx(1 / 4)
    for _ in range(40):  # another machine has joined
        now[0] += 2.0
        later.land()
        jobs.ask(work, "me")
    assert jobs.look(work).rate == pytest.approx(1 / 2)
    now[0] += 58.0  # nothing comes any more
    assert jobs.look(work).rate == pytest.approx(1 / 4)
    jobs.pause(work, "me")
    now[0] += 1000.0
    assert jobs.ask(work, "me").rate is None


def test_work_that_there_is_not_is_said(compute: Compute) -> None:
    jobs = Jobs(compute, AtOnce)
    for ask in (lambda: jobs.ask(Parts("", ()), "me"), lambda: jobs.look(Parts("", ()))):
        with pytest.raises(ParameterError, match="nothing to be done"):
            ask()


class Failing(AtOnce):
    """Fails until it is mended."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        def work() -> Any:
            if self.error is not None:
                raise self.error
            return function(*args, **kwargs)

        return super().submit(work)


@pytest.mark.parametrize("error", [ParameterError("p", "This is too steep."), MemoryError()])
def test_a_failure_is_said_and_tried_again_by_who_comes_anew(
    compute: Compute, folder: Path, error: Exception
) -> None:
    executor = Failing(error)
    jobs = Jobs(compute, lambda: executor)
    work = parts(folder, *range(8))
    said = str(error) or FAILED
    assert jobs.ask(work, "me").error == said
    assert jobs.ask(work, "me").error == said
    assert executor.calls == 1  # a failure ends the work
    jobs.leave("me")
    executor.error = None
    progress = jobs.ask(work, "me")
    assert progress.is_complete
    assert progress.error == ""


def test_a_failure_does_not_stand_in_the_way_of_another_who_asks(compute: Compute, folder: Path) -> None:
    executor = Failing(MemoryError())
    jobs = Jobs(compute, lambda: executor)
    work = parts(folder, *range(8))
    assert jobs.ask(work, "hidden").error == FAILED  # and waits on
    executor.error = None
    assert jobs.ask(work, "me").is_complete


class There(Cluster):
    """A cluster whose worker is here."""

    def __init__(self) -> None:
        super().__init__("tcp://nowhere:1", wait=0.0)

    def connect(self, patience: float | None = None) -> None:
        """It is always there."""

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return AtOnce().submit(*pickle.loads(pickle.dumps((function, *args))), **kwargs)


def test_a_worker_of_another_version_is_refused(
    compute: Compute, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer would be kept as this version's."""
    jobs = Jobs(compute, There)
    work = parts(folder, *range(8))
    with monkeypatch.context() as older:
        older.setattr("app.compute.elsewhere.digest_of", lambda _: "older")
        progress = jobs.ask(work, "me")
        assert (progress.error, progress.done) == (OTHER, 0)
        assert not begun(folder)
    jobs.leave("me")
    assert jobs.ask(work, "me").is_complete


def test_a_lost_scheduler_loses_nothing_and_is_no_failure(compute: Compute, folder: Path) -> None:
    executor = Failing(NoConnectionError("It is lost."))
    jobs = Jobs(compute, lambda: executor)
    work = parts(folder, *range(8))
    progress = jobs.ask(work, "me")
    assert (progress.done, progress.error, executor.calls) == (0, "", 1)  # who asks next tries again
    executor.error = None
    assert jobs.ask(work, "me").is_complete


def test_an_executor_that_has_been_shut_down_ends_the_work_quietly(
    compute: Compute, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    progress = Jobs(compute, lambda: pool).ask(parts(folder, *range(8)), "me")
    assert (progress.done, progress.error) == (0, "")
    assert not list((folder.parent / "cache").rglob("*.claim"))
    assert caplog.records == []


def test_what_another_process_has_made_is_seen_now_and_then(
    compute: Compute, tmp_path: Path, folder: Path, now: list[float]
) -> None:
    other = create_compute(Settings(cache_folder=tmp_path / "cache"))
    jobs = Jobs(compute, lambda: pytest.fail("looking starts nothing"))
    work = parts(folder, *range(5))
    assert jobs.look(work).done == 0
    assert Jobs(other, AtOnce).ask(work, "you").is_complete
    assert jobs.look(work).done == 0
    now[0] += 1.01 * AGAIN
    assert jobs.look(work).is_complete


def test_what_another_process_has_made_is_not_sent_out(
    compute: Compute, tmp_path: Path, folder: Path
) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    work = parts(folder, *range(200))
    jobs.ask(work, "me")
    other = AtOnce()
    there = Jobs(create_compute(Settings(cache_folder=tmp_path / "cache")), lambda: other).ask(work, "you")
    assert there.done == other.calls == 200 - IN_FLIGHT  # those are claimed
    while later.under_way:
        later.land()
    for _ in range(200 // LOOKS + 1):
        jobs.ask(work, "me")
    assert jobs.look(work).is_complete
    assert len(later.held) == IN_FLIGHT
    assert len(begun(folder)) == 200


def test_so_many_works_are_waited_for_at_once_and_the_next_has_its_turn_when_one_is_left(
    compute: Compute, folder: Path, now: list[float]
) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    for number in range(WORKS):
        jobs.ask(parts(folder, number, number + 1000), f"asker {number}")
    for _ in range(2):
        with pytest.raises(CrowdedError):
            jobs.ask(parts(folder, 7000), "one more")
    jobs.ask(parts(folder, 3, 1003), "another who waits for the same")
    jobs.ask(parts(folder, 8000), "asker 5")  # who leaves what was asked for before
    assert jobs.look(parts(folder, 7000)).total == 1
    jobs.leave("asker 6")
    jobs.ask(parts(folder, 7000), "one more")
    now[0] += 1.01 * PATIENCE
    jobs.ask(parts(folder, 9000), "who comes when they have all gone")
    assert len(jobs._ledger._jobs) <= IN_FLIGHT + 1  # the others are forgotten


def test_whoever_has_gone_takes_no_memory(compute: Compute, folder: Path, now: list[float]) -> None:
    jobs, work = Jobs(compute, Later), parts(folder, 1, 2)
    for number in range(2000):
        jobs.ask(work, f"asker {number}")
        if number % 2:
            jobs.pause(work, f"asker {number}")
        now[0] += PATIENCE / 100
    (job,) = jobs._ledger._jobs.values()
    assert len(job._asked) + len(job._paused) <= 102


def test_an_ask_looks_for_so_many_files_at_most(
    compute: Compute, tmp_path: Path, folder: Path, now: list[float]
) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    work = parts(folder, *range(500))
    jobs.ask(work, "me")
    looks: list[Any] = []
    recall = compute.recall
    compute.recall = lambda asked: looks.append(asked) or recall(asked)  # type: ignore[method-assign, func-returns-value]
    for _ in range(10):
        jobs.ask(work, "me")
    assert looks == []  # there is no room, and it is too soon to look again
    now[0] += 1.01 * AGAIN
    jobs.ask(work, "me")
    assert len(looks) == LOOKS
    Jobs(create_compute(Settings(cache_folder=tmp_path / "cache")), AtOnce).ask(work, "you")
    looks.clear()
    later.land()  # room for one more: the way to one that is not there leads past those that are
    assert len(looks) == LOOKS


def test_a_corrupted_entry_is_computed_again(compute: Compute, tmp_path: Path, folder: Path) -> None:
    work = parts(folder, *range(6))
    assert Jobs(compute, AtOnce).ask(work, "me").is_complete
    path = tmp_path / "cache" / SUBFOLDER / name_of(work.chunks()[3].key)
    path.write_bytes(path.read_bytes()[:40])
    executor = AtOnce()
    for _ in range(2):
        again = create_compute(Settings(cache_folder=tmp_path / "cache"))
        progress = Jobs(again, lambda: executor).ask(work, "me")
        assert progress.is_complete
        assert numbers(progress) == list(range(6))
    assert executor.calls == 1


def full(*_: Any, **__: Any) -> Any:
    raise OSError(28, "No space left on device")


def test_a_full_disk_costs_a_warning_and_no_result(
    compute: Compute, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    work = parts(folder, *range(6))
    monkeypatch.setattr("app.compute.file_shelf._write", full)
    jobs = Jobs(compute, AtOnce)
    progress = jobs.ask(work, "me")
    assert progress.is_complete
    assert progress.unsaved
    assert numbers(jobs.look(work)) == list(range(6))
    assert [record.levelname for record in caplog.records].count("WARNING") == 1
    monkeypatch.undo()
    others = jobs.ask(parts(folder, 77), "me")
    assert others.is_complete
    assert not others.unsaved  # there is room again


@pytest.mark.parametrize("place", ["file", None])
def test_without_a_folder_results_are_shown_from_memory(
    tmp_path: Path, folder: Path, place: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    compute = create_compute(Settings(cache_folder=place and tmp_path / place / "cache"))
    progress = Jobs(compute, AtOnce).ask(parts(folder, *range(6)), "me")
    assert progress.is_complete
    assert progress.unsaved
    assert [record.levelname for record in caplog.records].count("WARNING") == 1


def test_entries_that_the_shelf_drops_meanwhile_are_still_shown(tmp_path: Path, folder: Path) -> None:
    compute = create_compute(Settings(cache_folder=tmp_path / "cache", cache_disk=2**20))
    jobs = Jobs(compute, AtOnce)
    work = parts(folder, *range(300))
    assert jobs.ask(work, "me").is_complete
    assert jobs.look(work).is_complete
    assert 0 < len(list((tmp_path / "cache").rglob("*.result"))) < 300


def test_the_page_is_answered_while_files_are_read_for_what_is_sent(compute: Compute, folder: Path) -> None:
    """No lock is held while a shelf is asked."""
    later = Later()
    jobs = Jobs(compute, lambda: later)
    seen: list[int] = []
    recall = compute.recall

    def nosy(asked: Any) -> Any:
        seen.append(jobs.look(work).done)
        return recall(asked)

    work = parts(folder, *range(8))
    jobs.look(work)
    compute.recall = nosy  # type: ignore[method-assign]
    jobs.ask(work, "me")
    assert seen
    assert len(later.under_way) == IN_FLIGHT


def test_a_fork_s_threads_are_its_own(compute: Compute, folder: Path) -> None:
    """The executor is made when it is first needed."""
    made: list[Executor] = []

    def make() -> Executor:
        made.append(AtOnce())
        return made[-1]

    jobs = Jobs(compute, make)
    jobs.look(parts(folder, 1))
    jobs.pause(parts(folder, 1), "me")
    jobs.cancel("you")
    assert made == []
    jobs.ask(parts(folder, 1), "me")
    jobs.ask(parts(folder, 1), "me")
    assert len(made) == 1
