"""Cache, serializer, single flight and the door to the engine."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.cards import DECK
from app.compute.cache import ResultCache, UnregisteredResultWarning, size_of
from app.compute.compute import CHEAP, Compute
from app.compute.door import describe_duration
from app.compute.file_shelf import SUBFOLDER, FileShelf
from app.compute.question import question
from app.compute.serializer import NpzSerializer, UnknownResultError
from app.compute.single_flight import SingleFlight
from app.main import create_compute
from app.page.state import Parameters
from app.quantities.flow import COARSE, flow, references
from app.quantities.landscape import landscape_card
from app.quantities.lines import langevin_line, phase_lines
from app.settings import Settings
from engine import Model, ParameterError, Status, dynamics, hessian, phases

MODEL = Model(p=3, delta_2=0.4, delta_p=1.7)


@pytest.fixture
def serializer() -> NpzSerializer:
    return NpzSerializer(*DECK.result_types, hessian.Spectrum)


@pytest.fixture
def compute(tmp_path: Path) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path / "cache"))


class Shelf(dict[str, Any]):
    """A shelf in memory that counts."""

    def set(self, key: str, value: Any) -> None:
        self[key] = value


def equal(one: Any, other: Any) -> bool:
    """Whether two results are the same to the last bit."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, tuple):
        return isinstance(other, tuple) and all(equal(*pair) for pair in zip(one, other, strict=True))
    if hasattr(one, "__dataclass_fields__"):
        same = (equal(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__)
        return type(one) is type(other) and all(same)
    return bool(one == other or (one != one and other != other))


@pytest.mark.parametrize(
    "value",
    [
        phase_lines(3),
        landscape_card(MODEL),
        references(Model(p=4, delta_2=3.0, delta_p=2.0)),
        hessian.spectrum(MODEL, 0.1, 4.0),
        phases.classify(MODEL),
        dynamics.integrate_flow(MODEL, overlap_0=1e-3, t_max=50.0),
        langevin_line(3, 1.0),
        (np.arange(3), None, True, "text", float("inf")),
        7,
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_result_comes_back_from_its_bytes_to_the_last_bit(serializer: NpzSerializer, value: Any) -> None:
    assert equal(serializer.loads(serializer.dumps(value)), value)


def test_what_comes_back_is_read_only_and_alive(serializer: NpzSerializer) -> None:
    trajectory = dynamics.integrate_flow(MODEL, overlap_0=1e-3, t_max=50.0)
    back = serializer.loads(serializer.dumps(trajectory))
    with pytest.raises(ValueError, match="read-only"):
        back.overlap[0] = 1
    np.testing.assert_array_equal(back.at([1.0, 7.0]).overlap, trajectory.at([1.0, 7.0]).overlap)


def test_bytes_are_no_pickle_and_nonsense_is_none(serializer: NpzSerializer) -> None:
    data = serializer.dumps(phases.classify(MODEL))
    assert data.startswith(b"PK")
    for wrong in (b"", b"junk", data[: len(data) // 2], b"\x80\x04]."):
        assert serializer.loads(wrong) is None
    assert NpzSerializer().loads(data) is None  # nothing is built that was not named
    with pytest.raises(UnknownResultError):
        serializer.dumps(object())


def test_memory_is_bounded_by_bytes_and_the_disk_remembers(tmp_path: Path, serializer: NpzSerializer) -> None:
    disk = FileShelf(tmp_path, serializer, limit=2**24)
    cache = ResultCache(disk, memory=2**20)
    for i in range(30):
        cache.set(f"key {i}", np.full(10_000, float(i)))
    found = cache.get("key 29")
    assert found is not None
    assert found.shelf == "memory"
    found = cache.get("key 0")
    assert found is not None
    assert found.shelf == "disk"
    np.testing.assert_array_equal(found.value, np.zeros(10_000))
    assert size_of(found.value) > 80_000
    assert cache.get("never") is None


CALLS: list[float] = []
GO_ON = threading.Event()


def slow(x: float) -> np.ndarray[Any, Any]:
    """Work that lasts until it is let go."""
    CALLS.append(x)
    assert GO_ON.wait(10)
    return np.array([x])


def test_equal_requests_at_once_are_computed_once(compute: Compute) -> None:
    CALLS.clear()
    GO_ON.clear()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(compute.answer, question(slow, x)) for x in [1.0, 2.0] * 4]
        while len(CALLS) < 2:
            pass
        GO_ON.set()
        assert [float(each.result(10).value[0]) for each in asked] == [1.0, 2.0] * 4
    assert sorted(CALLS) == [1.0, 2.0]
    assert compute.answer(question(slow, 1.0)).cached
    assert sorted(CALLS) == [1.0, 2.0]


def test_who_looked_before_an_equal_flight_landed_does_not_fly_again(compute: Compute) -> None:
    """The shelf is looked up again inside the flight."""
    CALLS.clear()
    GO_ON.set()
    shelf, looks = compute._cache, []
    found = shelf.get

    def late(key: str) -> Any:
        """The first look misses; before it comes to a flight, an equal one has come and gone."""
        looks.append(key)
        if len(looks) == 1:
            assert compute.answer(question(slow, 3.0)).value[0] == 3.0
            return None
        return found(key)

    shelf.get = late  # type: ignore[method-assign]
    assert compute.answer(question(slow, 3.0)).value[0] == 3.0
    assert CALLS == [3.0]


def test_only_what_takes_time_and_stands_still_goes_to_disk(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    compute = create_compute(Settings(cache_folder=folder))
    kept = folder / SUBFOLDER
    phases.classify(MODEL)  # its kernels are compiled
    compute.answer(question(phases.classify, MODEL))  # microseconds
    flow(compute, Parameters(d2=0.37, tmax=1e4), settled=False)  # in passing
    assert list(kept.iterdir()) == []
    assert flow(compute, Parameters(d2=0.37, tmax=1e4), settled=False).cached
    flow(compute, Parameters(d2=0.37, tmax=1e4))
    assert len(list(kept.glob("*.result"))) == 1
    assert flow(create_compute(Settings(cache_folder=folder)), Parameters(d2=0.37, tmax=1e4)).cached


def test_a_failure_reaches_everyone_who_waits_and_is_not_remembered() -> None:
    flights = SingleFlight()
    started = threading.Event()
    go_on = threading.Event()

    def fail() -> None:
        started.set()
        go_on.wait(5)
        raise ValueError("no")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(flights.do, "key", fail)
        assert started.wait(5)
        second = pool.submit(flights.do, "key", lambda: 1)
        while not second.running():  # it waits for the first one's end, or will find it
            pass
        go_on.set()
        for future in (first, second):
            with pytest.raises(ValueError, match="no"):
                future.result(5)
    assert flights.do("key", lambda: 3) == (3, True)


def test_an_answer_says_what_it_cost(compute: Compute) -> None:
    first, second = (compute.answer(question(phase_lines, 5)) for _ in range(2))
    assert first.note.startswith("computed in ")
    assert second.note == "computed before"
    assert [describe_duration(s) for s in (0.0004, 0.084, 1.23)] == ["0.4 ms", "84 ms", "1.2 s"]


def test_an_error_is_raised_every_time(compute: Compute) -> None:
    for _ in range(2):
        with pytest.raises(ParameterError):
            compute.answer(question(phases.classify, MODEL, temperature=9.0))


def test_a_moving_flow_takes_the_settled_one_when_it_is_there(compute: Compute) -> None:
    point = Parameters(d2=0.37, tmax=100.0)
    coarse = flow(compute, point, settled=False)
    fine = flow(compute, point)
    again = flow(compute, point, settled=False)
    assert not coarse.cached
    assert not fine.cached
    assert again.cached
    assert again.value is fine.value


def test_a_preview_that_would_be_cut_is_the_flow_itself(compute: Compute) -> None:
    point = Parameters(p=5, d2=0.89, dp=0.362, m0=0.00039, tmax=1e5)
    assert (
        dynamics.integrate_flow(point.model, overlap_0=point.m0, t_max=point.tmax, tolerance=COARSE).status
        is Status.STOPPED_EARLY
    )
    seen = flow(compute, point, settled=False)
    assert seen.value.status is not Status.STOPPED_EARLY
    assert not seen.preview
    assert flow(compute, Parameters(tmax=10.0), settled=False).preview


@dataclass(frozen=True)
class Stranger:
    """A result that no card has named."""

    value: np.ndarray[Any, Any]


def make_stranger(n: int) -> Stranger:
    return Stranger(np.zeros(n))


def make_stranger_slowly(n: int) -> Stranger:
    threading.Event().wait(2 * CHEAP)
    return make_stranger(n)


@pytest.mark.parametrize("work", [make_stranger, make_stranger_slowly])
def test_a_result_type_that_no_card_has_named_is_a_loud_fault_and_leaves_nothing_behind(
    tmp_path: Path, work: Any
) -> None:
    compute = create_compute(Settings(cache_folder=tmp_path / "cache"))
    with pytest.warns(UnregisteredResultWarning, match="Stranger is not among the result types"):
        found = compute.answer(question(work, 3))
    assert found.value.value.shape == (3,)  # who asked has the answer all the same
    assert compute.answer(question(work, 3)).cached
    assert list((tmp_path / "cache" / SUBFOLDER).iterdir()) == []


def test_what_a_result_type_holds_need_not_be_named() -> None:
    serializer = NpzSerializer(dynamics.Trajectory)
    trajectory = dynamics.integrate_flow(MODEL, overlap_0=1e-3, t_max=50.0)
    assert equal(serializer.loads(serializer.dumps(trajectory)), trajectory)


def test_two_result_types_of_one_name_are_refused() -> None:
    other = type("Trajectory", (), {})
    with pytest.raises(ValueError, match="Trajectory"):
        NpzSerializer(dynamics.Trajectory, other)


def test_what_is_computed_elsewhere_can_be_kept_from_within_a_request(compute: Compute) -> None:
    asked = question(phases.classify, MODEL)
    once = compute.once()
    once.keep(asked, phases.classify(MODEL))
    assert compute.answer(asked).cached
    assert once.recall(asked) is not None


def test_a_full_disk_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Full(Shelf):
        name = "disk"

        def set(self, *_: Any) -> None:
            raise OSError("no space left")

        def check(self, value: Any) -> None:
            """Everything may be kept."""

    cache = ResultCache(Full(), memory=2**20)
    for i in range(3):
        cache.set(f"key {i}", np.arange(3.0))
        assert cache.get(f"key {i}") is not None
    assert [record.levelname for record in caplog.records].count("WARNING") == 1


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("p", [3, 4, 6, 10])
def test_the_langevin_line_is_finite_where_it_is_drawn(p: int, temperature: float) -> None:
    line = langevin_line(p, temperature)
    assert line.shape[0] == 2
    assert np.isfinite(line).all()
    assert (line > 0).all()
