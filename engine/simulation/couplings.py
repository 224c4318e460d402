"""What a path needs to know of a model or a landscape: at every order, how strong noise and signal are."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from ..checks import RANGES, Values
from ..errors import ParameterError
from ..landscape import Landscape
from ..model import AnyLandscape, Model

LARGEST_ORDER: Final = int(RANGES["p"].upper)
"""Of the noise. A signal's order costs nothing and may be any."""


class Coupling(NamedTuple):
    """One order of the loss.

    Attributes
    ----------
    order : int
    root : float
        Standard deviation √a of its noise; 0: there is none.
    signal : float
        Factor b of its signal.
    """

    order: int
    root: float
    signal: float


def couplings_of(model: AnyLandscape) -> tuple[Coupling, ...]:
    """Noise and signal by order; of a model always those of matrix and tensor, a channel switched off with zeros."""
    if isinstance(model, Model):
        roots = ((2, 1 / math.sqrt(model.delta_2)), (model.p, 1 / math.sqrt(model.delta_p)))
        return tuple(Coupling(p, root, root**2) for p, root in roots)
    a, b = dict(model.noise), dict(model.signal)
    return tuple(Coupling(k, math.sqrt(a.get(k, 0.0)), b.get(k, 0.0)) for k in model.orders)


def noise_orders(model: AnyLandscape) -> tuple[int, ...]:
    """Orders of the noise tensors that are there."""
    return tuple(coupling.order for coupling in couplings_of(model) if coupling.root)


def check_orders(model: AnyLandscape) -> None:
    """Raise `ParameterError` if the noise has too high an order."""
    largest = noise_orders(model)[-1]
    if largest > LARGEST_ORDER:
        raise ParameterError(
            "model",
            f"A simulation draws noise up to order {LARGEST_ORDER}, and this landscape has some of order {largest}:"
            " `dynamics.integrate_flow` follows it at N → ∞.",
        )


def check_same_noise(old: AnyLandscape, new: AnyLandscape) -> None:
    """Raise `ParameterError` unless the standardised noise of one is that of the other, and so are their starts."""
    if isinstance(old, Model) and isinstance(new, Model):
        if new.p != old.p:
            raise ParameterError(
                "p", "The noise of one order p is not that of another: start a new simulation."
            )
        for name in ("delta_2", "delta_p"):
            if math.isinf(getattr(old, name)) != math.isinf(getattr(new, name)):
                raise ParameterError(
                    name, "A channel that is switched off has no noise to keep: start a new simulation."
                )
        return
    kinds = [[(c.order, c.root > 0) for c in couplings_of(model)] for model in (old, new)]
    if kinds[0] != kinds[1]:
        raise ParameterError(
            "model", "Noise and signal must have the orders that they had: start a new simulation."
        )
    if old.landscape.planted != new.landscape.planted:
        raise ParameterError(
            "model",
            "A planted landscape is seen from its own start, any other from elsewhere: start a new simulation.",
        )


def spike(model: AnyLandscape, overlap: Values) -> Values:
    """Curvature S″(m) of the signal's part along itself; broadcasts."""
    return model.s_second(overlap) if isinstance(model, Landscape) else model.q_second(overlap)


def steepest(model: AnyLandscape) -> float:
    """Largest eigenvalue μ + 2σ of the Hessian at the steepest minimum that is possible, one at m = 1."""
    if isinstance(model, Landscape):
        slope, pull = float(model.q_prime(1.0)), sum(abs(b) for _, b in model.signal)
    else:
        slope = pull = float(model.q_prime(1.0))
    A = math.sqrt(slope + pull * pull)
    return A + model.sigma**2 / A + 2 * model.sigma
