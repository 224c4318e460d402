"""The lower edge of the Hessian's spectrum, large: the outlier, zero, and where the bulk begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..physics import fixed, hessian, say, simulation
from .figure import Figure
from .pinned import draw_pinned
from .spectrum import outline
from .theme import Theme, compact, figure, label, rgba

POINTS: Final = 160
LEFT, RIGHT = 0.75, 0.6  # room beside what is shown, in units of its width


def spectrum_edge_figure(
    spectra: Sequence[hessian.Spectrum],
    look: Theme,
    *,
    gap: float,
    sample: simulation.HessianSample | None = None,
) -> Figure:
    """Draw the part of the spectrum that holds zero, the outlier below the bulk and the bulk's lower edge.

    Parameters
    ----------
    spectra : sequence of Spectrum
        Of `engine.hessian.spectrum`: the live point's, then those of the pinned ones, drawn as outlines.
    look : Theme
        Light or dark.
    gap : float
        Distance between outlier and edge that is seen well; of less than it the picture is not made larger.
    sample : HessianSample, optional
        The Hessian of a real instance: its lowest eigenvalues as points on the axis.
    """
    spectrum, *pinned = spectra
    edge = spectrum.bulk_edge_lower
    outlier = spectrum.outlier if spectrum.theta > 0 else None  # for θ < 0 it is at the other end
    shown = [0.0, edge, *([] if outlier is None else [outlier])]
    span = max(gap, max(shown) - min(shown))
    left, right = min(shown) - LEFT * span, max(shown) + RIGHT * span
    # squares resolve the square root at the edge
    eigenvalue = edge + (min(right, spectrum.bulk_edge_upper) - edge) * np.linspace(0, 1, POINTS) ** 2
    density = np.asarray(spectrum.density(eigenvalue))
    top = 1.25 * float(density.max())
    made = figure(
        look,
        x={"title": "eigenvalue λ", "range": [left, right], "nticks": 7},
        y={"title": "ρ(λ)", "range": [0, top], "nticks": 5},
        revision="edge",
    )
    for k, other in enumerate(pinned):
        draw_pinned(made, k, *outline(other), look, hover="ρ = %{y:.4f}<extra></extra>")
    made.add_scatter(
        x=compact(eigenvalue), y=compact(density), mode="lines", name="bulk",
        line={"color": look.line, "width": 2}, fill="tozeroy", fillcolor=rgba(look.line, 0.25),
        hovertemplate="ρ = %{y:.4f}<extra>bulk</extra>",
    )  # fmt: skip
    made.add_shape(
        type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", layer="below",
        line={"color": look.ink, "width": 1.5, "dash": "dot"},
    )  # fmt: skip
    is_below = outlier is None or outlier < 0
    made.add_annotation(**label(
            look, "λ = 0", x=0, y=1, yref="paper", yanchor="top",
            xanchor="left" if is_below else "right", xshift=3 if is_below else -3,
        )
    )  # fmt: skip
    made.add_annotation(**label(
            look, f"edge {say(edge)}", x=edge, y=0, yanchor="bottom", xanchor="left", xshift=12,
            font={"size": 12, "color": look.line},
        )
    )  # fmt: skip
    if outlier is not None:
        made.add_scatter(
            x=[outlier, outlier], y=[0, 0.62 * top], mode="lines+markers", name="outlier",
            line={"color": look.outlier, "width": 4}, marker={"color": look.outlier, "size": [0.1, 9]},
            hovertemplate=f"outlier λ = {fixed(outlier, 4)}<br>overlap² {fixed(spectrum.outlier_overlap, 3)}"
            "<extra></extra>",
        )  # fmt: skip
        made.add_annotation(**label(
                look, f"outlier {say(outlier)}", x=outlier, y=0.62 * top, yanchor="bottom", yshift=8,
                xanchor="right" if outlier < 0 else "center", font={"size": 12, "color": look.outlier},
            )
        )  # fmt: skip
    if sample is not None and sample.lowest.size:
        made.add_scatter(
            x=compact(sample.lowest), y=compact(np.full(sample.lowest.size, 0.03 * top)), mode="markers",
            customdata=compact(sample.lowest_overlap), name="instance's lowest", cliponaxis=True,
            marker={"symbol": "diamond", "color": look.instance, "line": {"color": look.paper, "width": 1},
                    "size": [8 + 8 * float(share) for share in sample.lowest_overlap]},
            hovertemplate="instance: λ = %{x:.4f}, overlap² %{customdata:.3f}<extra></extra>",
        )  # fmt: skip
    return made
