"""A draw of the Hessian's spectrum at a moment of a path, given the whole path."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.linalg import hessenberg

from .._kernels import simulation_spectrum as kernels
from ..checks import Floats, read_only
from .curvature import HessianLaw

LARGEST_DRAWN: Final = 100_000
"""Largest N whose Hessian is drawn; beyond it the limit N → ∞ is returned."""

LARGEST_WORK: Final = 250_000_000
"""N k² up to which, with k directions visited, it is drawn: .6 seconds; at N = 10⁵ some 50 directions."""

_LOWEST: Final = 3
_CHUNK: Final = 4096


def is_drawn(n_dim: int, n_directions: int) -> bool:
    """Whether the Hessian of such a run is drawn; else it is the limit N → ∞."""
    return n_dim <= LARGEST_DRAWN and n_dim * n_directions**2 <= LARGEST_WORK


class Moment(NamedTuple):
    """Time, m and μ at a point of a path."""

    time: float
    overlap: float
    lagrange_multiplier: float


@dataclass(frozen=True, kw_only=True)
class HessianSample:
    """Spectrum of the Hessian on the tangent space at one moment; eigenvalues in units of rate.

    Attributes
    ----------
    time : float
    overlap, lagrange_multiplier : float
        m and μ at that moment.
    edges : ndarray, shape (n_bins + 1,)
        Ends of the histogram's bins.
    density : ndarray, shape (n_bins,)
        Fraction of the N - 1 eigenvalues in each bin, divided by its width.
    lowest : ndarray, shape (3,)
        Lowest eigenvalues, ascending.
    lowest_overlap : ndarray, shape (3,)
        Squared overlaps of their eigenvectors with the signal's tangential direction.
    is_drawn : int
        1: an exact draw at this N. 0: the limit N → ∞ (N > 100000, or a draw would be too much work), in which
        ``lowest`` and ``lowest_overlap`` have one entry, the isolated eigenvalue, or none.
    """

    time: float
    overlap: float
    lagrange_multiplier: float
    edges: Floats
    density: Floats
    lowest: Floats
    lowest_overlap: Floats
    is_drawn: bool


def draw_tridiagonal(law: HessianLaw, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw the Householder form of the Hessian, without μ, started from the signal's tangential direction.

    Returns
    -------
    diagonal : ndarray, shape (N - 1,)
    off_diagonal : ndarray, shape (N - 2,)
        Its eigenvalues are the Hessian's, the squared first components of its eigenvectors their squared overlaps with
        that direction: exactly in law, for every N, in time O(N k²).
    """
    A, F = law.known.copy(), law.factor.copy()
    d, n = A.shape[0], law.n_unknown
    alpha, beta = np.empty(n + d), np.empty(n + d)
    for first in range(0, n, _CHUNK):
        left = np.arange(n - first, max(n - first - _CHUNK, 0), -1)
        part = slice(first, first + left.size)
        xi = random.standard_normal((left.size, d))
        chi = np.sqrt(2 * random.standard_gamma(left / 2))
        kernels.tridiagonalise(A, F, law.spread, xi, chi, alpha[part], beta[part])
    rest = hessenberg(A)
    alpha[n:] = np.diagonal(rest)
    beta[n : n + d - 1] = np.diagonal(rest, -1)
    return alpha, beta[: n + d - 1]


def radius_of(alpha: Floats, beta: Floats) -> float:
    """A bound of the eigenvalues' sizes of a tridiagonal matrix."""
    return float(np.max(np.abs(alpha)) + 2 * np.max(np.abs(beta), initial=0.0)) * (1 + 1e-12)


def sample_of(law: HessianLaw, random: np.random.Generator, moment: Moment) -> HessianSample:
    """Draw a spectrum: histogram by Sturm counts, lowest eigenvalues with their overlaps."""
    alpha, beta = draw_tridiagonal(law, random)
    size = alpha.size
    radius = radius_of(alpha, beta)
    indices = (*range(min(_LOWEST, size)), size - 1)
    *lowest, highest = (kernels.eigenvalue(alpha, beta, i, -radius, radius) for i in indices)
    overlaps = [kernels.first_component(alpha, beta, lam) for lam in lowest]
    margin = 1e-9 * radius
    edges = np.linspace(lowest[0] - margin, highest + margin, _n_bins(size) + 1)
    below = np.empty(edges.size, dtype=np.int64)
    kernels.sturm_counts(alpha, beta, edges, below)
    return HessianSample(
        **moment._asdict(),
        edges=read_only(edges + moment.lagrange_multiplier),
        density=read_only(np.diff(below) / (size * np.diff(edges))),
        lowest=read_only(np.array(lowest) + moment.lagrange_multiplier),
        lowest_overlap=read_only(np.array(overlaps)),
        is_drawn=True,
    )


def limit_of(sigma: float, outlier: float, outlier_overlap: float, moment: Moment) -> HessianSample:
    """The spectrum for N → ∞: the semicircle in bins, and the isolated eigenvalue if there is one."""
    angle = np.arcsin(x := np.linspace(-1, 1, _n_bins(LARGEST_DRAWN) + 1))
    fraction = 0.5 + (angle + x * np.sqrt((1 - x) * (1 + x))) / math.pi
    edges = moment.lagrange_multiplier + 2 * sigma * x
    isolated = math.isfinite(outlier)
    return HessianSample(
        **moment._asdict(),
        edges=read_only(edges),
        density=read_only(np.diff(fraction) / np.diff(edges)),
        lowest=read_only(np.array([outlier] if isolated else [])),
        lowest_overlap=read_only(np.array([outlier_overlap] if isolated else [])),
        is_drawn=False,
    )


def _n_bins(size: int) -> int:
    """Bins for so many eigenvalues, 120 at most."""
    return min(max(8, int(4 * float(size) ** (1 / 3))), 120)
