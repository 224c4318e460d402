"""The law of the Hessian at points of a path, given the whole path.

With B_{r,B∪r} = -p(p-1) multinomial(B) a^B s_{B∪r} the mixed rows have covariance BBᵀ - (BU)(BU)ᵀ. On the tangent space
the first term is s² = Q″(1)/N times the identity, whatever the point: only A and BU have to be computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from .._kernels import simulation_spectrum as kernels
from .._kernels.simulation import Channel, Channels
from ..checks import Floats
from ..model import AnyLandscape
from .couplings import noise_orders, spike
from .instance import Instance, channels_of
from .multisets import count, index_tables

_WORK_OF_ALL, _WORK_PER_ROW, _WORK_PER_CUBE, _WORK_PER_SQUARE = 2.0, 0.2, 1.5, 150.0
_ROWS: Final = 1024
_BLOCKS, _WEIGHTS = 1_000_000, 1_000_000  # numbers held at once


@dataclass(frozen=True, kw_only=True)
class HessianLaw:
    """The Hessian at one point, given the path.

    Attributes
    ----------
    known : ndarray, shape (d, d)
        A: its block on the d = k - 1 visited tangent directions, without μ; the signal's direction first.
    factor : ndarray, shape (d, d)
        F: the rows that lead out of the block are F times standard normals.
    spread : float
        s: standard deviation of the off-diagonal entries elsewhere; √2 times that on the diagonal.
    n_unknown : int
        n = N - k.
    """

    known: Floats
    factor: Floats
    spread: float
    n_unknown: int


def hessian_law(
    model: AnyLandscape, instance: Instance, point: Floats, channels: Channels | None = None
) -> HessianLaw:
    """Law of the Hessian at a point of the path; point : shape (k,), coordinates of x/√N; channels as in `outliers`."""
    _, known, rows = next(_blocks(model, instance, point[None, :], channels))
    A, B = known[0], rows[0]
    A[0, 0] -= float(spike(model, float(point[0])))
    kernels.to_tangent(A, B, point)
    d = point.size - 1
    square = model.sigma**2 / instance.n_dim
    eigenvalue, vector = np.linalg.eigh(square * np.eye(d) - B[:d] @ B[:d].T)
    return HessianLaw(
        known=np.ascontiguousarray(A[:d, :d]),
        factor=np.ascontiguousarray(vector * np.sqrt(np.maximum(eigenvalue, 0))),
        spread=math.sqrt(square),
        n_unknown=instance.n_dim - point.size,
    )


def outliers(
    model: AnyLandscape,
    instance: Instance,
    path: Floats,
    lagrange_multiplier: Floats,
    *,
    edge: str = "limit",
    channels: Channels | None = None,
) -> Floats:
    """Isolated eigenvalue below the bulk, for N → ∞, and the squared overlap of its eigenvector with the signal.

    Parameters
    ----------
    path : ndarray, shape (n, k)
    lagrange_multiplier : ndarray, shape (n,)
    edge : {"limit", "unknown"}
        What counts as the bulk: up to μ - 2σ, or only the block of unknown directions, which at small N is narrower.
    channels : tuple of Channel, optional
        The instance's noise as a walker holds it, if one does: megabytes that need not be laid out again.

    Returns
    -------
    ndarray, shape (2, n)
        NaN where all eigenvalues are inside the bulk.

    Notes
    -----
    The unknown block is integrated out, det[A - z - (N-k)M h(z)] = 0 with h the transform of its semicircle; with
    y = 1/h the eigenvalue is z = μ - y - v²/y, v² = (N-k)σ²/N, and y the largest root of det[y + A + (N-k)BBᵀ/y]
    (docs/theory/simulation.md, equations (11) and (12)).
    """
    n_unknown = instance.n_dim - path.shape[1]
    out = np.empty((path.shape[0], 2))
    spikes = np.broadcast_to(spike(model, path[:, 0]), path.shape[:1]).astype(np.float64)
    v2 = max(n_unknown, 1e-6) * model.sigma**2 / instance.n_dim
    # 0.1 % in y are 1e-6 in the eigenvalue; the second is the y of μ - 2σ
    lower = 1.001 * math.sqrt(v2)
    if edge == "limit":
        lower = max(lower, model.sigma + math.sqrt(model.sigma**2 - min(v2, model.sigma**2)))
    mu, n = lagrange_multiplier, float(n_unknown)
    for part, known, rows in _blocks(model, instance, path, channels):
        kernels.outliers(known, rows, path[part], mu[part], spikes[part], n, v2, lower, out[part])
    return np.ascontiguousarray(out.T)


def work_of_outliers(model: AnyLandscape, instance: Instance) -> tuple[float, float]:
    """What `outliers` costs, and each point besides, in numbers gone through, about half a nanosecond each."""
    k = instance.n_directions
    rows = sum(count(p - 2, k) for p in noise_orders(model))
    each = _WORK_PER_ROW * rows + _WORK_PER_CUBE * k + _WORK_PER_SQUARE
    return _WORK_OF_ALL * rows * k * k, each * k * k


def lowest_curvature(
    model: AnyLandscape, instance: Instance, point: Floats, lagrange_multiplier: Floats, channels: Channels
) -> float:
    """Lower end of the Hessian's spectrum: the unknown block's bulk, or what is outside it.

    point : shape (1, k); lagrange_multiplier : shape (1,).
    """
    unknown = max(1 - instance.n_directions / instance.n_dim, 0.0)
    edge = lagrange_multiplier[0] - 2 * model.sigma * unknown**0.5
    found = outliers(model, instance, point, lagrange_multiplier, edge="unknown", channels=channels)
    return float(np.fmin(edge, found[0, 0]))


def _blocks(
    model: AnyLandscape, instance: Instance, path: Floats, channels: Channels | None = None
) -> Iterator[tuple[slice, Floats, Floats]]:
    """For some points at a time: A : shape (n, k, k), the noise's block, and BU : shape (n, k, n_used)."""
    n, k = path.shape
    n_used = instance.pending_used.size
    channels = channels or channels_of(model, instance)
    shown = [
        channel for channel in channels if channel.root > 0 and channel.order > 1
    ]  # those with curvature
    n_rows = max(count(channel.order - 2, k) for channel in shown)
    products = {channel.order: _multiplicities(channel.order - 2, k) for channel in shown}
    step = max(1, min(_WEIGHTS // n_rows, _BLOCKS // (2 * k * k)))
    for first in range(0, n, step):
        part = slice(first, min(first + step, n))
        points = np.ascontiguousarray(path[part])
        A, B = np.zeros((len(points), k, k)), np.zeros((len(points), k, n_used))
        for channel in shown:
            _add_blocks(channel, products[channel.order], points, A, B)
        yield part, A, B


def _multiplicities(size: int, k: int) -> Floats:
    """Of the multisets of a size out of k directions; those out of fewer come first."""
    return index_tables(size + 1, k).multiplicity if size else np.ones(1)


def _add_blocks(channel: Channel, products: Floats, points: Floats, A: Floats, B: Floats) -> None:
    """Add one noise tensor's part, direction by direction, for all points at once."""
    p, n_used = channel.order, B.shape[2]
    visited = int(np.flatnonzero(np.any(points, axis=0))[-1]) + 1  # by then
    points = np.ascontiguousarray(points[:, :visited])
    multiplicity = products[: count(p - 2, visited)]
    factor = -p * (p - 1) * channel.root * math.factorial(p - 2)
    W = np.empty((len(points), multiplicity.size))
    kernels.weights(channel.counts, 1 / multiplicity, p - 2, factor, points, W)
    for first in range(0, multiplicity.size, _ROWS):  # gathered rows that stay near the processor
        some = slice(first, min(first + _ROWS, multiplicity.size))
        part = np.ascontiguousarray(W[:, some])
        for r in range(A.shape[1]):
            rows = channel.insert[some, r]
            A[:, r, :] += part @ channel.C[rows, : A.shape[1]]
            B[:, r, :] += (part * channel.spread[rows]) @ channel.U[rows, :n_used]
