"""The Kac-Rice count where the signal has another order than the noise, against all stationary points at N = 5.

The expectation is the complexity's, factor by factor, before N → ∞: slice, gradient, multiplier, spiked determinant. If
the signal entered more than the means, this count would miss. The brute force finds every stationary point of many
landscapes by Newton steps from many starts.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from engine import Landscape

N = 5
EDGES = np.array([-1.0, -0.6, -0.2, 0.2, 0.6, 1.0])
CASES = [Landscape.of({3: 1.0}, {2: 1.2}), Landscape.of({2: 0.5, 3: 0.7}, {1: 0.4, 4: 1.2})]


def expected(landscape, rng, n_samples):
    """All stationary points and minima in each bin of overlap, by Monte Carlo over the Hessian and multiplier."""
    q1, q2 = landscape.q_prime(1.0), landscape.q_second(1.0)
    sphere = 2 * math.pi ** ((N - 1) / 2) / math.gamma((N - 1) / 2) * N ** ((N - 1) / 2)
    m = (np.arange(200) + 0.5) / 100 - 1
    counts = np.empty((2, m.size))
    for i, x in enumerate(m):
        G = rng.standard_normal((n_samples, N - 1, N - 1))
        H = (G + G.transpose(0, 2, 1)) * math.sqrt(q2 / N / 2)
        H[:, 0, 0] -= landscape.s_second(x) * (1 - x * x)
        force = landscape.s_prime(x)
        mu = x * force + rng.standard_normal(n_samples) * math.sqrt((q1 + q2) / N)
        eigenvalues = np.linalg.eigvalsh(H) + mu[:, None]
        size = np.abs(eigenvalues).prod(axis=1)
        weight = sphere * (1 - x * x) ** ((N - 3) / 2) * (2 * math.pi * q1) ** (-(N - 1) / 2)
        weight *= math.exp(-N * force**2 * (1 - x * x) / (2 * q1)) * (m[1] - m[0])
        counts[:, i] = weight * size.mean(), weight * (size * (eigenvalues > 0).all(axis=1)).mean()
    return np.array([counts[:, np.digitize(m, EDGES) - 1 == b].sum(axis=1) for b in range(5)]).T


def drawn(landscape, rng):
    """Symmetric tensors W of covariance N a (x·y/N)^k / k."""
    tensors = {}
    for k, a in landscape.noise:
        G = rng.standard_normal((N,) * k)
        W = sum(np.transpose(G, axes) for axes in itertools.permutations(range(k))) / math.factorial(k)
        tensors[k] = math.sqrt(a / k * N ** (1 - k)) * W
    return tensors


def derivatives(landscape, tensors, x):
    """Euclidean gradient and Hessian at x : (n, N); the signal is √N e_0."""
    m = x[:, 0] / math.sqrt(N)
    W2, W3 = tensors.get(2, np.zeros((N,) * 2)), tensors.get(3, np.zeros((N,) * 3))
    W3x = x @ W3.reshape(N, -1)
    H = 2 * W2 + 6 * W3x.reshape(-1, N, N)
    g = 2 * x @ W2 + 3 * np.einsum("nij,nj->ni", W3x.reshape(-1, N, N), x)
    g[:, 0] -= math.sqrt(N) * landscape.s_prime(m)
    H[:, 0, 0] -= landscape.s_second(m)
    return g, H


def found(landscape, tensors, rng, n_starts):
    """Overlap of every stationary point, and whether it is a minimum."""
    x = rng.standard_normal((n_starts, N))
    x *= math.sqrt(N) / np.linalg.norm(x, axis=1, keepdims=True)
    for _ in range(60):
        g, H = derivatives(landscape, tensors, x)
        mu = -(x * g).sum(axis=1) / N
        J = np.zeros((n_starts, N + 1, N + 1))
        J[:, :N, :N] = H + mu[:, None, None] * np.eye(N)
        J[:, :N, N] = J[:, N, :N] = x
        residual = np.append(g + mu[:, None] * x, np.zeros((n_starts, 1)), axis=1)
        step = -np.linalg.solve(J, residual[..., None])[:, :N, 0]
        length = np.linalg.norm(step, axis=1, keepdims=True)
        x = x + step * np.minimum(1, 0.5 * math.sqrt(N) / np.maximum(length, 1e-300))
        x *= math.sqrt(N) / np.linalg.norm(x, axis=1, keepdims=True)
    g, H = derivatives(landscape, tensors, x)
    mu = -(x * g).sum(axis=1) / N
    x, H, mu = (array[np.linalg.norm(g + mu[:, None] * x, axis=1) < 1e-9] for array in (x, H, mu))
    _, first = np.unique(np.round(x, 5) + 0.0, axis=0, return_index=True)
    x, H, mu = x[first], H[first], mu[first]
    apart = np.linalg.norm(x[:, None] - x, axis=2) + np.triu(np.full((len(x),) * 2, 9.0))
    x, H, mu = (array[apart.min(axis=1) > 1e-4] for array in (x, H, mu))
    P = np.eye(N) - x[:, :, None] * x[:, None, :] / N
    tangent = P @ (H + mu[:, None, None] * np.eye(N)) @ P + 1e6 * (np.eye(N) - P)
    return x[:, 0] / math.sqrt(N), np.linalg.eigvalsh(tangent)[:, 0] > 0


@pytest.mark.parametrize("landscape", CASES, ids=["noise 3, signal 2", "noise 2+3, signal 1+4"])
def test_the_count_holds_for_signals_of_another_order(landscape):
    rng = np.random.default_rng(3)
    n_landscapes = 80
    counts = np.zeros((n_landscapes, 2, 5))
    for i in range(n_landscapes):
        m, is_minimum = found(landscape, drawn(landscape, rng), rng, 250)
        counts[i, 0] = np.histogram(m, EDGES)[0]
        counts[i, 1] = np.histogram(m[is_minimum], EDGES)[0]
    mean, error = counts.mean(axis=0), counts.std(axis=0) / math.sqrt(n_landscapes)
    theory = expected(landscape, rng, 1500)
    assert np.all(np.abs(mean - theory) < 4 * error + 0.03 * theory)
    total, of_total = (
        counts.sum(axis=2).mean(axis=0),
        counts.sum(axis=2).std(axis=0) / math.sqrt(n_landscapes),
    )
    assert np.all(np.abs(total - theory.sum(axis=1)) < 3.5 * of_total)
