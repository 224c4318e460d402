"""The annealed complexity over overlap and energy, with the flow's own path drawn over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..physics import complexity, fixed, say
from .figure import Figure, encode
from .pinned import draw_pinned
from .theme import Theme, compact, figure, label

Curve = NDArray[np.float64]
CIVIDIS: Final = (
    "#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838",
)  # fmt: skip
WALK: Final = "{name}: m = %{{x:.4g}}, e = %{{y:.5g}}<extra></extra>"
BARE: Final = 0.02  # of the axis: a threshold's line and the region it belongs to do not touch


def energy_map_figure(
    *,
    overlap: Curve,
    energy: Curve,
    level: NDArray[np.uint8],
    minima: Curve,
    stationary: Curve,
    look: Theme,
    paths: Sequence[Curve],
    moment: tuple[float, float],
    thresholds: tuple[float, float],
    isolated: complexity.GoodMinimum | None = None,
    instance: Curve | None = None,
    instance_moment: tuple[float, float] | None = None,
) -> Figure:
    """Draw where stationary points are, where minima are among them, and the flow.

    Parameters
    ----------
    overlap, energy : array, shape (nx,) and (ny,)
        The map's axes.
    level : array of uint8, shape (ny, nx)
        Colour of Σ of all stationary points, 0 where there are none.
    minima, stationary : array, shape (2, k)
        Outlines of both regions; NaN parts them.
    look : Theme
        Light or dark.
    paths : sequence of array, shape (2, n)
        Overlap and energy along the live point's flow, then along those of the pinned ones.
    moment : (float, float)
        Those of the live one at the chosen moment.
    thresholds : (float, float)
        Energies of marginal states without overlap: by Kac-Rice and by the ageing ansatz.
    isolated : GoodMinimum, optional
        The isolated minimum on this side; drawn if it is stable.
    instance : array, shape (2, n), optional
        Overlap and energy along a real instance's descent.
    instance_moment : (float, float), optional
        The same at the chosen moment.
    """
    left, right = float(overlap[0]), float(overlap[-1])
    bottom, top = float(energy[0]), float(energy[-1])
    made = figure(
        look,
        x={"title": "overlap m", "range": [left, right], "nticks": 8, "showgrid": False},
        y={"title": "energy e", "range": [bottom, top], "nticks": 5, "showgrid": False},
        revision=f"energy-map-{left:.2f}",
    )
    made.update_layout(hovermode="closest")
    stops = np.linspace(1 / 255, 1, len(CIVIDIS))
    scale = [[0.0, "rgba(0,0,0,0)"], [0.5 / 255, "rgba(0,0,0,0)"], [0.5 / 255, CIVIDIS[0]]]
    made.data.append({
        "type": "heatmap", "x": encode(compact(overlap)), "y": encode(compact(energy)),
        "z": encode_map(level), "zmin": 0, "zmax": 255, "showscale": False, "hoverinfo": "skip",
        "colorscale": scale + [[float(x), c] for x, c in zip(stops, CIVIDIS, strict=True)],
        "name": "all stationary points",
    })  # fmt: skip
    made.add_scatter(
        x=compact(stationary[0]), y=compact(stationary[1]), mode="lines", hoverinfo="skip",
        line={"color": look.faint, "width": 1}, name="stationary points end",
    )  # fmt: skip
    made.add_scatter(
        x=compact(minima[0]), y=compact(minima[1]), mode="lines", hoverinfo="skip", fill="toself",
        fillcolor="rgba(86,180,233,0.55)", line={"color": look.line, "width": 2}, name="minima end",
    )  # fmt: skip
    sign = 1.0 if abs(right) >= abs(left) else -1.0
    _thresholds(made, thresholds, sign, look)
    path, *pinned = paths
    under = len(made.data)
    _walk(made, path, top, "flow", 3, look.outlier)
    if instance is not None and instance_moment is not None:
        _walk(made, instance, top, "instance", 2, look.instance)
        _mark(made, instance_moment, (bottom, top), "instance", 9, look.instance, look)
    _mark(made, moment, (bottom, top), "flow", 11, look.outlier, look)
    crowded = bool(level.any())
    _words(made, minima, stationary if crowded else stationary[:, :1], path, sign, (bottom, top), look)
    if isolated is not None and isolated.is_stable:
        text = "good minimum m*, e*" if isolated.overlap > 0 else "mirror minimum"
        made.add_scatter(
            x=[isolated.overlap], y=[isolated.energy], mode="markers", name=text,
            marker={"symbol": "star", "size": 13, "color": look.success, "line": {"color": look.ink, "width": 1}},
            hovertemplate=f"{text}: m = {fixed(isolated.overlap, 4)}, e = {fixed(isolated.energy, 4)}<extra></extra>",
        )  # fmt: skip
        made.add_annotation(**label(
                look, text, x=isolated.overlap, y=isolated.energy, yanchor="middle",
                xanchor="right" if sign > 0 else "left", xshift=-11 * sign,
                yshift=-3, font={"size": 12, "color": look.success},
            )
        )  # fmt: skip
    draw_pinned(
        made, [_seen(other, top) for other in pinned], look, hover=WALK.format(name="flow"), under=under
    )
    return made


def _walk(made: Figure, path: Curve, top: float, name: str, width: int, colour: str) -> None:
    """Draw what is seen of a path."""
    x, y = _seen(path, top)
    made.add_scatter(
        x=compact(x), y=compact(y), mode="lines", line={"color": colour, "width": width},
        name=name, hovertemplate=WALK.format(name=name),
    )  # fmt: skip


def _seen(path: Curve, top: float) -> tuple[Curve, Curve]:
    """A path from just above the picture on."""
    first = max(int(np.argmax(path[1] <= top)) - 1, 0)
    return path[0][first:], path[1][first:]


def _mark(
    made: Figure,
    at: tuple[float, float],
    axis: tuple[float, float],
    name: str,
    size: int,
    colour: str,
    look: Theme,
) -> None:
    """Mark where a path is at the moment; a triangle at the edge if that is outside the picture."""
    (overlap, energy), (bottom, top) = at, axis
    made.add_scatter(
        x=[overlap], y=[min(max(energy, bottom), top)], mode="markers", name=f"{name}'s moment",
        marker={
            "symbol": "circle" if bottom <= energy <= top else "triangle-up" if energy > top else "triangle-down",
            "size": size, "color": colour, "line": {"color": look.paper, "width": 2},
        },
        hovertemplate=f"{name} at the moment: m = {say(overlap)}, e = {say(energy, 4)}<extra></extra>",
        cliponaxis=False,
    )  # fmt: skip


def encode_map(level: NDArray[np.uint8]) -> dict[str, Any]:
    """A matrix as plotly.js takes it."""
    return {**encode(level), "shape": f"{level.shape[0]}, {level.shape[1]}"}


def _thresholds(made: Figure, thresholds: tuple[float, float], sign: float, look: Theme) -> None:
    """Short lines on the side away from the flow, each named on its own side."""
    names = ("threshold, Kac–Rice", "threshold, ageing")
    for value, name, dash, other in zip(thresholds, names, ("dash", "dot"), thresholds[::-1], strict=True):
        made.add_shape(
            type="line", x0=-sign, x1=-BARE * sign, y0=value, y1=value,
            line={"color": look.outlier, "width": 1.5, "dash": dash},
        )  # fmt: skip
        above = value > other or (value == other and name is names[0])
        made.add_annotation(**label(
                look, name, x=0 if sign > 0 else 1, xref="paper", y=value,
                xanchor="left" if sign > 0 else "right", xshift=3 * sign,
                yanchor="bottom" if above else "top", font={"size": 11, "color": look.outlier},
            )
        )  # fmt: skip


def _words(
    made: Figure,
    minima: Curve,
    stationary: Curve,
    path: Curve,
    sign: float,
    axis: tuple[float, float],
    look: Theme,
) -> None:
    """Names of the regions and of the path, where there is room for them."""
    bottom, top = axis
    if np.isfinite(minima).any():
        at = int(np.nanargmin(np.abs(minima[0])))
        made.add_annotation(**label(
                look, "minima", showarrow=True, x=float(minima[0][at]), y=float(minima[1][at]),
                ax=22 * sign, ay=30, xanchor="left" if sign > 0 else "right", arrowwidth=1.2, arrowhead=0,
                arrowcolor=look.line, standoff=2, font={"size": 12, "color": look.line},
            )
        )  # fmt: skip
    if not np.isfinite(stationary).any():
        made.add_annotation(**label(
                look, "Σ stays below 10⁻⁸: stationary points<br>are not exponentially many here",
                x=sign * 0.08, xanchor="left" if sign > 0 else "right", y=0.97, yref="paper", yanchor="top",
            )
        )  # fmt: skip
    else:
        high = stationary[1] > top - 0.25 * (top - bottom)
        edge = sign * stationary[0][high]
        if edge.size and np.nanmax(edge) < 0.55:
            made.add_annotation(**label(
                    look, "stationary<br>points, Σ > 0", x=sign * float(np.nanmax(edge)), y=top, yanchor="top",
                    xanchor="left" if sign > 0 else "right", xshift=6 * sign, yshift=-2,
                    font={"size": 12, "color": look.ink},
                )
            )  # fmt: skip
    far = np.flatnonzero((sign * path[0] > 0.45) & (path[1] < top - 0.08 * (top - bottom)))
    if far.size == 0:
        made.add_annotation(**label(
                look, "flow", x=float(path[0][0]), y=min(top, float(path[1][0])), yanchor="top", yshift=-2,
                xanchor="left" if sign > 0 else "right", xshift=5 * sign, font={"size": 12, "color": look.outlier},
            )
        )  # fmt: skip
    else:
        at = int(far[0])
        made.add_annotation(**label(
                look, "flow", x=float(path[0][at]), y=float(path[1][at]), yanchor="bottom",
                xanchor="left" if sign > 0 else "right", xshift=4 * sign, font={"size": 12, "color": look.outlier},
            )
        )  # fmt: skip
