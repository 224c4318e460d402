"""Simulation: reproducible to the bit, resumable, restartable, validated, and made only of what caches can store."""

import dataclasses
import json
import math

import numpy as np
import pytest

from engine import ConvergenceError, Model, ParameterError, Status
from engine.simulation import HessianSample, Instance, NoiseTensor, Settings, Simulation, simulate

compiled = pytest.mark.jit  # minutes of work for plain Python

MODEL = Model(p=3, delta_2=0.4, delta_p=1.0)


def numbers(run):
    return {
        field.name: getattr(run, field.name)
        for field in dataclasses.fields(run)
        if isinstance(getattr(run, field.name), np.ndarray)
    }


def assert_identical(one, other):
    for name, array in numbers(one).items():
        np.testing.assert_array_equal(array, numbers(other)[name], err_msg=name)


@pytest.mark.parametrize("p", [3, 4])
@pytest.mark.parametrize(
    "n_dim", [16, pytest.param(1000, marks=compiled), pytest.param(10**12, marks=compiled)]
)
def test_resuming_is_the_run_that_goes_there_at_once(n_dim, p):
    model = Model(p=p, delta_2=0.4, delta_p=1.0)
    straight = simulate(model, n_dim=n_dim, seed=3, t_max=6.0, n_hessians=2)
    resumed = simulate(model, n_dim=n_dim, seed=3, t_max=1.5).resume(4.0).resume(6.0)
    assert_identical(straight, resumed)
    assert straight.instance.generator == resumed.instance.generator
    assert_identical(straight.hessians[0], resumed.hessian(0.0))
    assert_identical(straight.hessians[1], resumed.hessian(resumed.time[-1]))


@pytest.mark.parametrize("p", [3, 4, 5, 6, pytest.param(10, marks=compiled)])
def test_euler_identity_at_every_step(p):
    run = simulate(Model(p=p, delta_2=0.4, delta_p=2.0), n_dim=5000, seed=1, overlap_0=0.1, t_max=1.5)
    euler = -(2 * run.energy_2 + p * run.energy_p)
    np.testing.assert_allclose(run.lagrange_multiplier, euler, rtol=0, atol=1e-10)
    np.testing.assert_array_equal(run.energy, run.energy_2 + run.energy_p)
    np.testing.assert_allclose(np.linalg.norm(run.path, axis=1), 1, rtol=1e-14)
    assert np.all(np.diff(run.energy) < 0)


def test_a_channel_may_be_switched_off():
    for model in (Model(p=3, delta_2=math.inf, delta_p=0.2), Model(p=3, delta_2=0.4, delta_p=math.inf)):
        run = simulate(model, n_dim=1000, seed=0, overlap_0=0.5, t_max=3.0, n_hessians=1)
        off = run.energy_2 if math.isinf(model.delta_2) else run.energy_p
        assert np.all(off == 0)
        assert run.overlap[-1] > 0.7


def test_restart_from_the_same_start_repeats_the_path():
    run = simulate(MODEL, n_dim=1000, seed=5, overlap_0=0.1, t_max=4.0)
    again = run.restart()
    # nothing is resolved better the second time but for the tolerance of 1e-3
    np.testing.assert_allclose(again.overlap, run.overlap, atol=3e-3)
    np.testing.assert_allclose(again.energy[0], run.energy[0], rtol=1e-13)
    near = run.restart(Model(p=3, delta_2=0.4, delta_p=1.0001))
    np.testing.assert_allclose(near.overlap, again.overlap[: near.time.size], atol=1e-3)


@compiled
def test_restart_from_elsewhere():
    run = simulate(MODEL, n_dim=10_000, seed=5, overlap_0=-0.1, t_max=12.0)
    assert run.overlap[-1] < -0.3  # odd p: the mirror side
    flipped = run.restart(start="flipped")
    assert flipped.overlap[0] == -run.overlap[-1]
    assert flipped.energy[-1] < run.energy[-1]
    assert flipped.overlap[-1] > 0.7
    np.testing.assert_allclose(flipped.energy_2[0], run.energy_2[-1], rtol=1e-12)
    np.testing.assert_allclose(flipped.energy_p[0], -run.energy_p[-1], rtol=1e-12)
    other = run.restart(start="other", overlap_0=0.1)
    assert other.overlap[0] == 0.1
    assert abs(other.path[0, : run.path.shape[1]] @ run.path[0]) < 0.1
    arc = run.restart(overlap_0=0.3, t_max=1.0)
    np.testing.assert_allclose(arc.path[0, 1:2] / run.path[0, 1], math.sqrt(0.91 / 0.99))
    assert run.restart(start="other").restart(start="other").overlap[0] != run.overlap[0]


@compiled
def test_in_a_small_space_the_path_is_followed_to_the_end():
    run = simulate(MODEL, n_dim=16, seed=2, t_max=200.0, tolerance=0, n_hessians=3)
    assert run.path.shape[1] == 16
    assert run.status is Status.REACHED
    assert run.gradient_norm[-1] < 1e-3
    assert run.hessians[-1].lowest[0] > 0
    assert run.restart(start="other", t_max=2.0).path.shape[1] == 16


def test_without_tolerance_each_step_has_its_direction():
    run = simulate(MODEL, n_dim=10**12, seed=2, overlap_0=0.1, t_max=1.0, tolerance=0)
    assert run.path.shape[1] == run.time.size + 1
    coarse = simulate(MODEL, n_dim=10**12, seed=9, overlap_0=0.1, t_max=1.0)
    np.testing.assert_allclose(run.overlap, coarse.overlap, atol=3e-3)


@compiled
def test_directions_may_run_out():
    model = Model(p=4, delta_2=0.4, delta_p=1.0)
    run = simulate(model, n_dim=1000, seed=1, overlap_0=0.1, t_max=10.0, memory=2**20)
    assert run.status is Status.STOPPED_EARLY
    assert "directions fill" in run.message
    assert 16 * run.instance.noise[1].components.size <= 2**20
    assert 1 < run.time[-1] < 10
    with pytest.raises(ConvergenceError, match="larger tolerance"):
        run.raise_for_status()
    assert run.resume(12.0).status is Status.STOPPED_EARLY


@compiled
def test_more_memory_goes_on_where_less_was_cut():
    model, options = Model(p=4, delta_2=0.4, delta_p=1.0), {"n_dim": 1000, "seed": 1, "overlap_0": 0.1}
    cut = simulate(model, **options, t_max=10.0, memory=2**20)
    more = simulate(model, **options, t_max=10.0, memory=2**22)
    assert cut.status is Status.STOPPED_EARLY
    assert "fill the 1 MB" in cut.message
    assert more.time[-1] > cut.time[-1]
    np.testing.assert_array_equal(more.overlap[: cut.time.size], cut.overlap)
    # what a full walker hands over without a copy is what a copy says
    copied = simulate(model, **options, t_max=cut.time[-1] + 1e-9, memory=2**22)
    np.testing.assert_array_equal(cut.energy, copied.energy)
    n = cut.instance.noise[1].components.shape[0]
    k = cut.instance.n_directions
    np.testing.assert_array_equal(more.instance.noise[1].components[:n, :k], cut.instance.noise[1].components)
    for noise in cut.instance.noise:
        assert not noise.components.flags.writeable
    assert cut.restart(start="same", t_max=1.0).settings.memory == 2**20
    with pytest.raises(ParameterError, match="no room for another start"):
        cut.restart(start="other")
    assert cut.hessian(cut.time[-1]).lowest.size == 3


@compiled
def test_report_can_stop_the_run():
    seen = []
    run = simulate(MODEL, n_dim=1000, seed=1, overlap_0=0.1, t_max=30.0, report=lambda run: seen.append(run))
    assert len(seen) >= 2
    for partial in seen:
        n = partial.time.size
        np.testing.assert_array_equal(partial.overlap, run.overlap[:n])
    stopped = simulate(
        MODEL, n_dim=1000, seed=1, overlap_0=0.1, t_max=30.0, report=lambda run: run.time.size < 80
    )
    assert stopped.status is Status.STOPPED_EARLY
    assert_identical(stopped.resume(30.0), run)


def test_hessians_are_moments_of_the_path():
    run = simulate(MODEL, n_dim=300, seed=1, overlap_0=0.1, t_max=6.0, n_hessians=4)
    assert [sample.time for sample in run.hessians] == sorted({s.time for s in run.hessians})
    assert run.hessians[0].time == 0
    assert run.hessians[-1].time == run.time[-1]
    for sample in run.hessians:
        i = int(np.argmin(np.abs(run.time - sample.time)))
        assert sample.is_drawn
        assert sample.overlap == run.overlap[i]
        assert sample.lagrange_multiplier == run.lagrange_multiplier[i]
        assert np.all(np.diff(sample.lowest) > 0)
        np.testing.assert_allclose(np.sum(sample.density * np.diff(sample.edges)), 1)
    assert len(simulate(MODEL, n_dim=300, seed=1, t_max=1.0, n_hessians=1).hessians) == 1


@compiled
def test_beyond_1e5_the_hessian_is_the_limit():
    run = simulate(MODEL, n_dim=10**6, seed=1, overlap_0=0.05, t_max=12.0, n_hessians=5)
    for sample in run.hessians:
        i = int(np.argmin(np.abs(run.time - sample.time)))
        assert not sample.is_drawn
        np.testing.assert_allclose(np.sum(sample.density * np.diff(sample.edges)), 1)
        if math.isnan(run.outlier[i]):
            assert sample.lowest.size == 0
        else:
            assert sample.lowest == pytest.approx(run.outlier[i], rel=1e-6)
    assert run.hessians[0].lowest.size == 1


def test_results_are_read_only_and_rebuilt_from_their_fields():
    run = simulate(MODEL, n_dim=100, seed=1, overlap_0=0.1, t_max=2.0, n_hessians=2)
    kinds = (Simulation, HessianSample, Instance, NoiseTensor, Settings, Model)

    def check(value):
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable
        elif dataclasses.is_dataclass(value):
            assert type(value) in kinds
            for field in dataclasses.fields(value):
                if field.name != "room":  # arrays to go on in, nobody's to read
                    check(getattr(value, field.name))
            rebuilt = type(value)(**{f.name: getattr(value, f.name) for f in dataclasses.fields(value)})
            assert type(rebuilt) is type(value)
        elif isinstance(value, tuple):
            for item in value:
                check(item)
        else:
            assert value is None or type(value) in (int, float, str, bool, Status)

    check(run)
    json.loads(run.instance.generator)


GOOD = {"n_dim": 100, "seed": 0, "overlap_0": 0.1, "t_max": 1.0}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_dim", 15),
        ("n_dim", 1e13),
        ("n_dim", 20.5),
        ("n_dim", "many"),
        ("seed", -1),
        ("seed", 0.5),
        ("overlap_0", 0.0),
        ("overlap_0", 1.0),
        ("overlap_0", math.nan),
        ("t_max", 0.5),
        ("t_max", 1e6),
        ("t_max", 1e7),
        ("step", 0.0),
        ("step", 3.0),
        ("step", math.nan),
        ("step", "short"),
        ("tolerance", -1e-3),
        ("tolerance", 1e-9),
        ("tolerance", 0.2),
        ("n_hessians", -1),
        ("n_hessians", 65),
        ("memory", 10),
        ("memory", 1e6 + 0.5),
    ],
)
def test_wrong_questions_are_named(name, value):
    with pytest.raises(ParameterError) as error:
        simulate(MODEL, **(GOOD | {name: value}))
    assert error.value.name == name
    assert str(error.value).endswith(".")


def test_wrong_questions_to_a_run():
    run = simulate(MODEL, **(GOOD | {"t_max": 2.0}))
    for question, name in [
        (lambda: run.resume(1.0), "t_max"),
        (lambda: run.resume(1e6), "t_max"),
        (lambda: run.hessian(-1.0), "time"),
        (lambda: run.hessian(3.0), "time"),
        (lambda: run.restart(Model(p=4, delta_2=0.4, delta_p=1.0)), "p"),
        (lambda: run.restart(Model(p=3, delta_2=0.4, delta_p=math.inf)), "delta_p"),
        (lambda: run.restart(start="there"), "start"),
        (lambda: run.restart(start="flipped", overlap_0=0.1), "start"),
        (lambda: run.restart(overlap_0=2.0), "overlap_0"),
    ]:
        with pytest.raises(ParameterError) as error:
            question()
        assert error.value.name == name


def test_the_default_tolerance_resolves_the_start():
    def tolerance(**choices):
        return simulate(MODEL, **(GOOD | choices)).settings.tolerance

    assert tolerance() == 1e-3
    assert tolerance(overlap_0=-1e-4) == 1e-4
    assert tolerance(overlap_0=1e-50) == 1e-6
    assert tolerance(overlap_0=None, n_dim=10**10) == pytest.approx(1e-5)
    assert tolerance(tolerance=1e-2) == 1e-2


@compiled
def test_a_steep_minimum_is_not_overshot():
    model = Model(p=3, delta_2=0.01, delta_p=0.01)
    run = simulate(model, n_dim=1000, seed=1, overlap_0=0.1, t_max=1.0)
    assert run.settings.step < 0.15 / model.sigma
    assert np.all(np.diff(run.energy) < 1e-9)
    assert run.overlap[-1] > 0.98
    assert run.status is Status.REACHED


@compiled
def test_stop_is_asked_every_few_steps_and_changes_nothing_of_the_path():
    options = {"n_dim": 1000, "seed": 1, "overlap_0": 0.1, "t_max": 30.0}
    whole = simulate(MODEL, **options)
    asked = []
    watched = simulate(MODEL, **options, stop=lambda: len(asked.append(None) or asked) > 1000)
    np.testing.assert_array_equal(watched.overlap, whole.overlap)
    assert len(asked) >= whole.time.size // 16  # a new direction puts it off
    asked.clear()
    cut = simulate(MODEL, **options, stop=lambda: len(asked.append(None) or asked) >= 5)
    assert cut.status is Status.STOPPED_EARLY
    assert 5 * 8 < cut.time.size < 200
    np.testing.assert_array_equal(cut.overlap, whole.overlap[: cut.time.size])
    np.testing.assert_array_equal(cut.resume(30.0).overlap, whole.overlap)
