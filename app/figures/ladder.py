"""The index ladder: Σ at the equator of stationary points with 0, 1, 2, … negative eigenvalues."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..physics import say
from .figure import Figure
from .pinned import draw_pinned
from .theme import Theme, compact, figure, label

Curve = NDArray[np.float64]
SMALLEST = 1e-8  # a Σ below this is none


def ladder_figure(
    scaled: Curve,
    complexity_all: Curve,
    complexity_index: Curve,
    look: Theme,
    *,
    theta: float,
    bbp: float,
    pinned: Sequence[tuple[Curve, Curve]] = (),
) -> Figure:
    """Draw Σ₀, Σ₁, … and Σ of all against t = μ/σ at m = 0.

    The axis of Σ is linear and follows its size, so that 1e-3 is as readable as 0.1.

    Parameters
    ----------
    scaled : array, shape (n,)
        t = μ/σ, increasing, about 2.
    complexity_all : array, shape (n,)
        Of all stationary points.
    complexity_index : array, shape (k, n)
        By index; not finite for t < 2.
    look : Theme
        Light or dark.
    theta : float
        θ(0); an outlier exists for θ > 1.
    bbp : float
        t at which it is at zero.
    pinned : sequence of (array, array)
        t and Σ₀, that of minima, of the pinned points.
    """
    edge = int(np.argmin(np.abs(scaled - 2)))
    size = float(complexity_all[edge])
    none = size < SMALLEST
    size = SMALLEST if none else size
    minima = complexity_index[0][edge:]
    deepest = float(np.nanmax(minima)) if np.isfinite(minima).any() else 0.0
    low = -max(0.9 * size, min(1.35 * abs(min(deepest, 0.0)), 2.2 * size))
    high = min(max(1.35 * size, 1.12 * float(complexity_all[0])), 2.5 * size)
    ticks = _ticks(low, high)
    left, right = float(scaled[0]), float(scaled[-1])
    made = figure(
        look,
        x={"title": "t = μ/σ", "range": [left, right], "nticks": 6, "showgrid": False},
        y={
            "title": "Σ(0, t)", "range": [low, high], "tickvals": ticks,
            "ticktext": [say(tick, 2) for tick in ticks],
        },
        revision="ladder",
    )  # fmt: skip
    made.update_layout(margin={"l": 72}, xaxis={"hoverformat": ".6g"})
    made.add_shape(type="line", x0=0, x1=1, xref="paper", y0=0, y1=0, line={"color": look.ink, "width": 1.5})
    _guides(made, bbp if theta > 1 else np.inf, right, look)
    _curve(made, scaled, complexity_all, "all", (look.faint, 5, "dot"))
    if none:
        made.add_annotation(**label(
                look, "Σ(0, t) stays below 10⁻⁸: the tensor is too weak<br>for exponentially many points here",
                x=0.5, xref="paper", y=0.75, yref="paper",
            )
        )  # fmt: skip
        _pins(made, pinned, look)
        return made
    styles = [(look.line, 3, "solid"), (look.outlier, 2.5, "solid")]
    styles += [(look.faint, 1.5, dash) for dash in ("solid", "dash", "dot")]
    for k, values in reversed(list(enumerate(complexity_index))):
        name = "minima" if k == 0 else f"index {k}"
        _curve(made, scaled, values, name, styles[k])
        if k == 0 and values[edge] < 0.9 * size:  # it has its own start
            if values[edge] > low:
                made.add_annotation(**label(
                        look, "minima", x=2, y=float(values[edge]), xanchor="right", xshift=-4,
                        font={"size": 12, "color": styles[0][0]},
                    )
                )  # fmt: skip
            continue
        place = 0.55 * low if k else 0.3 * low
        above = np.flatnonzero(np.isfinite(values) & (values > place))
        if above.size and above[-1] < len(scaled) - 1:
            at = int(above[-1])
            made.add_annotation(**label(
                    look, {0: "minima", 1: "index 1"}.get(k, str(k)), x=float(scaled[at]), y=float(values[at]),
                    **({"xanchor": "left", "yanchor": "bottom", "xshift": 4} if k == 0 else {}),
                    font={"size": 12, "color": styles[k][0]},
                )
            )  # fmt: skip
    made.add_annotation(**label(
            look, "all", x=left, y=min(float(complexity_all[0]), 0.9 * high), xanchor="left", xshift=4, yanchor="top",
            yshift=-6,
            font={"size": 12, "color": look.faint},
        )
    )  # fmt: skip
    if np.nanmax(np.where(np.isfinite(complexity_index[0]), complexity_index[0], -np.inf)) < low:
        made.add_annotation(**label(
                look, "minima: below the picture", x=0.5, xref="paper", y=0, yref="paper", yanchor="bottom",
                font={"size": 12, "color": look.line},
            )
        )  # fmt: skip
    _pins(made, pinned, look)
    return made


def _pins(made: Figure, pinned: Sequence[tuple[Curve, Curve]], look: Theme) -> None:
    minima = [(t, np.where(np.isfinite(values), values, np.nan)) for t, values in pinned]
    draw_pinned(made, minima, look, hover="%{y:.3e}<extra></extra>", under=0)


def _curve(made: Figure, t: Curve, values: Curve, name: str, style: tuple[str, float, str]) -> None:
    colour, width, dash = style
    made.add_scatter(
        x=compact(t), y=compact(np.where(np.isfinite(values), values, np.nan)), mode="lines", name=name,
        line={"color": colour, "width": width, "dash": dash}, hovertemplate="%{y:.3e}<extra>" + name + "</extra>",
    )  # fmt: skip


def _guides(made: Figure, outlier: float, right: float, look: Theme) -> None:
    """The edge of the bulk at zero, and the outlier at zero."""
    made.add_shape(
        type="line", x0=2, x1=2, y0=0, y1=1, yref="paper", line={"color": look.ink, "width": 1, "dash": "dot"}
    )
    made.add_annotation(
        **label(look, "bulk at zero", x=2, y=0, yref="paper", yanchor="bottom", xanchor="right", xshift=-3)
    )
    beyond = outlier > right
    words = (
        "no outlier"
        if np.isinf(outlier)
        else f"outlier at zero, t = {say(outlier, 5)}" + (" →" if beyond else "")
    )
    if not beyond:
        made.add_shape(
            name="bbp", type="line", x0=outlier, x1=outlier, y0=0, y1=1, yref="paper",
            line={"color": look.outlier, "width": 1.5, "dash": "dash"},
        )  # fmt: skip
    made.add_annotation(**label(
            look, words, x=right if beyond else outlier, y=1, yref="paper", yanchor="top",
            xanchor="right" if beyond or outlier > 2 + 0.45 * (right - 2) else "left",
            xshift=-3 if beyond or outlier > 2 + 0.45 * (right - 2) else 3, font={"size": 12, "color": look.outlier},
        )
    )  # fmt: skip


def _ticks(low: float, high: float) -> list[float]:
    """Four or so round values."""
    rough = (high - low) / 4
    step = 10 ** np.floor(np.log10(rough))
    step *= next(factor for factor in (1, 2, 5, 10) if factor * step >= rough)
    return [float(step * k) for k in range(int(np.ceil(low / step)), int(high / step) + 1)]
