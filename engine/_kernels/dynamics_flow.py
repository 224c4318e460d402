"""Rows of the two-time equations, one after another: history sums, exact Jacobian, Newton step, step control.

Notation as in [CugliandoloKurchan1993] and [SaraoMannelli2019b]: C(t,t'), R(t,t'), mu, Q', Q'', Σ = R Q''(C),
with theta = t'/t, x = 1 - theta and y = ln m. A row n is the pair C(t_n, ·), R(t_n, ·) on the nodes of a grid
in t'; v = ln t is its clock. After a restart at te the first `off` columns are fixed times t' < te, the
others the moving grid t' = te + theta (t - te), and the clock is v = ln(t - te). Couplings of the noise Q and of
the signal S are kept apart, by order: natural units scale them differently.

More than 250 lines in one file because numba's cache on disk does not see edits of a helper in another file.
Indices are unsigned where they are read from a table: numba then emits no wrap-around test and LLVM
vectorises.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .jit import fast_kernel, kernel

Array: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.uint32]

ROWS: Final = 6  # rows of the interpolation in v
NODES: Final = 8  # nodes of an element in theta: eight doubles fill whole SIMD registers
ORDER: Final = 4  # of the backward differentiation in v
ORDER_Y: Final = 5  # the same for ln m, whose error would add up over a long growth
NODES_U: Final = np.uint64(NODES)
ONE: Final = np.uint64(1)
NEARLY: Final = 1.0 - 1e-12  # a time that is reached but for rounding
MOST_EXPONENT: Final = 25.0  # of m(s)/m(t): an overlap that decays (paramagnet) would overflow it


class Stop(IntEnum):
    """Every way in which a run, or a stretch of it, ends."""

    RUNNING = 0
    """the end of the stage is reached; it goes on"""
    ESCAPED = 1
    """the overlap has escaped; it goes on after a restart at the row of its fastest growth"""
    FINAL_TIME = 2
    """the time that was asked for is reached"""
    STATIONARY = 3
    """at rest in a state that is known to be stable: an isolated minimum (T = 0), or an equilibrium"""
    DYING_OUT = 4
    """in equilibrium without overlap, which falls exponentially (T > 0)"""
    ENERGY_ROSE = 5
    """although T = 0: the numbers have become wrong"""
    STALLED = 6
    """no progress: the step is too small, or no rows are left"""
    CANCELLED = 7
    """the caller wanted no more"""
    EXPENSIVE = 8
    """the work that a run may cost is spent"""

    @property
    def is_rest(self) -> bool:
        """Whether what follows is known: everything stands still, but for an overlap that dies out."""
        return self in (Stop.STATIONARY, Stop.DYING_OUT)

    @property
    def is_failure(self) -> bool:
        """Whether the numbers just before it are not to be trusted."""
        return self in (Stop.ENERGY_ROSE, Stop.STALLED, Stop.EXPENSIVE)


class Couplings(NamedTuple):
    """Numbers of the equations in natural units.

    Attributes
    ----------
    order : ndarray of int64, shape (K,)
        Orders that carry noise or signal, increasing.
    a, b : ndarray, shape (K,)
        Noise Q' = Σ a x^(k-1) and signal S' = Σ b m^(k-1).
    noise : ndarray, shape (largest order of the noise,)
        Coefficients of Q', lowest power first.
    T : float
        Temperature.
    live : float
        1 where m acts back, 0 for the linear gain, -1 where no overlap is followed at all.
    """

    order: NDArray[np.int64]
    a: Array
    b: Array
    noise: Array
    T: float
    live: float


class Tables(NamedTuple):
    """A theta grid of L nodes; tables of shape (L, L) and (L, L, NODES) are for the pair (k, j) of nodes.

    Attributes
    ----------
    theta, x, W : ndarray, shape (L,)
        Nodes, 1 - theta, and quadrature weights over [0, 1].
    transport : ndarray, shape (L, L)
        theta d/dtheta.
    log_theta : ndarray, shape (L,)
    log_rho : ndarray, shape (L, L)
    start_rho, start_phi, start_product : ndarray of uint32, shape (L, L)
        First node of the element that holds rho = theta_j + x_j theta_k, phi = theta_k/rho, theta_k theta_j.
    weight_rho, weight_phi, weight_product : ndarray, shape (L, L, NODES)
        Weights that interpolate there.
    """

    theta: Array
    x: Array
    W: Array
    transport: Array
    log_theta: Array
    log_rho: Array
    start_rho: Indices
    weight_rho: Array
    start_phi: Indices
    weight_phi: Array
    start_product: Indices
    weight_product: Array


class Past(NamedTuple):
    """Static memory of t' < te.

    Attributes
    ----------
    te : float
        Time of the restart; 0 without one.
    A, B, G : ndarray, shape (off, off + 1)
        History matrices.
    W, y : ndarray, shape (off,)
        Quadrature weights in t', and ln m at its nodes.
    """

    te: float
    A: Array
    B: Array
    G: Array
    W: Array
    y: Array


class Rows(NamedTuple):
    """All rows of a run, room for n_max.

    Attributes
    ----------
    V, Y, DY, MU : ndarray, shape (n_max,)
        Clock v, y and dy/dt, mu.
    E : ndarray, shape (n_max, K)
        Energies by order.
    H : ndarray, shape (n_max, 2, columns)
        C and R.
    den : ndarray, shape (n_max, ROWS)
        Inverse denominators of the interpolation in v.
    """

    V: Array
    Y: Array
    DY: Array
    MU: Array
    E: Array
    H: Array
    den: Array


class Row(NamedTuple):
    """Which row: its number n, its own time t - te, and the number of fixed columns before its grid's."""

    n: int
    t: float
    off: int


class History(NamedTuple):
    """History integrals of a row on a grid of L nodes, as matrices that act on Σ and D of the row.

    Attributes
    ----------
    A, B, G : ndarray, shape (L, L)
        I_C = A Σ + B D, I_R = G Σ.
    J, JC, JR : ndarray, shape (L, L)
        Derivatives through the newest row: contour 2; contour 1, by C and by R.
    w : ndarray, shape (ROWS,)
        Weights of rows.
    blend : ndarray, shape (2, columns)
        A row interpolated in time.
    """

    A: Array
    B: Array
    G: Array
    J: Array
    JC: Array
    JR: Array
    w: Array
    blend: Array


class Scratch(NamedTuple):
    """Work space; L moving nodes, off fixed ones, Lt = off + L columns, N = 2 (Lt - 1) + 1 unknowns.

    Attributes
    ----------
    history : History
    XC, XR : ndarray, shape (L - 1, off)
        C(te + theta_j (t - te), t'_k), and R.
    x_new : ndarray, shape (L,)
        Weight of the newest row at those times.
    W : ndarray, shape (Lt,)
        Quadrature weights in t'.
    q1, q2, q3, sigma : ndarray, shape (Lt,)
        Q′(C), Q″(C), Q‴(C), R Q″.
    mu_c, mu_r : ndarray, shape (Lt,)
        Gradient of mu.
    y, y_new : ndarray, shape (Lt,)
        ln m at the nodes' times, and the weight of the newest row there.
    res : ndarray, shape (N,)
    M : ndarray, shape (N, N)
    bdf, bdf_y : ndarray, shapes (ORDER + 1,) and (ORDER_Y + 1,)
        Weights of the backward differences.
    FC, FR : ndarray, shape (Lt - 1,)
        Memory and transport terms.
    """

    history: History
    XC: Array
    XR: Array
    x_new: Array
    W: Array
    q1: Array
    q2: Array
    q3: Array
    sigma: Array
    mu_c: Array
    mu_r: Array
    y: Array
    y_new: Array
    res: Array
    M: Array
    bdf: Array
    bdf_y: Array
    FC: Array
    FR: Array


class Steps(NamedTuple):
    """Control of the step in v; a row's error is the largest change between its prediction and its solution.

    Attributes
    ----------
    tol : float
        Error aimed at.
    most, least : float
        Longest step, and the shortest before the run is given up.
    reject : float
        Error, in units of `tol`, from which a row is thrown away.
    safety, growth, cut : float
        Factor on the step that would give `tol`; largest and smallest factor from step to step.
    y_weight, y_relative : float
        Weight of ln m in the error; 1: relative to its size.
    faint : float
        So low an ln m is taken relative to its size: an overlap that dies exponentially would hold the steps down.
    n_bad, n_rejected : int
        Rows that may be thrown away in a row, and in all.
    work : float
        Most that a run may cost: Newton iterations times columns³.
    """

    tol: float
    most: float
    least: float
    reject: float
    safety: float
    growth: float
    cut: float
    y_weight: float
    y_relative: float
    faint: float
    n_bad: int
    n_rejected: int
    work: float


class Newton(NamedTuple):
    """Control of the iteration.

    Attributes
    ----------
    tol : float
        Largest last correction.
    diverges : float
        A correction as large as this ends it.
    suffices : float
        Largest last correction that is taken when the iterations run out.
    n_most : int
        Iterations.
    single : bool
        Whether linear systems are solved in float32.
    """

    tol: float
    diverges: float
    suffices: float
    n_most: int
    single: bool


class Rest(NamedTuple):
    """When a run is at rest, or cannot be right.

    Attributes
    ----------
    targets : ndarray, shape (n, 3)
        Overlap, mu and e of the states in which a run can stay.
    near : float
        How near to all three of them counts as there.
    still : float
        How slow (T = 0: and how near in overlap) counts as stationary; 0: never.
    per_log : float
        Motion of mu and e per unit of ln t, in units of `still`, that counts as none (T > 0).
    after, n_rows : float, int
        Not before this time, and so many rows running (T > 0).
    dying : float
        Fall of ln m over three rows that counts as dying out (T > 0).
    faded : float
        Only once ln m has fallen below it: a start in equilibrium stands still before it is forgotten (T > 0).
    energy_tol, energy_after : float
        Rise of the energy that cannot be (T = 0), and the time from which it is watched.
    """

    targets: Array
    near: float
    still: float
    per_log: float
    after: float
    n_rows: int
    dying: float
    faded: float
    energy_tol: float
    energy_after: float


class Escape(NamedTuple):
    """When a restart at the escape pays.

    Attributes
    ----------
    after : float
        Earliest te; 0: never.
    while_near : float
        Latest time, in units of te: later its trace lies where the grid is dense.
    step : float
        Only where the step in v has fallen below.
    growth, size : float
        Only if abs(dm/dv) has been larger than that, and the overlap has changed by so much since before its peak:
        late in ageing the grid's errors may be fast, but they are small.
    fraction : float
        Once abs(dm/dv) has fallen to this fraction of its maximum.
    """

    after: float
    while_near: float
    step: float
    growth: float
    size: float
    fraction: float


class Crawl(NamedTuple):
    """When so many last rows count as having led nowhere.

    Attributes
    ----------
    n_rows : int
    clock, log_overlap : float
        Progress in v and in ln m that is none.
    near : float
        Not so near a state of rest: there short steps follow the relaxation.
    """

    n_rows: int
    clock: float
    log_overlap: float
    near: float


class Control(NamedTuple):
    """Tolerances and stop rules up to t_max, in natural units; their values are those of `dynamics.settings`."""

    t_max: float
    steps: Steps
    newton: Newton
    rest: Rest
    escape: Escape
    crawl: Crawl


class State(NamedTuple):
    """What a run carries from row to row beside its rows.

    Attributes
    ----------
    step : float
        Next step in v.
    lowest : float
        Lowest energy so far.
    peak, peak_row : float, int
        Largest abs(dm/dv) so far, and its row.
    n_still : int
        Rows running without motion (T > 0).
    n_builds, n_rejected : int
        Newton iterations, and rows thrown away.
    work : float
        Their cost: columns³ per iteration.
    """

    step: float
    lowest: float = math.inf
    peak: float = 0.0
    peak_row: int = 0
    n_still: int = 0
    n_builds: int = 0
    n_rejected: int = 0
    work: float = 0.0


@kernel
def power(x: float, k: int) -> float:
    """x**k for an integer k >= 0."""
    r = 1.0
    for _ in range(k):
        r *= x
    return r


@kernel
def overlap(y: float, live: float) -> float:
    """Overlap e^y, or 0 where it does not act back."""
    return math.exp(y) if live > 0 else 0.0


@kernel
def row_weights(V: Array, n: int, v: float, w: Array) -> int:
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
def inverse_denominators(V: Array, n: int, first: int, den: Array) -> None:
    """den[r, i] = 1/Π_{j≠i}(V[r+i] - V[r+j]) for the stencils from row `first` on that end by row n."""
    for r in range(max(0, first), n - ROWS + 2):
        for i in range(ROWS):
            f = 1.0
            for j in range(ROWS):
                if j != i:
                    f *= V[r + i] - V[r + j]
            den[r, i] = 1.0 / f


@kernel
def backward_weights(V: Array, n: int, w: Array) -> None:
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
def blend_rows(H: Array, r: int, w: Array, o: int, size: int, out: Array) -> None:
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
def contour_1(
    k: int, row: Row, rows: Rows, grid: Tables, w: Array, blend: Array, A: Array, B: Array
) -> float:
    """Integrals over s = theta_k t theta_j < t': the row at t' = theta_k t, whose nodes are the grid's.

    Adds ∫Σ(s) C(t',s) ds to A and ∫D(s) R(t',s) ds to B; returns the weight of the newest row in them.
    """
    n = row.n
    L = np.uint64(grid.W.size)
    r = row_weights(rows.V, n, rows.V[n] + grid.log_theta[k], w)
    blend_rows(rows.H, r, w, row.off, grid.W.size, blend)
    f = row.t * grid.theta[k]
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
    return w[n - r] if r + ROWS - 1 >= n else 0.0


@fast_kernel
def newest_1(
    k: int, newest: float, row: Row, grid: Tables, sigma: Array, q1: Array, JC: Array, JR: Array
) -> None:
    """Derivative of `contour_1` through the newest row, by C into JC and by R into JR."""
    L = np.uint64(grid.W.size)
    f = row.t * grid.theta[k]
    start = grid.start_product[k]
    weight = grid.weight_product[k]
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
def contour_2(k: int, row: Row, rows: Rows, grid: Tables, sigma: Array, A: Array, G: Array, J: Array) -> None:
    """Integrals over s = t' + (t - t') theta_j: Σ at rho = s/t, histories C(s,t'), R(s,t') at theta_k/rho.

    Adds ∫Σ(s) C(s,t') ds to A and ∫Σ(s) R(s,t') ds to G; J through the weight of the newest row. The row
    pointer only moves forward with j.
    """
    n = row.n
    V = rows.V
    H = rows.H
    L = np.uint64(grid.W.size)
    o = np.uint64(row.off)
    last = np.uint64(n - ROWS + 1)
    f = row.t * grid.x[k]
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
def history_matrices(row: Row, rows: Rows, grid: Tables, sigma: Array, q1: Array, history: History) -> None:
    """Fill the history matrices of a row for the grid in its columns from row.off on."""
    A, B, G, J, JC, JR, w, blend = history  # once: an array counts its references, and each k is microseconds
    A[:, :] = 0.0
    B[:, :] = 0.0
    G[:, :] = 0.0
    J[:, :] = 0.0
    JC[:, :] = 0.0
    JR[:, :] = 0.0
    for k in range(grid.W.size - 1):
        if k > 0:
            newest = contour_1(k, row, rows, grid, w, blend, A, B)
            if newest != 0.0:
                newest_1(k, newest, row, grid, sigma, q1, JC, JR)
        contour_2(k, row, rows, grid, sigma, A, G, J)


@kernel
def cross_memory(row: Row, rows: Rows, grid: Tables, work: Scratch) -> None:
    """Rows at the times of the moving nodes on the fixed columns, and the newest row's weight there."""
    n = row.n
    off = row.off
    w = work.history.w
    blend = work.history.blend
    for j in range(grid.W.size - 1):
        r = row_weights(rows.V, n, rows.V[n] + grid.log_theta[j], w)
        work.x_new[j] = w[n - r] if r + ROWS - 1 >= n else 0.0
        blend_rows(rows.H, r, w, 0, off, blend)
        for k in range(off):
            work.XC[j, k] = blend[0, k]
            work.XR[j, k] = blend[1, k]


@kernel
def signal_terms(couplings: Couplings, y: float) -> tuple[float, float, float, float, float, float]:
    """Of the signal at m = e^y: m S', its derivative by y, S', m S'', S'/m and its derivative by y.

    Where m does not act back only the order 2 is left, in S'/m.
    """
    work = 0.0
    work_y = 0.0
    force = 0.0
    force_y = 0.0
    drive = 0.0
    drive_y = 0.0
    m = overlap(y, couplings.live)
    for i in range(couplings.order.size):
        k = couplings.order[i]
        b = couplings.b[i]
        if b == 0.0 or (couplings.live == 0.0 and k != 2):
            continue
        g = b * power(m, k - 2) if k > 1 else b * math.exp(-y)
        f = b * power(m, k - 1)
        work += f * m
        work_y += k * f * m
        force += f
        force_y += (k - 1) * f
        drive += g
        drive_y += (k - 2) * g
    return work, work_y, force, force_y, drive, drive_y


@fast_kernel
def kernel_functions(couplings: Couplings, c: Array, r: Array, work: Scratch) -> None:
    """Q′(C), Q″(C), Q‴(C) and Σ = R Q''(C) of the noise on a row, and the gradient of mu by C and by R."""
    noise = couplings.noise
    for i in range(c.size):
        x = c[i]
        q1 = 0.0
        q2 = 0.0
        half_q3 = 0.0
        for j in range(noise.size - 1, -1, -1):  # Horner's rule for a polynomial and its derivatives
            half_q3 = half_q3 * x + q2
            q2 = q2 * x + q1
            q1 = q1 * x + noise[j]
        q3 = 2.0 * half_q3
        work.q1[i] = q1
        work.q2[i] = q2
        work.q3[i] = q3
        work.sigma[i] = r[i] * q2
        work.mu_c[i] = work.W[i] * r[i] * (2.0 * q2 + q3 * x)
        work.mu_r[i] = work.W[i] * (q1 + q2 * x)


@kernel
def observables(couplings: Couplings, y: float, c: Array, r: Array, W: Array, energies: Array) -> float:
    """Lagrange multiplier of a row; its energies by order into `energies`, shape (K,)."""
    mu = couplings.T
    m = overlap(y, couplings.live)
    for j in range(couplings.order.size):
        k = couplings.order[j]
        a = couplings.a[j]
        e = -couplings.b[j] * power(m, k) / k
        if a != 0.0:
            for i in range(W.size):
                e -= W[i] * r[i] * a * power(c[i], k - 1)
        energies[j] = e
        mu -= k * e
    return mu


@kernel
def total_energy(n: int, rows: Rows) -> float:
    """Energy of row n, of all orders."""
    e = 0.0
    for j in range(rows.E.shape[1]):
        e += rows.E[n, j]
    return e


@kernel
def log_overlaps(row: Row, rows: Rows, past: Past, grid: Tables, work: Scratch) -> None:
    """Fill y = ln m at the times of all nodes, and the newest row's weight in it; on a tangent before row 0."""
    n = row.n
    off = row.off
    w = work.history.w
    first = math.exp(rows.V[0])
    for k in range(off):
        work.y[k] = past.y[k]
        work.y_new[k] = 0.0
    for k in range(grid.W.size):
        v = rows.V[n] + grid.log_theta[k]
        r = row_weights(rows.V, n, v, w)
        y = 0.0
        for i in range(ROWS):
            y += w[i] * rows.Y[r + i]
        if v < rows.V[0]:
            y += rows.DY[0] * (math.exp(v) - first)
        work.y[off + k] = y
        work.y_new[off + k] = w[n - r] if r + ROWS - 1 >= n else 0.0


@fast_kernel
def memory_terms(
    past: Past, off: int, inverse_t: float, c: Array, r: Array, grid: Tables, work: Scratch
) -> None:
    """Memory integrals I_C and I_R of a row plus its transport terms, into FC and FR."""
    L = grid.W.size
    A = work.history.A
    B = work.history.B
    G = work.history.G
    FC = work.FC
    FR = work.FR
    sigma = work.sigma
    for k in range(L - 1):
        fc = 0.0
        fr = 0.0
        for j in range(L):
            d = grid.transport[k, j] * inverse_t
            fc += A[k, j] * sigma[off + j] + B[k, j] * work.q1[off + j] + d * c[off + j]
            fr += G[k, j] * sigma[off + j] + d * r[off + j]
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
def residual(
    row: Row, couplings: Couplings, grid: Tables, past: Past, rows: Rows, work: Scratch
) -> tuple[float, float, float, float]:
    """Residual of a row; returns mu, its derivative by y, dy/dv, and the derivative of y's memory term."""
    n = row.n
    off = row.off
    T2 = row.t
    bdf = work.bdf
    bdf_y = work.bdf_y
    FC = work.FC
    FR = work.FR
    L = grid.W.size
    NL = off + L - 1
    c = rows.H[n, 0]
    r = rows.H[n, 1]
    y = rows.Y[n]
    mu_signal, mu_y, qm1, _, drive, _ = signal_terms(couplings, y)
    mu = couplings.T + mu_signal
    for i in range(NL + 1):
        mu += work.mu_r[i] * r[i]
    y_drive = 0.0
    y_drive_new = 0.0
    for i in range(NL + 1):
        s = work.W[i] * work.sigma[i] * math.exp(min(work.y[i] - y, MOST_EXPONENT))
        y_drive += s
        y_drive_new += s * (work.y_new[i] - 1.0)
    memory_terms(past, off, 1.0 / T2, c, r, grid, work)
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
    work.res[2 * NL] = dy / T2 + (mu - drive - y_drive if couplings.live >= 0 else 0.0)
    return mu, mu_y, dy, y_drive_new


@fast_kernel
def jacobian_past(off: int, L: int, past: Past, c: Array, r: Array, work: Scratch) -> None:
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
def jacobian_moving(off: int, inverse_t: float, grid: Tables, c: Array, r: Array, work: Scratch) -> None:
    """Rows k >= off of the Jacobian: equations at the moving nodes."""
    A = work.history.A
    B = work.history.B
    G = work.history.G
    J = work.history.J
    JC = work.history.JC
    JR = work.history.JR
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
            d = grid.transport[k2, j] * inverse_t + J[k2, j]
            M[k, i] = ck * work.mu_c[i] - d - A[k2, j] * rq3 - B[k2, j] * q2 - JC[k2, j]
            M[k, NL + i] = ck * work.mu_r[i] - A[k2, j] * q2 - JR[k2, j]
            M[NL + k, i] = rk * work.mu_c[i] - G[k2, j] * rq3
            M[NL + k, NL + i] = rk * work.mu_r[i] - d - G[k2, j] * q2


@kernel
def jacobian_overlap(
    row: Row, couplings: Couplings, mu: float, mu_y: float, y_drive_new: float, rows: Rows, work: Scratch
) -> None:
    """Diagonal of the Jacobian, and its last row and column, those of y."""
    n = row.n
    T2 = row.t
    bdf0 = work.bdf[0]
    bdf_y0 = work.bdf_y[0]
    c = rows.H[n, 0]
    r = rows.H[n, 1]
    y = rows.Y[n]
    _, _, qm1, qm2_m, _, drive_y = signal_terms(couplings, y)
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
    M[N - 1, N - 1] = bdf_y0 / T2 + mu_y - drive_y - y_drive_new
    if couplings.live < 0:
        M[N - 1, :] = 0.0
        M[N - 1, N - 1] = bdf_y0 / T2


@kernel
def linearise(n: int, couplings: Couplings, grid: Tables, past: Past, rows: Rows, work: Scratch) -> float:
    """Residual and exact Jacobian of row n at its present values; returns dy/dv."""
    row = Row(n, math.exp(rows.V[n]), past.W.size)
    c = rows.H[n, 0]
    r = rows.H[n, 1]
    if row.off > 0:
        cross_memory(row, rows, grid, work)
    kernel_functions(couplings, c, r, work)
    history_matrices(row, rows, grid, work.sigma[row.off :], work.q1[row.off :], work.history)
    log_overlaps(row, rows, past, grid, work)
    mu, mu_y, dy, y_drive_new = residual(row, couplings, grid, past, rows, work)
    jacobian_past(row.off, grid.W.size, past, c, r, work)
    jacobian_moving(row.off, 1.0 / row.t, grid, c, r, work)
    jacobian_overlap(row, couplings, mu, mu_y, y_drive_new, rows, work)
    return dy


@fast_kernel
def total(res: Array, M: Array) -> float:
    """Sum of all entries: finite only if they all are (to be tested by a caller without fastmath)."""
    s = 0.0
    for i in range(res.size):
        s += res[i]
        for j in range(res.size):
            s += M[i, j]
    return s


@kernel
def size_of(y: float, steps: Steps) -> float:
    """What a change of y = ln m is measured in."""
    relative = 1.0 if y < steps.faint else steps.y_relative
    return 1.0 + relative * abs(y)


@kernel
def solve_linear(M: Array, res: Array, single: bool) -> NDArray[np.floating]:
    """Newton correction M⁻¹ res, in float32 where its rounding does not matter."""
    if single:
        return np.linalg.solve(M.astype(np.float32), res.astype(np.float32)).astype(np.float64)
    return np.linalg.solve(M, res)


@kernel
def set_weights(past: Past, grid: Tables, T2: float, W: Array) -> None:
    """Quadrature weights in t' of all columns."""
    off = past.W.size
    for i in range(off):
        W[i] = past.W[i]
    for j in range(grid.W.size):
        W[off + j] = grid.W[j] * T2


@kernel
def newton(
    n: int, couplings: Couplings, grid: Tables, past: Past, rows: Rows, work: Scratch, control: Control
) -> tuple[bool, float, int]:
    """Solve for row n from the values it holds; returns whether it converged, dy/dv, and the iterations."""
    rule = control.newton
    N = work.res.size
    NL = (N - 1) // 2
    dy = 0.0
    change = np.inf
    for i in range(rule.n_most):
        dy = linearise(n, couplings, grid, past, rows, work)
        if not math.isfinite(total(work.res, work.M)):
            return False, dy, i + 1
        z = solve_linear(work.M, work.res, rule.single)
        change = abs(z[N - 1]) / size_of(rows.Y[n], control.steps)
        for k in range(NL):
            rows.H[n, 0, k] -= z[k]
            rows.H[n, 1, k] -= z[NL + k]
            change = max(change, abs(z[k]), abs(z[NL + k]))
        rows.Y[n] -= z[N - 1]
        if change < rule.tol:
            return True, dy, i + 1
        if not change < rule.diverges:
            return change < rule.suffices, dy, i + 1
    return change < rule.suffices, dy, rule.n_most


@kernel
def predict(n: int, rows: Rows, w: Array) -> None:
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
def distance(n: int, target: Array, couplings: Couplings, rows: Rows) -> float:
    """Largest difference of row n from a state of rest, among overlap, mu and e; squared for an overlap of 0."""
    m = overlap(rows.Y[n], couplings.live)
    of_overlap: float = abs(m - target[0]) if target[0] > 0 else m * m
    of_mu: float = abs(rows.MU[n] - target[1])
    of_energy: float = abs(total_energy(n, rows) - target[2])
    return max(of_overlap, of_mu, of_energy)


@kernel
def at_rest(n: int, couplings: Couplings, rows: Rows, rest: Rest, lowest: float) -> Stop:
    """T = 0: whether row n is at a stable minimum, or its energy has risen above the lowest before it."""
    if rest.still > 0 and couplings.live > 0 and abs(rows.DY[n]) < rest.still:
        for target in rest.targets:
            close = abs(math.exp(rows.Y[n]) - target[0]) < rest.still
            if close and distance(n, target, couplings, rows) < rest.near:
                return Stop.STATIONARY
    if total_energy(n, rows) > lowest + rest.energy_tol and math.exp(rows.V[n]) > rest.energy_after:
        return Stop.ENERGY_ROSE
    return Stop.RUNNING


@kernel
def in_equilibrium(n: int, couplings: Couplings, rows: Rows, rest: Rest, n_still: int) -> tuple[Stop, int]:
    """T > 0: whether row n has long stood still in an equilibrium, an overlap that falls apart; for how many rows."""
    e = total_energy(n, rows)
    dv = rows.V[n] - rows.V[n - 3]
    e3 = total_energy(n - 3, rows)
    motion = max(abs(rows.MU[n] - rows.MU[n - 3]), abs(e - e3)) / dv
    dy = rows.Y[n] - rows.Y[n - 3]
    dies = dy < -rest.dying
    most = rest.per_log * rest.still
    quiet = motion < most and (abs(dy) / dv < most or dies)
    n_still = n_still + 1 if math.exp(rows.V[n]) > rest.after and quiet and rows.Y[n] < rest.faded else 0
    if n_still < rest.n_rows:
        return Stop.RUNNING, n_still
    for target in rest.targets:
        if distance(n, target, couplings, rows) < rest.near:
            return Stop.DYING_OUT if dies else Stop.STATIONARY, n_still
    return Stop.RUNNING, n_still


@kernel
def overlap_rate(n: int, rows: Rows) -> float:
    """Magnitude of dm/dv between row n and the one before it."""
    rate: float = abs(math.exp(rows.Y[n]) - math.exp(rows.Y[n - 1])) / (rows.V[n] - rows.V[n - 1])
    return rate


@kernel
def escape_is_over(n: int, rows: Rows, escape: Escape, state: State, rate: float) -> bool:
    """Whether the overlap's fastest growth (in v) lies behind row n, and is worth a restart."""
    if state.peak <= escape.growth or state.step >= escape.step or n < state.peak_row + ROWS:
        return False
    moved: float = abs(math.exp(rows.Y[n]) - math.exp(rows.Y[max(state.peak_row - ROWS, 0)]))
    te = math.exp(rows.V[state.peak_row])
    in_time = escape.after < te and math.exp(rows.V[n]) < escape.while_near * te
    return in_time and rate < escape.fraction * state.peak and moved > escape.size


@kernel
def crawls(n: int, couplings: Couplings, rows: Rows, control: Control) -> bool:
    """Whether the last rows led nowhere, in ln t or in ln m: ageing's soft mode has met the grid's errors.

    Near a state of rest short steps are honest: they follow the relaxation.
    """
    crawl = control.crawl
    before = n - crawl.n_rows
    if before < 0 or rows.V[n] - rows.V[before] >= crawl.clock:
        return False
    for target in control.rest.targets:
        if distance(n, target, couplings, rows) < crawl.near:
            return False
    return abs(float(rows.Y[n] - rows.Y[before])) < crawl.log_overlap


@kernel
def row_error(n: int, rows: Rows, guess: Array, y_guess: float, steps: Steps) -> float:
    """Largest change between the prediction of row n and its solution."""
    scale = steps.y_weight / size_of(rows.Y[n], steps)
    error: float = scale * abs(rows.Y[n] - y_guess)
    for q in range(2):
        for k in range(guess.shape[1]):
            error = max(error, abs(rows.H[n, q, k] - guess[q, k]))
    return error


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
    state: State,
) -> tuple[int, Stop, State]:
    """Add rows from n on until t - te reaches t_stage or t reaches t_max; returns next n, why, and the state."""
    steps = control.steps
    step, lowest, peak, peak_row, n_still, n_builds, n_rejected, cost = state
    guess = np.empty((2, rows.H.shape[2]))
    inverse_denominators(rows.V, n - 1, 0, rows.den)
    n_bad = 0
    stop = Stop.STALLED  # no rows left
    while n < rows.V.size:
        rows.V[n] = rows.V[n - 1] + step
        T2 = math.exp(rows.V[n])
        predict(n, rows, work.history.w)
        guess[:, :] = rows.H[n]
        y_guess = rows.Y[n]
        backward_weights(rows.V, n, work.bdf)
        backward_weights(rows.V, n, work.bdf_y)
        inverse_denominators(rows.V, n, n - 2 * ROWS, rows.den)
        set_weights(past, grid, T2, work.W)
        ok, dy, builds = newton(n, couplings, grid, past, rows, work, control)
        n_builds += builds
        cost += builds * float(rows.H.shape[2]) ** 3
        error = row_error(n, rows, guess, y_guess, steps)
        if not ok or not error < steps.reject * steps.tol:
            n_rejected += 1
            n_bad += 1
            step *= steps.cut
            if n_bad > steps.n_bad or n_rejected > steps.n_rejected or step < steps.least:
                break
            continue
        n_bad = 0
        rows.MU[n] = observables(couplings, rows.Y[n], rows.H[n, 0], rows.H[n, 1], work.W, rows.E[n])
        factor = steps.safety * (steps.tol / max(error, 1e-300)) ** (1.0 / (ORDER + 1))
        step = min(step * min(steps.growth, max(steps.cut, factor)), steps.most)
        rows.DY[n] = dy / T2
        if couplings.T == 0.0:
            stop = at_rest(n, couplings, rows, control.rest, lowest)
            lowest = min(lowest, total_energy(n, rows))
        else:
            stop, n_still = in_equilibrium(n, couplings, rows, control.rest, n_still)
        n += 1
        if stop != Stop.RUNNING:
            break
        stop = Stop.STALLED
        if crawls(n - 1, couplings, rows, control):
            break
        if cost > steps.work:
            stop = Stop.EXPENSIVE
            break
        if control.escape.after > 0 and past.W.size == 0 and couplings.live > 0:
            rate = overlap_rate(n - 1, rows)
            if rate > peak:
                peak = rate
                peak_row = n - 1
            now = State(step, lowest, peak, peak_row, n_still, n_builds, n_rejected, cost)
            if escape_is_over(n - 1, rows, control.escape, now, rate):
                stop = Stop.ESCAPED
                break
        if past.te + T2 >= control.t_max * NEARLY:
            stop = Stop.FINAL_TIME
            break
        if t_stage * NEARLY <= T2:
            stop = Stop.RUNNING
            break
    return n, stop, State(step, lowest, peak, peak_row, n_still, n_builds, n_rejected, cost)
