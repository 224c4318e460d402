"""How an infinitesimal overlap grows: the rate Λ(t) that the Hessian sets, and the exponent κ(t)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..physics import Model, dynamics
from .figure import Figure
from .pinned import draw_pinned
from .theme import Theme, compact, figure, label, power_of_ten
from .timeline import FIRST_TIME

Floats = NDArray[np.float64]
RATE: Final = "Λ = %{y:.5f}<extra></extra>"


def growth_figure(
    points: Sequence[tuple[Model, dynamics.Gain]],
    look: Theme,
    *,
    t_max: float,
    limit: tuple[float, str] | None,
) -> Figure:
    """Draw Λ = (d ln m/dt + μ)/σ on the left axis and κ = d ln m/d ln t on the right one.

    Parameters
    ----------
    points : sequence of (Model, Gain)
        The live point first, then the pinned ones, of which Λ alone is drawn.
    look : Theme
        Light or dark.
    t_max : float
        Right end of the time axis.
    limit : (float, str), optional
        What Λ tends to, and its words.
    """
    (_, gain), *pinned = points
    time, rate, exponent = drawn_growth(gain)
    top = max(float(rate.max()), limit[0] if limit else 0.0)
    made = figure(
        look,
        x={
            "title": "time t", "type": "log",
            "range": [float(np.log10(FIRST_TIME)), float(np.log10(t_max))], **power_of_ten(-1, 6),
        },
        y={"title": "Λ(t)", "range": [0.0, 1.15 * top], "nticks": 6},
        revision=f"growth-{t_max:g}",
    )  # fmt: skip
    made.update_layout(
        meta={"timed": True},
        margin={"r": 52},
        yaxis2={
            "title": {"text": "κ(t)", "standoff": 6, "font": {"color": look.outlier}},
            "overlaying": "y", "side": "right", "range": [-1.0, 4.0], "showgrid": False, "zeroline": False,
            "tickfont": {"color": look.outlier}, "tickvals": [-1, 0, 1, 2, 3, 4],
        },
    )  # fmt: skip
    if limit is not None:
        level, words = limit
        made.add_shape(
            type="line", x0=0, x1=1, xref="paper", y0=level, y1=level,
            line={"color": look.line, "width": 1.5, "dash": "dash"},
        )  # fmt: skip
        made.add_annotation(
            **label(look, words, x=0, xref="paper", xanchor="left", xshift=4, y=level, yanchor="bottom",
                    font={"size": 12, "color": look.line})
        )  # fmt: skip
    made.add_scatter(
        x=compact(time), y=compact(rate), mode="lines", line={"color": look.line, "width": 2.5},
        hovertemplate=RATE, name="rate",
    )  # fmt: skip
    made.add_scatter(
        x=compact(time), y=compact(np.clip(exponent, -5, 50)), yaxis="y2", mode="lines",
        line={"color": look.outlier, "width": 2}, hovertemplate="κ = %{y:.4f}<extra></extra>", name="exponent",
    )  # fmt: skip
    curves = [drawn_growth(other)[:2] for _, other in pinned]
    draw_pinned(made, curves, look, hover=RATE, under=0, log=(True, False))
    return made


def drawn_growth(gain: dynamics.Gain) -> tuple[Floats, Floats, Floats]:
    """Time, Λ and κ from `FIRST_TIME` on, each of shape (n,)."""
    shown = gain.time >= FIRST_TIME
    return gain.time[shown], gain.growth[shown], gain.exponent[shown]
