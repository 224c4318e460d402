"""Three pictures of an ensemble: bands of m(t), success against N, escape times against ½ ln N / λ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..physics import say
from .figure import Figure
from .theme import Theme, compact, figure, label, power_of_ten, rgba
from .timeline import FIRST_TIME

Floats = NDArray[np.float64]
BANDS = ((5, 95, 0.18), (25, 75, 0.35))


def bands_figure(
    time: Floats, overlap: Floats, look: Theme, *, flow: tuple[Floats, Floats] | None = None
) -> Figure:
    """Draw median and quantile bands of m(t), apart by the sign in which the instances end.

    Parameters
    ----------
    time : array, shape (n,)
        Times.
    overlap : array, shape (k, n)
        m(t) of each instance; none cut.
    look : Theme
        Light or dark.
    flow : (array, array), optional
        Time and m of the flow at N = ∞.
    """
    ends = overlap[:, -1]
    made = figure(
        look,
        x={
            "title": "time t", "type": "log",
            "range": [float(np.log10(FIRST_TIME)), float(np.log10(time[-1]))], **power_of_ten(-1, 3),
        },
        y={"title": "m(t)", "range": [-1.03 if (ends < 0).any() else -0.05, 1.03], "nticks": 6},
        revision="ensemble-bands",
    )  # fmt: skip
    for chosen, colour in ((overlap[ends >= 0], look.instance), (overlap[ends < 0], look.amp)):
        if not len(chosen):
            continue
        for low, high, opacity in BANDS:
            lower, upper = np.percentile(chosen, [low, high], axis=0)
            made.add_scatter(
                x=compact(np.concatenate([time, time[::-1]])), y=compact(np.concatenate([lower, upper[::-1]])),
                mode="lines", line={"width": 0}, fill="toself", fillcolor=rgba(colour, opacity), hoverinfo="skip",
                name=f"{low}–{high} %",
            )  # fmt: skip
        middle = np.median(chosen, axis=0)
        made.add_scatter(
            x=compact(time), y=compact(middle), mode="lines", line={"color": colour, "width": 2}, name="median",
            hovertemplate="median m = %{y:.4f}<extra></extra>",
        )  # fmt: skip
        sign = "m ≥ 0" if chosen[0, -1] >= 0 else "m < 0"
        made.add_annotation(
            **label(look, f"{sign}: {len(chosen)} of {len(overlap)}", x=0.02, xref="paper", xanchor="left",
                    y=0.97 if sign == "m ≥ 0" else 0.03, yref="paper", yanchor="top" if sign == "m ≥ 0" else "bottom",
                    font={"size": 12, "color": colour})
        )  # fmt: skip
    if flow is not None:
        made.add_scatter(
            x=compact(flow[0]), y=compact(flow[1]), mode="lines", name="flow, N = ∞",
            line={"color": look.line, "width": 2, "dash": "dash"}, hovertemplate="N = ∞: %{y:.4f}<extra></extra>",
        )  # fmt: skip
        made.add_annotation(
            **label(look, "flow, N = ∞", x=0.02, xref="paper", xanchor="left", y=0.84, yref="paper", yanchor="top",
                    font={"size": 12, "color": look.line})
        )  # fmt: skip
    return made


@dataclass(frozen=True, slots=True)
class Share:
    """A fraction of the instances of one size, with its 95 % interval."""

    size: int
    share: float
    low: float
    high: float


def success_figure(up: tuple[Share, ...], down: tuple[Share, ...], look: Theme) -> Figure:
    """Draw the fraction that has escaped to m > 0 (``up``) and to m < 0 (``down``) against N."""
    sizes = [share.size for share in (*up, *down)]
    low, high = np.log10(min(sizes)) - 0.3, np.log10(max(sizes)) + 0.3
    ticks = power_of_ten(1, 12, 1 if high - low < 7 else 2)
    made = figure(
        look,
        x={"title": "N", "type": "log", "range": [float(low), float(high)], **ticks},
        y={"title": "fraction escaped", "range": [-0.04, 1.04], "nticks": 6},
        revision="ensemble-success",
    )  # fmt: skip
    made.update_layout(hovermode="closest")
    for shares, colour, name, symbol in (
        (sorted(up, key=lambda s: s.size), look.instance, "to m > 0", "circle"),
        (sorted(down, key=lambda s: s.size), look.amp, "to m < 0", "square"),
    ):
        if not shares:
            continue
        values = np.array([[s.size, s.share, s.high - s.share, s.share - s.low] for s in shares])
        made.data.append({
            "type": "scatter", "x": values[:, 0].tolist(), "y": values[:, 1].tolist(), "mode": "lines+markers",
            "name": name, "line": {"color": colour, "width": 2}, "marker": {"size": 8, "symbol": symbol},
            "error_y": {
                "type": "data", "array": values[:, 2].tolist(), "arrayminus": values[:, 3].tolist(),
                "symmetric": False, "color": colour, "thickness": 1.5, "width": 4,
            },
            "hovertemplate": f"N = %{{x:.4g}}: %{{y:.3f}} {name}<extra></extra>",
        })  # fmt: skip
    for y, name, colour in ((0.97, "● to m > 0", look.instance), (0.85, "■ to m < 0", look.amp)):
        made.add_annotation(
            **label(look, name, x=0.02, xref="paper", xanchor="left", y=y, yref="paper", yanchor="top",
                    font={"size": 12, "color": colour})
        )  # fmt: skip
    return made


def escape_figure(
    scaled: Floats,
    median: Floats,
    sizes: tuple[str, ...],
    look: Theme,
    *,
    line: tuple[float, float, float] | None,
) -> Figure:
    """Draw median escape times.

    Parameters
    ----------
    scaled : array, shape (k,)
        ½ ln N / λ.
    median : array, shape (k,)
        Median escape time at each N.
    sizes : tuple of str
        Each N, in words.
    look : Theme
        Light or dark.
    line : (float, float, float), optional
        Slope, intercept and the slope's standard error.
    """
    top = 1.15 * float(median.max())
    made = figure(
        look,
        x={"title": "½ ln N / λ", "range": [0, 1.15 * float(scaled.max())], "nticks": 6},
        y={"title": "median escape time", "range": [0, top], "nticks": 6},
        revision="ensemble-escape",
    )
    made.update_layout(hovermode="closest")
    if line is not None:
        ends = np.array([0.9 * scaled.min(), 1.08 * scaled.max()])
        made.add_scatter(
            x=compact(ends), y=compact(line[1] + line[0] * ends), mode="lines", hoverinfo="skip", name="fit",
            line={"color": look.faint, "width": 1.5, "dash": "dash"},
        )  # fmt: skip
        made.add_annotation(
            **label(look, f"slope {say(line[0])} ± {say(line[2], 2)}", x=0.02, xref="paper", xanchor="left",
                    y=0.97, yref="paper", yanchor="top", font={"size": 12, "color": look.ink})
        )  # fmt: skip
    made.add_scatter(
        x=compact(scaled), y=compact(median), mode="markers+text", name="median", text=[f"N = {n}" for n in sizes],
        textposition="top left", textfont={"size": 11, "color": look.faint},
        marker={"color": look.instance, "size": 9},
        hovertemplate="%{text}: median escape at t = %{y:.4g}<extra></extra>",
    )  # fmt: skip
    return made
