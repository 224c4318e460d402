"""Natural units: one time unit in which everything that happens has a rate of order one or less.

With bare time t = τ/rate, the multiplier and the energies are multiplied by `rate` on the way back. The noise
kernels scale as Q/rate², the signal as Q/rate: one common rescaling of Q would be wrong. For moderate
parameters rate = σ, so that σ-units are the natural ones. A strong signal (of a model: rate σ²), where the
flow can get to it, or a high temperature takes over where it is faster.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from .._kernels.dynamics_flow import Couplings
from ..checks import Floats
from ..landscape import Landscape

_TOLERATED_SIGNAL: Final = 3.0  # signal rate, in units of `rate`, that the grids still resolve as they are
_LIFT: Final = 10.0  # by which the transient raises an overlap, at most
_DECAYS: Final = 0.8  # of the signal below which an overlap dies out, for safety

Quantity = TypeVar("Quantity", float, Floats)


@dataclass(frozen=True)
class Units:
    """The natural units of a run: the way in, and the way back to those of the bare flow.

    Parameters
    ----------
    rate : float
        Inverse of the natural time unit, in units of the bare flow.
    """

    rate: float

    @classmethod
    def of(cls, landscape: Landscape, temperature: float, overlap_0: float) -> Units:
        """The units of a run that starts at an overlap.

        A trapped flow never meets a strong signal; in its units a flow in a rugged landscape would be followed
        over many more decades than it has. It is trapped where even the curvature S''(m) towards the signal
        at ten times the overlap is too small for it to grow: S'' σ < Q'(1), equation (19) of
        docs/theory/landscape.md. A signal of order 1 is met by every flow, and its noise is a force of its own.
        """
        m = min(_LIFT * abs(overlap_0), 1.0)
        sigma, noise = landscape.sigma, sum(a for _, a in landscape.noise)
        curvature = sum((k - 1) * abs(b) * m ** (k - 2) for k, b in landscape.signal if k > 1)
        field = math.sqrt(dict(landscape.noise).get(1, 0.0))
        is_met = curvature * sigma > _DECAYS * noise or any(k == 1 for k, _ in landscape.signal)
        strength = sum(max(k - 1, 1) * abs(b) for k, b in landscape.signal)
        signal_rate = strength / _TOLERATED_SIGNAL if is_met else 0.0
        return cls(max(sigma, signal_rate, temperature, field))

    def couplings(self, landscape: Landscape, *, temperature: float, live: float) -> Couplings:
        """Return the kernels' numbers; `live` as they take it: 1 lets m act back."""
        orders, a, b = landscape.orders, dict(landscape.noise), dict(landscape.signal)
        noise = np.zeros(max(a))
        for k, value in a.items():
            noise[k - 1] = value / self.rate**2
        return Couplings(
            order=np.array(orders, dtype=np.int64),
            a=np.array([a.get(k, 0.0) / self.rate**2 for k in orders]),
            b=np.array([b.get(k, 0.0) / self.rate for k in orders]),
            noise=noise,
            T=temperature / self.rate,
            live=live,
        )

    def natural_time(self, time: float) -> float:
        """A time, on the way in."""
        return time * self.rate

    def bare_time(self, time: Quantity) -> Quantity:
        """A time, on the way back."""
        return time / self.rate

    def bare_rate(self, rate: Quantity) -> Quantity:
        """A multiplier, an energy or a growth rate, on the way back."""
        return rate * self.rate
