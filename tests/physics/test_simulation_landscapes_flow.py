"""Instances of general landscapes against the limit N → ∞: quenches from equilibrium, and a tensor trusted less.

The descent of step h is Euler's scheme of the flow up to O(h²), so 2x(h/2) - x(h) is compared with it; at finite N a
mean over instances differs from it by O(1/N), less than the standard errors here.
"""

import math

import numpy as np
import pytest

from engine import Landscape, Status, complexity
from engine.dynamics import integrate_flow
from engine.simulation import simulate

pytestmark = pytest.mark.jit

MIXED = Landscape.of({3: 1.5, 4: 2.0})
WITH_MATRIX = Landscape.of({2: 0.5, 4: 1.0})
STEP = 0.04


@pytest.mark.parametrize(("glass", "T"), [(MIXED, 0.85), (MIXED, 0.79), (WITH_MATRIX, 0.9)])
def test_at_n_1e12_a_quench_from_equilibrium_is_the_flow(glass, T):
    planted = glass.at_equilibrium(T)
    coarse, fine = (simulate(planted, n_dim=10**12, seed=1, t_max=6.0, step=h) for h in (STEP, STEP / 2))
    flow = integrate_flow(planted, t_max=6.0, tolerance=1e-5).at(coarse.time)
    for name, bound in (("overlap", 2e-3), ("energies", 3e-3), ("lagrange_multiplier", 1e-2)):
        one, other, exact = (getattr(run, name) for run in (coarse, fine, flow))
        assert np.max(np.abs(2 * other[::2] - one - exact)) < bound, name


@pytest.mark.parametrize(("glass", "T"), [(MIXED, 0.85), (WITH_MATRIX, 0.9)])
def test_at_n_1000_a_quench_from_equilibrium_is_the_flow_on_average(glass, T):
    """Means of 60 instances: C(t, 0), μ and each order's energy within four standard errors, which are 1e-3 to 4e-3."""
    planted, n_runs = glass.at_equilibrium(T), 60
    runs = [simulate(planted, n_dim=1000, seed=seed, t_max=4.0, step=STEP) for seed in range(n_runs)]
    # the step's own error is taken from the limit, where it is free of noise
    limit = simulate(planted, n_dim=10**12, seed=0, t_max=4.0, step=STEP)
    points = np.searchsorted(limit.time, [0.2, 0.5, 1.0, 2.0, 3.9])
    flow = integrate_flow(planted, t_max=4.0, tolerance=1e-5).at(limit.time[points])
    for name in ("overlap", "lagrange_multiplier", "energy", "energies"):
        found = np.array([getattr(run, name)[points] for run in runs])
        error = found.std(axis=0, ddof=1) / math.sqrt(n_runs)
        at_step = getattr(limit, name)[points]
        assert np.max(np.abs(found.mean(axis=0) - at_step) / error) < 4, name
        assert np.max(np.abs(at_step - getattr(flow, name))) < 0.03, name
        assert error.max() < 0.02


def test_a_quench_from_below_the_following_temperature_ends_at_the_bottom_of_its_state():
    planted = MIXED.at_equilibrium(0.77)
    well = complexity.good_minimum(planted)
    runs = [simulate(planted, n_dim=5000, seed=seed, t_max=30.0) for seed in range(8)]
    assert {run.status for run in runs} == {Status.REACHED}
    assert abs(np.mean([run.overlap[-1] for run in runs]) - well.overlap) < 0.01
    assert abs(np.mean([run.energy[-1] for run in runs]) - well.energy) < 0.01
    assert runs[0].hessian(runs[0].time[-1]).lowest[0] > 0


def test_a_tensor_trusted_less_lets_the_descent_escape_as_the_flow_does():
    landscape = Landscape.spiked({2: 1.8, 3: 1.0}, {3: 0.5})
    choices = {"n_dim": 10**12, "seed": 2, "overlap_0": 1e-2, "t_max": 30.0}
    curves = [simulate(landscape, step=h, **choices) for h in (0.08, 0.04)]
    curves.append(integrate_flow(landscape, overlap_0=1e-2, t_max=30.0))
    coarse, fine, exact = (np.interp(0.3, run.overlap, run.time) for run in curves)
    assert abs(2 * fine - coarse - exact) < 0.01 * exact
    assert curves[1].overlap[-1] == pytest.approx(complexity.good_minimum(landscape).overlap, abs=5e-3)
