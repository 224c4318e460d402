"""Without the tensor (Δp = ∞) the flow has a closed form: m(t) = m₀f(t)/√(m₀²f(2t) + (1-m₀²)I₁(4s₀t)/(2s₀t)).

s₀ = √(1/Δ₂), f the Laplace transform of the spike's spectral measure (Bodin and Macris 2021 give such formulas).
Reference values: tests/reference/flow/matrix_only.csv, 16 digits, columns D2, m0, t, m, mu, e.
"""

from pathlib import Path

import numpy as np
import pytest

from engine import Model
from engine.dynamics import integrate_flow

TABLE = np.loadtxt(
    Path(__file__).parents[1] / "reference" / "flow" / "matrix_only.csv", delimiter=",", skiprows=1
)
STARTS = sorted({(row[0], row[1]) for row in TABLE})


@pytest.mark.parametrize(("delta_2", "overlap_0"), STARTS)
@pytest.mark.parametrize(
    ("tolerance", "overlap_error", "other_error"), [(1e-4, 1e-4, 2e-4), (1e-6, 1e-6, 2e-6)]
)
def test_flow_is_the_closed_form(delta_2, overlap_0, tolerance, overlap_error, other_error):
    rows = TABLE[(TABLE[:, 0] == delta_2) & (TABLE[:, 1] == overlap_0)]
    time, overlap, mu, energy = rows[:, 2:].T
    model = Model(p=3, delta_2=delta_2, delta_p=float("inf"))
    flow = integrate_flow(model, overlap_0=overlap_0, t_max=max(time[-1], 1.0), tolerance=tolerance).at(time)
    assert np.max(np.abs(flow.overlap - overlap)) < overlap_error
    # multiplier and energy move at rate σ², the overlap does not
    assert np.max(np.abs(flow.lagrange_multiplier - mu)) < other_error
    assert np.max(np.abs(flow.energy - energy)) < other_error


def test_the_order_of_an_absent_tensor_does_not_matter():
    flows = [
        integrate_flow(Model(p=p, delta_2=0.5, delta_p=float("inf")), overlap_0=1e-3, t_max=20.0)
        for p in (3, 10)
    ]
    np.testing.assert_allclose(flows[0].at(flows[1].time).overlap, flows[1].overlap, atol=1e-9)
