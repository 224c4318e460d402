"""The Hessian at a point of the path, given the path: isolated eigenvalues for N → ∞, and exact draws.

Notation as in docs/theory/simulation.md. On the tangent part of the visited span, d = k - 1 directions of which the
first is the signal's, the Hessian is μ + A. The other n = N - k directions see a GOE whose off-diagonal entries have
variance s² = σ²/N, and are coupled to the known ones by FG with FFᵀ = s² - BBᵀ, G : shape (d, n) standard normal.

More than 250 lines in one file because numba's cache on disk does not see edits of a helper in another file.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from .jit import fast_kernel, kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def weights(counts: Ints, weight: Floats, d: int, factor: float, path: Floats, out: Floats) -> None:
    """Weights factor · multinomial · a^B of all multisets B of size d at every point.

    path : shape (n, k); weight : shape (n_B,); out : shape (n, n_B).
    """
    k = path.shape[1]
    for i in range(path.shape[0]):
        out[i, 0] = 1.0
        for e in range(1, d + 1):
            for q in range(k - 1, -1, -1):
                for j in range(counts[e - 1, q + 1] - 1, -1, -1):
                    out[i, counts[e, q] + j] = out[i, j] * path[i, q]
        for B in range(out.shape[1]):
            out[i, B] *= factor * weight[B]


@fast_kernel
def reflect(X: Floats, v: Floats, both: bool) -> None:
    """X <- (1 - 2vvᵀ/|v|²)X in place, and the same from the right if ``both``."""
    k = v.size
    square = 0.0
    for i in range(k):
        square += v[i] * v[i]
    if square == 0.0:
        return
    w = np.zeros(X.shape[1])
    for i in range(k):
        for j in range(w.size):
            w[j] += v[i] * X[i, j]
    for i in range(k):
        for j in range(w.size):
            X[i, j] -= 2 / square * v[i] * w[j]
    if both:
        for i in range(k):
            c = 0.0
            for j in range(k):
                c += X[i, j] * v[j]
            for j in range(k):
                X[i, j] -= 2 / square * c * v[j]


@kernel
def to_tangent(A: Floats, B: Floats, a: Floats) -> None:
    """Turn A : shape (k, k) and B : shape (k, n_used) into the tangent basis, in place: the leading d = k - 1.

    The point a = (m, √(1-m²) w) drops out; the first tangent vector is the signal's, √(1-m²)e_0 - m w. At m = 1 there
    is none, and w is e_1.
    """
    k = a.size
    m, s = a[0], sqrt(max((1 - a[0]) * (1 + a[0]), 0.0))
    v = np.zeros(k)
    if np.any(a[1:]):
        v[1:] = a[1:] / s
    else:
        m, s, v[1] = 1.0, 0.0, 1.0
    sign = 1.0 if v[1] >= 0 else -1.0
    v[1] += sign
    reflect(A, v, True)  # w is now -sign e_1
    reflect(B, v, False)
    m *= -sign
    for j in range(B.shape[1]):
        B[0, j] = s * B[0, j] - m * B[1, j]
        for i in range(2, k):
            B[i - 1, j] = B[i, j]
    A[0, 0] = s * s * A[0, 0] - s * m * (A[0, 1] + A[1, 0]) + m * m * A[1, 1]
    for j in range(2, k):
        A[0, j - 1] = A[j - 1, 0] = s * A[0, j] - m * A[1, j]
    for i in range(2, k):
        for j in range(2, i + 1):
            A[i - 1, j - 1] = A[j - 1, i - 1] = 0.5 * (A[i, j] + A[j, i])


@fast_kernel
def factorise(y: float, A: Floats, Gamma: Floats, d: int, L: Floats) -> bool:
    """Cholesky factor of y + A + Γ/y; False if it is not positive definite."""
    for i in range(d):
        for j in range(i + 1):
            c = A[i, j] + Gamma[i, j] / y
            if i == j:
                c += y
            for r in range(j):
                c -= L[i, r] * L[j, r]
            if i > j:
                L[i, j] = c / L[j, j]
            elif c > 0:
                L[i, i] = sqrt(c)
            else:
                return False
    return True


@kernel
def solve(L: Floats, d: int, u: Floats) -> None:
    """Solve LLᵀu = u in place and normalise the solution."""
    for i in range(d):
        for r in range(i):
            u[i] -= L[i, r] * u[r]
        u[i] /= L[i, i]
    for i in range(d - 1, -1, -1):
        u[i] /= L[i, i]
        for r in range(i):
            u[r] -= L[i, r] * u[i]
    square = 0.0
    for i in range(d):
        square += u[i] * u[i]
    for i in range(d):
        u[i] /= sqrt(square)


@fast_kernel
def quadratic(X: Floats, u: Floats, d: int) -> float:
    """uᵀXu of a symmetric matrix, from its lower triangle."""
    total = 0.0
    for i in range(d):
        row = 0.5 * X[i, i] * u[i]
        for j in range(i):
            row += X[i, j] * u[j]
        total += 2 * row * u[i]
    return total


@kernel
def larger_root(A: Floats, Gamma: Floats, d: int, u: Floats) -> float:
    """Larger root of y + uᵀAu + uᵀΓu/y = 0 for a unit vector u; 0 if it is not positive."""
    alpha, gamma = quadratic(A, u, d), quadratic(Gamma, u, d)
    root = alpha * alpha - 4 * gamma
    return 0.5 * (sqrt(root) - alpha) if root > 0 and alpha < 0 else 0.0


@kernel
def outermost(A: Floats, Gamma: Floats, lower: float, d: int, L: Floats, u: Floats) -> float:
    """Largest y > lower at which y + A + Γ/y is singular, u its null vector; 0 if there is none.

    The matrix increases with y as long as Γ <= y²: beyond the largest root it is positive definite, and the larger root
    of y + uᵀAu + uᵀΓu/y = 0 is a lower bound for any u, with an error that is quadratic in that of u. On entry u is a
    unit vector, a guess.
    """
    if factorise(lower, A, Gamma, d, L):
        return 0.0
    lower = max(lower, larger_root(A, Gamma, d, u))
    step = 0.01 * lower
    upper = lower + step
    while not factorise(upper, A, Gamma, d, L):
        lower = upper
        step *= 4
        upper += step
    fresh = True
    for _ in range(200):
        if not fresh:
            factorise(upper, A, Gamma, d, L)
        for _ in range(4):
            solve(L, d, u)
        before = lower
        lower = max(lower, larger_root(A, Gamma, d, u))
        if lower - before < 1e-12 * lower and upper - lower < 1e-2 * lower:
            break
        y = lower + 0.1 * (upper - lower)
        fresh = factorise(y, A, Gamma, d, L)
        if fresh:
            upper = y
        else:
            lower = y
    return lower


@fast_kernel
def gram(n: float, B: Floats, d: int, Gamma: Floats) -> None:
    """Γ = n BBᵀ on the leading d coordinates, its lower triangle."""
    for i in range(d):
        for j in range(i + 1):
            c = 0.0
            for r in range(B.shape[1]):
                c += B[i, r] * B[j, r]
            Gamma[i, j] = n * c


@kernel
def outliers(
    A: Floats,
    B: Floats,
    path: Floats,
    mu: Floats,
    spike: Floats,
    n: float,
    v2: float,
    lower: float,
    out: Floats,
) -> None:
    """Lowest isolated eigenvalue at every point, and the squared overlap of its eigenvector with the signal.

    A : shape (n_t, k, k) and B : shape (n_t, k, n_used) on the whole span, overwritten; path : shape (n_t, k); mu,
    spike = Q''(m) : shape (n_t,); out : shape (n_t, 2), NaN where there is no y > lower.
    """
    k = path.shape[1]
    d = k - 1
    L, Gamma, u = np.zeros((k, k)), np.zeros((k, k)), np.full(k, 1 / sqrt(d))
    for t in range(path.shape[0]):
        A[t, 0, 0] -= spike[t]
        to_tangent(A[t], B[t], path[t])
        gram(n, B[t], d, Gamma)
        y = outermost(A[t], Gamma, lower, d, L, u)
        if y > 0.0:
            out[t, 0] = mu[t] - y - v2 / y
            out[t, 1] = u[0] ** 2 * (1 - v2 / y**2) / (1 - quadratic(Gamma, u, d) / y**2)
        else:
            out[t, :] = np.nan
            u[:] = 1 / sqrt(d)


@fast_kernel
def reveal(A: Floats, F: Floats, sigma: float, xi: Floats, chi: float, column: Floats) -> None:
    """Reveal the direction f that coordinate 0 is coupled to; coordinate 0 leaves and f enters as the last one.

    xi : shape (d,) standard normals; chi : length of a standard normal vector off the known directions. With φ = |F_0|
    the coupling of the known coordinates to f is Fy, y = χ along F_0/φ and standard normal across. column : shape (d,),
    the couplings of coordinate 0 to the coordinates that follow.
    """
    d = A.shape[0]
    v = F[0].copy()
    phi = 0.0
    for j in range(d):
        phi += v[j] * v[j]
    phi = sqrt(phi)
    sign = 1.0 if v[0] >= 0 else -1.0
    h = 1 / (phi * (phi + abs(v[0]))) if phi > 0 else 0.0
    v[0] += sign * phi  # the rotation of the columns after which F_0 = (-sign φ, 0, …)
    for i in range(1, d):
        column[i - 1] = A[i, 0]
        c = 0.0
        for j in range(d):
            c += F[i, j] * v[j]
        c *= h
        coupling = -sign * chi * (F[i, 0] - c * v[0])
        for j in range(1, d):
            rotated = F[i, j] - c * v[j]
            coupling += rotated * xi[j]
            F[i - 1, j - 1] = rotated
            A[i - 1, j - 1] = A[i, j]
        F[i - 1, d - 1] = 0.0
        A[i - 1, d - 1] = coupling
    for j in range(d - 1):
        A[d - 1, j] = A[j, d - 1]
        F[d - 1, j] = 0.0
    A[d - 1, d - 1] = sqrt(2.0) * sigma * xi[0]
    F[d - 1, d - 1] = sigma
    column[d - 1] = phi * chi


@fast_kernel
def turn(A: Floats, F: Floats, column: Floats) -> float:
    """Reflect the coordinates so that ``column`` is along the first; returns its length. Overwrites ``column``."""
    d = A.shape[0]
    v, w = column, np.empty(d)
    norm = 0.0
    for i in range(d):
        norm += v[i] * v[i]
    norm = sqrt(norm)
    if norm == 0.0:
        return norm
    h = 1 / (norm * (norm + abs(v[0])))
    v[0] += norm if v[0] >= 0 else -norm
    K = 0.0
    for i in range(d):
        c = 0.0
        for j in range(d):
            c += A[i, j] * v[j]
        w[i] = h * c
        K += w[i] * v[i]
    for i in range(d):
        w[i] -= 0.5 * h * K * v[i]
    for i in range(d):
        for j in range(d):
            A[i, j] -= v[i] * w[j] + w[i] * v[j]
    w[:] = 0.0
    for i in range(d):
        for j in range(d):
            w[j] += v[i] * F[i, j]
    for i in range(d):
        for j in range(d):
            F[i, j] -= h * v[i] * w[j]
    return norm


@kernel
def tridiagonalise(
    A: Floats, F: Floats, sigma: float, xi: Floats, chi: Floats, alpha: Floats, beta: Floats
) -> None:
    """Steps of the Householder form started from coordinate 0, none of the unknown block being formed.

    A, F : shape (d, d), updated; xi : shape (steps, d) and chi : shape (steps,), see `reveal`; alpha, beta :
    shape (steps,), diagonal and the off-diagonal after it.
    """
    column = np.empty(A.shape[0])
    for t in range(chi.size):
        alpha[t] = A[0, 0]
        reveal(A, F, sigma, xi[t], chi[t], column)
        beta[t] = turn(A, F, column)


@kernel
def sturm_counts(alpha: Floats, beta: Floats, points: Floats, out: Ints) -> None:
    """Number of eigenvalues of a tridiagonal matrix below each point; points, out : shape (n_points,)."""
    q = np.empty(points.size)
    for g in range(points.size):
        q[g] = alpha[0] - points[g]
        out[g] = 1 if q[g] < 0 else 0
    for i in range(1, alpha.size):
        square = beta[i - 1] * beta[i - 1]
        for g in range(points.size):
            last = q[g] if abs(q[g]) > 1e-290 else -1e-290
            q[g] = alpha[i] - points[g] - square / last
            out[g] += 1 if q[g] < 0 else 0


@kernel
def eigenvalue(alpha: Floats, beta: Floats, index: int, lower: float, upper: float) -> float:
    """Eigenvalue number ``index`` from below by sections into 17, known to lie between the two."""
    points, below = np.empty(16), np.empty(16, np.int64)
    while upper - lower > 4e-16 * max(abs(lower), abs(upper)) + 1e-300:
        for g in range(16):
            points[g] = lower + (upper - lower) * (g + 1) / 17
        sturm_counts(alpha, beta, points, below)
        before = upper - lower
        for g in range(15, -1, -1):
            if below[g] > index:
                upper = points[g]
        for g in range(16):
            if below[g] <= index and points[g] < upper:
                lower = max(lower, points[g])
        if not upper - lower < before:
            break
    return 0.5 * (lower + upper)


@kernel
def first_component(alpha: Floats, beta: Floats, lam: float) -> float:
    """Squared first component of the normalised eigenvector of eigenvalue lam, by the twisted factorisation."""
    n = alpha.size
    up, down = np.empty(n), np.empty(n)
    up[0] = alpha[0] - lam
    for i in range(1, n):
        last = up[i - 1] if up[i - 1] != 0.0 else 1e-290
        up[i] = alpha[i] - lam - beta[i - 1] ** 2 / last
    down[n - 1] = alpha[n - 1] - lam
    for i in range(n - 2, -1, -1):
        last = down[i + 1] if down[i + 1] != 0.0 else 1e-290
        down[i] = alpha[i] - lam - beta[i] ** 2 / last
    twist, smallest = 0, np.inf
    for i in range(n):
        gamma = abs(up[i] + down[i] - alpha[i] + lam)
        if gamma < smallest:
            twist, smallest = i, gamma
    square, z, first = 1.0, 1.0, 1.0
    for i in range(twist - 1, -1, -1):
        z *= -beta[i] / (up[i] if up[i] != 0.0 else 1e-290)
        square += z * z
        first = z
    z = 1.0
    for i in range(twist + 1, n):
        z *= -beta[i - 1] / (down[i] if down[i] != 0.0 else 1e-290)
        square += z * z
    return first * first / square
