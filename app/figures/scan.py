"""Along one noise through the point: when the flow escapes, where it ends, and θ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..physics import say
from .figure import Figure
from .pinned import guide_pinned
from .theme import Theme, compact, figure, label, power_of_ten

Floats = NDArray[np.float64]
HIGHEST: Final = 2.5  # of θ that the right axis shows
LATEST: Final = 6  # log10 of the latest time


def scan_figure(
    place: Floats,
    escape_time: Floats,
    final_overlap: Floats,
    theta: Floats,
    look: Theme,
    *,
    symbol: str,
    here: float,
    t_max: float,
    pinned: Sequence[tuple[str, float]] = (),
) -> Figure:
    """Draw the escape time on the left axis, final overlap and θ on the right one.

    Parameters
    ----------
    place : array, shape (n,)
        1/Δ₂ or Δp, of one sign and increasing.
    escape_time, final_overlap : array, shape (n,)
        NaN where a flow does not escape, or is not there yet.
    theta : array, shape (n,)
        In units of σ.
    look : Theme
        Light or dark.
    symbol : str
        What the place is.
    here : float
        The point's own place; 0 or infinite if it has none on the axis.
    t_max : float
        Until when the flows run.
    pinned : sequence of (str, float)
        Name and place of the pinned points.
    """
    is_on_axis = 0 < here < np.inf
    made = figure(
        look,
        x={"title": symbol, "type": "log", "range": [float(np.log10(place[0])), float(np.log10(place[-1]))],
           **_round_ticks(place[0], place[-1])},
        y={"title": "escape time t", "type": "log", "range": _window(escape_time, t_max),
           **power_of_ten(-2, LATEST)},
        revision=f"scan-{symbol}",
    )  # fmt: skip
    low = -1.05 if np.nanmin(final_overlap, initial=0.0) < -0.05 else 0.0
    made.update_layout(
        margin={"r": 48},
        hovermode="x unified",
        xaxis={"hoverformat": ".4g", "unifiedhovertitle": {"text": f"{symbol} = %{{x:.4g}}"}},
        yaxis2={
            "title": {"text": "m, θ", "standoff": 6}, "overlaying": "y", "side": "right",
            "range": [low, min(max(1.05, 1.05 * float(np.nanmax(theta))), HIGHEST)], "showgrid": False,
            "zeroline": False, "tickvals": [-1, -0.5, 0, 0.5, 1, 1.5, 2],
        },
    )  # fmt: skip
    if is_on_axis:
        made.add_shape(
            name="here", type="line", x0=here, x1=here, y0=0, y1=1, yref="paper",
            line={"color": look.ink, "width": 1.5, "dash": "dot"},
        )  # fmt: skip
    made.add_shape(
        type="line", x0=0, x1=1, xref="paper", y0=1, y1=1, yref="y2",
        line={"color": look.success, "width": 1, "dash": "dot"},
    )  # fmt: skip
    rows = (
        ("θ", theta, look.success, "y2", "dash", "θ = %{y:.4f}"),
        ("m at the end", final_overlap, look.line, "y2", "solid", "m = %{y:.4f}"),
        ("escape time", escape_time, look.outlier, "y", "solid", "escape at t = %{y:.4g}"),
    )
    for name, values, colour, axis, dash, hover in rows:
        is_run = name != "θ"
        made.add_scatter(
            x=compact(place), y=compact(values), yaxis=axis, name=name, connectgaps=False,
            mode="lines+markers" if is_run else "lines", line={"color": colour, "width": 2, "dash": dash},
            marker={"color": colour, "size": 6, "symbol": "diamond" if axis == "y" else "circle"},
            hovertemplate=f"{hover}<extra></extra>",
        )  # fmt: skip
        _name(made, name, place, values, axis, colour, look)
    if is_on_axis:
        made.add_annotation(**label(look, f"here, {say(here)}", x=float(np.log10(here)), y=1, yref="paper",
                                    yanchor="top", xanchor="left", xshift=3))  # fmt: skip
    guide_pinned(made, pinned, look, symbol=symbol)
    return made


def _window(escape_time: Floats, t_max: float) -> list[float]:
    """Whole decades that hold all escapes, up to the end of the flows."""
    seen = escape_time[np.isfinite(escape_time) & (escape_time > 0)]
    low = min(float(np.floor(np.log10(seen.min()))) if seen.size else 0.0, np.log10(t_max) - 1)
    return [low, float(np.log10(t_max)) + 0.05]


def _round_ticks(left: float, right: float) -> dict[str, object]:
    """Ticks at 1, 2, 5 in each decade."""
    decades = range(int(np.floor(np.log10(left))), int(np.ceil(np.log10(right))) + 1)
    ticks = [float(f * 10.0**k) for k in decades for f in (1, 2, 5) if left <= f * 10.0**k <= right]
    return {"tickvals": ticks, "ticktext": [say(tick) for tick in ticks]}


def _name(
    made: Figure, name: str, place: Floats, values: Floats, axis: str, colour: str, look: Theme
) -> None:
    """Write a curve's name on it: θ at its left end, the others where they are seen last."""
    low, high = made.layout["yaxis2" if axis == "y2" else "yaxis"]["range"]
    height = np.log10(np.maximum(values, 1e-300)) if axis == "y" else values
    seen = np.flatnonzero((height >= low) & (height <= high))
    if not seen.size:
        return
    at = int(seen[0] if name == "θ" else seen[-1])
    made.add_annotation(**label(
            look, name, x=float(np.log10(place[at])), y=float(height[at]), yref=axis, yanchor="bottom",
            xanchor="left" if name == "θ" else "right", xshift=4 if name == "θ" else -4,
            font={"size": 12, "color": colour},
        )
    )  # fmt: skip
