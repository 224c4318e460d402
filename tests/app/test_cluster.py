"""A cluster over a connection that is lost and comes back: real schedulers and workers, started and ended here."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from distributed import LocalCluster

from app.callbacks import ensemble as dialog
from app.compute import cluster as clusters
from app.compute.cluster import REMEMBER, Cluster, NoConnectionError, SchedulerError
from app.compute.compute import Compute
from app.compute.executor import create_executor
from app.compute.job import Progress, Work
from app.compute.jobs import Jobs
from app.figures.theme import LIGHT
from app.main import create_compute
from app.page.sample import Sample
from app.page.state import Parameters, Point
from app.quantities.ensemble import CHUNK, Ensemble, instances, members
from app.settings import Settings
from engine import Model, ParameterError
from tests.app.long_work import begun, let_go, parts
from tests.dask_processes import Processes

ROOT = Path(__file__).resolve().parents[2]
POINT = Parameters(d2=0.4, dp=4.0, m0=0.05, tmax=1e3)
QUESTION = Ensemble(Point(POINT, Sample(N=400, seed=3, start="random", until=4.0)), 20)
BOUND = 60.0  # seconds after which a test gives up
NOBODY = "tcp://127.0.0.1:1"

pytestmark = pytest.mark.filterwarnings("ignore")  # of the cluster's own


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    found = Processes(tmp_path / "log")
    yield found
    found.close()
    print((tmp_path / "log").read_text())  # pytest shows it with a failure


@pytest.fixture
def compute(tmp_path: Path) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path / "cache"))


@pytest.fixture
def cluster(processes: Processes) -> Iterator[Cluster]:
    found = Cluster(processes.address, wait=2.5)
    yield found
    found.shutdown()


def asked_until(jobs: Jobs, wanted: str, work: Work = QUESTION) -> str | Progress:
    """Ask as the page's clock does, until the answer is of that kind: a word of a sentence, or some progress."""
    deadline = time.monotonic() + BOUND
    last: str | Progress = ""
    while time.monotonic() < deadline:
        try:
            last = jobs.ask(work, "me")
            assert last.error == ""
            if (wanted == "some" and last.done > 0) or (wanted == "all" and last.is_complete):
                return last
        except NoConnectionError as error:
            last = str(error)
            if wanted in last:
                return last
        time.sleep(0.05)
    raise AssertionError(f"no {wanted!r} within {BOUND} s; last: {last}")


def shown(compute: Compute, jobs: Jobs) -> tuple[Any, ...]:
    asked = {"held": Point(POINT, QUESTION.point.sample).to_store(), "seeds": 20, "done": -1, "asker": "me"}
    *_, status, _, clock, cancel, run, kept = dialog.reply(compute, jobs, asked, LIGHT, "ensemble-clock")
    return status, clock, cancel, run, kept == asked


def test_a_killed_scheduler_is_told_and_its_work_done_when_another_stands(
    processes: Processes, compute: Compute, cluster: Cluster
) -> None:
    jobs = Jobs(compute, lambda: cluster)
    assert "does not answer" in asked_until(jobs, "does not answer")  # none has been started yet
    scheduler = processes.scheduler()
    assert "has no workers" in asked_until(jobs, "has no workers")
    worker = processes.worker()
    before = asked_until(jobs, "some")
    assert isinstance(before, Progress)
    assert not before.is_complete

    scheduler.kill()
    scheduler.wait(BOUND)
    worker.kill()
    worker.wait(BOUND)
    assert "is lost" in asked_until(jobs, "is lost")
    status, clock, cancel, run, is_kept = shown(compute, jobs)
    assert f"at {processes.address} " in status
    assert status.endswith(
        f"It is tried again. {CHUNK * jobs.look(QUESTION).done} of 120 instances are there."
    )
    assert (clock, cancel, run, is_kept) == (False, False, True, True)  # the page goes on asking

    processes.scheduler()
    processes.worker()
    after = asked_until(jobs, "all")
    assert isinstance(after, Progress)
    direct = members(POINT.model, 400, tuple(range(3, 8)), None, 4.0)
    np.testing.assert_array_equal(instances(QUESTION, after).members[400].final[:CHUNK], direct.final)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a process cannot be halted here")
def test_a_scheduler_that_hangs_is_told_like_one_that_is_gone(
    processes: Processes, compute: Compute, cluster: Cluster
) -> None:
    """Its connection stands, so that whoever believes the connection waits for ever."""
    scheduler = processes.scheduler()
    processes.worker()
    jobs = Jobs(compute, lambda: cluster)
    asked_until(jobs, "some")
    cluster._wait = 0.5
    scheduler.send_signal(signal.SIGSTOP)
    asked_until(jobs, "is lost")
    scheduler.send_signal(signal.SIGCONT)
    cluster._wait = 5.0
    asked_until(jobs, "all")


def test_a_killed_worker_costs_what_it_held_and_nothing_else(compute: Compute, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    work = parts(folder, *range(30))
    let_go(folder, *range(10))
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, protocol="tcp://", dashboard_address=None
    ) as local:
        executor = create_executor(local.scheduler_address)
        jobs = Jobs(compute, lambda: executor)
        asked_until(jobs, "some", work)
        deadline = time.monotonic() + BOUND
        while jobs.ask(work, "me").done < 10 or len({process for _, process in begun(folder)[10:]}) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert executor.width == 2  # type: ignore[attr-defined]
        held, victim = begun(folder)[-1]  # both wait in the middle of a chunk
        os.kill(victim, signal.SIGKILL)
        let_go(folder)
        asked_until(jobs, "all", work)
        executor.shutdown()
    times = Counter(number for number, _ in begun(folder))
    assert set(times) == set(range(30))
    assert {number: n for number, n in times.items() if n != 1} == {held: 2}


def answer(delta_2: float) -> Model:
    return Model(p=3, delta_2=delta_2, delta_p=1.0)


def test_work_follows_the_connection_and_errors_of_the_work_are_its_own(
    processes: Processes, cluster: Cluster
) -> None:
    processes.scheduler()
    processes.worker()
    deadline = time.monotonic() + BOUND
    while True:
        first = cluster.submit(answer, 0.4)
        if first.exception(BOUND) is None:
            break
        assert time.monotonic() < deadline
    assert first.result() == answer(0.4)
    with pytest.raises(ParameterError) as caught:
        cluster.submit(answer, -1.0).result(BOUND)
    assert caught.value.name == "delta_2"
    waiting = cluster.submit(time.sleep, 1000.0)
    unwanted = cluster.submit(answer, 0.5)
    assert unwanted.cancel()
    cluster.shutdown()
    with pytest.raises(NoConnectionError, match="is lost"):
        waiting.result(BOUND)


class Attempts(Cluster):
    """Counts its attempts, each of which lasts until it is let go and fails."""

    def __init__(self) -> None:
        super().__init__(NOBODY, wait=0.1)
        self.count, self.begun, self.go_on = 0, threading.Event(), threading.Event()

    def _connected(self) -> Any:
        self.count += 1
        self.begun.set()
        assert self.go_on.wait(BOUND)
        raise NoConnectionError("Nobody is there.")


def test_an_attempt_is_shared_and_its_failure_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(clusters.time, "monotonic", lambda: now[0])
    cluster = Attempts()
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(cluster.connect)
        assert cluster.begun.wait(BOUND)
        others = [pool.submit(cluster.connect) for _ in range(3)]
        cluster.go_on.set()
        for asked in (first, *others):
            assert str(asked.exception(BOUND)) == "Nobody is there."
    assert cluster.count == 1
    now[0] += 0.9 * REMEMBER
    with pytest.raises(NoConnectionError):
        cluster.connect()
    assert cluster.count == 1
    now[0] += 0.2 * REMEMBER
    with pytest.raises(NoConnectionError):
        cluster.connect()
    assert cluster.count == 2


def test_nobody_waits_for_an_attempt_who_does_not_need_it(compute: Compute) -> None:
    cluster = Attempts()
    jobs = Jobs(compute, lambda: cluster)
    with ThreadPoolExecutor(3) as pool:
        asked = pool.submit(jobs.ask, QUESTION, "me")
        assert cluster.begun.wait(BOUND)
        sent = pool.submit(cluster.submit, answer, 0.4).result(BOUND)
        assert pool.submit(jobs.look, QUESTION).result(BOUND).done == 0
        jobs.cancel("me")
        assert (
            pool.submit(jobs.ask, QUESTION, "me").result(BOUND).is_cancelled
        )  # who has cancelled needs none
        cluster.go_on.set()
        assert isinstance(asked.exception(BOUND), NoConnectionError)
        assert isinstance(sent.exception(BOUND), NoConnectionError)


@pytest.mark.parametrize("address", [NOBODY, "http://127.0.0.1:1", "no address", "127.0.0.1:1", "tcp://"])
def test_who_cannot_be_connected_leaves_a_sentence_and_nothing_running(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "REMEMBER", 0.0)
    cluster = Cluster(address, wait=0.1)
    before, counts = set(threading.enumerate()), []  # of other tests, which may end meanwhile
    for _ in range(3):
        with pytest.raises(NoConnectionError, match="does not answer"):
            cluster.connect()
        counts.append(len(set(threading.enumerate()) - before))
    assert len(set(counts)) == 1
    cluster.shutdown()


def test_without_the_extra_it_is_said_and_not_asked_again(
    compute: Compute, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.compute import executor

    monkeypatch.setattr(executor, "find_spec", lambda _: None)
    jobs = Jobs(compute, lambda: executor.create_executor(NOBODY))
    with pytest.raises(SchedulerError, match=r"saddlesurf\[cluster\]"):
        jobs.ask(QUESTION, "me")
    status, clock, cancel, run, _ = shown(compute, jobs)
    assert "cluster" in status
    assert (clock, cancel, run) == (True, True, False)


def test_who_will_not_wait_for_a_scheduler_is_told_so_while_it_is_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes a connection and never says a word
        cluster = Cluster(f"tcp://127.0.0.1:{silent.getsockname()[1]}", wait=0.5)
        before = set(threading.enumerate())
        for _ in range(3):
            with pytest.raises(NoConnectionError, match="has not answered yet"):
                cluster.connect(patience=0.05)
        new = set(threading.enumerate()) - before
        assert [thread.name for thread in new].count("connect") == 1
    with pytest.raises(NoConnectionError, match="does not answer"):  # its end is that of the attempt
        cluster.connect(patience=BOUND)
