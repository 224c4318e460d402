"""The Kac-Rice count of [RosBenArousBiroliCammarota2019], exact at finite N, against all minima of real landscapes.

At N = 6 the expected number of minima is a double integral over overlap and multiplier, of the same factors as the
complexity (slice, gradient, multiplier, spiked determinant) before N → ∞. The brute force finds every minimum of many
samples by descents from many starts and Newton steps.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from engine import Model

MODEL = Model(p=3, delta_2=2.0, delta_p=0.5)
N_DIM = 6
EDGES = np.array([-1.0, -0.4, 0.0, 0.4, 1.0])


def expected_minima(n_matrices):
    """Kac-Rice in each bin of overlap, by Monte Carlo over the Hessian only; (mean, standard error)."""
    rng = np.random.default_rng(1)
    n, N = N_DIM - 1, N_DIM
    Q1, V = float(MODEL.q_prime(1.0)), float(MODEL.q_prime(1.0) + MODEL.q_second(1.0))
    sphere = 2 * math.pi ** (N / 2) / math.gamma(N / 2) * N ** (n / 2)
    slice_constant = math.gamma(N / 2) / (math.sqrt(math.pi) * math.gamma(n / 2))
    G = rng.standard_normal((n_matrices, n, n))
    G = (G + G.transpose(0, 2, 1)) * MODEL.sigma / math.sqrt(2 * N)
    means, errors = [], []
    for left, right in itertools.pairwise(EDGES):
        m = left + (np.arange(12) + 0.5) / 12 * (right - left)
        totals = np.zeros(n_matrices)
        for x in m:
            H = G.copy()
            H[:, 0, 0] -= MODEL.q_second(x) * (1 - x * x)
            lam = np.linalg.eigvalsh(H)
            mean = x * MODEL.q_prime(x)
            mu = mean + np.linspace(-6, 6, 61) * math.sqrt(V / N)
            density = np.exp(-N * (mu - mean) ** 2 / (2 * V)) / math.sqrt(2 * math.pi * V / N)
            shifted = lam[:, None, :] + mu[None, :, None]
            determinant = np.where(shifted[:, :, 0] > 0, shifted.prod(axis=2), 0.0)
            gradient = (2 * math.pi * Q1) ** (-n / 2) * np.exp(
                -N * MODEL.q_prime(x) ** 2 * (1 - x * x) / (2 * Q1)
            )
            weight = sphere * slice_constant * (1 - x * x) ** ((N - 3) / 2) * gradient
            totals += weight * (determinant @ density) * (mu[1] - mu[0]) * (right - left) / 12
        means.append(totals.mean())
        errors.append(totals.std() / math.sqrt(n_matrices))
    return np.array(means), np.array(errors)


def gradient_and_hessian(J, S, x):
    """Euclidean gradient and Hessian at x : (samples, starts, N); the signal is √N e_0."""
    a, b = MODEL.inverse_delta_2, MODEL.inverse_delta_p
    m = x[..., 0] / math.sqrt(N_DIM)
    Sx = np.einsum("sijk,suk->suij", S, x)
    gradient = -np.einsum("sij,suj->sui", J, x) - 3 * np.einsum("suij,suj->sui", Sx, x)
    gradient[..., 0] -= math.sqrt(N_DIM) * (a * m + b * m * m)
    hessian = -J[:, None] - 6 * Sx
    hessian[..., 0, 0] -= a + 2 * b * m
    return gradient, hessian


def enumerate_minima(n_samples, n_starts):
    """Overlaps of all minima found in each sample."""
    rng = np.random.default_rng(2)
    N = N_DIM
    J = rng.standard_normal((n_samples, N, N)) / math.sqrt(2 * N * MODEL.delta_2)
    J = J + J.transpose(0, 2, 1)
    T = rng.standard_normal((n_samples, N, N, N)) / (N * math.sqrt(3 * MODEL.delta_p))
    S = (
        sum(
            T.transpose(0, *axes)
            for axes in ((1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1))
        )
        / 6
    )
    x = rng.standard_normal((n_samples, n_starts, N))
    x *= math.sqrt(N) / np.linalg.norm(x, axis=-1, keepdims=True)
    for _ in range(250):
        gradient, _ = gradient_and_hessian(J, S, x)
        x = x - 0.12 / MODEL.sigma * gradient
        x *= math.sqrt(N) / np.linalg.norm(x, axis=-1, keepdims=True)
    for _ in range(6):  # Newton on the sphere: the radial direction is given curvature one
        gradient, hessian = gradient_and_hessian(J, S, x)
        mu = -np.einsum("sui,sui->su", x, gradient) / N
        radial = x[..., :, None] * x[..., None, :] / N
        P = np.eye(N) - radial
        H = P @ hessian @ P + mu[..., None, None] * P + radial
        tangent = np.einsum("suij,suj->sui", P, gradient)
        x = x - np.linalg.solve(H, tangent[..., None])[..., 0]
        x *= math.sqrt(N) / np.linalg.norm(x, axis=-1, keepdims=True)
    gradient, hessian = gradient_and_hessian(J, S, x)
    mu = -np.einsum("sui,sui->su", x, gradient) / N
    radial = x[..., :, None] * x[..., None, :] / N
    P = np.eye(N) - radial
    size = np.linalg.norm(np.einsum("suij,suj->sui", P, gradient), axis=-1)
    lowest = np.linalg.eigvalsh(P @ hessian @ P + mu[..., None, None] * P + 100 * radial)[..., 0]
    good = (size < 1e-8) & (lowest > 0)
    return [np.unique(x[s][good[s]].round(4), axis=0)[:, 0] / math.sqrt(N) for s in range(n_samples)]


def test_expected_number_of_minima_is_that_of_real_landscapes_in_every_band_of_overlap():
    n_samples = 300
    found = np.array([np.histogram(m, EDGES)[0] for m in enumerate_minima(n_samples, 60)])
    mean, error = found.mean(axis=0), found.std(axis=0) / math.sqrt(n_samples)
    expected, expected_error = expected_minima(10000)
    z = (mean - expected) / np.hypot(error, expected_error)
    assert np.all(np.abs(z) < 4)  # four independent bins: P(any > 4) = 3e-4 for a true statement
    total = found.sum(axis=1)
    assert total.mean() == pytest.approx(
        expected.sum(), abs=4 * np.hypot(total.std() / math.sqrt(n_samples), np.linalg.norm(expected_error))
    )
    assert total.mean() > 2  # not an empty statement
