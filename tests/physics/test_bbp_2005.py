"""[BBP2005] and [Peche2006]: bulk and outlier of real Hessians, made of full tensors of Gaussian noise.

Tolerances are three times the scatter expected at N = 300: σN^(-1/2) ≈ .12 for an outlier, σN^(-2/3) ≈ .05 for an edge
and N^(-1/2) for the overlap, enlarged where the outlier is close to the bulk.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import Model
from engine.complexity import good_minimum
from engine.hessian import spectrum

N_DIM = 300


class Instance:
    """One landscape of p = 3; the signal is √N e_0."""

    def __init__(self, model, seed):
        rng = np.random.default_rng(seed)
        self.model, n = model, N_DIM
        J = rng.standard_normal((n, n)) / math.sqrt(2 * n * model.delta_2)
        self.J = J + J.T
        self.T = rng.standard_normal((n, n, n), dtype=np.float32)
        self.T *= np.float32(1 / (n * math.sqrt(3 * model.delta_p)))

    def contract(self, x):
        """S[x, ·, ·] of the symmetrised tensor, shape (N, N)."""
        n, y = N_DIM, x.astype(np.float32)
        first = (y @ self.T.reshape(n, n * n)).reshape(n, n)
        last = (self.T.reshape(n * n, n) @ y).reshape(n, n)
        middle = np.matmul(y, self.T)
        M = (first + middle + last).astype(float)
        return (M + M.T) / 6

    def gradient_and_hessian(self, x):
        """Euclidean gradient and Hessian of the loss at x : (N,)."""
        a, b = self.model.inverse_delta_2, self.model.inverse_delta_p
        m, M = x[0] / math.sqrt(N_DIM), self.contract(x)
        gradient = -self.J @ x - 3 * M @ x
        gradient[0] -= math.sqrt(N_DIM) * (a * m + b * m * m)
        hessian = -self.J - 6 * M
        hessian[0, 0] -= a + 2 * b * m
        return gradient, hessian

    def tangent_spectrum(self, x, mu=None):
        """Eigenvalues, squared overlaps with the signal's tangential direction, and the multiplier used."""
        gradient, hessian = self.gradient_and_hessian(x)
        mu = -x @ gradient / N_DIM if mu is None else mu
        m = x[0] / math.sqrt(N_DIM)
        v = -m * x / math.sqrt(N_DIM)
        v[0] += 1
        v /= np.linalg.norm(v)
        frame, _ = np.linalg.qr(np.column_stack([x, np.eye(N_DIM)[:, 1:]]))
        frame = frame[:, 1:]
        lam, vectors = np.linalg.eigh(frame.T @ hessian @ frame + mu * np.eye(N_DIM - 1))
        return lam, (v @ frame @ vectors) ** 2, mu


def point(m, seed):
    """A point of the sphere at overlap m, independent of the noise."""
    z = np.random.default_rng(seed).standard_normal(N_DIM)
    z[0] = 0
    x = z * math.sqrt(N_DIM * (1 - m * m)) / np.linalg.norm(z)
    x[0] = m * math.sqrt(N_DIM)
    return x


@pytest.mark.parametrize(
    ("a", "delta_p", "m"),
    [(3.0, 1.0, 0.0), (4.0, 0.5, 0.3), (1.0, 1.0, 0.5), (0.2, 0.2, -0.6)],
    ids=["equator", "inside the flow", "no outlier", "above the bulk"],
)
def test_bulk_and_outlier_of_a_real_hessian(a, delta_p, m):
    model = Model(p=3, delta_2=1 / a, delta_p=delta_p)
    lam, overlaps, mu = Instance(model, 11).tangent_spectrum(point(m, 12))
    expected, sigma = spectrum(model, m, mu), model.sigma
    if expected.outlier is None:
        bulk = lam
        assert overlaps.max() < 0.15
    else:
        i = 0 if expected.theta > 0 else -1
        bulk = lam[1:] if i == 0 else lam[:-1]
        assert lam[i] == pytest.approx(expected.outlier, abs=0.17 * sigma)
        assert overlaps[i] == pytest.approx(expected.outlier_overlap, abs=0.17)
    assert bulk[0] == pytest.approx(expected.bulk_edge_lower, abs=0.07 * sigma)
    assert bulk[-1] == pytest.approx(expected.bulk_edge_upper, abs=0.07 * sigma)
    assert (lam < 0).mean() == pytest.approx(expected.negative_fraction, abs=0.01)
    assert bulk.std() == pytest.approx(sigma, rel=0.02)


def test_gradient_descent_ends_in_the_predicted_good_minimum():
    model = Model(p=3, delta_2=1 / 3, delta_p=4.0)
    well, instance, x = good_minimum(model), Instance(model, 21), point(0.5, 22)
    for _ in range(60):
        gradient, _ = instance.gradient_and_hessian(x)
        x = x - 0.3 / model.sigma * gradient
        x *= math.sqrt(N_DIM) / np.linalg.norm(x)
    lam, _, mu = instance.tangent_spectrum(x)
    assert x[0] / math.sqrt(N_DIM) == pytest.approx(well.overlap, abs=0.05)
    assert mu == pytest.approx(well.lagrange_multiplier, abs=0.25)
    assert lam[0] == pytest.approx(mu - 2 * model.sigma, abs=0.1 * model.sigma)
    assert lam[0] > 0
