"""What the flow remembers of its start: C(t, 0) = m₀ m(t) + (1 - m₀²) R(t, 0), exact at every temperature.

With Σ = R Q''(C), equation (1) at t' = 0 and (3) are one linear equation with the sources m₀ Q'(m) and Q'(m), and (2)
at t' = 0 is that equation without a source, started at 1: C(t, 0) - m₀ m(t) starts at 1 - m₀² and has none either.
For m₀ → 1 it says that m(t) = C(t, 0), the planted case.
"""

import numpy as np
import pytest

from engine import Model
from engine.dynamics import integrate_flow

POINTS = [
    (3, 8.0, 0.5, 0.3, 0.0),
    (3, 3.0, 4.0, 0.1, 0.0),
    (3, 3.0, 4.0, 1e-4, 0.0),
    (3, 2.5, 4.0, -0.3, 0.0),
    (4, 3.0, 4.0, 0.5, 0.0),
    (3, 0.5, 1.0, 0.999, 0.0),
    (5, 2.0, 0.3, 0.999, 0.0),
    (3, 3.0, 0.5, 0.3, 1.0),
    (3, 0.5, 4.0, 0.9, 1.5),
]


def mismatch(p, inverse_delta_2, delta_p, overlap_0, temperature, tolerance):
    """Largest |C(t, 0) - m₀ m(t) - (1 - m₀²) R(t, 0)| of one run."""
    model = Model(p=p, delta_2=1 / inverse_delta_2, delta_p=delta_p)
    flow = integrate_flow(
        model, overlap_0=overlap_0, t_max=30.0, temperature=temperature, tolerance=tolerance
    )
    time = np.geomspace(flow.memory.first_time, flow.t_end, 60)
    columns = np.array([flow.memory.row(t, np.zeros(1)) for t in time])[:, :, 0]
    expected = overlap_0 * flow.at(time).overlap + (1 - overlap_0**2) * columns[:, 1]
    return float(np.max(np.abs(columns[:, 0] - expected)))


@pytest.mark.parametrize("point", POINTS)
def test_the_column_of_the_start_is_the_overlap_and_the_response(point):
    # single precision of the stored rows (6e-8), and the steps' own 1e-7
    assert mismatch(*point, tolerance=1e-7) < 1e-6


@pytest.mark.parametrize("point", POINTS)
def test_at_default_tolerance_it_holds_to_a_fraction_of_it(point):
    assert mismatch(*point, tolerance=1e-4) < 5e-5


def test_the_correlation_leaves_the_start_with_one_slope():
    """Before the first row, at t₀ = 1e-3 in natural units, C(t, t') goes on to t' = 0 as it came, without a kink."""
    flow = integrate_flow(Model(p=3, delta_2=1 / 8, delta_p=0.5), overlap_0=0.3, t_max=30.0, tolerance=1e-4)
    first = flow.memory.first_time
    for t in np.geomspace(0.1, flow.t_end, 8):
        values = flow.memory.row(t, first * np.array([0.0, 1.0, 2.0]))[0]
        before, after = np.diff(values)
        # second differences are of order t₀² = 1e-7 of a change of 6e-4
        assert before == pytest.approx(after, rel=0.05, abs=2e-6)
