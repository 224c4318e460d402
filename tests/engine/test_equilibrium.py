"""The states in which the dynamics can stay, against independent solutions of their equations."""

import itertools
import math

import numpy as np
import pytest
from scipy.optimize import root

from engine import Model
from engine.complexity import good_minimum, mirror_minimum
from engine.equilibrium import roots, stable_states
from engine.hessian import spectrum
from engine.message_passing import bayes_overlap

MODELS = [(3, 3.0, 4.0), (3, 2.3, 1.0), (4, 2.2, 1.5), (5, 20.0, 0.03), (3, 1.02, math.inf), (6, 1e3, 1e-3)]


def model_of(p, inverse_delta_2, delta_p):
    return Model(p=p, delta_2=1 / inverse_delta_2, delta_p=delta_p)


@pytest.mark.parametrize("parameters", MODELS)
def test_without_temperature_they_are_the_isolated_minima(parameters):
    model = model_of(*parameters)
    good = good_minimum(model)
    overlap, multiplier, energy = stable_states(model, 0.0, mirror=False)[-1]
    assert overlap == pytest.approx(good.overlap, rel=1e-9)
    assert multiplier == pytest.approx(good.lagrange_multiplier, rel=1e-9)
    assert energy == pytest.approx(good.energy, rel=1e-9)


def test_the_mirror_side_has_the_mirror_minimum():
    model = model_of(3, 3.0, 1.0)
    mirror = mirror_minimum(model)
    ((overlap, multiplier, energy),) = stable_states(model, 0.0, mirror=True)
    assert (overlap, multiplier, energy) == pytest.approx(
        (-mirror.overlap, mirror.lagrange_multiplier, mirror.energy), rel=1e-9
    )
    assert stable_states(model_of(3, 2.5, 1.0), 0.0, mirror=True).size == 0  # below its line it is no minimum


@pytest.mark.parametrize("temperature", [1e-9, 1e-3, 0.3, 1.0, 1.7])
@pytest.mark.parametrize("parameters", MODELS)
def test_they_solve_the_equations_of_equilibrium(parameters, temperature):
    model, T = model_of(*parameters), temperature
    b, a, p = model.inverse_delta_2, model.inverse_delta_p, model.p
    for m, multiplier, energy in stable_states(model, T, mirror=False):
        chi = m / model.q_prime(m) if m else 1 / T
        q = 1 - T * chi
        assert q - m * m == pytest.approx(chi**2 * model.q_prime(q), rel=1e-6, abs=1e-9)
        assert chi**2 * model.q_second(q) < 1
        released = math.fsum([b * (1 - q * q), a * (1 - q**p)]) / T if T > 1e-6 else chi * (2 * b + p * a)
        assert multiplier == pytest.approx(T + m * model.q_prime(m) + released, rel=1e-6)
        released = (model.q(1.0) - model.q(q)) / T if T > 1e-6 else chi * model.q_prime(1.0)
        assert energy == pytest.approx(-model.q(m) - released, rel=1e-6)


def test_at_the_bayes_temperature_they_are_the_bayes_optimum():
    model = model_of(3, 3.0, 0.5)
    assert stable_states(model, 1.0, mirror=False)[-1, 0] == pytest.approx(
        bayes_overlap(model, informed=True), rel=1e-10
    )


@pytest.mark.parametrize(
    "parameters", [(3, 1.3, 0.8, 0.4), (5, 1.9, 1.1, 0.2), (4, 1.2, 3.0, 1.1), (3, 0.7, 2.0, 1.5)]
)
def test_no_state_is_missed_that_a_solver_finds_from_many_starts(parameters):
    *of_model, T = parameters
    model = model_of(*of_model)

    def second(q, m):
        return q - m * m - ((1 - q) / T) ** 2 * model.q_prime(q)

    def both(x):
        return [x[0] - (1 - x[1]) / T * model.q_prime(x[0]), second(x[1], x[0])]

    def towards(m, q):
        """The first equation's excess at m, with q on the second equation near the given one."""
        (q,) = root(second, q, args=(m,), tol=1e-13).x
        return (1 - q) / T * model.q_prime(m) - m

    found = set()
    for start in itertools.product(np.linspace(0.02, 0.99, 20), repeat=2):
        (m, q) = root(both, start).x
        if 1e-6 < m < 1 and 0 < q < 1 and max(np.abs(both((m, q)))) < 1e-10:
            stable = ((1 - q) / T) ** 2 * model.q_second(q) < 1 and towards(m + 1e-5, q) < towards(
                m - 1e-5, q
            )
            if stable:
                found.add(round(float(m), 7))
    assert found == {round(float(m), 7) for m in stable_states(model, T, mirror=False)[:, 0] if m > 0}


def test_a_minimum_that_has_an_outlier_below_zero_is_none():
    """RS-stable yet a saddle: A > σ alone does not make a minimum."""
    rng = np.random.default_rng(5)
    n = 0
    for _ in range(400):
        model = model_of(int(rng.integers(3, 9)), 10 ** rng.uniform(-0.3, 0.7), 10 ** rng.uniform(-1.5, 1.0))
        for m, multiplier, _ in stable_states(model, 0.0, mirror=False):
            s = spectrum(model, m, multiplier)
            lowest = s.bulk_edge_lower if s.outlier is None else min(s.outlier, s.bulk_edge_lower)
            assert lowest > 0
            n += 1
    assert n > 100


def test_the_state_without_signal_is_stable_above_both_its_instabilities():
    def has(inverse_delta_2, T):
        return bool((stable_states(model_of(3, inverse_delta_2, 4.0), T, mirror=False)[:, 0] == 0).any())

    assert has(0.2, 0.5)
    assert not has(0.3, 0.5)  # 1/Δ₂ > T²
    assert has(1.5, 1.6)
    assert not has(1.7, 1.6)  # 1/Δ₂ > T


def test_a_root_that_is_hit_exactly_is_found_once():
    at = np.linspace(-1.0, 1.0, 9)
    np.testing.assert_allclose(roots(lambda x: x, at), [0.0], atol=1e-12)
    np.testing.assert_allclose(roots(lambda x: -x, at), [0.0], atol=1e-12)
    np.testing.assert_allclose(
        roots(lambda x: x * x - 0.1, at), [-math.sqrt(0.1), math.sqrt(0.1)], atol=1e-12
    )
    assert roots(lambda x: x * x + 1, at).size == 0
