"""Instances of general landscapes: noise and signal apart by order, equilibrium starts, and what is refused."""

import csv
import itertools
import math
import pickle
from pathlib import Path

import numpy as np
import pytest

from engine import Landscape, Model, ParameterError
from engine.complexity import good_minimum
from engine.simulation import simulate

compiled = pytest.mark.jit  # minutes of work for plain Python

TABLE = Path(__file__).parents[1] / "reference" / "simulation_before_landscapes.csv"
QUESTION = ("p", "delta_2", "delta_p", "n_dim", "seed", "overlap_0", "t_max")
MANY = Landscape.of({1: 0.5, 2: 0.8, 3: 0.6, 4: 0.5}, {1: 0.4, 3: -0.5, 4: 2.0, 6: 1.0})
GLASS = Landscape.of({3: 1.5, 4: 2.0})
SMALL = {"n_dim": 200, "seed": 1, "t_max": 2.0}


def cases():
    """Questions, and the rows of their answers by the engine before (commit cea4442)."""
    with TABLE.open() as file:
        rows = csv.DictReader(file)
        for question, found in itertools.groupby(rows, lambda row: tuple(row[k] for k in QUESTION)):
            yield pytest.param(dict(zip(QUESTION, question, strict=True)), list(found), id="-".join(question))


@compiled
@pytest.mark.parametrize(("question", "rows"), list(cases()))
def test_the_path_of_a_model_is_the_one_from_before(question, rows):
    """To the last bit where it was made; elsewhere a library's square roots and sums may round otherwise."""
    run = simulate(
        Model(p=int(question["p"]), delta_2=float(question["delta_2"]), delta_p=float(question["delta_p"])),
        n_dim=int(question["n_dim"]),
        seed=int(question["seed"]),
        overlap_0=float(question["overlap_0"]) if question["overlap_0"] else None,
        t_max=float(question["t_max"]),
    )
    assert [row["step"] for row in rows] == [str(i) for i in range(run.time.size)][:: len(run.time) // 4]
    for row in rows:
        for name in ("overlap", "lagrange_multiplier", "energy_2", "energy_p", "gradient_norm", "outlier"):
            found = getattr(run, name)[int(row["step"])]
            assert found == pytest.approx(float(row[name]), rel=1e-10, abs=1e-12, nan_ok=True), name


def test_a_model_and_its_landscape_descend_alike():
    model = Model(p=3, delta_2=0.4, delta_p=2.0)
    one, two = (simulate(x, **SMALL, overlap_0=0.1, n_hessians=2) for x in (model, model.landscape))
    for name in ("time", "path", "overlap", "energies", "energy_2", "energy_p", "lagrange_multiplier"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), atol=1e-12)
    assert one.orders == two.orders == (2, 3)
    np.testing.assert_array_equal(one.energies, np.column_stack([one.energy_2, one.energy_p]))
    np.testing.assert_allclose(one.hessians[1].lowest, two.hessians[1].lowest, atol=1e-10)
    without = simulate(Model(p=3, delta_2=math.inf, delta_p=0.2), **SMALL, overlap_0=0.5)
    assert without.orders == (3,)
    np.testing.assert_array_equal(without.energies[:, 0], without.energy_p)


def test_energies_by_order_make_up_energy_and_multiplier():
    run = simulate(MANY, **SMALL, overlap_0=0.2)
    assert run.orders == MANY.orders == (1, 2, 3, 4, 6)
    assert run.energies.shape == (run.time.size, 5)
    assert not run.energies.flags.writeable
    np.testing.assert_allclose(run.energies.sum(axis=1), run.energy, atol=1e-14)
    np.testing.assert_array_equal(run.energies[:, 1], run.energy_2)
    np.testing.assert_allclose(-run.energies @ np.array(run.orders), run.lagrange_multiplier, atol=1e-12)
    np.testing.assert_allclose(
        run.energies[:, 4], -(run.overlap**6) / 6, atol=1e-15
    )  # a signal without noise
    assert np.all(np.diff(run.energy) < 0)


@pytest.mark.parametrize("landscape", [MANY, GLASS, GLASS.at_equilibrium(0.9)])
def test_a_run_goes_on_and_travels_in_any_landscape(landscape):
    overlap_0 = 0.2 if landscape is MANY else None
    straight = simulate(landscape, **SMALL, overlap_0=overlap_0, n_hessians=2)
    begun = simulate(landscape, **(SMALL | {"t_max": 1.0}), overlap_0=overlap_0)
    for run in (begun.resume(2.0), pickle.loads(pickle.dumps(begun)).resume(2.0)):
        np.testing.assert_array_equal(run.path, straight.path)
        np.testing.assert_array_equal(run.energies, straight.energies)
    sample = straight.hessians[0]
    np.testing.assert_allclose(np.sum(sample.density * np.diff(sample.edges)), 1)
    assert straight.instance.noise[0].order == landscape.orders[0]


@compiled
def test_an_equilibrium_start_is_its_own_signal():
    """m(0) = 1, e = -Q(1)/T₀ and μ = Q'(1)/T₀ up to the noise's own 1/√N, and no gradient but the noise's."""
    T = 0.9
    run = simulate(GLASS.at_equilibrium(T), n_dim=10**8, seed=1, t_max=4.0)
    assert run.overlap[0] == 1.0
    assert run.energy[0] == pytest.approx(-GLASS.q(1.0) / T, abs=5e-4)
    assert run.lagrange_multiplier[0] == pytest.approx(GLASS.q_prime(1.0) / T, abs=2e-3)
    assert run.gradient_norm[0] == pytest.approx(math.sqrt(GLASS.q_prime(1.0)), abs=1e-3)
    np.testing.assert_allclose(run.path @ run.path[0], run.overlap, atol=1e-15)
    assert np.all(np.diff(run.overlap) < 0)
    same = simulate(GLASS.at_equilibrium(T), n_dim=10**8, seed=1, t_max=4.0, overlap_0=1.0)
    np.testing.assert_array_equal(same.path, run.path)
    assert run.settings.tolerance == 1e-3
    # the spectrum there: a bulk about μ and nothing outside, what the start is a minimum of not being itself
    assert math.isnan(run.outlier[0])
    drawn = simulate(GLASS.at_equilibrium(T), n_dim=5000, seed=1, t_max=1.0).hessian(0.0)
    lower = drawn.lagrange_multiplier - 2 * GLASS.sigma
    assert drawn.lowest[0] == pytest.approx(lower, abs=0.1)
    assert drawn.lowest_overlap[0] < 0.05


def test_one_glass_is_quenched_from_several_temperatures():
    """The same noise, other T₀: at the start the energies differ by their means alone."""
    run = simulate(GLASS.at_equilibrium(0.9), **SMALL)
    other = run.restart(GLASS.at_equilibrium(0.8))
    assert other.overlap[0] == 1.0
    shift = other.energies[0] - run.energies[0]
    np.testing.assert_allclose(shift, np.array([-0.5, -0.5]) * (1 / 0.8 - 1 / 0.9), atol=1e-12)
    np.testing.assert_allclose(run.restart().overlap, run.overlap, atol=3e-3)  # the tolerance


def test_a_signal_may_be_trusted_otherwise_on_the_same_noise():
    full = Landscape.spiked({2: 1.3, 3: 1.0})
    less = Landscape.spiked({2: 1.3, 3: 1.0}, {3: 0.42})
    run = simulate(full, **SMALL, overlap_0=0.3)
    other = run.restart(less)
    noise = run.energies[0] + np.array([1.3 * 0.09 / 2, 0.027 / 3])
    np.testing.assert_allclose(other.energies[0, 0], run.energies[0, 0], atol=1e-13)
    np.testing.assert_allclose(other.energies[0, 1], 0.42 * noise[1] - 0.42 * 0.027 / 3, atol=1e-13)


@compiled
def test_without_a_signal_the_overlap_is_one_with_some_direction():
    run = simulate(GLASS, n_dim=10**4, seed=3, t_max=3.0)
    assert abs(run.overlap[0]) < 0.05
    assert np.all(np.isnan(run.outlier))
    assert run.energy[0] == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("landscape", [Landscape.of({12: 1.0}), Landscape.of({3: 1.0, 11: 0.1}, {2: 2.0})])
def test_noise_of_too_high_an_order_is_refused(landscape):
    with pytest.raises(ParameterError, match=r"up to order 10.*integrate_flow") as error:
        simulate(landscape, **SMALL)
    assert error.value.name == "model"


@compiled
def test_noise_of_the_highest_order_is_drawn_and_signals_of_any():
    landscape = Landscape.of({10: 0.4}, {12: 4.0})
    run = simulate(landscape, **SMALL, overlap_0=0.9, tolerance=1e-2)
    assert run.overlap[-1] == pytest.approx(good_minimum(landscape).overlap, abs=0.02)


def test_wrong_questions_to_a_landscape():
    planted = GLASS.at_equilibrium(0.9)
    run, quench, spiked = (
        simulate(planted, **SMALL),
        simulate(GLASS, **SMALL),
        simulate(Model(p=3, delta_2=0.4, delta_p=1.0), **SMALL),
    )
    for question, name in [
        (lambda: simulate(planted, **SMALL, overlap_0=0.5), "overlap_0"),
        (lambda: simulate(MANY, **SMALL, overlap_0=1.0), "overlap_0"),
        (lambda: simulate(planted, **SMALL, step=1.0), "step"),
        (lambda: run.restart(start="other"), "start"),
        (lambda: run.restart(start="flipped"), "start"),
        (lambda: run.restart(overlap_0=0.5), "overlap_0"),
        (lambda: run.restart(GLASS), "model"),
        (lambda: run.restart(Landscape.of({3: 1.5}).at_equilibrium(0.9)), "model"),
        (lambda: quench.restart(Landscape.of({3: 1.5, 4: 2.0}, {2: 1.0})), "model"),
        (lambda: quench.restart(planted), "model"),
        (lambda: spiked.restart(Landscape.of({3: 1.0}, {2: 1.0})), "model"),
    ]:
        with pytest.raises(ParameterError) as error:
            question()
        assert error.value.name == name
        assert str(error.value).endswith(".")
    assert spiked.restart(Landscape.spiked({2: 2.5, 3: 1.0}, {3: 0.5})).orders == (2, 3)
