"""Natural units: one time unit in which everything that happens has a rate of order one or less.

With bare time t = τ/rate, the multiplier and the energies are multiplied by `rate` on the way back. The noise
kernels scale as Q/rate², the signal as Q/rate: one common rescaling of Q would be wrong. For moderate
parameters rate = σ, so that σ-units are the natural ones. A strong signal (rate σ²), where the flow can get to
it, or a high temperature takes over where it is faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

from .._kernels.dynamics_flow import Couplings
from ..checks import Floats
from ..model import Model

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
    def of(cls, model: Model, temperature: float, overlap_0: float) -> Units:
        """The units of a run that starts at an overlap.

        A trapped flow never meets a strong signal; in its units a flow in a rugged landscape would be followed
        over many more decades than it has. It is trapped where even the curvature S''(m) towards the signal
        at ten times the overlap is too small for it to grow: S'' σ < Q'(1), equation (19) of
        docs/theory/landscape.md.
        """
        m = min(_LIFT * abs(overlap_0), 1.0)
        noise = model.inverse_delta_2 + model.inverse_delta_p
        meets_signal = float(model.q_second(m)) * model.sigma > _DECAYS * noise
        signal_rate = model.sigma**2 / _TOLERATED_SIGNAL if meets_signal else 0.0
        return cls(max(model.sigma, signal_rate, temperature))

    def couplings(self, model: Model, *, temperature: float, mirror: bool, live: bool) -> Couplings:
        """Return the kernels' numbers; `mirror` flips the signal's tensor term, `live` lets m act back."""
        a, b, rate = model.inverse_delta_p, model.inverse_delta_2, self.rate
        return Couplings(
            p=model.p,
            a=a / rate**2,
            b=b / rate**2,
            sa=(-a if mirror else a) / rate,
            sb=b / rate,
            T=temperature / rate,
            live=1.0 if live else 0.0,
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
