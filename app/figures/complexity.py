"""The annealed complexity Σ(m) of minima and of all stationary points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..physics import complexity, fixed, say
from .figure import Figure
from .pinned import draw_pinned
from .theme import Theme, compact, figure, label

TICKS: Final = (-1.0, -0.1, -0.01, -0.001, 0.0, 0.001, 0.01, 0.1, 1.0)
LINEAR: Final = 1e-4  # below this size the axis is linear


def complexity_figure(
    landscapes: Sequence[complexity.Landscape],
    look: Theme,
    *,
    isolated: tuple[complexity.GoodMinimum, ...] = (),
    flow_overlap: float | None = None,
) -> Figure:
    """Draw both curves on a symmetric-logarithmic axis, isolated minima as points, the flow's m as a guide.

    Parameters
    ----------
    landscapes : sequence of Landscape
        Σ(m) of all stationary points and of minima, maximised over μ: of the live point, then of the pinned ones, whose
        minima alone are drawn.
    look : Theme
        Light or dark.
    isolated : tuple of GoodMinimum
        The live point's good and mirror minimum, if they exist; only stable ones are drawn.
    flow_overlap : float, optional
        The flow's overlap at the chosen moment.
    """
    landscape, *pinned = landscapes
    made = figure(
        look,
        x={"title": "overlap m", "range": [-1.02, 1.02], "nticks": 9, "hoverformat": ".3f"},
        y={
            "title": "Σ(m)",
            "range": [float(symlog(-0.3)), float(symlog(0.3))],
            "tickvals": [float(symlog(tick)) for tick in TICKS],
            "ticktext": [say(tick) for tick in TICKS],
        },
        revision="complexity",
    )
    made.update_layout(margin={"l": 72})
    made.add_shape(type="line", x0=0, x1=1, xref="paper", y0=0, y1=0, line={"color": look.ink, "width": 1.5})
    curves = (
        ("all stationary points", landscape.complexity_all, look.faint, "dot"),
        ("minima", landscape.complexity_minima, look.line, "solid"),
    )
    for name, values, colour, dash in curves:
        shown = np.where(np.isfinite(values), values, np.nan)
        made.add_scatter(
            x=compact(landscape.overlap),
            y=compact(symlog(shown)),
            customdata=compact(shown),
            mode="lines",
            line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate="%{customdata:.3e}<extra>" + name + "</extra>",
            name=name,
        )
    left = int(np.argmax(landscape.complexity_all > 0.012))  # where "all" rises
    made.add_annotation(**label(
            look, "all", x=float(landscape.overlap[left]), y=float(symlog(landscape.complexity_all[left])),
            xanchor="right", xshift=-5, font={"size": 12, "color": look.faint},
        )
    )  # fmt: skip
    below = int(np.argmin(np.abs(landscape.overlap + 0.6)))
    made.add_annotation(**label(
            look, "minima", x=float(landscape.overlap[below]),
            y=max(float(symlog(landscape.complexity_minima[below])), float(symlog(-0.05))),
            yanchor="top", yshift=-3, xanchor="center", font={"size": 12, "color": look.line},
        )
    )  # fmt: skip
    for minimum in isolated:
        if minimum.is_stable:
            text = "good minimum m*" if minimum.overlap > 0 else "mirror minimum"
            made.add_scatter(
                x=[minimum.overlap],
                y=[0.0],
                mode="markers",
                marker={
                    "symbol": "star",
                    "size": 13,
                    "color": look.success,
                    "line": {"color": look.ink, "width": 1},
                },
                hovertemplate=f"{text}: m = {fixed(minimum.overlap, 4)}, e = {fixed(minimum.energy, 4)}<extra></extra>",
                name=text,
            )
            made.add_annotation(**label(
                    look, text, x=minimum.overlap, y=0, yanchor="bottom", yshift=9,
                    xanchor="right" if minimum.overlap > 0 else "left", font={"size": 12, "color": look.success},
                )
            )  # fmt: skip
    if flow_overlap is not None:
        made.add_shape(
            name="flow", type="line", x0=flow_overlap, x1=flow_overlap, y0=0, y1=1, yref="paper",
            line={"color": look.outlier, "width": 1.5},
        )  # fmt: skip
        made.add_annotation(**label(
                look, "flow", x=flow_overlap, y=0, yref="paper", yanchor="bottom",
                xanchor="left" if flow_overlap < 0.8 else "right", xshift=3 if flow_overlap < 0.8 else -3,
                font={"size": 12, "color": look.outlier},
            )
        )  # fmt: skip
    minima = [
        (each.overlap, np.where(np.isfinite(each.complexity_minima), symlog(each.complexity_minima), np.nan))
        for each in pinned
    ]
    draw_pinned(made, minima, look, hover="minima<extra></extra>", under=0)
    return made


def symlog(value: ArrayLike) -> NDArray[np.float64]:
    """Signed logarithm: linear within ±LINEAR, one unit a decade beyond."""
    size = np.asarray(value, dtype=np.float64)
    return np.asarray(np.sign(size) * np.log10(1 + np.abs(size) / LINEAR))
