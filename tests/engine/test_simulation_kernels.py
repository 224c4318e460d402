"""The parts of the simulation: index tables, the covariance of the landscape, spectra; kernels against plain Python."""

import math
from itertools import combinations_with_replacement

import numpy as np
import pytest

from engine import Landscape, Model
from engine._kernels import simulation as kernels
from engine._kernels import simulation_spectrum as spectra
from engine.simulation import simulate
from engine.simulation.curvature import HessianLaw, _blocks, hessian_law
from engine.simulation.instance import blank_instance
from engine.simulation.multisets import count, index_tables
from engine.simulation.spectrum import draw_tridiagonal
from engine.simulation.walker import Walker


def colexicographic(size, n):
    return sorted(combinations_with_replacement(range(n), size), key=lambda R: R[::-1])


@pytest.mark.parametrize("p", [2, 3, 4, 6])
def test_index_tables_are_those_of_listed_multisets(p):
    K = 5
    tables = index_tables(p, K)
    rows = colexicographic(p - 1, K)
    number = {R: i for i, R in enumerate(rows)}
    products = [math.prod(math.factorial(R.count(q)) for q in range(K)) for R in rows]
    np.testing.assert_array_equal(tables.multiplicity, products)
    np.testing.assert_array_equal(tables.run, [R.count(R[-1]) for R in rows])
    for i, B in enumerate(colexicographic(p - 2, K)):
        for q in range(K):
            assert tables.insert[i, q] == number[tuple(sorted((*B, q)))]
    assert tables.counts[p - 1, K] == len(rows) == count(p - 1, K)
    a = np.linspace(-0.7, 0.9, K)
    out = np.empty(len(rows))
    kernels.monomials(tables.counts, p - 1, K, a, out)
    np.testing.assert_allclose(out, [math.prod(a[list(R)]) for R in rows], rtol=1e-14)


class OneHot:
    """Stands for a generator of normals of which number ``i`` is 1 and all others 0."""

    def __init__(self, i):
        self.i, self.drawn = i, 0

    def standard_normal(self, size):
        out = np.zeros(size)
        if 0 <= self.i - self.drawn < size:
            out[self.i - self.drawn] = 1
        self.drawn += size
        return out


def linear_maps(model, n_dim, points):
    """What every single normal contributes to (h, ∂h, ∂²h) of the noise at two points of a blind span, h = H/N."""
    k = points.shape[1]
    size = sum(math.comb(k + p - 1, p) for p in model.landscape.orders)  # all components of all tensors
    columns = []
    for i in range(size + 1):
        walker = Walker(model, blank_instance(model, n_dim, 0))
        walker.random = OneHot(i)
        for _ in range(k):
            walker.add_direction(blind=True)
        assert walker.random.drawn == size
        instance_blocks = next(_blocks(model, _with_generator(walker), points))[1]
        g = np.empty((2, k))
        for row, a in zip(g, points, strict=True):
            a, part = np.ascontiguousarray(a), np.empty(walker.capacity)
            row[:] = 0
            for channel in walker.channels:
                kernels.pull(channel, k, 0, a, part, np.empty(0))
                row += part[:k]
        columns.append([np.concatenate([g[t], instance_blocks[t].ravel()]) for t in (0, 1)])
    assert not np.any(columns[-1])
    return np.array(columns[:-1])


def _with_generator(walker):
    walker.random = np.random.default_rng(0)
    return walker.instance()


FIXED = [Model(p=p, delta_2=0.4, delta_p=0.7) for p in (3, 4, 5)]
FIXED += [Landscape.of({1: 0.8, 3: 0.5, 4: 0.9}), Landscape.of({2: 0.5, 3: 0.7, 4: 0.2})]


def derivative_of_q(model, q, n):
    """n-th derivative of Q, the factors of q⁰, q¹, … one by one."""
    total = 0.0
    for k, a in model.landscape.noise:
        factors = math.prod(range(k - n + 1, k + 1)) / k
        total += a * factors * q ** (k - n) if k >= n else 0.0
    return total


@pytest.mark.parametrize("model", FIXED)
def test_covariances_on_a_fixed_path_are_derivatives_of_q(model):
    """Cov(H(x), H(y)) = N Q(x·y/N), differentiated: exactly, because all is linear in the normals drawn."""
    n_dim, k = 50, 3
    x, y = np.random.default_rng(1).standard_normal((2, k))
    x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
    maps = linear_maps(model, n_dim, np.array([x, y]))
    X, Y = maps[:, 0], maps[:, 1]
    q, eye = x @ y, np.eye(k)
    d1, d2, d3, d4 = (derivative_of_q(model, q, n) for n in (1, 2, 3, 4))
    gradients = d1 * eye + d2 * np.outer(y, x)
    np.testing.assert_allclose(X[:, :k].T @ Y[:, :k] * n_dim, gradients, atol=1e-13)
    # energies by Euler's identity of each channel are the gradient's components along the point
    np.testing.assert_allclose((X[:, :k] @ x) @ (Y[:, :k] @ y) * n_dim, d1 * q + d2 * q * q, atol=1e-12)
    mixed = d2 * (np.einsum("ik,j->ijk", eye, y) + np.einsum("jk,i->ijk", eye, y))
    mixed += d3 * np.einsum("i,j,k->ijk", y, y, x)
    found = (X[:, k:].T @ Y[:, :k]).reshape(k, k, k) * n_dim
    np.testing.assert_allclose(found, mixed, atol=1e-12)
    hessians = d2 * (np.einsum("ik,jl->ijkl", eye, eye) + np.einsum("jk,il->ijkl", eye, eye))
    for pairs in ("ik,j,l", "il,j,k", "jk,i,l", "jl,i,k"):
        hessians += d3 * np.einsum(f"{pairs}->ijkl", eye, y, x)
    hessians += d4 * np.einsum("i,j,k,l->ijkl", y, y, x, x)
    found = (X[:, k:].T @ Y[:, k:]).reshape(k, k, k, k) * n_dim
    np.testing.assert_allclose(found, hessians, atol=1e-12)


@pytest.mark.parametrize("model", FIXED)
def test_off_the_span_gradient_and_hessian_have_their_covariance(model):
    """Cov(∂_f H(x), ∂_f H(y)) = Q'(q); the mixed rows' covariance on the tangent space is Q''(1)/N: equation (9)."""
    n_dim, k = 50, 4
    x, y = np.random.default_rng(2).standard_normal((2, k))
    x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
    walker = Walker(model, blank_instance(model, n_dim, 0))
    for _ in range(k):
        walker.add_direction(blind=True)
    weights = []
    for a in (x, y):
        for channel in walker.channels:
            kernels.pull(channel, k, 0, a, np.empty(walker.capacity), np.empty(0))
        rows = [channel.work[: channel.counts[channel.order - 1, k]] for channel in walker.channels]
        weights.append(np.concatenate(rows))
    np.testing.assert_allclose(weights[0] @ weights[1] * n_dim, model.q_prime(x @ y), rtol=1e-12)
    law = hessian_law(model, walker.instance(), x)
    np.testing.assert_allclose(law.factor @ law.factor.T * n_dim, model.sigma**2 * np.eye(k - 1), atol=1e-12)


@pytest.mark.parametrize("n_dim", [60, 10**9])
def test_known_block_and_rows_respect_the_path(n_dim):
    """Rows keep Z = (1 - UUᵀ)Z', directions are orthonormal, and the Hessian law is positive."""
    run = simulate(Model(p=4, delta_2=0.4, delta_p=1.0), n_dim=n_dim, seed=0, overlap_0=0.2, t_max=4.0)
    used = np.concatenate([noise.used for noise in run.instance.noise])
    np.testing.assert_allclose(used.T @ used, np.eye(used.shape[1]), atol=1e-12)
    point = run.path[20]
    law = hessian_law(run.model, run.instance, point)
    assert np.linalg.eigvalsh(law.factor @ law.factor.T).min() > -1e-15
    assert law.n_unknown == n_dim - point.size
    # A on the path's own direction: a difference of gradients, ∇H(x + εu) - ∇H(x - εu), at fixed noise
    walker = Walker(run.model, run.instance)
    u = np.random.default_rng(0).standard_normal(point.size)
    u -= (u @ point) * point
    gradient = []
    for sign in (1, -1):
        a = np.zeros(walker.capacity)
        a[: point.size] = point + sign * 1e-5 * u
        parts = np.empty((2, walker.capacity))
        for part, channel in zip(parts, walker.channels, strict=True):
            kernels.pull(channel, walker.k, walker.n_used, a, part, np.zeros(walker.capacity))
        gradient.append(parts.sum(axis=0)[: point.size])
    curvature = u @ (gradient[0] - gradient[1]) / 2e-5
    block = next(_blocks(run.model, run.instance, point[None, :]))[1][0]
    np.testing.assert_allclose(u @ block @ u, curvature, rtol=1e-7)


def dense(alpha, beta):
    return np.diag(alpha) + np.diag(beta, 1) + np.diag(beta, -1)


def test_without_unknown_directions_the_tridiagonal_form_is_the_matrix():
    A = np.random.default_rng(0).standard_normal((9, 9))
    A += A.T
    law = HessianLaw(known=A, factor=np.zeros((9, 9)), spread=1.0, n_unknown=0)
    alpha, beta = draw_tridiagonal(law, np.random.default_rng(1))
    value, vector = np.linalg.eigh(A)
    found, component = np.linalg.eigh(dense(alpha, beta))
    np.testing.assert_allclose(found, value, atol=1e-13)
    np.testing.assert_allclose(component[0] ** 2, vector[0] ** 2, atol=1e-13)


def test_first_step_of_the_tridiagonal_form():
    """α₁ = A₀₀ and β₁² = Σ A₀ᵢ² + |F₀|²χ²: the row of coordinate 0, known and unknown."""
    random = np.random.default_rng(3)
    d, n, s = 4, 3, 0.6
    A, F = random.standard_normal((2, d, d))
    A += A.T
    known, factor = A.copy(), F.copy()
    xi, chi = random.standard_normal((n, d)), random.standard_gamma(1.5, n)
    alpha, beta = np.empty(n), np.empty(n)
    spectra.tridiagonalise(known, factor, s, xi, chi, alpha, beta)
    assert np.all(beta > 0)
    np.testing.assert_allclose(known, known.T, atol=1e-12)
    assert alpha[0] == A[0, 0]
    phi = np.linalg.norm(F[0])
    np.testing.assert_allclose(beta[0] ** 2, A[0, 1:] @ A[0, 1:] + (phi * chi[0]) ** 2)


def test_tridiagonal_eigenvalues_and_overlaps():
    random = np.random.default_rng(0)
    alpha, beta = random.standard_normal(200), np.abs(random.standard_normal(199))
    value, vector = np.linalg.eigh(dense(alpha, beta))
    for i in (0, 1, 2, 100, 199):
        lam = spectra.eigenvalue(alpha, beta, i, -10.0, 10.0)
        np.testing.assert_allclose(lam, value[i], atol=1e-13)
        found = spectra.first_component(alpha, beta, lam)
        np.testing.assert_allclose(found, vector[0, i] ** 2, rtol=1e-6, atol=1e-25)
    points = np.linspace(-4, 4, 37)
    below = np.empty(37, dtype=np.int64)
    spectra.sturm_counts(alpha, beta, points, below)
    np.testing.assert_array_equal(below, np.searchsorted(value, points))


def test_outermost_root_is_that_of_the_linearised_problem():
    """y² + yA + Γ = 0 has the roots of [[-A, -G], [Gᵀ, 0]] with Γ = GGᵀ."""
    random = np.random.default_rng(4)
    for trial in range(20):
        d = 6
        A = random.standard_normal((d, d)) / math.sqrt(d)
        A += A.T
        A[0, 0] -= 1.5 * (trial % 3)
        G = 0.2 * random.standard_normal((d, 3))
        roots = np.linalg.eigvals(np.block([[-A, -G], [G.T, np.zeros((3, 3))]]))
        largest = roots.real[abs(roots.imag) < 1e-12].max()
        u = np.full(d, d**-0.5)
        y = spectra.outermost(A, G @ G.T, 1.0, d, np.zeros((d, d)), u)
        if largest > 1:
            np.testing.assert_allclose(y, largest, rtol=1e-10)
            np.testing.assert_allclose(y * u + A @ u + G @ (G.T @ u) / y, 0, atol=1e-6)
        else:
            assert y == 0


def plain(kernel):
    return getattr(kernel, "py_func", kernel)


@pytest.mark.parametrize("name", ["reveal", "turn"])
def test_tridiagonal_kernels_against_plain_python(name):
    random = np.random.default_rng(5)
    A, F = random.standard_normal((2, 5, 5))
    column, xi = random.standard_normal((2, 5))
    arguments = {"reveal": (0.7, xi, 1.3, column), "turn": (column,)}[name]
    copies = [[np.copy(x) if isinstance(x, np.ndarray) else x for x in (A, F, *arguments)] for _ in range(2)]
    results = [
        run(*copy)
        for run, copy in zip((getattr(spectra, name), plain(getattr(spectra, name))), copies, strict=True)
    ]
    assert results[0] == pytest.approx(results[1])
    for one, other in zip(*copies, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-13)


def test_descent_against_plain_python():
    model = Model(p=3, delta_2=0.4, delta_p=1.0)
    run = simulate(model, n_dim=1000, seed=1, overlap_0=0.1, t_max=2.0)
    outputs = []
    for descend in (kernels.descend, plain(kernels.descend)):
        walker = Walker(model, run.instance)
        record, path = np.zeros((4, 5)), np.zeros((4, walker.capacity))
        rule, span = kernels.Rule(0.07, 1.0, 1000.0), kernels.Span(walker.k, walker.n_used)
        point = kernels.Point(walker.a, walker.c_rho)
        stop = descend(0, 3, rule, span, walker.channels, point, record, path)
        assert stop == (kernels.DONE, 3)
        outputs.append((record, path, walker.a.copy()))
    for one, other in zip(*outputs, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-14)
