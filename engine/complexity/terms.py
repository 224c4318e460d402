"""A landscape as the complexity's kernels take it."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np

from .._kernels.complexity import Terms
from ..checks import read_only
from ..model import AnyLandscape


@lru_cache(maxsize=256)
def terms_of(model: AnyLandscape) -> Terms:
    """Couplings by order, and the moments of the noise, written without cancellation."""
    landscape = model.landscape
    a, b, orders = dict(landscape.noise), dict(landscape.signal), landscape.orders
    Q0 = sum(c / k for k, c in a.items())
    pairs = combinations(a.items(), 2)
    parts = [(k, a.get(k, 0.0), b.get(k, 0.0)) for k in orders]
    return Terms(
        parts=read_only(np.ascontiguousarray(np.array(parts, dtype=np.float64).T)),
        Q0=Q0,
        Q1=sum(a.values()),
        Q2=sum((k - 1) * c for k, c in a.items()),
        rise=float(sum((k - 2) * c for k, c in a.items())),
        w=sum((c / k) * (d / n) * (k - n) ** 2 for (k, c), (n, d) in pairs) / Q0,
    )
