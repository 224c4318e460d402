"""The two-time equations at T = 0 on a uniform grid, the plain way: an independent check of the engine at short times.

Trapezoidal quadrature and Heun's method, second order in the step h; cost n³. Nothing is shared with the engine: not
the grid, not the method, not the units.
"""

import math
from itertools import pairwise

import numba
import numpy as np


@numba.njit(cache=True, error_model="numpy")
def q_prime(x, a, b, p):
    """Q'(x) with a = 1/Δ₂, b = 1/Δp."""
    return a * x + b * x ** (p - 1)


@numba.njit(cache=True, error_model="numpy")
def slopes(n, h, a, b, p, C, R, y, kernel, source, dC, dR):
    """Right-hand sides of row n into dC, dR (n,); returns dy/dt, mu and e. C is kept symmetric."""
    mu = 0.0
    e = 0.0
    drive = 0.0
    for s in range(n + 1):
        weight = 0.0 if n == 0 else (0.5 * h if s in (0, n) else h)
        q2 = a + (p - 1) * b * C[n, s] ** (p - 2)
        q1 = q_prime(C[n, s], a, b, p)
        kernel[s] = R[n, s] * q2
        source[s] = q1
        mu += weight * R[n, s] * (q1 + q2 * C[n, s])
        e -= weight * R[n, s] * q1
        drive += weight * kernel[s] * math.exp(y[s] - y[n])
    m = math.exp(y[n])
    signal = q_prime(m, a, b, p)
    mu += m * signal
    e -= a * m * m / 2 + b * m**p / p
    for j in range(n):
        total_c = 0.5 * (kernel[0] * C[0, j] + kernel[n] * C[n, j])
        for s in range(1, n):
            total_c += kernel[s] * C[s, j]
        if j > 0:
            total_c += 0.5 * (source[0] * R[j, 0] + source[j] * R[j, j])
            for s in range(1, j):
                total_c += source[s] * R[j, s]
        total_r = 0.5 * (kernel[j] * R[j, j] + kernel[n] * R[n, j])
        for s in range(j + 1, n):
            total_r += kernel[s] * R[s, j]
        dC[j] = -mu * C[n, j] + signal * math.exp(y[j]) + h * total_c
        dR[j] = -mu * R[n, j] + h * total_r
    return -mu + signal / m + drive, mu, e


@numba.njit(cache=True, error_model="numpy")
def integrate(n_steps, h, a, b, p, m_0):
    """Overlap, multiplier and energy at times 0, h, …, n_steps h; shape (3, n_steps + 1)."""
    size = n_steps + 1
    C = np.zeros((size, size))
    R = np.zeros((size, size))
    y = np.zeros(size)
    out = np.zeros((3, size))
    kernel = np.zeros(size)
    source = np.zeros(size)
    first = np.zeros((2, size))
    second = np.zeros((2, size))
    C[0, 0] = R[0, 0] = 1.0
    y[0] = math.log(m_0)
    for n in range(size):
        dy, mu, e = slopes(n, h, a, b, p, C, R, y, kernel, source, first[0], first[1])
        out[0, n] = math.exp(y[n])
        out[1, n] = mu
        out[2, n] = e
        if n == n_steps:
            break
        # the diagonal stays 1, so its own slope is not needed: node n of the new row starts from C = R = 1
        first[0, n] = -mu * 1.0 + q_prime(out[0, n], a, b, p) * out[0, n]
        first[1, n] = -mu
        diagonal = 0.0
        for s in range(n + 1):
            weight = 0.0 if n == 0 else (0.5 * h if s in (0, n) else h)
            diagonal += weight * (kernel[s] * C[n, s] + source[s] * R[n, s])
        first[0, n] += diagonal
        C[n + 1, n + 1] = R[n + 1, n + 1] = 1.0
        for j in range(n + 1):
            C[n + 1, j] = C[n, j] + h * first[0, j]
            C[j, n + 1] = C[n + 1, j]
            R[n + 1, j] = R[n, j] + h * first[1, j]
        y[n + 1] = y[n] + h * dy
        dy_new, _, _ = slopes(n + 1, h, a, b, p, C, R, y, kernel, source, second[0], second[1])
        for j in range(n + 1):
            C[n + 1, j] = C[n, j] + 0.5 * h * (first[0, j] + second[0, j])
            C[j, n + 1] = C[n + 1, j]
            R[n + 1, j] = R[n, j] + 0.5 * h * (first[1, j] + second[1, j])
        y[n + 1] = y[n] + 0.5 * h * (dy + dy_new)
    return out


def extrapolated(model, *, overlap_0, t_max, n_steps):
    """Richardson: (time, values, error bar) from n, 2n and 4n steps; values and bar have shape (3, n_steps + 1)."""
    a, b = 1 / model.delta_2, 1 / model.delta_p
    runs = [
        integrate(k * n_steps, t_max / (k * n_steps), a, b, model.p, overlap_0)[:, ::k] for k in (1, 2, 4)
    ]
    once = [(4 * fine - coarse) / 3 for coarse, fine in pairwise(runs)]
    twice = (8 * once[1] - once[0]) / 7
    return np.linspace(0, t_max, n_steps + 1), twice, np.abs(twice - once[1])
