"""What the engine raises and returns goes to other processes and comes back: pickle, copies, pools, Dask."""

from __future__ import annotations

import copy
import dataclasses
import enum
import importlib
import inspect
import multiprocessing
import pickle
import pkgutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import pytest

import engine
from engine import (
    ConvergenceError,
    EngineError,
    Landscape,
    Model,
    ParameterError,
    Stopped,
    atlas,
    complexity,
    dynamics,
    hessian,
    phases,
    simulation,
)
from engine.errors import Status

MODEL = Model(p=3, delta_2=0.4, delta_p=1.7)
PARTS = ("atlas", "complexity", "dynamics", "hessian", "message_passing", "phases", "simulation")


PLANE = atlas.Plane(overlap_0=1e-2, t_max=1.0)
LINE_FIELDS = (
    atlas.MeasuredLine.__dataclass_fields__
)  # measured it would take minutes without compiled kernels


@cache
def flow() -> dynamics.Trajectory:
    return dynamics.integrate_flow(MODEL, overlap_0=1e-2, t_max=20.0)


@cache
def path() -> simulation.Simulation:
    return simulation.simulate(MODEL, n_dim=40, seed=3, t_max=1.0, n_hessians=1)


#: One object of every class that the door offers; a new class needs its line.
EXAMPLES: dict[type, Callable[[], object]] = {
    Landscape: lambda: Landscape.of({3: 1.5}).at_equilibrium(0.6),
    Model: lambda: MODEL,
    EngineError: lambda: EngineError("Something cannot be answered."),
    ParameterError: lambda: ParameterError("delta_2", "Δ₂ must be a number."),
    ConvergenceError: lambda: ConvergenceError("It has ended early."),
    Stopped: lambda: Stopped("Nobody waits for it any more."),
    atlas.Atlas: lambda: atlas.Atlas.of(PLANE, 8, {}),
    atlas.AtlasTile: lambda: atlas.tile(3, [1.0], [0.4], overlap_0=1e-2, t_max=1.0),
    atlas.Block: lambda: atlas.Block(8, 0, 0),
    atlas.MeasuredLine: lambda: atlas.MeasuredLine(**{name: np.ones(2) for name in LINE_FIELDS}),
    atlas.Plane: lambda: PLANE,
    complexity.ComplexityProfile: lambda: complexity.complexity_profile(MODEL, np.array([0.1, 0.2])),
    complexity.GoodMinimum: lambda: complexity.good_minimum(MODEL),
    complexity.Landscape: lambda: complexity.landscape_curves(MODEL),
    complexity.TypicalEnergies: lambda: complexity.typical_energies(MODEL, 0.1, 5.0),
    dynamics.FluctuationDissipation: lambda: flow().fluctuation_dissipation(50),
    dynamics.Gain: lambda: dynamics.escape_gain(MODEL, t_max=20.0),
    dynamics.Trajectory: flow,
    dynamics.TwoTime: lambda: flow().two_time(5),
    hessian.Spectrum: lambda: hessian.spectrum(MODEL, 0.1, 5.0),
    phases.BayesLines: lambda: phases.bayes_lines(3, np.array([0.5, 1.0])),
    phases.Critical: lambda: phases.static_temperature(Landscape.of({3: 1.5})),
    phases.OptimalTrust: lambda: phases.optimal_trust({2: 1.3, 3: 1.0}),
    phases.SignalOrderLines: lambda: phases.signal_order_lines(4, 2),
    phases.Classification: lambda: phases.classify(MODEL),
    simulation.HessianSample: lambda: path().hessians[0],
    simulation.Instance: lambda: path().instance,
    simulation.NoiseTensor: lambda: path().instance.noise[1],
    simulation.Settings: lambda: path().settings,
    simulation.Simulation: path,
}


def offered() -> Iterator[type]:
    """Every class of the public door, aliases of other things left out."""
    for module in (engine, *(importlib.import_module(f"engine.{part}") for part in PARTS)):
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isclass(value) and value.__module__.startswith("engine"):
                yield value


CLASSES = sorted(set(offered()), key=lambda kind: kind.__name__)
OBJECTS = [
    pytest.param(cache(EXAMPLES[kind]), id=kind.__name__)
    for kind in CLASSES
    if not issubclass(kind, enum.Enum) and kind in EXAMPLES
]


def test_every_class_of_the_door_is_tried() -> None:
    assert {kind for kind in CLASSES if not issubclass(kind, enum.Enum)} == set(EXAMPLES)
    for found in OBJECTS:
        assert type(found.values[0]()).__name__ == found.id


#: Modules of the atlas's command line: what these raise ends there, as a sentence on the error stream.
COMMAND_LINE = {f"engine.atlas.{part}" for part in ("__main__", "files", "options", "workers")}


def raised_here() -> Iterator[type[BaseException]]:
    """Every exception that a module of the engine defines, those of the command line left out."""
    for found in pkgutil.walk_packages(engine.__path__, "engine."):
        if found.name in COMMAND_LINE:
            continue
        for value in vars(importlib.import_module(found.name)).values():
            if inspect.isclass(value) and issubclass(value, BaseException) and value.__module__ == found.name:
                yield value


def test_every_exception_is_at_the_door() -> None:
    assert set(raised_here()) == {EngineError, ParameterError, ConvergenceError, Stopped}


def assert_same(one: Any, other: Any) -> None:
    """Equal to the last bit, all the way down."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, BaseException):
        assert (str(one), one.args, vars(one)) == (str(other), other.args, vars(other))
    elif dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            if field.compare:  # where an instance's numbers lie is not what they are
                assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            assert_same(*pair)
    else:
        assert one == other or (one != one and other != other)


@pytest.mark.parametrize("make", OBJECTS)
def test_it_survives_every_protocol_of_pickle(make: Callable[[], object]) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert_same(pickle.loads(pickle.dumps(make(), protocol)), make())


@pytest.mark.parametrize("make", OBJECTS)
def test_it_survives_both_copies(make: Callable[[], object]) -> None:
    assert_same(copy.copy(make()), make())
    assert_same(copy.deepcopy(make()), make())


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if issubclass(kind, enum.Enum)])
def test_a_member_stays_itself(kind: type[enum.Enum]) -> None:
    for member in kind:
        assert copy.deepcopy(member) is member
        assert pickle.loads(pickle.dumps(member)) is member


def test_what_was_added_to_an_exception_stays() -> None:
    error = ParameterError("p", "p must be an integer from 3 to 10.")
    error.add_note("at point 7")
    again = pickle.loads(pickle.dumps(error))
    assert again.__notes__ == ["at point 7"]
    assert again.name == "p"
    assert isinstance(again, ValueError)


class OwnError(ParameterError):
    """Somebody's own."""


def test_a_subclass_stays_a_subclass() -> None:
    again = copy.deepcopy(OwnError("p", "No."))
    assert type(again) is OwnError
    assert (again.name, str(again)) == ("p", "No.")


def test_what_comes_back_goes_on() -> None:
    again = pickle.loads(pickle.dumps((MODEL, flow(), path())))
    assert hash(again[0]) == hash(MODEL)
    assert_same(again[1].at([1.0, 15.0]), flow().at([1.0, 15.0]))
    assert_same(again[2].resume(2.0).overlap, path().resume(2.0).overlap)


def point(delta_2: float) -> dynamics.Trajectory:
    """One point of somebody's map."""
    return dynamics.integrate_flow(Model(p=3, delta_2=delta_2, delta_p=1.7), overlap_0=0.1, t_max=1.0)


def test_a_process_pool_gets_results_and_one_bad_point_is_one_error() -> None:
    """In new processes, as macOS and Windows start them."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        asked = [pool.submit(point, delta_2) for delta_2 in (0.4, -1.0, 0.5)]
        assert_same(asked[0].result(120), point(0.4))
        with pytest.raises(ParameterError) as caught:
            asked[1].result(120)
        assert caught.value.name == "delta_2"
        assert asked[2].result(120).status in Status


@pytest.mark.parametrize("make", OBJECTS)
def test_it_survives_dask(make: Callable[[], object]) -> None:
    protocol = pytest.importorskip("distributed.protocol")
    assert_same(protocol.deserialize(*protocol.serialize(make())), make())
    frames = protocol.dumps({"result": protocol.to_serialize(make())})
    assert_same(protocol.loads(frames)["result"], make())
