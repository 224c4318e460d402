"""The first rows, from the Taylor series at t = 0."""

from __future__ import annotations

import numpy as np

from .._kernels.dynamics_flow import ROWS, Couplings, Rows, observables
from .grid import ThetaGrid


def empty_rows(n_rows: int, n_columns: int) -> Rows:
    """Room for ``n_rows`` rows of ``n_columns`` nodes."""
    clock, y, dy, mu, e2, ep = np.empty((6, n_rows))
    return Rows(clock, y, dy, mu, e2, ep, np.empty((n_rows, 2, n_columns)), np.empty((n_rows, ROWS)))


def start_rows(couplings: Couplings, grid: ThetaGrid, rows: Rows, *, y_0: float, first_time: float) -> None:
    """Fill rows 0 to 5, spaced by 0.15 in ln t up to ``first_time``; their error is of third order in it.

    With D = Q'(1), S = Q''(1) of the noise, h = m Q'_s(m) of the signal and τ = t - t':
    C = 1 - Tτ + [T² - D - m'Q'_s]τ²/2, R = 1 - μ₀τ + (μ₀² + S)τ²/2 - μ'(t² - t'²)/2, μ' = D + S + h'.
    """
    p, a, b, sa, sb, T, live = couplings
    m = np.exp(y_0) if live else 0.0
    noise_1, noise_2 = a + b, (p - 1) * a + b
    signal_1 = sa * m ** (p - 1) + sb * m
    h = m * signal_1
    mu_0 = T + h
    y_1 = sa * m ** (p - 2) + sb - mu_0  # dy/dt at 0
    h_1 = (p * sa * m**p + 2 * sb * m * m) * y_1  # dh/dt
    y_2 = -noise_1 - h_1 + (p - 2) * sa * m ** (p - 2) * y_1  # d²y/dt²; Q''(1) of the memory cancels
    slope = noise_1 + noise_2 + h_1
    for n in range(ROWS):
        rows.V[n] = np.log(first_time) - 0.15 * (ROWS - 1 - n)
        t = np.exp(rows.V[n])
        tau, waiting = t * grid.x, t * grid.theta
        rows.H[n, 0] = 1 - T * tau + (T * T - noise_1 - m * y_1 * signal_1) * tau**2 / 2
        rows.H[n, 1] = 1 - mu_0 * tau + (mu_0**2 + noise_2) * tau**2 / 2 - slope * (t * t - waiting**2) / 2
        rows.Y[n] = y_0 + y_1 * t + y_2 * t * t / 2
        rows.DY[n] = y_1 + y_2 * t
        rows.MU[n], rows.E2[n], rows.EP[n] = observables(
            couplings, rows.Y[n], rows.H[n, 0], rows.H[n, 1], t * grid.weights
        )
