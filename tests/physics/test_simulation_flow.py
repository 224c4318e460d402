"""Simulations of large instances against the limit N → ∞, the good minimum and the threshold.

The descent of step h is Euler's scheme of the flow up to O(h²), so 2m(h/2) - m(h) is compared with it.
"""

import math

import numpy as np
import pytest

from engine import Model, Status
from engine.complexity import good_minimum
from engine.dynamics import integrate_flow
from engine.hessian import spectrum
from engine.simulation import simulate


# the last column: two seeds differ by N^(-1/2) = 1e-6 times what the escape multiplies the overlap by
@pytest.mark.parametrize(("p", "delta_p", "spread"), [(3, 4.0, 1e-5), (4, 1.0, 1e-5), (5, 2.0, 3e-5)])
def test_at_n_1e12_the_descent_is_the_flow(p, delta_p, spread):
    model = Model(p=p, delta_2=0.4, delta_p=delta_p)
    t_max = 12.0 if p < 5 else 6.0
    choices = {"n_dim": 10**12, "overlap_0": 0.05, "t_max": t_max, "tolerance": 1e-3}
    coarse = simulate(model, seed=1, step=0.1, **choices)
    fine = simulate(model, seed=2, step=0.05, **choices)
    flow = integrate_flow(model, overlap_0=0.05, t_max=t_max, tolerance=1e-5).at(coarse.time)
    for name, bound in (("overlap", 2e-3), ("energy", 3e-3), ("lagrange_multiplier", 1e-2)):
        one, other, exact = (getattr(run, name) for run in (coarse, fine, flow))
        assert np.max(np.abs(2 * other[::2] - one - exact)) < bound, name
    again = simulate(model, seed=3, step=0.05, **choices)
    assert np.max(np.abs(again.overlap - fine.overlap)) < spread


def test_a_tiny_overlap_escapes_on_time():
    """The default tolerance resolves m₀ = 1e-3, so that the descent escapes when the flow of its step does."""
    model = Model(p=3, delta_2=1 / 3, delta_p=4.0)
    runs = [simulate(model, n_dim=10**12, seed=0, overlap_0=1e-3, t_max=40.0, step=h) for h in (0.1, 0.05)]
    flow = integrate_flow(model, overlap_0=1e-3, t_max=40.0)
    curves = [(run.time, run.overlap) for run in (*runs, flow)]
    coarse, fine, exact = (np.interp(0.3, overlap, time) for time, overlap in curves)
    assert abs(2 * fine - coarse - exact) < 0.01 * exact


def test_recovery_ends_in_the_good_minimum():
    model = Model(p=3, delta_2=0.4, delta_p=4.0)
    runs = [simulate(model, n_dim=10_000, seed=seed, overlap_0=0.1, t_max=25.0) for seed in range(8)]
    minimum = good_minimum(model)
    assert abs(np.mean([run.overlap[-1] for run in runs]) - minimum.overlap) < 0.02
    mu = np.mean([run.lagrange_multiplier[-1] for run in runs])
    assert abs(mu / minimum.lagrange_multiplier - 1) < 0.01
    assert abs(np.mean([run.energy[-1] for run in runs]) - minimum.energy) < 0.01
    assert {run.status for run in runs} == {Status.REACHED}


def test_below_the_line_the_descent_is_trapped_near_threshold():
    model = Model(p=3, delta_2=1 / 1.5, delta_p=0.5)
    runs = [simulate(model, n_dim=10_000, seed=seed, overlap_0=1e-3, t_max=12.0) for seed in range(8)]
    ratios = [run.lagrange_multiplier[-1] / (2 * model.sigma) for run in runs]
    assert 0.9 < np.mean(ratios) < 1
    assert abs(np.mean([run.overlap[-1] for run in runs])) < 0.1
    assert {run.status for run in runs} == {Status.AGEING}


# p, 1/Δ₂, 1/Δp, t, outlier, squared overlap at the first point after t; steps of 0.15/σ, m₀ = 0.05
OUTLIERS = [
    (3, 2.5, 0.25, 1, -0.985, 0.531),
    (3, 2.5, 0.25, 2, -0.485, 0.500),
    (3, 2.5, 0.25, 3, -0.139, 0.401),
    (4, 2.5, 1.0, 2, -0.654, 0.202),
    (4, 2.5, 1.0, 3, -0.481, 0.263),
]


@pytest.mark.parametrize(("p", "a", "b", "t", "outlier", "overlap"), OUTLIERS)
def test_outlier_along_the_path(p, a, b, t, outlier, overlap):
    """Values of an independent implementation (all eigenvalues of the same secular equation, by bisection)."""
    run = simulate(Model(p=p, delta_2=1 / a, delta_p=1 / b), n_dim=10**12, seed=4, overlap_0=0.05, t_max=4.0)
    i = int(np.searchsorted(run.time, t))
    assert abs(run.outlier[i] - outlier) < 2e-3
    assert abs(run.outlier_overlap[i] - overlap) < 2e-3


def test_outlier_of_an_infinitesimal_overlap_is_that_of_a_typical_point():
    model = Model(p=3, delta_2=1 / 3, delta_p=1.0)
    run = simulate(model, n_dim=10**12, seed=0, overlap_0=1e-4, t_max=3.0)
    for i in (0, 5, -1):
        typical = spectrum(model, run.overlap[i], run.lagrange_multiplier[i])
        assert abs(run.outlier[i] - typical.outlier) < 1e-3
        assert abs(run.outlier_overlap[i] - typical.outlier_overlap) < 1e-3


def test_without_a_strong_signal_there_is_no_outlier():
    run = simulate(Model(p=3, delta_2=1 / 1.5, delta_p=0.5), n_dim=10**12, seed=0, overlap_0=1e-4, t_max=3.0)
    assert np.all(np.isnan(run.outlier))
    assert np.all(np.isnan(run.outlier_overlap))


def test_drawn_spectra_scatter_around_the_limit():
    """N = 20000: the lowest eigenvalue within a few N^(-1/2) of the outlier, the bulk a semicircle about μ."""
    model = Model(p=3, delta_2=0.4, delta_p=4.0)
    run = simulate(model, n_dim=20_000, seed=0, overlap_0=0.05, t_max=3.0)
    for time in (0.0, 1.0, 2.0):
        sample = run.hessian(time)
        i = int(np.argmin(np.abs(run.time - sample.time)))
        assert abs(sample.lowest[0] - run.outlier[i]) < 0.03
        assert abs(sample.lowest_overlap[0] - run.outlier_overlap[i]) < 0.05
        assert sample.lowest[1] > run.lagrange_multiplier[i] - 2 * model.sigma - 0.05
        middle = 0.5 * (sample.edges[1:] + sample.edges[:-1])
        density = spectrum(model, run.overlap[i], run.lagrange_multiplier[i]).density(middle)
        assert np.abs(sample.density - density).mean() < 0.006


def test_a_random_start_has_the_overlap_of_a_random_point():
    model = Model(p=3, delta_2=1.0, delta_p=4.0)
    overlap_0 = [simulate(model, n_dim=100, seed=seed, t_max=1.0, step=0.3).overlap[0] for seed in range(400)]
    z = np.array(overlap_0) * 10
    assert abs(z.mean()) < 4 / math.sqrt(400)
    assert abs(z.var() - 1) < 4 * math.sqrt(2 / 400)
