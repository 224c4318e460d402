"""The gradient flow against the logarithm of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..physics import Model, say
from .figure import Figure
from .pinned import draw_pinned
from .theme import Theme, compact, figure, label, power_of_ten
from .timeline import FIRST_TIME, Curves, Instance, draw_instance, thinned


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is drawn of a trajectory.

    Parameters
    ----------
    title : str
        Of the axis.
    hover : str
        Template of the hover's line.
    of : callable
        Its values on a path, in the model's units.
    log : bool
        Whether its axis is logarithmic.
    overlap : {"linear", "size"}, optional
        How a curve of an overlap is drawn over it; None where it cannot be.
    """

    title: str
    hover: str
    of: Callable[[Model, Curves], NDArray[np.float64]]
    log: bool = False
    overlap: Literal["linear", "size"] | None = None


OVERLAP: Final = Quantity(
    "m(t)", "m = %{y:.5g}<extra></extra>", lambda _, path: path.overlap, overlap="linear"
)
LOG_OVERLAP: Final = Quantity(
    "|m(t)|", "|m| = %{y:.3e}<extra></extra>", lambda _, path: np.abs(path.overlap), log=True, overlap="size"
)
ENERGY: Final = Quantity("e(t)", "e = %{y:.5f}<extra></extra>", lambda _, path: path.energy)
MULTIPLIER: Final = Quantity(
    "μ(t)/2σ",
    "μ/2σ = %{y:.5f}<extra></extra>",
    lambda model, path: path.lagrange_multiplier / (2 * model.sigma),
)


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal reference: a value that theory gives without integrating anything."""

    value: float
    text: str
    colour: str
    dash: str = "dash"
    right: bool = False  # its words stand at the right end


def flow_figure(
    quantity: Quantity,
    points: Sequence[tuple[Model, Curves]],
    look: Theme,
    *,
    t_max: float,
    levels: tuple[Level, ...] = (),
    escape: float | None = None,
    instance: Instance | None = None,
) -> Figure:
    """Draw one quantity of the trajectories of some points from t = 0.1 to t_max.

    Parameters
    ----------
    quantity : Quantity
        What is drawn.
    points : sequence of (Model, engine.dynamics.Trajectory)
        The live point first, then the pinned ones; each on the times to be drawn (use ``.at``). The model gives σ for
        the multiplier's unit.
    look : Theme
        Light or dark.
    t_max : float
        Right end of the axis.
    levels : tuple of Level
        References of the live point, drawn behind the curves.
    escape : float, optional
        Its escape time by the linear growth of the overlap.
    instance : Instance, optional
        A descent on a real instance of it, drawn over the theory's curve.
    """
    (model, trajectory), *pinned = points
    values = quantity.of(model, trajectory)
    path = None if instance is None else thinned(instance.path)
    real = values[:0] if path is None else quantity.of(model, path)
    beside = [(other.time, quantity.of(its_model, other)) for its_model, other in pinned]
    levels = tuple(level for level in levels if np.isfinite(level.value))
    made = figure(
        look,
        x={
            "title": "time t",
            "type": "log",
            "range": [np.log10(FIRST_TIME), np.log10(t_max)],
            **power_of_ten(-1, 6),
        },
        y={"title": quantity.title, "type": "log" if quantity.log else "linear"}
        | _range(quantity, values, [real, *(curve for _, curve in beside)], levels),
        revision=f"flow-{quantity.title}-{t_max:g}",
    )
    for level in levels:
        made.add_shape(
            type="line", x0=0, x1=1, xref="paper", y0=level.value, y1=level.value,
            line={"color": level.colour, "width": 1.5, "dash": level.dash},
        )  # fmt: skip
    for level, above in zip(levels, _sides(levels, made.layout["yaxis"].get("range", [0, 1])), strict=True):
        made.add_annotation(**label(
                look, level.text, x=int(level.right), xref="paper",
                xanchor="right" if level.right else "left", xshift=-4 if level.right else 4,
                y=np.log10(level.value) if quantity.log else level.value,
                yanchor="bottom" if above else "top", font={"size": 12, "color": level.colour},
            )
        )  # fmt: skip
    if escape is not None:
        made.add_shape(
            type="line", x0=escape, x1=escape, y0=0, y1=1, yref="paper",
            line={"color": look.faint, "width": 1.2, "dash": "dot"},
        )  # fmt: skip
        at = float(np.log10(escape))
        early = at < (np.log10(FIRST_TIME) + np.log10(t_max)) / 2
        made.add_annotation(
            **label(
                look, f"escape, linear theory: {say(escape)}", x=at, xanchor="left" if early else "right",
                xshift=4 if early else -4, y=0.2 if early else 0.5, yref="paper",
                font={"size": 12, "color": look.faint},
            )
        )  # fmt: skip
    made.add_scatter(
        x=compact(trajectory.time),
        y=values if quantity.log else compact(values),
        mode="lines",
        line={"color": look.line, "width": 2.5},
        hovertemplate=quantity.hover,
        name="flow",
    )
    if path is not None and instance is not None:
        draw_instance(made, path.time, real, instance.name, look, hover=quantity.hover, log=quantity.log)
    draw_pinned(
        made, beside, look, hover=quantity.hover, under=0, log=(True, quantity.log), exact=quantity.log
    )
    made.update_layout(
        meta={"timed": True, "overlap": quantity.overlap},
        xaxis={"hoverformat": ".4g", "unifiedhovertitle": {"text": "t = %{x:.4g}"}},
    )
    return made


def _range(
    quantity: Quantity,
    values: NDArray[np.float64],
    others: Sequence[NDArray[np.float64]],
    levels: tuple[Level, ...],
) -> dict[str, object]:
    """The axis that holds all curves; the overlap's own one stands still while something moves."""
    together = np.concatenate([values, *others])
    shown = together[np.isfinite(together)]
    if quantity is OVERLAP:
        low = -1.03 if shown.size and (values[-1] < 0 or shown.min() < -0.05) else -0.03
        high = 0.05 if low < -1 and shown.max() < 0.05 else 1.03
        return {"range": [low, high], "nticks": 6}
    if quantity.log:
        low = int(np.floor(np.log10(max(shown.min(), 1e-120)))) if shown.size else -10
        return {"range": [low - 0.1, 0.15], **power_of_ten(low, 0, max(1, -low // 4))}
    if shown.size == 0:
        return {}
    together = np.concatenate([shown, [level.value for level in levels]])
    bottom, top = float(together.min()), float(together.max())
    pad = 0.06 * (top - bottom) + 1e-9
    return {"range": [bottom - pad, top + pad], "nticks": 6}


def _sides(levels: tuple[Level, ...], axis: list[float]) -> list[bool]:
    """Whether each label stands above its line: of two that are close on the axis, the lower one goes below."""
    near = 0.13 * abs(axis[1] - axis[0])
    above = []
    for level in levels:
        beside = [other for other in levels if other is not level and other.right == level.right]
        higher = [other.value for other in beside if other.value >= level.value]
        above.append(not higher or min(higher) - level.value > near)
    return above
