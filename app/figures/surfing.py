"""The Hessian along log t: the bulk rises, its outlier drops below zero, and the flow surfs down along it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from ..physics import simulation
from .figure import Figure
from .pinned import draw_pinned
from .theme import Theme, compact, figure, label, power_of_ten, rgba
from .timeline import FIRST_TIME

Floats = NDArray[np.float64]
LOWEST: Final = "lowest %{y:.4f}<extra></extra>"
ZOOM: Final = 5.0  # height of the picture below zero, in gaps between bulk and outlier


class Along(Protocol):
    """The spectrum along the flow: `app.quantities.surfing.Surfing`."""

    @property
    def time(self) -> Floats:
        """Times t."""

    @property
    def lower(self) -> Floats:
        """Lower edge of the bulk."""

    @property
    def upper(self) -> Floats:
        """Upper edge of the bulk."""

    @property
    def outlier(self) -> Floats:
        """Isolated eigenvalue, NaN where there is none or it is not known."""

    @property
    def outlier_overlap(self) -> Floats:
        """Its squared overlap with the signal."""

    @property
    def negative_fraction(self) -> Floats:
        """Fraction of the directions that go down."""


def surfing_figure(
    along: Along,
    look: Theme,
    *,
    sigma: float,
    t_max: float,
    own: tuple[Floats, Floats] | None = None,
    drawn: tuple[simulation.HessianSample, ...] = (),
    pinned: Sequence[Along] = (),
) -> Figure:
    """Draw the lower part of the spectrum against log t, with two fractions on the right axis.

    Parameters
    ----------
    along : Along
        The spectrum along the flow.
    look : Theme
        Light or dark.
    sigma : float
        Half the bulk's half-width, the scale of the picture.
    t_max : float
        Right end of the time axis.
    own : (array, array), optional
        Time and N → ∞ outlier of an instance's own path.
    drawn : tuple of simulation.HessianSample
        Spectra of the instance; the three lowest eigenvalues of each are points, larger with their overlap.
    pinned : sequence of Along
        The spectra of the pinned points; their lowest eigenvalue alone is drawn, the outlier or the bulk's edge.
    """
    bottom, top = _window(along, sigma, drawn)
    made = figure(
        look,
        x={
            "title": "time t", "type": "log",
            "range": [float(np.log10(FIRST_TIME)), float(np.log10(t_max))], **power_of_ten(-1, 6),
        },
        y={"title": "λ", "range": [bottom, top], "nticks": 6},
        revision=f"surfing-{t_max:g}",
    )  # fmt: skip
    made.update_layout(
        meta={"timed": True},
        margin={"r": 52},
        yaxis2={
            "title": {"text": "fraction", "standoff": 6, "font": {"color": look.faint}}, "overlaying": "y",
            "side": "right", "range": [0, 1.02], "showgrid": False, "zeroline": False,
            "tickvals": [0, 0.5, 1], "tickfont": {"color": look.faint},
        },
        xaxis={"hoverformat": ".4g", "unifiedhovertitle": {"text": "t = %{x:.4g}"}},
    )  # fmt: skip
    time = compact(along.time)
    made.add_scatter(
        x=time, y=compact(along.lower), mode="lines", line={"color": look.line, "width": 2}, name="bulk's lower edge",
        hovertemplate="bulk from %{y:.4f}<extra></extra>",
    )  # fmt: skip
    made.add_scatter(
        x=time, y=compact(np.minimum(along.upper, top + 4 * sigma)), mode="lines", line={"width": 0},
        fill="tonexty", fillcolor=rgba(look.line, 0.22), hoverinfo="skip", name="bulk",
    )  # fmt: skip
    made.add_shape(
        type="line",
        x0=0,
        x1=1,
        xref="paper",
        y0=0,
        y1=0,
        line={"color": look.ink, "width": 1.5, "dash": "dot"},
    )
    crossed = along.negative_fraction[0] > along.outlier_overlap[0]
    for values, name, short, colour, above in (
        (along.negative_fraction, "negative fraction", "negative", look.faint, crossed),
        (along.outlier_overlap, "outlier's overlap²", "overlap²", look.outlier, not crossed),
    ):
        made.add_scatter(
            x=time, y=compact(values), yaxis="y2", mode="lines", name=name,
            line={"color": colour, "width": 1.5, "dash": "dot"}, hovertemplate=f"{name} %{{y:.3f}}<extra></extra>",
        )  # fmt: skip
        if np.isfinite(values[0]):
            made.add_annotation(
                **label(look, short, x=0.01, xref="paper", xanchor="left", y=float(values[0]), yref="y2",
                        yanchor="bottom" if above else "top",
                        font={"size": 11, "color": colour})
            )  # fmt: skip
    made.add_scatter(
        x=time, y=compact(along.outlier), mode="lines", line={"color": look.outlier, "width": 3}, name="outlier",
        connectgaps=False, hovertemplate="outlier %{y:.4f}<extra></extra>",
    )  # fmt: skip
    _instance(made, look, own, drawn)
    _words(made, along, look, (bottom, top), has_instance=bool(drawn) or own is not None)
    lowest = [
        (other.time, np.where(np.isfinite(other.outlier), other.outlier, other.lower)) for other in pinned
    ]
    draw_pinned(made, lowest, look, hover=LOWEST, under=2, log=(True, False))
    return made


def _window(along: Along, sigma: float, drawn: tuple[simulation.HessianSample, ...]) -> tuple[float, float]:
    """Range of λ about zero with the bulk's last edge, some times as high as the outlier is last seen below it."""
    seen = np.flatnonzero(np.isfinite(along.outlier) & (along.outlier < 0))
    gap = float(along.lower[seen[-1]] - along.outlier[seen[-1]]) if seen.size else 0.0
    for sample in drawn:
        if sample.time >= 2 and sample.lowest.size:
            gap = max(gap, -float(sample.lowest[0]) / 3)
    height = min(max(ZOOM * gap, 0.12 * sigma), 1.2 * sigma)
    edge = float(along.lower[-1])
    return -max(height, -1.25 * edge), max(0.7 * height, 1.25 * edge)


def _instance(
    made: Figure, look: Theme, own: tuple[Floats, Floats] | None, drawn: tuple[simulation.HessianSample, ...]
) -> None:
    if own is not None:
        seen = own[0] >= FIRST_TIME
        made.add_scatter(
            x=compact(own[0][seen]), y=compact(own[1][seen]), mode="lines", name="instance's outlier, N → ∞",
            line={"color": look.instance, "width": 1.5, "dash": "dash"},
            hovertemplate="outlier of the instance's path, N → ∞: %{y:.4f}<extra></extra>",
        )  # fmt: skip
    points = [
        (sample.time, float(value), float(share))
        for sample in drawn
        if sample.time > 0
        for value, share in zip(sample.lowest, sample.lowest_overlap, strict=True)
    ]
    if points:
        t, value, share = (np.array(column) for column in zip(*points, strict=True))
        made.add_scatter(
            x=compact(t), y=compact(value), customdata=compact(share), mode="markers", name="instance's lowest",
            marker={
                "color": look.instance, "size": [5 + 9 * float(s) for s in share],
                "line": {"color": look.paper, "width": 1},
            },
            hovertemplate="instance's eigenvalue %{y:.4f}, overlap² %{customdata:.3f}<extra></extra>",
        )  # fmt: skip


def _words(made: Figure, along: Along, look: Theme, axis: tuple[float, float], *, has_instance: bool) -> None:
    bottom, top = axis
    made.add_annotation(
        **label(look, "bulk", x=0.985, xref="paper", xanchor="right", y=0.97, yref="paper", yanchor="top",
                font={"size": 12, "color": look.line})
    )  # fmt: skip
    shown = np.flatnonzero(np.isfinite(along.outlier) & (along.outlier > bottom + 0.2 * (top - bottom)))
    if shown.size:
        at = int(shown[-1])
        made.add_annotation(
            **label(look, "outlier", x=float(np.log10(along.time[at])), y=float(along.outlier[at]), yanchor="top",
                    xanchor="right", yshift=-4, font={"size": 12, "color": look.outlier})
        )  # fmt: skip
    if has_instance:
        made.add_annotation(
            **label(look, "instance's lowest eigenvalues", x=0.01, xref="paper", xanchor="left", y=0.97, yref="paper",
                    yanchor="top", font={"size": 12, "color": look.instance})
        )  # fmt: skip
