"""Langevin dynamics: arXiv:1812.09066 (T = 1), and what equilibrium demands."""

import numpy as np
import pytest

from engine import Model, Status, phases
from engine.dynamics import integrate_flow


@pytest.mark.parametrize(
    ("p", "inverse_delta_2", "delta_p", "overlap_0", "bayes"),
    [
        (3, 2.0, 4.0, 1e-4, 0.5311289),
        (3, 1.5, 4.0, 1e-4, 0.3722813),
        (3, 3.0, 0.5, 1e-4, 0.7807764),
        (3, 2.2, 0.5, 1e-4, 0.7262087),
        (4, 2.0, 4.0, 1e-4, 0.5161117),
        (3, 1.5, 0.5, 0.3, 0.6403882),  # below the Langevin line, from an informed start
    ],
)
def test_at_temperature_one_it_reaches_the_bayes_optimal_overlap(
    p, inverse_delta_2, delta_p, overlap_0, bayes
):
    model = Model(p=p, delta_2=1 / inverse_delta_2, delta_p=delta_p)
    flow = integrate_flow(model, overlap_0=overlap_0, t_max=1e4, temperature=1.0)
    assert flow.status is Status.REACHED
    assert "equilibrium" in flow.message
    # Nishimori: q = m solves q = Q'(q)(1 - q), μ = 1 + Q'(1), e = -Q(1)
    overlap = flow.overlap[-1]
    assert overlap == pytest.approx(bayes, abs=5e-7)
    assert overlap == pytest.approx(model.q_prime(overlap) * (1 - overlap), abs=1e-6)
    assert flow.lagrange_multiplier[-1] == pytest.approx(1 + model.q_prime(1.0), abs=2e-6)
    assert flow.energy[-1] == pytest.approx(-model.q(1.0), abs=2e-6)


def test_between_the_amp_and_langevin_lines_it_is_trapped():
    model = Model(p=3, delta_2=1 / 1.5, delta_p=0.5)
    flow = integrate_flow(model, overlap_0=1e-4, t_max=1e4, temperature=1.0)
    assert flow.status is Status.AGEING
    assert "not yet in equilibrium" in flow.message
    # Bayes overlap .6404; the value is known to two digits
    assert flow.overlap[-1] == pytest.approx(6.5e-4, rel=0.05)


@pytest.mark.parametrize(
    ("p", "delta_2", "delta_p", "temperature", "end"),
    [
        (4, 0.95, 0.2, 1.0, None),
        (4, 0.7, 0.1, 1.3, None),
        (5, 0.9, 0.15, 1.0, None),
        (4, 0.7, 0.15, 1.3, 0.80375),
        (4, 0.7, 0.3, 1.3, 0.52982),
    ],
)
def test_of_several_threshold_states_those_of_the_largest_overlap_hold_it(
    p, delta_2, delta_p, temperature, end
):
    model = Model(p=p, delta_2=delta_2, delta_p=delta_p)
    flow = integrate_flow(model, overlap_0=1e-2, t_max=1e5, temperature=temperature)
    found = phases.classify(model, temperature=temperature).phase
    if end is None:
        assert found is phases.Phase.GLASSY
        assert flow.overlap[-1] < 1e-2
        expected = phases.threshold_multiplier(model, temperature=temperature)
        assert flow.lagrange_multiplier[-1] == pytest.approx(expected, rel=3e-3)
    else:
        assert found is phases.Phase.RECOVERS
        assert flow.status is Status.REACHED
        assert flow.overlap[-1] == pytest.approx(end, abs=1e-5)


@pytest.mark.parametrize("temperature", [1.0, 1.5, 2.0])
def test_in_the_paramagnet_the_overlap_dies_and_the_energy_is_that_of_annealing(temperature):
    model = Model(p=3, delta_2=2.0, delta_p=4.0)
    flow = integrate_flow(model, overlap_0=1e-2, t_max=1e4, temperature=temperature)
    assert flow.status is Status.REACHED
    assert "dies out" in flow.message
    assert flow.energy[-1] == pytest.approx(-model.q(1.0) / temperature, abs=1e-6)
    late = flow.at([flow.t_end, 2 * flow.t_end])
    assert late.overlap[1] < 1e-3 * late.overlap[0]
    assert late.energy[0] == late.energy[1]


def test_equilibrium_obeys_the_fluctuation_dissipation_theorem():
    """R(t, s) = ∂C(t, s)/∂s / T once t - s and s are both in equilibrium."""
    temperature = 1.5
    model = Model(p=3, delta_2=2.0, delta_p=4.0)
    flow = integrate_flow(model, overlap_0=1e-2, t_max=1e3, temperature=temperature)
    t, step = flow.t_end, 0.02
    s = t - np.linspace(0.05, 5, 60)
    history = flow.memory.early
    correlation = [history.at(t, s + shift)[0] for shift in (-step, step)]
    slope = (correlation[1] - correlation[0]) / (2 * step)
    response = history.at(t, s)[1]
    # 1e-4 of the solver over 2 step, and step²/6 of the difference
    np.testing.assert_allclose(response, slope / temperature, atol=1e-3)
    assert response.max() > 0.5


def test_no_temperature_is_the_limit_of_a_small_one():
    model = Model(p=3, delta_2=1 / 3, delta_p=4.0)
    cold, none = (integrate_flow(model, overlap_0=1e-2, t_max=15.0, temperature=T) for T in (1e-6, 0.0))
    time = np.linspace(0, 15, 50)
    np.testing.assert_allclose(cold.at(time).overlap, none.at(time).overlap, atol=1e-4)
