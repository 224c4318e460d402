"""The gradient flow against the logarithm of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.figures.figure import Figure
from app.figures.theme import Theme, compact, figure, label, power_of_ten
from app.figures.timeline import FIRST_TIME, Curves, Instance, draw_instance, thinned
from app.figures.words import say
from engine import Model

View = Literal["overlap", "log_overlap", "energy", "multiplier"]


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal reference: a value that theory gives without integrating anything."""

    value: float
    text: str
    colour: str
    dash: str = "dash"
    right: bool = False  # its words stand at the right end


def flow_figure(
    model: Model,
    trajectory: Curves,
    look: Theme,
    *,
    t_max: float,
    view: View = "overlap",
    levels: tuple[Level, ...] = (),
    escape: float | None = None,
    instance: Instance | None = None,
) -> Figure:
    """Draw one quantity of a trajectory from t = 0.1 to t_max.

    Parameters
    ----------
    model : Model
        Gives σ for the multiplier's unit.
    trajectory : engine.dynamics.Trajectory
        On the times to be drawn (use ``.at``).
    look : Theme
        Light or dark.
    t_max : float
        Right end of the axis.
    view : str
        What is drawn: the overlap (linear or logarithmic), the energy or μ/2σ.
    levels : tuple of Level
        References drawn behind the curve.
    escape : float, optional
        Escape time by the linear growth of the overlap.
    instance : Instance, optional
        A descent on a real instance, drawn over the theory's curve.
    """
    values, title, hover = _quantity(model, trajectory, view)
    path = None if instance is None else thinned(instance.path)
    real = values[:0] if path is None else _quantity(model, path, view)[0]
    levels = tuple(level for level in levels if np.isfinite(level.value))
    made = figure(
        look,
        x={
            "title": "time t",
            "type": "log",
            "range": [np.log10(FIRST_TIME), np.log10(t_max)],
            **power_of_ten(-1, 6),
        },
        y={"title": title, "type": "log" if view == "log_overlap" else "linear"}
        | _range(values, real, levels, view),
        revision=f"flow-{view}-{t_max:g}",
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
                y=np.log10(level.value) if view == "log_overlap" else level.value,
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
        y=values if view == "log_overlap" else compact(values),
        mode="lines",
        line={"color": look.line, "width": 2.5},
        hovertemplate=hover,
        name="flow",
    )
    if path is not None and instance is not None:
        draw_instance(made, path.time, real, instance.name, look, hover=hover, log=view == "log_overlap")
    made.update_layout(
        meta={"timed": True}, xaxis={"hoverformat": ".4g", "unifiedhovertitle": {"text": "t = %{x:.4g}"}}
    )
    return made


def _quantity(model: Model, trajectory: Curves, view: View) -> tuple[NDArray[np.float64], str, str]:
    if view == "energy":
        return trajectory.energy, "e(t)", "e = %{y:.5f}<extra></extra>"
    if view == "multiplier":
        return trajectory.lagrange_multiplier / (2 * model.sigma), "μ(t)/2σ", "μ/2σ = %{y:.5f}<extra></extra>"
    if view == "log_overlap":
        return np.abs(trajectory.overlap), "|m(t)|", "|m| = %{y:.3e}<extra></extra>"
    return trajectory.overlap, "m(t)", "m = %{y:.5g}<extra></extra>"


def _range(
    values: NDArray[np.float64], real: NDArray[np.float64], levels: tuple[Level, ...], view: View
) -> dict[str, object]:
    both = np.concatenate([values, real])
    shown = both[np.isfinite(both)]
    if view == "overlap":
        low = -1.03 if shown.size and (values[-1] < 0 or shown.min() < -0.05) else -0.03
        high = 0.05 if low < -1 and shown.max() < 0.05 else 1.03
        return {"range": [low, high], "nticks": 6}
    if view == "log_overlap":
        low = int(np.floor(np.log10(max(shown.min(), 1e-120)))) if shown.size else -10
        return {"range": [low - 0.1, 0.15], **power_of_ten(low, 0, max(1, -low // 4))}
    if shown.size == 0:
        return {}
    both = np.concatenate([shown, [level.value for level in levels]])
    bottom, top = float(both.min()), float(both.max())
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
