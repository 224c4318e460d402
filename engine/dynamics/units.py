"""Natural units: one time unit in which everything that happens has a rate of order one or less.

With bare time t = τ/rate, the multiplier and the energies are multiplied by `rate` on the way back. The noise
kernels scale as Q/rate², the signal as Q/rate: one common rescaling of Q would be wrong. For moderate
parameters rate = σ, so that σ-units are the natural ones; a strong signal (rate σ²) or a high temperature
takes over where it is faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

from .._kernels.dynamics_flow import Couplings
from ..checks import Floats
from ..model import Model

_TOLERATED_SIGNAL: Final = 8.0  # signal rate, in units of `rate`, that the grids still resolve as they are

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
    def of(cls, model: Model, temperature: float) -> Units:
        """Return the units of a model at a temperature."""
        return cls(max(model.sigma, model.sigma**2 / _TOLERATED_SIGNAL, temperature))

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
