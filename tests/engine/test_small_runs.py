"""Whole runs that are small enough for plain Python: with NUMBA_DISABLE_JIT=1 they show what every kernel does.

``NUMBA_DISABLE_JIT=1 pytest tests/engine -m "not jit and not slow"`` runs them and all other tests of the engine that
do not need the compiler; compiled, they are tests like any other.
"""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from engine import Model, Status
from engine._kernels import dynamics_flow as kernels
from engine.dynamics import Stop, escape_gain, integrate_flow
from engine.dynamics.curve import curve_of
from engine.dynamics.march import March
from engine.dynamics.settings import Settings
from engine.dynamics.start import empty_rows
from engine.dynamics.units import Units
from engine.simulation import simulate

MATRIX_ONLY = np.loadtxt(
    Path(__file__).parents[1] / "reference" / "flow" / "matrix_only.csv", delimiter=",", skiprows=1
)
STRONG = Model(p=3, delta_2=1 / 8, delta_p=0.5)


def test_a_flow_is_the_closed_form_of_the_matrix():
    table = MATRIX_ONLY[MATRIX_ONLY[:, 2] <= 1]
    for delta_2, overlap_0 in {(row[0], row[1]) for row in table}:
        _, _, time, overlap, mu, energy = table[(table[:, 0] == delta_2) & (table[:, 1] == overlap_0)].T
        flow = integrate_flow(
            Model(p=3, delta_2=delta_2, delta_p=math.inf), overlap_0=overlap_0, t_max=1.0, tolerance=1e-3
        ).at(time)
        np.testing.assert_allclose(flow.overlap, overlap, atol=5e-3)
        np.testing.assert_allclose(flow.lagrange_multiplier, mu, atol=5e-3 / delta_2)
        np.testing.assert_allclose(flow.energy, energy, atol=5e-3 / delta_2)


def test_a_flow_ends_in_the_good_minimum():
    flow = integrate_flow(STRONG, overlap_0=0.3, t_max=20.0, tolerance=1e-2)
    assert flow.status is Status.REACHED
    m = flow.overlap[-1]
    assert m == pytest.approx(
        STRONG.q_prime(m) / math.sqrt(STRONG.q_prime(1.0) + STRONG.q_prime(m) ** 2), abs=1e-5
    )
    two = flow.two_time(5)
    np.testing.assert_array_equal(two.correlation, two.correlation.T)
    start = 0.3 * m + 0.91 * flow.memory.row(flow.t_end, np.zeros(1))[1][0]
    assert flow.memory.row(flow.t_end, np.zeros(1))[0][0] == pytest.approx(start, abs=1e-2)


def march(model, overlap_0, t_max, *, restart, temperature=0.0):
    """A run that restarts as soon as its overlap slows down, or never."""
    settings = Settings.from_tolerance(1e-3)
    escape = settings.escape._replace(after=0.05 if restart else 0.0, step=1.0, fraction=0.9)
    landscape = model.landscape
    units = Units.of(landscape, temperature, overlap_0)
    run = March(
        couplings=units.couplings(landscape, temperature=temperature, live=1.0),
        settings=dataclasses.replace(settings, escape=escape),
        y_0=math.log(overlap_0),
        t_max=t_max,
        targets=np.empty((0, 3)),
    )
    run.run(lambda _: True)
    return run, curve_of(run, units=units, sign=1.0)


def test_a_restart_at_the_escape_changes_nothing():
    """Fixed columns behind the escape, moving ones after it: the same overlap, multiplier and energies."""
    time = np.linspace(0.0, 4.0, 30) / Units.of(STRONG.landscape, 0.0, 0.3).rate
    curves = {}
    for restart in (False, True):
        run, curve = march(STRONG, 0.3, 4.0, restart=restart)
        assert run.stop is Stop.FINAL_TIME
        assert (run.before is not None) == restart
        curves[restart] = curve.at(time)
    np.testing.assert_allclose(np.exp(curves[True][0]), np.exp(curves[False][0]), atol=5e-3)
    np.testing.assert_allclose(curves[True][2:], curves[False][2:], atol=5e-3 * STRONG.sigma)


def test_hot_dynamics_comes_to_rest_and_its_overlap_dies():
    model = Model(p=3, delta_2=4.0, delta_p=8.0)
    flow = integrate_flow(model, overlap_0=0.1, t_max=40.0, temperature=2.0, tolerance=1e-2)
    assert flow.status is Status.REACHED
    assert "dies out" in flow.message
    assert flow.energy[-1] == pytest.approx(-model.q(1.0) / 2, abs=1e-3)


def test_the_gain_is_the_flow_of_a_tiny_overlap():
    model = Model(p=4, delta_2=0.5, delta_p=1.0)
    gain = escape_gain(model, t_max=1.0)
    flow = integrate_flow(model, overlap_0=1e-50, t_max=1.0)
    np.testing.assert_allclose(np.log(flow.at(gain.time).overlap / 1e-50), gain.log_gain, atol=1e-3)


def made_rows(n, *, y=-5.0, slope=0.0, energy=0.0):
    """Rows spaced by 1e-4 in v from v = 3 on, at rest but for ln m."""
    rows = empty_rows(n, 2, 1)
    rows.V[:] = 3.0 + 1e-4 * np.arange(n)
    rows.Y[:] = y + slope * np.arange(n)
    rows.DY[:], rows.MU[:], rows.E[:] = 0.0, 2.0, energy
    return rows


HALVES = np.array([0.5, 0.5])
COLD = kernels.Couplings(
    order=np.array([2, 3]), a=HALVES, b=HALVES, noise=np.array([0.0, 0.5, 0.5]), T=0.0, live=1.0
)


def control(targets=()):
    settings = Settings.from_tolerance(1e-4)
    states = np.reshape(np.array(targets, dtype=float), (-1, 3))
    return settings.control(
        1e3, states, single=True, may_restart=True, gain=False, planted=False, faint=-math.inf
    )


HOT = COLD._replace(T=1.0)
REST = (math.exp(-5.0), 2.0, -1.0)  # overlap, multiplier and energy of the made rows


@pytest.mark.parametrize("couplings", [COLD, HOT])
def test_rows_that_lead_nowhere_are_a_crawl_unless_a_state_of_rest_is_near(couplings):
    rows, n = made_rows(60, energy=-1.0), 59
    assert kernels.crawls(n, couplings, rows, control())
    assert not kernels.crawls(39, couplings, rows, control())  # not yet forty rows
    assert not kernels.crawls(n, couplings, rows, control([REST]))
    assert kernels.crawls(n, couplings, rows, control([(REST[0], 2.1, -1.0)]))  # the same overlap, elsewhere
    assert not kernels.crawls(n, couplings, made_rows(60, slope=1e-3), control())


def test_a_cold_run_rests_at_a_minimum_and_may_not_gain_energy():
    rows, rest = made_rows(9, energy=-1.0), control([REST]).rest
    assert kernels.at_rest(8, COLD, rows, rest, 0.0) == Stop.STATIONARY
    assert kernels.at_rest(8, COLD, rows, control().rest, -1.0) == Stop.RUNNING
    assert kernels.at_rest(8, COLD, rows, control().rest, -1.001) == Stop.ENERGY_ROSE


@pytest.mark.parametrize(
    ("slope", "state", "stop"),
    [
        (0.0, REST, Stop.STATIONARY),
        (0.0, (REST[0], 2.0, -1.001), Stop.RUNNING),  # still, but in no equilibrium
        (0.0, (REST[0], 2.001, -1.0), Stop.RUNNING),
        (0.0, (2 * REST[0], 2.0, -1.0), Stop.RUNNING),
        (-1e-2, (0.0, 2.0, -1.0), Stop.DYING_OUT),
        (-1e-2, (0.0, 2.001, -1.0), Stop.RUNNING),  # an overlap may die in a glass
        (1e-2, REST, Stop.RUNNING),
    ],
)
def test_a_hot_run_rests_after_six_still_rows_in_an_equilibrium(slope, state, stop):
    rows, n_still = made_rows(20, y=-5.0 if slope == 0 else -10.0, slope=slope, energy=-1.0), 0
    rest = control([state]).rest
    for n in range(6, 11):
        found, n_still = kernels.in_equilibrium(n, HOT, rows, rest, n_still)
        assert found == Stop.RUNNING
    assert kernels.in_equilibrium(11, HOT, rows, rest, n_still)[0] == stop
    assert kernels.in_equilibrium(11, HOT, rows, control().rest, 5)[0] == Stop.RUNNING


def test_an_escape_is_over_once_its_growth_has_fallen():
    rows = made_rows(20, y=-1.0, slope=0.01)
    state = kernels.State(step=0.01, peak=0.4, peak_row=5)
    escape = control().escape
    assert kernels.escape_is_over(15, rows, escape, state, 0.1)
    assert not kernels.escape_is_over(15, rows, escape, state, 0.2)  # still growing
    assert not kernels.escape_is_over(10, rows, escape, state, 0.1)  # six rows past it
    assert not kernels.escape_is_over(15, rows, escape, state._replace(step=0.1), 0.1)
    assert not kernels.escape_is_over(15, rows, escape._replace(after=50.0), state, 0.1)
    assert not kernels.escape_is_over(15, rows, escape._replace(while_near=1.0), state, 0.1)  # long ago
    assert not kernels.escape_is_over(15, made_rows(20), escape, state, 0.1)  # fast, but it went nowhere


@pytest.mark.parametrize("p", [3, 4])
def test_an_instance_is_followed_and_its_hessian_drawn(p):
    run = simulate(
        Model(p=p, delta_2=0.2, delta_p=1.0), n_dim=16, seed=1, overlap_0=0.3, t_max=4.0, n_hessians=2
    )
    assert run.overlap[-1] > 0.8
    np.testing.assert_allclose(run.lagrange_multiplier, -(2 * run.energy_2 + p * run.energy_p), atol=1e-12)
    for sample in run.hessians:
        assert sample.is_drawn
        np.testing.assert_allclose(np.sum(sample.density * np.diff(sample.edges)), 1)
    assert run.hessians[-1].lowest[0] > 0
    flipped = run.restart(start="flipped", t_max=1.0)
    assert flipped.overlap[0] == -run.overlap[-1]
