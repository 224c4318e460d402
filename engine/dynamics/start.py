"""The first rows, from the Taylor series at t = 0."""

from __future__ import annotations

import numpy as np

from .._kernels.dynamics_flow import ROWS, Couplings, Rows, observables, signal_terms
from .grid import ThetaGrid


def empty_rows(n_rows: int, n_columns: int, n_orders: int) -> Rows:
    """Room for ``n_rows`` rows of ``n_columns`` nodes, with energies of ``n_orders`` orders."""
    clock, y, dy, mu = np.empty((4, n_rows))
    energies = np.empty((n_rows, n_orders))
    return Rows(clock, y, dy, mu, energies, np.empty((n_rows, 2, n_columns)), np.empty((n_rows, ROWS)))


def start_rows(couplings: Couplings, grid: ThetaGrid, rows: Rows, *, y_0: float, first_time: float) -> None:
    """Fill rows 0 to 5, spaced by 0.15 in ln t up to ``first_time``; their error is of third order in it.

    With D = Q'(1) and Q''(1) of the noise, h = m S'(m) of the signal and τ = t - t':
    C = 1 - Tτ + [T² - D - m'S']τ²/2, R = 1 - μ₀τ + (μ₀² + Q'')τ²/2 - μ'(t² - t'²)/2, μ' = D + Q'' + h'.
    """
    T = couplings.T
    m = np.exp(y_0) if couplings.live else 0.0
    noise_1, noise_2 = couplings.a.sum(), ((couplings.order - 1) * couplings.a).sum()
    h, h_y, signal_1, _, drive, drive_y = signal_terms(couplings, y_0)
    mu_0 = T + h
    y_1 = drive - mu_0  # dy/dt at 0
    h_1 = h_y * y_1  # dh/dt
    y_2 = -noise_1 - h_1 + drive_y * y_1  # d²y/dt²; Q''(1) of the memory cancels
    slope = noise_1 + noise_2 + h_1
    for n in range(ROWS):
        rows.V[n] = np.log(first_time) - 0.15 * (ROWS - 1 - n)
        t = np.exp(rows.V[n])
        tau, waiting = t * grid.x, t * grid.theta
        rows.H[n, 0] = 1 - T * tau + (T * T - noise_1 - m * y_1 * signal_1) * tau**2 / 2
        rows.H[n, 1] = 1 - mu_0 * tau + (mu_0**2 + noise_2) * tau**2 / 2 - slope * (t * t - waiting**2) / 2
        followed = couplings.live >= 0
        rows.Y[n] = y_0 + y_1 * t + y_2 * t * t / 2 if followed else y_0
        rows.DY[n] = y_1 + y_2 * t if followed else 0.0
        rows.MU[n] = observables(
            couplings, rows.Y[n], rows.H[n, 0], rows.H[n, 1], t * grid.weights, rows.E[n]
        )
