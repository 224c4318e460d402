"""What the pictures over time share: the axis of log t, and a real instance's path on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from .figure import Figure
from .theme import Theme, compact, label

FIRST_TIME: Final = 0.1  # where the axis begins


def moment_time(fraction: float, t_max: float) -> float:
    """The time that the moment means, a fraction of the axis from `FIRST_TIME` to t_max."""
    return float(FIRST_TIME * (t_max / FIRST_TIME) ** fraction)


class Curves(Protocol):
    """What is drawn of a path, the theory's or an instance's; arrays of one length."""

    @property
    def time(self) -> NDArray[np.float64]:
        """Times t."""

    @property
    def overlap(self) -> NDArray[np.float64]:
        """Overlap m."""

    @property
    def energy(self) -> NDArray[np.float64]:
        """Energy e."""

    @property
    def lagrange_multiplier(self) -> NDArray[np.float64]:
        """Multiplier μ."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A real instance beside the theory: its path and what it is called."""

    path: Curves
    name: str


@dataclass(frozen=True, slots=True)
class _Thinned:
    time: NDArray[np.float64]
    overlap: NDArray[np.float64]
    energy: NDArray[np.float64]
    lagrange_multiplier: NDArray[np.float64]


def thinned(path: Curves, points: int = 400) -> Curves:
    """A path at so many points at most, evenly on the axis of log t, from `FIRST_TIME` on."""
    time = path.time
    wanted = np.searchsorted(time, np.geomspace(FIRST_TIME, max(float(time[-1]), FIRST_TIME), points))
    kept = np.unique(np.clip(wanted, 1, time.size - 1)) if time.size > 1 else np.array([0])
    return _Thinned(time[kept], path.overlap[kept], path.energy[kept], path.lagrange_multiplier[kept])


def draw_instance(
    made: Figure,
    time: NDArray[np.float64],
    values: NDArray[np.float64],
    name: str,
    look: Theme,
    *,
    hover: str,
    log: bool = False,
) -> None:
    """Draw an instance's values over time, its end marked and named.

    Parameters
    ----------
    made : Figure
        Over the axis of log t.
    time, values : array, shape (n,)
        What is drawn.
    name : str
        Written beside the end.
    look : Theme
        Light or dark.
    hover : str
        Template of the hover's line, as that of the theory's curve.
    log : bool
        Whether the axis of the values is logarithmic.
    """
    made.add_scatter(
        x=compact(time), y=values if log else compact(values), mode="lines",
        line={"color": look.instance, "width": 2}, name="instance",
        hovertemplate=hover.replace("<extra></extra>", "<extra>instance</extra>"),
    )  # fmt: skip
    end = float(values[-1])
    made.add_scatter(
        x=[float(time[-1])], y=[end], mode="markers", hoverinfo="skip", name="instance's end",
        marker={"color": look.instance, "size": 7},
    )  # fmt: skip
    left, right = made.layout["xaxis"]["range"]
    at = float(np.log10(time[-1]))
    roomy = (at - left) / (right - left) < 0.7
    made.add_annotation(**label(
            look, name, x=at, y=np.log10(max(end, 1e-300)) if log else end, xanchor="left" if roomy else "right",
            xshift=4 if roomy else -4, yanchor="top", yshift=-4, font={"size": 12, "color": look.instance},
        )
    )  # fmt: skip
