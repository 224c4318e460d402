"""The command line on a Dask cluster: real schedulers and worker processes over TCP, started and ended here."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine import atlas
from engine.atlas import __main__ as command
from engine.atlas import options, workers
from tests.dask_processes import Processes

ROOT = Path(__file__).resolve().parents[2]
BOUND = 120.0  # seconds after which a test gives up
PLANE = atlas.Plane(overlap_0=0.01, t_max=1.0, delta_p_range=(10.0, 100.0), delta_2_range=(1.0, 3.0))
SAID = ["--overlap-0", "0.01", "--t-max", "1", "--delta-p", "10", "100", "--delta-2", "1", "3"]

pytestmark = [pytest.mark.jit, pytest.mark.filterwarnings("ignore")]  # of the cluster's own


@pytest.fixture
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    log = tmp_path_factory.mktemp("cluster") / "log"
    found = Processes(log)
    yield found
    found.close()
    print(log.read_text())  # pytest shows it with a failure


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "atlas.npz"


def run(out: Path, resolution: int, address: str) -> int:
    return command.main([*SAID, "--resolution", str(resolution), "--out", str(out), "--scheduler", address])


def kept(out: Path) -> int:
    return len(list(out.with_name(out.name + ".tiles").glob("*.npz")))


def when(is_so: Callable[[], bool], do: Callable[[], object]) -> threading.Thread:
    """Do something aside as soon as something is so."""

    def look() -> None:
        deadline = time.monotonic() + BOUND
        while not is_so():
            assert time.monotonic() < deadline
            time.sleep(0.005)
        do()

    looking = threading.Thread(target=look)
    looking.start()
    return looking


def test_two_worker_processes_make_what_threads_make_one_of_them_killed(
    processes: Processes, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    processes.scheduler()
    first, _ = processes.worker(), processes.worker()
    killing = when(lambda: kept(out) >= 2, first.kill)
    assert run(out, 24, processes.address) == 0
    killing.join(BOUND)
    assert first.wait(BOUND) == -signal.SIGKILL if os.name != "nt" else True
    by_threads = out.with_name("threads.npz")
    assert command.main([*SAID, "--resolution", "24", "--out", str(by_threads), "--quiet"]) == 0
    found, wanted = (atlas.unpack(file.read_bytes())[0] for file in (out, by_threads))
    for name in ("final_overlap", "escape_time", "status_code"):
        assert getattr(found, name).tobytes() == getattr(wanted, name).tobytes()


def test_a_scheduler_without_workers_is_said_and_waited_for(
    processes: Processes, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    processes.scheduler()
    said: list[str] = []
    cluster = workers.Cluster(processes.address, lambda sentence: (said.append(sentence), processes.worker()))
    (block,) = PLANE.blocks(8)
    ((found, tile),) = workers.measured(cluster, PLANE, [block])
    cluster.close()
    assert said == [f"The scheduler at {processes.address} has no workers; work goes on when one joins."]
    assert found == block
    assert tile.final_overlap.tobytes() == atlas.measure(PLANE, block).final_overlap.tobytes()


def test_a_lost_scheduler_is_said_and_what_was_done_is_kept(
    processes: Processes, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scheduler = processes.scheduler()
    processes.worker()
    killing = when(lambda: kept(out) >= 2, scheduler.kill)
    assert run(out, 32, processes.address) == 1
    killing.join(BOUND)
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"The connection to the scheduler at {processes.address} is lost. " in said
    assert said.endswith("of 1024 flows are kept; the same command goes on from there.")
    assert kept(out) >= 2
    assert not out.exists()


def test_workers_with_other_sources_are_said(
    processes: Processes, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    processes.scheduler()
    processes.worker()
    monkeypatch.setattr(workers, "sources_digest", lambda: "another")
    assert run(out, 16, processes.address) == 1
    assert "A worker has another version of the engine" in capsys.readouterr().err.splitlines()[-1]
    assert kept(out) == 0


def test_workers_without_the_engine_are_said(
    processes: Processes,
    out: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    processes.scheduler()
    processes.worker(tmp_path_factory.mktemp("elsewhere"))
    assert run(out, 16, processes.address) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert "No module named 'engine'" in said
    assert "install the same version of saddlesurf there" in said


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "http://127.0.0.1:1"])
def test_a_silent_scheduler_is_said(
    address: str, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "ANSWER", 0.5)
    assert run(out, 16, address) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"The scheduler at {address} does not answer. 0 of 256 flows are kept" in said


def test_without_the_extra_it_is_said(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "find_spec", lambda _: None)
    assert run(out, 16, "tcp://127.0.0.1:1") == 2
    assert "pip install 'saddlesurf[cluster]'" in capsys.readouterr().err
    assert not list(out.parent.iterdir())
