"""Where a gradient flow can come to rest: the stable isolated minima, from their closed equation."""

from __future__ import annotations

import numpy as np

from ..checks import Floats
from ..model import Model

_N_SCAN = 1000
_N_BISECT = 45


def stable_overlaps(model: Model, *, mirror: bool) -> Floats:
    """Sizes |m| of the overlaps of all stable isolated minima on one side, increasing; may be empty.

    Roots of Q'(m)²(1 - m²) = Q'(1) m², divided by m², that have A = √(Q'(1)/(1 - m²)) > σ; on the mirror side
    (odd p, m < 0) the tensor's share of Q'(m) changes sign.

    Parameters
    ----------
    model : Model
    mirror : bool
        Whether the side is m < 0 at odd p.
    """
    p, b = model.p, model.inverse_delta_2
    a = -model.inverse_delta_p if mirror else model.inverse_delta_p
    noise = model.inverse_delta_2 + model.inverse_delta_p

    def slope_squared(x: Floats) -> tuple[Floats, Floats]:
        m = np.sqrt((1 - x) * (1 + x))
        return m, (b + a * m ** (p - 2)) ** 2 * x**2 - noise

    # in x = √(1 - m²): wells of a strong signal crowd at m = 1
    x = np.geomspace(1e-5, 1.0, _N_SCAN)[:-1]
    _, values = slope_squared(x)
    changes = np.flatnonzero(values[:-1] * values[1:] < 0)
    low, high = x[changes], x[changes + 1]
    rising = values[changes] < 0
    for _ in range(_N_BISECT):
        middle = (low + high) / 2
        below = (slope_squared(middle)[1] < 0) == rising
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    root = (low + high) / 2
    m, _ = slope_squared(root)
    is_downhill = b + a * m ** (p - 2) > 0
    is_stable = np.sqrt(noise) / root > model.sigma
    return np.sort(m[is_downhill & is_stable])
