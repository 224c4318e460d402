"""The flow anywhere in the space of its parameters: it answers, quickly, and with the numbers of a tighter run."""

import time

import numpy as np
import pytest

from engine import Model, Status
from engine.dynamics import integrate_flow

T_MAX = 1e4
TIMES = np.geomspace(1e-2, T_MAX, 300)


def random_points(n, seed):
    rng = np.random.default_rng(seed)
    for _ in range(n):
        p = int(rng.integers(3, 7))
        inverse_delta_2, delta_p, overlap_0 = np.exp(
            rng.uniform(np.log([0.1, 0.03, 1e-15]), np.log([20, 100, 0.3]))
        )
        yield Model(p=p, delta_2=1 / inverse_delta_2, delta_p=delta_p), float(overlap_0)


def deviation(model, overlap_0, **options):
    """Largest deviation from a run at tolerance 1e-6: overlap, and multiplier and energy relative to their size."""
    ours = integrate_flow(model, overlap_0=overlap_0, t_max=T_MAX, **options)
    tight = integrate_flow(model, overlap_0=overlap_0, t_max=T_MAX, tolerance=1e-6)
    assert ours.status is not Status.STOPPED_EARLY, (model, overlap_0, ours.message)
    assert tight.status is not Status.STOPPED_EARLY, (model, overlap_0, tight.message)
    a, b = ours.at(TIMES), tight.at(TIMES)
    found = [np.max(np.abs(a.overlap - b.overlap))]
    for name in ("lagrange_multiplier", "energy"):
        size = max(1.0, np.max(np.abs(getattr(b, name))))
        found.append(np.max(np.abs(getattr(a, name) - getattr(b, name))) / size)
    assert np.max(np.diff(ours.energy)) < 1e-4 * model.sigma
    return found


@pytest.mark.parametrize(("model", "overlap_0"), list(random_points(24, seed=7)))
def test_default_and_tight_runs_agree(model, overlap_0):
    overlap, mu, energy = deviation(model, overlap_0)
    assert overlap < 3e-4
    assert mu < 5e-4
    assert energy < 5e-4


@pytest.mark.slow
def test_five_hundred_points_are_right_and_fast():
    points = list(random_points(500, seed=1))
    for model, overlap_0 in points[:20]:  # tables into the cache
        integrate_flow(model, overlap_0=overlap_0, t_max=T_MAX)
    seconds, errors = [], []
    for model, overlap_0 in points:
        begin = time.process_time()
        integrate_flow(model, overlap_0=overlap_0, t_max=T_MAX)
        seconds.append(time.process_time() - begin)
        errors.append(deviation(model, overlap_0))
    assert np.max(errors, axis=0)[0] < 3e-4
    assert np.max(errors) < 5e-4
    assert np.median(seconds) < 0.05
    assert np.quantile(seconds, 0.99) < 0.2
    assert max(seconds) < 0.5
