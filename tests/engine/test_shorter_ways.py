"""What is computed in a shorter way has the very bits of the longer one."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Model, dynamics
from engine.dynamics.curve import Curve
from engine.dynamics.interpolation import N_STENCIL, interpolate
from engine.dynamics.restart import _NEAREST, ROWS, distances

Floats = np.ndarray


def values_everywhere(curve: Curve, time: Floats) -> Floats:
    """Both polynomials at every time, then the one that counts."""
    late = curve.time[N_STENCIL]
    first = slice(N_STENCIL + 1)
    early = interpolate(curve.time[first], curve.values.T[first], np.minimum(time, late))
    knots = np.log(curve.time[1:])
    later = interpolate(knots, curve.values.T[1:], np.log(np.maximum(time, late)))
    return np.where(time[:, None] < late, early, later).T


@pytest.mark.parametrize("lowest", [0.0, 1e-5, 1e-2])
@pytest.mark.parametrize("n", [1, 2, 401])
def test_a_curve_is_evaluated_where_it_is_asked_for_alone(lowest: float, n: int) -> None:
    flow = dynamics.integrate_flow(
        Model(p=3, delta_2=0.45, delta_p=1.0), overlap_0=1e-4, t_max=1e2, tolerance=4e-3
    )
    time = np.geomspace(lowest or 1e-6, 50.0, n)
    time[0] = lowest
    np.testing.assert_array_equal(flow.curve.at(time), values_everywhere(flow.curve, time))


def test_no_times_have_no_values() -> None:
    flow = dynamics.integrate_flow(Model(p=3, delta_2=0.45, delta_p=1.0), overlap_0=0.1, t_max=2.0)
    assert flow.curve.at(np.empty(0)).shape == (5, 0)


@pytest.mark.parametrize("widest", [0.15, 0.05, 1e-2])
def test_the_rows_behind_an_escape_are_laid_as_far_apart_as_before(widest: float) -> None:
    times = np.sort(np.random.default_rng(2).uniform(0.0, 30.0, 80))
    te = 0.6 * times[-1]
    steps = [times[-1] - te]
    while steps[-1] > _NEAREST or len(steps) < ROWS:
        i = min(max(int(np.searchsorted(times, te + steps[-1])), 1), times.size - 1)
        ratio = np.exp(-widest * (1 if steps[-1] > 0.1 else 2))
        steps.append(max(steps[-1] - (times[i] - times[i - 1]), steps[-1] * ratio))
    np.testing.assert_array_equal(distances(times, te, widest), steps[::-1])
