"""The grid in theta = t'/t on which a row C(t, ·), R(t, ·) lives.

Equal elements in the logit coordinate u of theta, u in [-U, U]: the spacing is geometric from both ends, down
to about d/10 in time at t = d e^U. x = 1 - theta is kept as an array of its own, accurate near theta = 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .._kernels.dynamics_flow import NODES, Tables
from ..checks import Floats
from .radau import radau_element

_N_POINTS = NODES - 1
_CACHED_ELEMENTS = 32
_BEFORE_EVERYTHING = -1e300  # stands for ln 0


def _logistic(u: Floats) -> Floats:
    return 1 / (1 + np.exp(-u))


@dataclass(frozen=True, eq=False)
class ThetaGrid:
    """Elements of left Radau points in u, and theta = 1 as the last node.

    Attributes
    ----------
    n_elements : int
    extent : float
        U, the largest u.
    theta, x : ndarray, shape (L,)
        Nodes from 0 to 1, and 1 - theta.
    weights : ndarray, shape (L,)
        Quadrature over [0, 1], normalised; the last one is 0.
    """

    n_elements: int
    extent: float
    theta: Floats
    x: Floats
    weights: Floats

    @classmethod
    def build(cls, n_elements: int, extent: float) -> ThetaGrid:
        """Lay ``n_elements`` equal elements over [-extent, extent]."""
        element = radau_element(_N_POINTS)
        half = extent / n_elements
        centres = -extent + half * (2 * np.arange(n_elements) + 1)
        u = np.append((centres[:, None] + half * element.nodes[:-1]).ravel(), extent)
        u[0] = -extent
        # (sig(u) - sig(-U)) / tanh(U/2), written without cancellation on either side
        factor = 1 / ((1 + np.exp(-extent)) * np.tanh(extent / 2))
        low = _logistic(u) * -np.expm1(-(u + extent)) * factor
        high = _logistic(-u) * -np.expm1(u - extent) * factor
        theta = np.where(u < 0, low, 1 - high)
        x = np.where(u < 0, 1 - low, high)
        slope = _logistic(u) * _logistic(-u) / np.tanh(extent / 2)
        weights = np.append(np.tile(half * element.quadrature, n_elements), 0.0) * slope
        weights /= weights.sum()
        for array in (theta, x, weights):
            array.setflags(write=False)
        return cls(n_elements, extent, theta, x, weights)

    @property
    def size(self) -> int:
        """Number L of nodes."""
        return self.theta.size

    def transport(self) -> Floats:
        """Matrix of theta d/dtheta at the nodes, shape (L, L); block upper triangular, its last row 0."""
        element = radau_element(_N_POINTS)
        half = self.extent / self.n_elements
        matrix = np.zeros((self.size, self.size))
        for e in range(self.n_elements):
            block = slice(e * _N_POINTS, (e + 1) * _N_POINTS)
            matrix[block, e * _N_POINTS : (e + 1) * _N_POINTS + 1] = element.derivative / half
        # dtheta/du = (A + theta B)(A + x B) / B with A = sig(-U), B = tanh(U/2)
        a, b = _logistic(np.array(-self.extent)), np.tanh(self.extent / 2)
        slope = (a + b * self.theta) * (a + b * self.x) / b
        matrix *= (self.theta / slope)[:, None]
        return matrix

    def interpolation(self, theta: Floats, x: Floats) -> tuple[NDArray[np.uint32], Floats]:
        """First node and weights, shapes (...) and (..., NODES), that interpolate at theta = 1 - x."""
        element = radau_element(_N_POINTS)
        half = self.extent / self.n_elements
        a, b = _logistic(np.array(-self.extent)), np.tanh(self.extent / 2)
        u = np.clip(np.log((a + b * theta) / (a + b * x)), -self.extent, self.extent)
        place = (u + self.extent) / half
        e = np.clip((place / 2).astype(np.int64), 0, self.n_elements - 1)
        z = np.clip(place - (2 * e + 1), -1.0, 1.0)
        distance = z[..., None] - element.nodes
        on_node = np.abs(distance) < 1e-14
        weights = element.barycentric / np.where(on_node, 1.0, distance)
        weights /= weights.sum(axis=-1, keepdims=True)
        hit = on_node.any(axis=-1)
        weights[hit] = on_node[hit]
        return (e * _N_POINTS).astype(np.uint32), weights

    def tables(self) -> Tables:
        """Everything the kernels need to know of this grid; a few milliseconds of work."""
        theta, x = self.theta, self.x
        x_rho = np.outer(x, x)
        rho = theta + x * theta[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            log_rho = np.where(x_rho < 0.5, np.log1p(-x_rho), np.log(rho))
            log_theta = np.where(x < 0.5, np.log1p(-x), np.log(theta))
            phi = np.where(rho > 0, theta[:, None] / rho, 1.0)
            x_phi = np.where(rho > 0, theta * x[:, None] / rho, 0.0)
        log_rho[~np.isfinite(log_rho)] = _BEFORE_EVERYTHING
        log_theta[0] = _BEFORE_EVERYTHING
        product = np.outer(theta, theta)
        tables = Tables(
            theta, x, self.weights, self.transport(), log_theta, log_rho,
            *self.interpolation(rho, x_rho),
            *self.interpolation(phi, x_phi),
            *self.interpolation(product, x[:, None] + theta[:, None] * x),
        )  # fmt: skip
        for array in tables:
            array.setflags(write=False)
        return tables


@lru_cache(maxsize=20)
def _cached(n_elements: int, extent: float) -> tuple[ThetaGrid, Tables]:
    grid = ThetaGrid.build(n_elements, extent)
    return grid, grid.tables()


def theta_grid(n_elements: int, extent: float) -> tuple[ThetaGrid, Tables]:
    """Return a grid and its tables, from a small cache unless they are large (tight tolerances)."""
    if n_elements <= _CACHED_ELEMENTS:
        return _cached(n_elements, extent)
    grid = ThetaGrid.build(n_elements, extent)
    return grid, grid.tables()


def transfer(old: ThetaGrid, new: ThetaGrid) -> Floats:
    """Return the matrix, shape (L_old, L_new), that takes rows on one grid to another; remembered as the grids are."""
    remembered = max(old.n_elements, new.n_elements) <= _CACHED_ELEMENTS
    return _transfer(old, new) if remembered else _transfer.__wrapped__(old, new)


@lru_cache(maxsize=40)
def _transfer(old: ThetaGrid, new: ThetaGrid) -> Floats:
    start, weight = old.interpolation(new.theta, new.x)
    matrix = np.zeros((old.size, new.size))
    matrix[start[:, None] + np.arange(weight.shape[1]), np.arange(new.size)[:, None]] = weight
    matrix.setflags(write=False)
    return matrix
