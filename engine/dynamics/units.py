"""Natural units: one time unit in which everything that happens has a rate of order one or less.

With bare time t = τ/rate, the multiplier and the energies are multiplied by `rate` on the way back. The noise
kernels scale as Q/rate², the signal as Q/rate: one common rescaling of Q would be wrong. For moderate
parameters rate = σ, so that σ-units are the natural ones; a strong signal (rate σ²) or a high temperature
takes over where it is faster.
"""

from __future__ import annotations

from engine._kernels.dynamics_flow import Couplings
from engine.model import Model

_TOLERATED_SIGNAL = 8.0  # signal rate, in units of `rate`, that the grids still resolve as they are


def natural_rate(model: Model, temperature: float) -> float:
    """Inverse of the natural time unit, in units of the bare flow."""
    return max(model.sigma, model.sigma**2 / _TOLERATED_SIGNAL, temperature)


def natural_couplings(
    model: Model, *, rate: float, temperature: float, mirror: bool, live: bool
) -> Couplings:
    """Couplings of the kernels; `mirror` flips the signal's tensor term, `live` lets m act back."""
    a, b = model.inverse_delta_p, model.inverse_delta_2
    return Couplings(
        p=model.p,
        a=a / rate**2,
        b=b / rate**2,
        sa=(-a if mirror else a) / rate,
        sb=b / rate,
        T=temperature / rate,
        live=1.0 if live else 0.0,
    )
