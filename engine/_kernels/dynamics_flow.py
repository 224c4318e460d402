"""Rows of the two-time equations, one after another: history sums, exact Jacobian, Newton step, step control.

Notation as in [CugliandoloKurchan1993] and [SaraoMannelli2019b]: C(t,t'), R(t,t'), mu, Q', Q'', Σ = R Q''(C),
with theta = t'/t, x = 1 - theta and y = ln m. A row n is the pair C(t_n, ·), R(t_n, ·) on the nodes of a grid
in t'; v = ln t is its clock. After a restart at te the first `off` columns are fixed times t' < te, the
others the moving grid t' = te + theta (t - te), and the clock is v = ln(t - te). Couplings of the noise (a:
tensor, b: matrix) and of the signal (sa, sb) are kept apart: natural units scale them differently, and the
mirror side flips the sign of sa alone.

One file of more than 250 lines because numba's cache on disk does not see edits of a helper in another file.
Indices are unsigned where they are read from a table: numba then emits no wrap-around test and LLVM
vectorises.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from __future__ import annotations

import math
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine._kernels.jit import fast_kernel, kernel

Array: TypeAlias = NDArray[np.float64]

ROWS: Final = 6  # rows of the interpolation in v
NODES: Final = 8  # nodes of an element in theta: eight doubles fill whole SIMD registers
ORDER: Final = 4  # of the backward differentiation in v
ORDER_Y: Final = 5  # the same for ln m, whose error would add up over a long growth
NODES_U: Final = np.uint64(NODES)
ONE: Final = np.uint64(1)

RUNNING: Final = 0  # the end of the stage is reached
STATIONARY: Final = 1
STALLED: Final = 2  # no progress: step too small, or no rows left
ESCAPED: Final = 3  # a restart at the row state[PEAK_ROW] is wanted
ENERGY_ROSE: Final = 4  # although T = 0

# places of the state array, shape (7,)
STEP: Final = 0  # next step in v
LOW: Final = 1  # lowest energy so far
PEAK: Final = 2  # largest |dm/dv| so far and its row
PEAK_ROW: Final = 3
STILL: Final = 4  # rows in a row without motion (T > 0)
BUILDS: Final = 5
REJECTED: Final = 6
STATE_SIZE: Final = 7

MOST_NEWTON: Final = 5
CRAWL_ROWS: Final = 40
MOST_EXPONENT: Final = 25.0  # of m(s)/m(t): an overlap that decays (paramagnet) would overflow it


class Couplings(NamedTuple):
    """Numbers of the equations in natural units; `live`: 1 where m acts back, 0 for the linear gain."""

    p: int
    a: float
    b: float
    sa: float
    sb: float
    T: float
    live: float


class Tables(NamedTuple):
    """A theta grid of L nodes; tables of shape (L, L) and (L, L, NODES) are for the pair (k, j) of nodes.

    start_*, weight_*: first node and weights that interpolate at rho = theta_j + x_j theta_k ("rho"), at
    theta_k/rho ("phi") and at theta_k theta_j ("product").
    """

    theta: Array
    x: Array
    W: Array
    transport: Array  # theta d/dtheta
    log_theta: Array
    log_rho: Array
    start_rho: NDArray[np.uint32]
    weight_rho: Array
    start_phi: NDArray[np.uint32]
    weight_phi: Array
    start_product: NDArray[np.uint32]
    weight_product: Array


class Past(NamedTuple):
    """Static memory of t' < te: history matrices (off, off + 1), weights and y (off,) at its nodes."""

    te: float
    A: Array
    B: Array
    G: Array
    W: Array
    y: Array


class Rows(NamedTuple):
    """Clock v, y and dy/dt, mu and energies: (n_max,); H: (n_max, 2, columns) holds C and R.

    den: (n_max, ROWS) inverse denominators of the interpolation in v.
    """

    V: Array
    Y: Array
    DY: Array
    MU: Array
    E2: Array
    EP: Array
    H: Array
    den: Array


class Scratch(NamedTuple):
    """Work space; L moving nodes, off fixed ones, Lt = off + L columns, N = 2 (Lt - 1) + 1 unknowns."""

    A: Array  # (L, L): I_C = A Σ + B D
    B: Array
    G: Array  # (L, L): I_R = G Σ
    J: Array  # (L, L): derivative through the history, contour 2
    JC: Array  # (L, L): contour 1, by C and by R
    JR: Array
    XC: Array  # (L - 1, off): C(te + theta_j (t - te), t'_k), and R
    XR: Array
    x_new: Array  # (L,): weight of the newest row at those times
    W: Array  # (Lt,): quadrature weights in t'
    q1: Array  # (Lt,): Q'(C), Q''(C), Q'''(C), R Q''
    q2: Array
    q3: Array
    sigma: Array
    mu_c: Array  # (Lt,): gradient of mu
    mu_r: Array
    y: Array  # (Lt,): ln m at the nodes' times, and the weight of the newest row there
    y_new: Array
    blend: Array  # (2, Lt)
    res: Array  # (N,)
    M: Array  # (N, N)


class Control(NamedTuple):
    """Tolerances and stop rules, in natural units."""

    t_max: float
    tol: float
    dv_max: float
    newton_tol: float
    y_weight: float
    y_relative: float  # 1: the step control takes ln m relative to its size
    energy_tol: float
    targets: Array  # (n,) overlaps of the stable minima
    still: float  # how near and how slow counts as stationary; 0: never
    restart_after: float  # earliest te; 0: never
    restart_step: float
    restart_fraction: float
    single: bool  # linear solve in float32


@kernel
def power(x, k):
    """x**k for an integer k >= 0."""
    r = 1.0
    for _ in range(k):
        r *= x
    return r


@kernel
def overlap(y, live):
    """Overlap e^y, or 0 where it does not act back."""
    return math.exp(y) if live > 0 else 0.0


@kernel
def row_weights(V, n, v, w):
    """First of the six rows around v and their Lagrange weights w; before row 0, that row alone."""
    if v <= V[0]:
        w[:] = 0.0
        w[0] = 1.0
        return 0
    low = 0
    high = n
    while high - low > 1:
        middle = (low + high) >> 1
        if V[middle] <= v:
            low = middle
        else:
            high = middle
    r = min(max(low - (ROWS // 2 - 1), 0), n - ROWS + 1)
    for i in range(ROWS):
        f = 1.0
        for j in range(ROWS):
            if j != i:
                f *= (v - V[r + j]) / (V[r + i] - V[r + j])
        w[i] = f
    return r


@kernel
def inverse_denominators(V, n, first, den):
    """den[r, i] = 1/Π_{j≠i}(V[r+i] - V[r+j]) for the stencils from row `first` on that end by row n."""
    for r in range(max(0, first), n - ROWS + 2):
        for i in range(ROWS):
            f = 1.0
            for j in range(ROWS):
                if j != i:
                    f *= V[r + i] - V[r + j]
            den[r, i] = 1.0 / f


@kernel
def backward_weights(V, n, w):
    """Weights w[i] of row n - i in d/dv at row n, of the polynomial through as many rows."""
    w[0] = 0.0
    for j in range(1, w.size):
        w[0] += 1.0 / (V[n] - V[n - j])
    for i in range(1, w.size):
        f = 1.0 / (V[n - i] - V[n])
        for j in range(1, w.size):
            if j != i:
                f *= (V[n] - V[n - j]) / (V[n - i] - V[n - j])
        w[i] = f


@fast_kernel
def blend_rows(H, r, w, o, size, out):
    """out[q, :] = Σ_i w[i] H[r + i, q, o:o + size]."""
    for q in range(2):
        h0 = H[r, q, o:]
        h1 = H[r + 1, q, o:]
        h2 = H[r + 2, q, o:]
        h3 = H[r + 3, q, o:]
        h4 = H[r + 4, q, o:]
        h5 = H[r + 5, q, o:]
        for j in range(size):
            out[q, j] = (
                w[0] * h0[j] + w[1] * h1[j] + w[2] * h2[j] + w[3] * h3[j] + w[4] * h4[j] + w[5] * h5[j]
            )


@fast_kernel
def contour_1(k, n, t, rows, o, grid, sigma, q1, w, blend, A, B, JC, JR):
    """Integrals over s = theta_k t theta_j < t': the row at t' = theta_k t, whose nodes are the grid's.

    Adds ∫Σ(s) C(t',s) ds to A and ∫D(s) R(t',s) ds to B; JC, JR through the weight of the newest row.
    """
    L = np.uint64(grid.W.size)
    r = row_weights(rows.V, n, rows.V[n] + grid.log_theta[k], w)
    blend_rows(rows.H, r, w, o, grid.W.size, blend)
    f = t * grid.theta[k]
    start = grid.start_product[k]
    weight = grid.weight_product[k]
    for j in range(L - ONE):
        i0 = np.uint64(start[j])
        cc = grid.W[j] * f * blend[0, j]
        rr = grid.W[j] * f * blend[1, j]
        for i in range(NODES_U):
            A[k, i0 + i] += cc * weight[j, i]
        for i in range(NODES_U):
            B[k, i0 + i] += rr * weight[j, i]
    if r + ROWS - 1 < n:
        return
    newest = w[n - r]
    for j in range(L - ONE):
        i0 = np.uint64(start[j])
        ss = 0.0
        dd = 0.0
        for i in range(NODES_U):
            ss += weight[j, i] * sigma[i0 + i]
            dd += weight[j, i] * q1[i0 + i]
        f1 = grid.W[j] * f * newest
        JC[k, j] += f1 * ss
        JR[k, j] += f1 * dd


@fast_kernel
def contour_2(k, n, t, rows, o, grid, sigma, A, G, J):
    """Integrals over s = t' + (t - t') theta_j: Σ at rho = s/t, histories C(s,t'), R(s,t') at theta_k/rho.

    Adds ∫Σ(s) C(s,t') ds to A and ∫Σ(s) R(s,t') ds to G; J through the weight of the newest row. The row
    pointer only moves forward with j.
    """
    V = rows.V
    H = rows.H
    L = np.uint64(grid.W.size)
    o = np.uint64(o)
    last = np.uint64(n - ROWS + 1)
    f = t * grid.x[k]
    v0 = V[0]
    low = 0
    v = V[n] + grid.log_rho[k, 0]
    if v > v0:
        high = n
        while high - low > 1:
            middle = (low + high) >> 1
            if V[middle] <= v:
                low = middle
            else:
                high = middle
    phi = grid.weight_phi[k]
    rho = grid.weight_rho[k]
    start_phi = grid.start_phi[k]
    start_rho = grid.start_rho[k]
    log_rho = grid.log_rho[k]
    den = rows.den
    for j in range(L - ONE):
        v = V[n] + log_rho[j]
        h = np.uint64(start_phi[j]) + o
        i0 = np.uint64(start_rho[j])
        cc = 0.0
        rr = 0.0
        r = np.uint64(0)
        newest = 0.0
        if v <= v0:
            for m in range(NODES_U):
                cc += phi[j, m] * H[r, 0, h + m]
                rr += phi[j, m] * H[r, 1, h + m]
        else:
            while low < n - 1 and V[low + 1] <= v:
                low += 1
            r = np.uint64(min(max(low - (ROWS // 2 - 1), 0), n - ROWS + 1))
            r1 = r + ONE
            r2 = r1 + ONE
            r3 = r2 + ONE
            r4 = r3 + ONE
            r5 = r4 + ONE
            d0 = v - V[r]
            d1 = v - V[r1]
            d2 = v - V[r2]
            d3 = v - V[r3]
            d4 = v - V[r4]
            d5 = v - V[r5]
            left2 = d0 * d1
            left3 = left2 * d2
            right2 = d5 * d4
            right3 = right2 * d3
            w0 = den[r, 0] * d1 * d2 * right3
            w1 = den[r, 1] * d0 * d2 * right3
            w2 = den[r, 2] * left2 * right3
            w3 = den[r, 3] * left3 * right2
            w4 = den[r, 4] * left3 * d3 * d5
            w5 = den[r, 5] * left3 * d3 * d4
            newest = w5
            for m in range(NODES_U):
                cc += phi[j, m] * (
                    w0 * H[r, 0, h + m]
                    + w1 * H[r1, 0, h + m]
                    + w2 * H[r2, 0, h + m]
                    + w3 * H[r3, 0, h + m]
                    + w4 * H[r4, 0, h + m]
                    + w5 * H[r5, 0, h + m]
                )
            for m in range(NODES_U):
                rr += phi[j, m] * (
                    w0 * H[r, 1, h + m]
                    + w1 * H[r1, 1, h + m]
                    + w2 * H[r2, 1, h + m]
                    + w3 * H[r3, 1, h + m]
                    + w4 * H[r4, 1, h + m]
                    + w5 * H[r5, 1, h + m]
                )
        w = grid.W[j] * f
        cc *= w
        rr *= w
        for i in range(NODES_U):
            A[k, i0 + i] += cc * rho[j, i]
        for i in range(NODES_U):
            G[k, i0 + i] += rr * rho[j, i]
        if r == last and newest != 0.0:
            ss = 0.0
            for i in range(NODES_U):
                ss += rho[j, i] * sigma[i0 + i]
            ss *= w * newest
            for m in range(NODES_U):
                J[k, h - o + m] += ss * phi[j, m]


@kernel
def history_matrices(
    n: int,
    t: float,
    rows: Rows,
    o: int,
    grid: Tables,
    sigma: Array,
    q1: Array,
    w: Array,
    blend: Array,
    A: Array,
    B: Array,
    G: Array,
    J: Array,
    JC: Array,
    JR: Array,
) -> None:
    """Fill the history matrices of row n for the grid in columns o.., whose own time is t."""
    A[:, :] = 0.0
    B[:, :] = 0.0
    G[:, :] = 0.0
    J[:, :] = 0.0
    JC[:, :] = 0.0
    JR[:, :] = 0.0
    for k in range(grid.W.size - 1):
        if k > 0:
            contour_1(k, n, t, rows, o, grid, sigma, q1, w, blend, A, B, JC, JR)
        contour_2(k, n, t, rows, o, grid, sigma, A, G, J)


@kernel
def cross_memory(n, rows, off, grid, w, work):
    """Rows at the times of the moving nodes on the fixed columns, and the newest row's weight there."""
    for j in range(grid.W.size - 1):
        r = row_weights(rows.V, n, rows.V[n] + grid.log_theta[j], w)
        work.x_new[j] = w[n - r] if r + ROWS - 1 >= n else 0.0
        blend_rows(rows.H, r, w, 0, off, work.blend)
        for k in range(off):
            work.XC[j, k] = work.blend[0, k]
            work.XR[j, k] = work.blend[1, k]


@fast_kernel
def kernel_functions(couplings, c, r, work):
    """Q'(C), Q''(C), Q'''(C) and Σ = R Q''(C) of the noise on a row, and the gradient of mu by C and by R."""
    p = couplings.p
    a = couplings.a
    b = couplings.b
    for i in range(c.size):
        z = power(c[i], p - 3)
        q3 = (p - 1) * (p - 2) * a * z
        q2 = (p - 1) * a * z * c[i] + b
        q1 = a * z * c[i] * c[i] + b * c[i]
        work.q1[i] = q1
        work.q2[i] = q2
        work.q3[i] = q3
        work.sigma[i] = r[i] * q2
        work.mu_c[i] = work.W[i] * r[i] * (2.0 * q2 + q3 * c[i])
        work.mu_r[i] = work.W[i] * (q1 + q2 * c[i])


@kernel
def observables(couplings: Couplings, y: float, c: Array, r: Array, W: Array) -> tuple[float, float, float]:
    """Lagrange multiplier, matrix energy and tensor energy of a row."""
    p = couplings.p
    m = overlap(y, couplings.live)
    signal_p = couplings.sa * power(m, p)
    signal_2 = couplings.sb * m * m
    mu = couplings.T + signal_p + signal_2
    e2 = -0.5 * signal_2
    ep = -signal_p / p
    for i in range(W.size):
        z = couplings.a * power(c[i], p - 1)
        mu += W[i] * r[i] * (p * z + 2.0 * couplings.b * c[i])
        e2 -= W[i] * r[i] * couplings.b * c[i]
        ep -= W[i] * r[i] * z
    return mu, e2, ep


@kernel
def log_overlaps(n, rows, past, off, grid, w, work):
    """Fill y = ln m at the times of all nodes, and the newest row's weight in it."""
    for k in range(off):
        work.y[k] = past.y[k]
        work.y_new[k] = 0.0
    for k in range(grid.W.size):
        r = row_weights(rows.V, n, rows.V[n] + grid.log_theta[k], w)
        y = 0.0
        for i in range(ROWS):
            y += w[i] * rows.Y[r + i]
        work.y[off + k] = y
        work.y_new[off + k] = w[n - r] if r + ROWS - 1 >= n else 0.0


@fast_kernel
def memory_terms(past, off, inverse_t, c, r, grid, work, FC, FR):
    """Memory integrals I_C and I_R of a row plus its transport terms, into FC and FR (Lt - 1,)."""
    L = grid.W.size
    sigma = work.sigma
    for k in range(L - 1):
        fc = 0.0
        fr = 0.0
        for j in range(L):
            d = grid.transport[k, j] * inverse_t
            fc += work.A[k, j] * sigma[off + j] + work.B[k, j] * work.q1[off + j] + d * c[off + j]
            fr += work.G[k, j] * sigma[off + j] + d * r[off + j]
        for i in range(off):
            fc += work.W[i] * (work.XC[k, i] * sigma[i] + work.XR[k, i] * work.q1[i])
        FC[off + k] = fc
        FR[off + k] = fr
    for k in range(off):
        fc = 0.0
        fr = 0.0
        for i in range(off + 1):
            fc += past.A[k, i] * sigma[i] + past.B[k, i] * work.q1[i]
            fr += past.G[k, i] * sigma[i]
        FC[k] = fc
        FR[k] = fr
    for j in range(L - 1):
        s = work.W[off + j] * sigma[off + j]
        for k in range(off):
            FC[k] += s * work.XC[j, k]
            FR[k] += s * work.XR[j, k]


@kernel
def residual(n, couplings, grid, past, rows, off, T2, bdf, bdf_y, work, FC, FR):
    """Residual of row n; returns mu, its derivative by y, dy/dv, and the derivative of y's memory term."""
    p = couplings.p
    L = grid.W.size
    NL = off + L - 1
    c = rows.H[n, 0]
    r = rows.H[n, 1]
    y = rows.Y[n]
    m = overlap(y, couplings.live)
    qm1 = couplings.sa * power(m, p - 1) + couplings.sb * m
    mu, _, _ = observables(couplings, y, c, r, work.W)
    y_drive = 0.0
    y_drive_new = 0.0
    for i in range(NL + 1):
        s = work.W[i] * work.sigma[i] * math.exp(min(work.y[i] - y, MOST_EXPONENT))
        y_drive += s
        y_drive_new += s * (work.y_new[i] - 1.0)
    memory_terms(past, off, 1.0 / T2, c, r, grid, work, FC, FR)
    for k in range(NL):
        dc = 0.0
        dr = 0.0
        for i in range(ORDER + 1):
            dc += bdf[i] * rows.H[n - i, 0, k]
            dr += bdf[i] * rows.H[n - i, 1, k]
        work.res[k] = dc / T2 + mu * c[k] - qm1 * overlap(work.y[k], couplings.live) - FC[k]
        work.res[NL + k] = dr / T2 + mu * r[k] - FR[k]
    dy = 0.0
    for i in range(ORDER_Y + 1):
        dy += bdf_y[i] * rows.Y[n - i]
    work.res[2 * NL] = dy / T2 + mu - couplings.sa * power(m, p - 2) - couplings.sb - y_drive
    mu_y = p * couplings.sa * power(m, p) + 2.0 * couplings.sb * m * m
    return mu, mu_y, dy, y_drive_new


@fast_kernel
def jacobian_past(off, L, past, c, r, work):
    """Rows k < off of the Jacobian: equations at the fixed times t' < te."""
    NL = off + L - 1
    M = work.M
    diagonal = 0.0
    for j in range(L - 1):
        diagonal += work.W[off + j] * work.sigma[off + j] * work.x_new[j]
    for k in range(off):
        ck = c[k]
        rk = r[k]
        for i in range(NL):
            M[k, i] = ck * work.mu_c[i]
            M[k, NL + i] = ck * work.mu_r[i]
            M[NL + k, i] = rk * work.mu_c[i]
            M[NL + k, NL + i] = rk * work.mu_r[i]
        for i in range(off + 1):
            rq3 = r[i] * work.q3[i]
            M[k, i] -= past.A[k, i] * rq3 + past.B[k, i] * work.q2[i]
            M[k, NL + i] -= past.A[k, i] * work.q2[i]
            M[NL + k, i] -= past.G[k, i] * rq3
            M[NL + k, NL + i] -= past.G[k, i] * work.q2[i]
        for j in range(L - 1):
            i = off + j
            wc = work.W[i] * work.XC[j, k]
            wr = work.W[i] * work.XR[j, k]
            rq3 = r[i] * work.q3[i]
            M[k, i] -= wc * rq3
            M[k, NL + i] -= wc * work.q2[i]
            M[NL + k, i] -= wr * rq3
            M[NL + k, NL + i] -= wr * work.q2[i]
        M[k, k] -= diagonal
        M[NL + k, NL + k] -= diagonal


@fast_kernel
def jacobian_moving(off, inverse_t, grid, c, r, work):
    """Rows k >= off of the Jacobian: equations at the moving nodes."""
    L = grid.W.size
    NL = off + L - 1
    M = work.M
    for k2 in range(L - 1):
        k = off + k2
        ck = c[k]
        rk = r[k]
        new = work.x_new[k2]
        for i in range(off):
            wc = work.W[i] * work.XC[k2, i]
            wr = work.W[i] * work.XR[k2, i]
            rq3 = r[i] * work.q3[i]
            M[k, i] = ck * work.mu_c[i] - wc * rq3 - wr * work.q2[i] - work.W[i] * work.sigma[i] * new
            M[k, NL + i] = ck * work.mu_r[i] - wc * work.q2[i] - work.W[i] * work.q1[i] * new
            M[NL + k, i] = rk * work.mu_c[i]
            M[NL + k, NL + i] = rk * work.mu_r[i]
        for j in range(L - 1):
            i = off + j
            rq3 = r[i] * work.q3[i]
            q2 = work.q2[i]
            d = grid.transport[k2, j] * inverse_t + work.J[k2, j]
            M[k, i] = ck * work.mu_c[i] - d - work.A[k2, j] * rq3 - work.B[k2, j] * q2 - work.JC[k2, j]
            M[k, NL + i] = ck * work.mu_r[i] - work.A[k2, j] * q2 - work.JR[k2, j]
            M[NL + k, i] = rk * work.mu_c[i] - work.G[k2, j] * rq3
            M[NL + k, NL + i] = rk * work.mu_r[i] - d - work.G[k2, j] * q2


@kernel
def jacobian_overlap(n, couplings, T2, bdf0, bdf_y0, mu, mu_y, y_drive_new, rows, work):
    """Diagonal of the Jacobian, and its last row and column, those of y."""
    p = couplings.p
    c = rows.H[n, 0]
    r = rows.H[n, 1]
    y = rows.Y[n]
    m = overlap(y, couplings.live)
    qm1 = couplings.sa * power(m, p - 1) + couplings.sb * m
    qm2_m = (p - 1) * couplings.sa * power(m, p - 1) + couplings.sb * m
    N = work.res.size
    NL = (N - 1) // 2
    M = work.M
    for k in range(NL):
        M[k, k] += bdf0 / T2 + mu
        M[NL + k, NL + k] += bdf0 / T2 + mu
        mk = overlap(work.y[k], couplings.live)
        M[k, N - 1] = c[k] * mu_y - qm2_m * mk - qm1 * mk * work.y_new[k]
        M[NL + k, N - 1] = r[k] * mu_y
    for i in range(NL):
        s = work.W[i] * math.exp(min(work.y[i] - y, MOST_EXPONENT))
        M[N - 1, i] = work.mu_c[i] - s * r[i] * work.q3[i]
        M[N - 1, NL + i] = work.mu_r[i] - s * work.q2[i]
    M[N - 1, N - 1] = bdf_y0 / T2 + mu_y - (p - 2) * couplings.sa * power(m, p - 2) - y_drive_new


@kernel
def linearise(n, couplings, grid, past, rows, work, bdf, bdf_y, w, FC, FR):
    """Residual and exact Jacobian of row n at its present values; returns dy/dv."""
    off = past.W.size
    T2 = math.exp(rows.V[n])
    c = rows.H[n, 0]
    r = rows.H[n, 1]
    if off > 0:
        cross_memory(n, rows, off, grid, w, work)
    kernel_functions(couplings, c, r, work)
    history_matrices(
        n, T2, rows, off, grid, work.sigma[off:], work.q1[off:], w, work.blend,
        work.A, work.B, work.G, work.J, work.JC, work.JR,
    )  # fmt: skip
    log_overlaps(n, rows, past, off, grid, w, work)
    mu, mu_y, dy, y_drive_new = residual(n, couplings, grid, past, rows, off, T2, bdf, bdf_y, work, FC, FR)
    jacobian_past(off, grid.W.size, past, c, r, work)
    jacobian_moving(off, 1.0 / T2, grid, c, r, work)
    jacobian_overlap(n, couplings, T2, bdf[0], bdf_y[0], mu, mu_y, y_drive_new, rows, work)
    return dy


@fast_kernel
def total(res, M):
    """Sum of all entries: finite only if they all are (to be tested by a caller without fastmath)."""
    s = 0.0
    for i in range(res.size):
        s += res[i]
        for j in range(res.size):
            s += M[i, j]
    return s


@kernel
def solve_linear(M, res, single):
    """Newton correction M⁻¹ res, in float32 where its rounding does not matter."""
    if single:
        return np.linalg.solve(M.astype(np.float32), res.astype(np.float32)).astype(np.float64)
    return np.linalg.solve(M, res)


@kernel
def set_weights(past, grid, T2, W):
    """Quadrature weights in t' of all columns."""
    off = past.W.size
    for i in range(off):
        W[i] = past.W[i]
    for j in range(grid.W.size):
        W[off + j] = grid.W[j] * T2


@kernel
def newton(n, couplings, grid, past, rows, work, control, bdf, bdf_y, w, FC, FR, state):
    """Solve for row n from the values it holds; returns whether it converged, and dy/dv."""
    N = work.res.size
    NL = (N - 1) // 2
    dy = 0.0
    change = np.inf
    for _ in range(MOST_NEWTON):
        dy = linearise(n, couplings, grid, past, rows, work, bdf, bdf_y, w, FC, FR)
        state[BUILDS] += 1
        if not math.isfinite(total(work.res, work.M)):
            return False, dy
        z = solve_linear(work.M, work.res, control.single)
        change = abs(z[N - 1]) / (1.0 + control.y_relative * abs(rows.Y[n]))
        for k in range(NL):
            rows.H[n, 0, k] -= z[k]
            rows.H[n, 1, k] -= z[NL + k]
            change = max(change, abs(z[k]), abs(z[NL + k]))
        rows.Y[n] -= z[N - 1]
        if change < control.newton_tol:
            return True, dy
        if not change < 0.5:
            break
    return change < 1e-4, dy


@kernel
def predict(n, rows, w):
    """Extrapolate row n from the ORDER + 1 rows before it."""
    last = rows.H.shape[2] - 1
    for i in range(ORDER + 1):
        w[i] = 1.0
        for j in range(ORDER + 1):
            if j != i:
                w[i] *= (rows.V[n] - rows.V[n - 1 - j]) / (rows.V[n - 1 - i] - rows.V[n - 1 - j])
    for q in range(2):
        for k in range(last):
            s = 0.0
            for i in range(ORDER + 1):
                s += w[i] * rows.H[n - 1 - i, q, k]
            rows.H[n, q, k] = s
        rows.H[n, q, last] = 1.0
    rows.Y[n] = 0.0
    for i in range(ORDER + 1):
        rows.Y[n] += w[i] * rows.Y[n - 1 - i]


@kernel
def finished(n, couplings, rows, control, state):
    """Stop code after row n. T = 0: at a stable minimum, or the energy rose; T > 0: nothing moves."""
    t = math.exp(rows.V[n])
    e = rows.E2[n] + rows.EP[n]
    if couplings.T == 0.0:
        if control.still > 0 and couplings.live > 0 and abs(rows.DY[n]) < control.still:
            m = math.exp(rows.Y[n])
            for target in control.targets:
                if abs(m - target) < control.still:
                    return STATIONARY
        if e < state[LOW]:
            state[LOW] = e
        elif e > state[LOW] + control.energy_tol and t > 1.0:
            return ENERGY_ROSE
        return RUNNING
    dv = rows.V[n] - rows.V[n - 3]
    e3 = rows.E2[n - 3] + rows.EP[n - 3]
    motion = max(abs(rows.MU[n] - rows.MU[n - 3]), abs(e - e3)) / dv
    dy = rows.Y[n] - rows.Y[n - 3]
    quiet = motion < 3.0 * control.still and (abs(dy) / dv < 3.0 * control.still or dy < -1e-3)
    state[STILL] = state[STILL] + 1 if t > 10.0 and quiet else 0
    return STATIONARY if state[STILL] >= 6 else RUNNING


@kernel
def escape_is_over(n, rows, control, state):
    """Whether the overlap's fastest growth (in v) lies behind row n and holds the step down."""
    rate = abs(math.exp(rows.Y[n]) - math.exp(rows.Y[n - 1])) / (rows.V[n] - rows.V[n - 1])
    if rate > state[PEAK]:
        state[PEAK] = rate
        state[PEAK_ROW] = n
    peak = int(state[PEAK_ROW])
    return (
        state[PEAK] > 0.05
        and state[STEP] < control.restart_step
        and rate < control.restart_fraction * state[PEAK]
        and n >= peak + ROWS
        and math.exp(rows.V[peak]) > control.restart_after
    )


@kernel
def crawls(n, couplings, rows, control):
    """Whether the last rows led nowhere, in ln t or in ln m: ageing's soft mode has met the grid's errors.

    Near a stable minimum short steps are honest: they follow the relaxation.
    """
    before = n - CRAWL_ROWS
    if couplings.T > 0 or before < 0:
        return False
    m = overlap(rows.Y[n], couplings.live)
    for target in control.targets:
        if abs(m - target) < 0.05:
            return False
    least = 0.04 * min(1.0, control.tol / 1e-4) ** 0.2
    return rows.V[n] - rows.V[before] < least and abs(rows.Y[n] - rows.Y[before]) < 0.01


@kernel
def advance(
    n: int,
    t_stage: float,
    couplings: Couplings,
    grid: Tables,
    past: Past,
    rows: Rows,
    work: Scratch,
    control: Control,
    state: Array,
) -> tuple[int, int]:
    """Add rows from n on until t - te reaches t_stage or t reaches t_max; returns next n and stop code."""
    columns = rows.H.shape[2]
    bdf = np.empty(ORDER + 1)
    bdf_y = np.empty(ORDER_Y + 1)
    w = np.empty(ROWS)
    FC = np.empty(columns - 1)
    FR = np.empty(columns - 1)
    guess = np.empty((2, columns))
    inverse_denominators(rows.V, n - 1, 0, rows.den)
    bad = 0
    while n < rows.V.size:
        rows.V[n] = rows.V[n - 1] + state[STEP]
        T2 = math.exp(rows.V[n])
        predict(n, rows, w)
        guess[:, :] = rows.H[n]
        y_guess = rows.Y[n]
        backward_weights(rows.V, n, bdf)
        backward_weights(rows.V, n, bdf_y)
        inverse_denominators(rows.V, n, n - 2 * ROWS, rows.den)
        set_weights(past, grid, T2, work.W)
        ok, dy = newton(n, couplings, grid, past, rows, work, control, bdf, bdf_y, w, FC, FR, state)
        scale = control.y_weight / (1.0 + control.y_relative * abs(rows.Y[n]))
        error = scale * abs(rows.Y[n] - y_guess)
        for q in range(2):
            for k in range(columns):
                error = max(error, abs(rows.H[n, q, k] - guess[q, k]))
        if not ok or not error < 20.0 * control.tol:
            state[REJECTED] += 1
            bad += 1
            state[STEP] *= 0.5
            if bad > 12 or state[REJECTED] > 200 or state[STEP] < 1e-7:
                return n, STALLED
            continue
        bad = 0
        rows.MU[n], rows.E2[n], rows.EP[n] = observables(
            couplings, rows.Y[n], rows.H[n, 0], rows.H[n, 1], work.W
        )
        factor = 0.9 * (control.tol / max(error, 1e-300)) ** (1.0 / (ORDER + 1))
        state[STEP] = min(state[STEP] * min(1.5, max(0.5, factor)), control.dv_max)
        rows.DY[n] = dy / T2
        stop = finished(n, couplings, rows, control, state)
        n += 1
        if stop != RUNNING:
            return n, stop
        if crawls(n - 1, couplings, rows, control):
            return n, STALLED
        may_restart = control.restart_after > 0 and past.W.size == 0 and couplings.live > 0
        if may_restart and escape_is_over(n - 1, rows, control, state):
            return n, ESCAPED
        near = 1.0 - 1e-12
        if past.te + T2 >= control.t_max * near or t_stage * near <= T2:
            return n, RUNNING
    return n, STALLED
