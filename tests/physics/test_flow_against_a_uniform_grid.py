"""The engine against a plain second-order uniform-grid solution, extrapolated in its step."""

import numpy as np
import pytest

from engine import Model
from engine.dynamics import integrate_flow
from tests.uniform_grid import extrapolated


@pytest.mark.parametrize(
    ("p", "inverse_delta_2", "delta_p", "overlap_0", "t_max"),
    [
        (3, 3.0, 4.0, 1e-2, 12.0),  # escapes
        (4, 2.0, 1.0, 0.2, 6.0),
        (3, 2.0, 0.5, 1e-4, 8.0),  # stays at threshold
    ],
)
def test_overlap_multiplier_and_energy_agree(p, inverse_delta_2, delta_p, overlap_0, t_max):
    model = Model(p=p, delta_2=1 / inverse_delta_2, delta_p=delta_p)
    time, values, bar = extrapolated(model, overlap_0=overlap_0, t_max=t_max, n_steps=160)
    flow = integrate_flow(model, overlap_0=overlap_0, t_max=t_max, tolerance=1e-7).at(time)
    # the bar is the last correction of the extrapolation; it must be small for the test to mean something
    assert bar.max() < 2e-3
    for ours, theirs, uncertain in zip(
        (flow.overlap, flow.lagrange_multiplier, flow.energy), values, bar, strict=True
    ):
        assert np.max(np.abs(ours - theirs)) < 0.5 * uncertain.max() + 1e-6
