"""Whether a descent that has become slow is at rest in a minimum, or at a saddle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .._kernels import simulation_spectrum as kernels
from .curvature import HessianLaw
from .spectrum import draw_tridiagonal, radius_of

NEAR: Final = 0.05
"""How far off the minimum may be for a path to count as at rest in it, in units of √N."""

SOFT: Final = 0.01  # lowest eigenvalue in units of σ below which the limit N → ∞ does not tell a minimum
FAR: Final = 20.0  # standard deviations σ/√N by which the limit's lowest eigenvalue is beyond doubt
DRAWS: Final = 16  # of the part of the Hessian that the path leaves open, fewer where N is large
DRAWN_WORK: Final = 100_000_000  # N k² of all of them together: a quarter of a second
DRAWN: Final = 20_000  # eigenvalues in all of them together, but for the first
COUNTED: Final = 10_000  # largest N whose downward directions are counted where there are some beyond doubt


@dataclass(frozen=True, kw_only=True)
class Rest:
    """How the end of a path stands.

    Attributes
    ----------
    is_slow : bool
        Hardly any gradient is left.
    is_minimum : bool
        Its own Hessian is positive.
    is_near : bool
        And the minimum is within `NEAR`.
    n_down : int
        Directions that go down; 0 if none does or they have not been counted.
    """

    is_slow: bool
    is_minimum: bool = False
    is_near: bool = False
    n_down: int = 0


MOVING: Final = Rest(is_slow=False)


@dataclass(frozen=True, kw_only=True)
class End:
    """What is measured at the end of a path.

    Attributes
    ----------
    n_dim, n_directions : int
        N and the number of visited directions.
    sigma, lagrange_multiplier : float
        σ and μ.
    gradient_norm, speed : float
        Of the gradient divided by √N, all of it and its part on the visited directions.
    lowest : float
        Lowest eigenvalue of the Hessian given the path, for N → ∞.
    """

    n_dim: int
    n_directions: int
    sigma: float
    lagrange_multiplier: float
    gradient_norm: float
    speed: float
    lowest: float

    @property
    def needs_draw(self) -> bool:
        """Whether its own Hessian may have another sign than the limit's, or is small enough to be counted."""
        doubtful = abs(self.lowest) < FAR * self.sigma / math.sqrt(self.n_dim)
        return doubtful or (self.lowest < 0 and self.n_dim <= COUNTED)


def n_draws(n_dim: int, n_directions: int) -> int:
    """How many draws of the Hessian tell whether it is positive; 0 where one would be too much work."""
    affordable = DRAWN_WORK // (n_dim * n_directions**2)
    return min(max(DRAWN // n_dim, 1), DRAWS, affordable)


def rest_of(end: End, drawn: Sequence[tuple[float, int]]) -> Rest:
    """How the end of a slow path stands.

    Parameters
    ----------
    end : End
    drawn : sequence of (float, int)
        Lowest eigenvalue and number of negative ones of draws of its Hessian, its own first. The path leaves most of
        the Hessian open: at rest it is only if all draws are positive. Without any the limit N → ∞ decides.

    Notes
    -----
    The minimum is |H⁻¹∇H| away. On the softest direction, eigenvalue λ, the gradient is at most its part on the visited
    directions, and of what is off them its share of the N - k others: (speed + gradient_norm/√(N - k))/λ.
    """
    lowest = min([end.lowest, *(value for value, _ in drawn)])
    n_down = drawn[0][1] if drawn else 0
    is_minimum = drawn[0][0] > 0 if drawn else lowest > 0
    unknown = max(end.n_dim - end.n_directions, 0)
    across = end.gradient_norm / math.sqrt(unknown) if unknown else 0.0
    is_near = min(lowest, end.lowest - SOFT * end.sigma) > 0 and end.speed + across < NEAR * lowest
    return Rest(is_slow=True, is_minimum=is_minimum, is_near=is_near, n_down=n_down)


def draw_lowest(
    law: HessianLaw, lagrange_multiplier: float, random: np.random.Generator
) -> tuple[float, int]:
    """Lowest eigenvalue and number of negative ones of a draw of the Hessian, by Sturm counts.

    With the same random numbers the Hessian that `spectrum.sample_of` draws.
    """
    alpha, beta = draw_tridiagonal(law, random)
    radius = radius_of(alpha, beta)
    below = np.empty(1, dtype=np.int64)
    kernels.sturm_counts(alpha, beta, np.array([-lagrange_multiplier]), below)
    return kernels.eigenvalue(alpha, beta, 0, -radius, radius) + lagrange_multiplier, int(below[0])
