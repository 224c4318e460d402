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
    """Draw median and quantile bands of m(t), apart by the sign in which the instances end or are cut.

    Where some have been cut the bands end, and dotted lines bound the median, whatever the cut ones would do.

    Parameters
    ----------
    time : array, shape (n,)
        Times.
    overlap : array, shape (k, n)
        m(t) of each instance; NaN from where it was cut.
    look : Theme
        Light or dark.
    flow : (array, array), optional
        Time and m of the flow at N = ∞.
    """
    ends = np.array([row[np.isfinite(row)][-1] if np.isfinite(row).any() else 0.0 for row in overlap])
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
        known = np.isfinite(chosen).all(axis=0)
        then, full = time[known], chosen[:, known]
        for low, high, opacity in BANDS:
            lower, upper = np.percentile(full, [low, high], axis=0)
            made.add_scatter(
                x=compact(np.concatenate([then, then[::-1]])), y=compact(np.concatenate([lower, upper[::-1]])),
                mode="lines", line={"width": 0}, fill="toself", fillcolor=rgba(colour, opacity), hoverinfo="skip",
                name=f"{low}–{high} %",
            )  # fmt: skip
        middle = np.median(full, axis=0)
        made.add_scatter(
            x=compact(then), y=compact(middle), mode="lines", line={"color": colour, "width": 2}, name="median",
            hovertemplate="median m = %{y:.4f}<extra></extra>",
        )  # fmt: skip
        _bound_median(made, time, chosen, colour)
        sign = "m ≥ 0" if colour == look.instance else "m < 0"
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


def _bound_median(made: Figure, time: Floats, overlap: Floats, colour: str) -> None:
    """Draw between what the median lies where some are unknown, as long as that is fewer than half."""
    unknown = np.isnan(overlap).sum(axis=0)
    first = int(np.argmax(unknown > 0))
    if not unknown[first]:
        return
    last = int(np.argmax(2 * unknown >= len(overlap))) if 2 * unknown[-1] >= len(overlap) else time.size
    part = slice(max(first - 1, 0), last)
    if last - part.start < 2:
        return
    for filled, name in ((-1.0, "at least"), (1.0, "at most")):
        bound = np.median(np.nan_to_num(overlap[:, part], nan=filled), axis=0)
        made.add_scatter(
            x=compact(time[part]), y=compact(bound), mode="lines", name=f"median, {name}",
            line={"color": colour, "width": 1.5, "dash": "dot"},
            hovertemplate=f"median m {name} %{{y:.4f}}<extra></extra>",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """A fraction of the instances of one size: what it is at least and at most, with the 95 % intervals' ends."""

    size: int
    least: float
    most: float
    low: float
    high: float

    @property
    def is_known(self) -> bool:
        """Whether no instance is left that may be either."""
        return self.least == self.most


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
        _bound_shares(made, tuple(share for share in shares if not share.is_known), colour, name)
        values = np.array([
            [s.size, s.least if s.is_known else np.nan, s.high - s.least, s.least - s.low] for s in shares
        ])  # fmt: skip
        made.data.append({
            "type": "scatter", "x": values[:, 0].tolist(), "mode": "lines+markers",
            "y": [y if np.isfinite(y) else None for y in values[:, 1].tolist()],
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


def _bound_shares(made: Figure, shares: tuple[Share, ...], colour: str, name: str) -> None:
    """Draw fractions that are only bounded: thick from none to all of the unknown ones, thin to the intervals' ends."""
    for width, ends in ((1.5, [(s.low, s.high) for s in shares]), (7, [(s.least, s.most) for s in shares])):
        x = [value for share in shares for value in (share.size, share.size, None)]
        y = [value for low, high in ends for value in (low, high, None)]
        if shares:
            made.add_scatter(
                x=x, y=y, mode="lines", name=f"{name}, bounds", line={"color": colour, "width": width},
                hovertemplate=f"N = %{{x:.4g}}: at least or at most %{{y:.3f}} {name}<extra></extra>",
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Median:
    """Median escape time of one size N (in words) at ½ ln N / λ, with its 95 % interval, which may be open above."""

    size: str
    scaled: float
    median: float
    low: float
    high: float


def escape_figure(
    points: tuple[Median, ...], look: Theme, *, line: tuple[float, float, float] | None
) -> Figure:
    """Draw median escape times.

    Parameters
    ----------
    points : tuple of Median
        One for each N.
    look : Theme
        Light or dark.
    line : (float, float, float), optional
        Slope, intercept and the slope's standard error.
    """
    scaled, median = (np.array([getattr(point, name) for point in points]) for name in ("scaled", "median"))
    highest = [point.high for point in points if np.isfinite(point.high)]
    top = 1.15 * max(float(median.max()), *highest, 0.0)
    up = [min(point.high, top) - point.median for point in points]
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
        x=compact(scaled), y=compact(median), mode="markers+text", name="median",
        text=[f"N = {point.size}" for point in points], textposition="top left",
        textfont={"size": 11, "color": look.faint},
        marker={"color": look.instance, "size": 9},
        error_y={"type": "data", "array": up, "arrayminus": [point.median - point.low for point in points],
                 "symmetric": False, "color": look.instance, "thickness": 1.5, "width": 4},
        hovertemplate="%{text}: median escape at t = %{y:.4g}<extra></extra>",
    )  # fmt: skip
    return made
