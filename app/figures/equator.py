"""The equator: the band of minima over (1/Δ₂, t = μ/σ), and the BBP curve that cuts it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..physics import say
from .figure import Figure
from .pinned import guide_pinned
from .theme import SKY, VERMILION, Theme, compact, figure, label, rgba

Curve = NDArray[np.float64]
NARROWEST = 1e-9  # a band thinner than this in t is none


def equator_figure(
    inverse_delta_2: Curve,
    top_all: Curve,
    top_minima: Curve,
    bbp: Curve,
    look: Theme,
    *,
    gradient_flow: float,
    typical: float,
    trivialization: float,
    here: float,
    pinned: Sequence[tuple[str, float]] = (),
) -> Figure:
    """Draw the bands of stationary points and of minima at m = 0, cut by t = θ₀ + 1/θ₀.

    Parameters
    ----------
    inverse_delta_2 : array, shape (n,)
        1/Δ₂, increasing.
    top_all, top_minima : array, shape (n,)
        Largest t with Σ >= 0; the bands begin at t = 2.
    bbp : array, shape (n,)
        t at which the outlier is at zero; NaN where there is none.
    look : Theme
        Light or dark.
    gradient_flow, typical, trivialization : float
        1/Δ₂ where the curve enters the band, where it leaves it, and where minima end.
    here : float
        1/Δ₂ of the operating point.
    pinned : sequence of (str, float)
        Name and 1/Δ₂ of the pinned points, whose bands may be other ones.
    """
    height = float(np.nanmax(top_all - 2, initial=0.0))
    thin = height < NARROWEST
    height = 1.0 if thin else height
    left, right = float(inverse_delta_2[0]), float(inverse_delta_2[-1])
    made = figure(
        look,
        x={"title": "1/Δ<sub>2</sub>", "range": [left, right], "nticks": 8, "showgrid": False},
        y={"title": "t = μ/σ", "range": [2 - 0.3 * height, 2 + 1.12 * height], "nticks": 4, "showgrid": False},
        revision="equator",
    )  # fmt: skip
    made.update_layout(hovermode="closest", margin={"l": 66}, yaxis={"exponentformat": "power"})
    made.add_shape(type="line", x0=0, x1=1, xref="paper", y0=2, y1=2, line={"color": look.ink, "width": 1.5})
    _guide(made, here, look)
    if not thin:
        _bands(made, inverse_delta_2, top_all, top_minima, bbp, look)
    for name, values, colour, dash, width in (
        ("stationary points end", top_all, look.faint, "solid", 1.5),
        ("minima end", top_minima, look.line, "solid", 2),
        ("outlier at zero", bbp, look.outlier, "solid", 3),
    ):
        made.add_scatter(
            x=compact(inverse_delta_2), y=compact(values), mode="lines", name=name,
            line={"color": colour, "width": width, "dash": dash},
            hovertemplate=name + ": 1/Δ<sub>2</sub> %{x:.4g}, t %{y:.6g}<extra></extra>",
        )  # fmt: skip
    at_typical = float(np.interp(typical, inverse_delta_2, top_all))
    if thin:
        made.add_annotation(**label(
                look, "Σ(0, t) stays below 10⁻⁸: the tensor is too weak<br>for exponentially many points here",
                x=0.5, xref="paper", y=0.8, yref="paper",
            )
        )  # fmt: skip
        guide_pinned(made, pinned, look, symbol="1/Δ<sub>2</sub>")
        return made
    crossings = (
        ("gradient flow", gradient_flow, 2.0, -1, "right"),
        ("typical", typical, at_typical, 1, "left"),
        ("minima end", trivialization, 2.0, -1, "left"),
    )
    for name, x, y, side, anchor in crossings:
        made.add_scatter(
            x=[x], y=[y], mode="markers", name=f"{name} line",
            marker={"size": 9, "color": look.paper, "line": {"color": look.ink, "width": 2}},
            hovertemplate=f"{name}: 1/Δ<sub>2</sub> = {say(x, 6)}<extra></extra>",
        )  # fmt: skip
        made.add_annotation(**label(
                look, f"{name} {say(x, 4)}", x=x, y=y, xanchor=anchor, yanchor="bottom" if side > 0 else "top",
                xshift=6, yshift=5 * side, font={"size": 12, "color": look.ink},
            )
        )  # fmt: skip
    _names(made, inverse_delta_2, top_all, bbp, height, gradient_flow, look)
    guide_pinned(made, pinned, look, symbol="1/Δ<sub>2</sub>")
    return made


def _bands(
    made: Figure, inverse_delta_2: Curve, top_all: Curve, top_minima: Curve, bbp: Curve, look: Theme
) -> None:
    """Saddles below the curve, atypical minima among them, typical minima above it."""
    curve = np.where(np.isfinite(bbp), bbp, 2.0)
    _band(made, inverse_delta_2, np.full_like(top_all, 2.0), top_all, rgba(VERMILION, 0.22), "saddles")
    _band(made, inverse_delta_2, np.full_like(top_all, 2.0), top_minima, rgba(SKY, 0.5), "atypical minima")
    low = np.minimum(curve, top_all)
    _band(made, inverse_delta_2, low, top_all, rgba(SKY, 0.95 * look.fill_opacity), "minima")


def _band(made: Figure, x: Curve, low: Curve, high: Curve, colour: str, name: str) -> None:
    seen = np.isfinite(low) & np.isfinite(high) & (high >= low)
    x, low, high = x[seen], low[seen], high[seen]
    made.add_scatter(
        x=compact(np.concatenate([x, x[::-1]])), y=compact(np.concatenate([high, low[::-1]])), mode="lines",
        line={"width": 0}, fill="toself", fillcolor=colour, hoverinfo="skip", name=name,
    )  # fmt: skip


def _guide(made: Figure, here: float, look: Theme) -> None:
    """Where the operating point is, or on which side of the picture."""
    left, right = made.layout["xaxis"]["range"]
    shown = min(max(here, left), right)
    inside = shown == here
    text = "here" if inside else f"← here, {say(here)}" if here < left else f"here, {say(here)} →"
    near_left = shown < left + 0.8 * (right - left)
    if inside:
        made.add_shape(
            name="here", type="line", x0=here, x1=here, y0=0, y1=1, yref="paper",
            line={"color": look.ink, "width": 1.5, "dash": "dot"},
        )  # fmt: skip
    made.add_annotation(**label(
            look, text, x=shown, y=1, yref="paper", yanchor="top", xanchor="left" if near_left else "right",
            xshift=3 if near_left else -3,
        )
    )  # fmt: skip


def _names(
    made: Figure, x: Curve, top_all: Curve, bbp: Curve, height: float, gradient_flow: float, look: Theme
) -> None:
    """Names of the regions and of the curve."""
    left, right = float(x[0]), float(x[-1])
    middle = (left + gradient_flow) / 2
    made.add_annotation(**label(
            look, "minima", x=middle, y=2 + 0.4 * float(np.interp(middle, x, top_all) - 2),
            bgcolor="rgba(0,0,0,0)", font={"size": 13, "color": look.ink},
        )
    )  # fmt: skip
    far = right - 0.03 * (right - left)
    made.add_annotation(**label(
            look, "saddles to the signal", x=far, y=2 + 0.45 * float(np.interp(far, x, top_all) - 2), xanchor="right",
            bgcolor="rgba(0,0,0,0)", font={"size": 12, "color": look.ink},
        )
    )  # fmt: skip
    high = np.flatnonzero(bbp < 2 + 0.85 * height)
    if high.size:
        at = int(high[-1])
        made.add_annotation(**label(
                look, "outlier at zero,<br>t = θ₀ + 1/θ₀", x=float(x[at]), y=2 + 0.85 * height, xanchor="right",
                xshift=-8, font={"size": 12, "color": look.outlier},
            )
        )  # fmt: skip
