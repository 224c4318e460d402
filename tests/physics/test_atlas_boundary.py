"""The measured boundary against the gradient-flow line, in the sense that the order of limits allows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from engine import Model, atlas, hessian, phases

N_BISECT = 9


def line(p: int, delta_p: float) -> float:
    """1/Δ₂ of the analytic line."""
    return 1 / float(phases.gradient_flow_line(p, delta_p))


def boundary(p: int, delta_p: float, overlap_0: float, t_max: float) -> float:
    """1/Δ₂ over that of the line, less one, where the escape takes t_max; to 0.2 %."""
    at = line(p, delta_p)
    low, high = 0.5 * at, 1.4 * at
    for _ in range(N_BISECT):
        middle = np.sqrt(low * high)
        found = atlas.tile(p, [delta_p], [1 / middle], overlap_0=overlap_0, t_max=t_max)
        low, high = (low, middle) if np.isfinite(found.escape_time[0]) else (middle, high)
    return float(np.sqrt(low * high)) / at - 1


@pytest.mark.parametrize(("p", "delta_p"), [(3, 0.1), (3, 1.0), (4, 0.3), (4, 1.0)])
def test_the_boundary_lies_below_the_line_and_nears_it(p: int, delta_p: float) -> None:
    """t_max = 1000 ln(1/m₀) is longer than the escape on the line, of order ln³(1/m₀), for these m₀."""
    shifts = [
        boundary(p, delta_p, overlap_0, 1e3 * np.log(1 / overlap_0)) for overlap_0 in (1e-4, 1e-8, 1e-16)
    ]
    assert shifts[0] < shifts[1] < shifts[2] < 0
    assert shifts[2] > 0.5 * shifts[0]


def test_the_boundary_tends_to_where_the_rate_is_that_of_the_times() -> None:
    """With t_max = C ln(1/m₀) to the end it is λ = 1/C, which nears the line as C grows."""
    at = line(3, 1.0)

    def rate(x: float) -> float:
        return hessian.escape_rate(Model(p=3, delta_2=1 / x, delta_p=1.0))

    limits = {c: brentq(lambda x, c=c: rate(x) - 1 / c, at * 1.0001, 2 * at) / at - 1 for c in (100, 1000)}
    assert 0 < limits[1000] < limits[100]
    for c, limit in limits.items():
        shifts = [boundary(3, 1.0, 10.0**-k, c * k * np.log(10)) for k in (8, 32, 64)]
        assert shifts[0] < shifts[1] < shifts[2] < limit
        assert limit - shifts[2] < 0.3 * (limit - shifts[0])


def test_at_one_start_the_boundary_moves_away_as_the_time_grows() -> None:
    shifts = [boundary(3, 0.5, 1e-6, t_max) for t_max in (1e3, 1e4, 1e5)]
    assert 0 > shifts[0] > shifts[1] > shifts[2]


@pytest.mark.parametrize("p", [3, 4, 6])
@pytest.mark.parametrize("delta_p", [0.05, 0.3, 1.0, 4.0, 30.0])
def test_the_extrapolated_line_is_the_line(p: int, delta_p: float) -> None:
    found = atlas.measured_line(p, delta_p)
    assert abs(found.inverse_delta_2 - line(p, delta_p)) < found.error
    assert abs(found.delta_2 - 1 / line(p, delta_p)) < found.delta_2_error
    assert found.error < 0.01 * found.inverse_delta_2


@pytest.mark.parametrize(("p", "delta_p"), [(3, 4.0), (7, 1.0), (10, 1e-4), (10, 0.03), (10, 1e8)])
def test_the_extrapolated_line_is_as_near_as_the_page_says(p: int, delta_p: float) -> None:
    found = atlas.measured_line(p, delta_p)
    at = line(p, delta_p)
    assert abs(found.inverse_delta_2 / at - 1) < 6e-4
    assert 0.002 < found.error / at < 0.007


def test_what_the_line_was_read_from() -> None:
    """Each run's Λ is within its error of θ + 1/θ, a formula that the measurement does not use."""
    found = atlas.measured_line(3, 1.0)
    assert (np.diff(found.run_inverse_delta_2) > 0).all()
    assert (found.run_inverse_delta_2 > found.inverse_delta_2).all()
    for inverse, growth, error in zip(
        found.run_inverse_delta_2, found.growth, found.growth_error, strict=True
    ):
        theta = float(Model(p=3, delta_2=1 / inverse, delta_p=1.0).theta(0.0))
        assert abs(growth - theta - 1 / theta) < error
    log_theta = 2 * np.arcsinh(np.sqrt(found.growth - 2) / 2)
    fitted = np.exp(np.polynomial.Polynomial(found.coefficients)(log_theta))
    assert fitted == pytest.approx(found.run_inverse_delta_2, rel=2e-4)
