"""What the flow remembers: the correlation C(t, t'), and the integrated response against it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..physics import Model, dynamics
from .figure import Figure
from .pinned import draw_pinned
from .theme import Theme, compact, figure, label, power_of_ten

Floats = NDArray[np.float64]
HALF: Final = "C = 1/2 at t = %{y:.4g}, t′ = %{x:.4g}<extra></extra>"
RESPONSE: Final = "χ = %{y:.5f}<extra></extra>"


def correlation_figure(
    two_time: dynamics.TwoTime, look: Theme, *, pinned: Sequence[dynamics.TwoTime] = ()
) -> Figure:
    """Draw C(t, t') as a map over both times, on logarithmic axes; of pinned points, where it is 1/2."""
    time = two_time.time
    last = float(time[-1])
    first = min(max(float(time[0]), 0.1), last / 10)  # a flow that comes to rest at once has a short past
    span = [math.log10(first), math.log10(last)]
    axis = {"type": "log", "range": span, **power_of_ten(min(-1, math.floor(span[0])), 6), "showgrid": False}
    made = figure(
        look, x={"title": "waiting time t′", **axis}, y={"title": "time t", **axis}, revision="correlation"
    )
    made.update_layout(hovermode="closest")
    made.data.append(
        {
            "type": "heatmap",
            "x": time.tolist(),
            "y": time.tolist(),
            "z": two_time.correlation.round(4).astype(np.float32).tolist(),
            "zmin": 0,
            "zmax": 1,
            "colorscale": "Cividis",
            "colorbar": {"thickness": 10, "len": 1, "title": {"text": "C"}, "outlinewidth": 0},
            "hovertemplate": "t = %{y:.4g}, t′ = %{x:.4g}<br>C = %{z:.4f}<extra></extra>",
            "name": "correlation",
        }
    )
    if pinned:
        x, y = half_memory(two_time)
        made.add_scatter(
            x=compact(x), y=compact(y), mode="lines", name="C = 1/2", line={"color": look.paper, "width": 2.5},
            hovertemplate=HALF,
        )  # fmt: skip
        made.add_annotation(
            **label(look, "lines: C = 1/2", x=0, xref="paper", xanchor="left", xshift=4, y=1, yref="paper",
                    yanchor="top", yshift=-4)
        )  # fmt: skip
    curves = [half_memory(other) for other in pinned]
    draw_pinned(made, curves, look, hover=HALF, under=len(made.data), log=(True, True))
    return made


def half_memory(two_time: dynamics.TwoTime) -> tuple[Floats, Floats]:
    """The waiting times t' whose states are half forgotten before the last time, and the times t at which C is 1/2."""
    found = []
    log_time = np.log10(np.maximum(two_time.time, 1e-300))
    for k, waiting in enumerate(two_time.time):
        values = two_time.correlation[k:, k]  # falls with t
        below = np.flatnonzero(values < 0.5)
        if below.size and below[0]:
            at = k + int(below[0])
            share = (two_time.correlation[at - 1, k] - 0.5) / (
                two_time.correlation[at - 1, k] - two_time.correlation[at, k]
            )
            found.append((waiting, 10 ** (log_time[at - 1] + share * (log_time[at] - log_time[at - 1]))))
    x, y = np.array(found, dtype=np.float64).reshape(-1, 2).T
    return x, y


def fluctuation_figure(
    model: Model,
    seen: dynamics.FluctuationDissipation,
    look: Theme,
    *,
    temperature: float,
    pinned: Sequence[dynamics.FluctuationDissipation] = (),
) -> Figure:
    """Draw χ(t, t') against C(t, t') at the last time, with what ageing theory and the signal say of it.

    Parameters
    ----------
    model : Model
        Gives σ, Q'(1) and 1/Δ₂.
    seen : FluctuationDissipation
        Of a trajectory.
    look : Theme
        Light or dark.
    temperature : float
        With T > 0 the equilibrium line χ = (1 - C)/T is drawn instead of those of T = 0.
    pinned : sequence of FluctuationDissipation
        Of the pinned points.

    Notes
    -----
    At T = 0 the single-sector ageing line is χ = 1/σ + x(1 - C), x = σ/Q'(1) - 1/σ (Cugliandolo and Kurchan 1993):
    plausible, not exact. The horizontal χ = Δ₂ meets its left end where an infinitesimal overlap stops decaying and its
    right end, the response within a state, 1/σ, on the gradient-flow line.
    """
    correlation, response = _by_correlation(seen)
    sigma = model.sigma
    top = 1.2 * max(float(response.max()), 1 / sigma)
    delta_2 = model.delta_2
    if temperature == 0 and math.isfinite(delta_2):
        top = min(max(top, 1.15 * delta_2), 3 * top)
    made = figure(
        look,
        x={"title": "correlation C(t, t′)", "range": [-0.03, 1.03], "nticks": 7, "hoverformat": ".4f"},
        y={"title": "χ(t, t′)", "range": [0.0, top], "nticks": 6},
        revision="fluctuation",
    )
    ends = [*straight_line(model, temperature)]
    if temperature > 0:
        _line(made, look, [0.0, 1.0], ends, "equilibrium (1 − C)/T", look.success, 0.2)
    else:
        _line(made, look, [0.0, 1.0], ends, "single-sector ageing", look.success, 0.3)
        if math.isfinite(delta_2):
            _line(made, look, [0.0, 1.0], [delta_2, delta_2], "χ = Δ₂", look.outlier, 0.85)
    made.add_scatter(
        x=compact(correlation),
        y=compact(response),
        mode="lines",
        line={"color": look.line, "width": 2.5},
        hovertemplate=RESPONSE,
        name="flow",
    )
    draw_pinned(made, [_by_correlation(other) for other in pinned], look, hover=RESPONSE, under=0)
    return made


def straight_line(model: Model, temperature: float) -> tuple[float, float]:
    """χ at C = 0 and C = 1 on the dashed straight line: in equilibrium, or of single-sector ageing at T = 0."""
    if temperature > 0:
        return 1 / temperature, 0.0
    sigma = model.sigma
    return sigma / float(model.q_prime(1.0)), 1 / sigma


def _by_correlation(seen: dynamics.FluctuationDissipation) -> tuple[Floats, Floats]:
    order = np.argsort(seen.correlation)
    return seen.correlation[order], seen.integrated_response[order]


def _line(
    made: Figure, look: Theme, x: list[float], y: list[float], words: str, colour: str, at: float
) -> None:
    made.add_shape(
        type="line", x0=x[0], x1=x[1], y0=y[0], y1=y[1], line={"color": colour, "width": 1.5, "dash": "dash"}
    )
    height = y[0] + (y[1] - y[0]) * at
    made.add_annotation(
        **label(look, words, x=at, y=height, yanchor="bottom", yshift=2, font={"size": 12, "color": colour})
    )
