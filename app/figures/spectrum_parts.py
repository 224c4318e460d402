"""What every picture of a Hessian's spectrum holds: the bulk, zero, the outlier, an instance's lowest eigenvalues."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..physics import fixed, hessian, say, simulation
from .figure import Figure
from .theme import Theme, compact, label, rgba

Floats = NDArray[np.float64]


def draw_bulk(made: Figure, eigenvalue: Floats, density: Floats, look: Theme) -> None:
    """The bulk's density ρ(λ), both of shape (n,)."""
    made.add_scatter(
        x=compact(eigenvalue), y=compact(density), mode="lines", name="bulk",
        line={"color": look.line, "width": 2}, fill="tozeroy", fillcolor=rgba(look.line, 0.25),
        hovertemplate="ρ = %{y:.4f}<extra>bulk</extra>",
    )  # fmt: skip


def draw_zero(made: Figure, look: Theme, *, on_the_left: bool = False) -> None:
    """The line λ = 0, under whatever else is there, with its name at its top on either side."""
    made.add_shape(
        type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", layer="below",
        line={"color": look.ink, "width": 1.5, "dash": "dot"},
    )  # fmt: skip
    side, shift = ("right", -3) if on_the_left else ("left", 3)
    made.add_annotation(
        **label(look, "λ = 0", x=0, y=1, yref="paper", yanchor="top", xanchor=side, xshift=shift)
    )


def draw_outlier(
    made: Figure, spectrum: hessian.Spectrum, look: Theme, *, height: float, anchor: str
) -> None:
    """The outlier as a line of some height, with its value above; ``anchor`` is the side of the words that is there."""
    if spectrum.outlier is None or spectrum.outlier_overlap is None:
        return
    words = f"outlier λ = {fixed(spectrum.outlier, 4)}<br>overlap² {fixed(spectrum.outlier_overlap, 3)}"
    made.add_scatter(
        x=[spectrum.outlier] * 2, y=[0, height], mode="lines+markers", name="outlier",
        line={"color": look.outlier, "width": 4}, marker={"color": look.outlier, "size": [0.1, 9]},
        hovertemplate=f"{words}<extra></extra>",
    )  # fmt: skip
    made.add_annotation(**label(
            look, f"outlier {say(spectrum.outlier)}", x=spectrum.outlier, y=height, yanchor="bottom", yshift=8,
            xanchor=anchor, font={"size": 12, "color": look.outlier},
        )
    )  # fmt: skip


def draw_lowest(
    made: Figure, sample: simulation.HessianSample | None, look: Theme, *, height: float, is_cut: bool = False
) -> None:
    """A real instance's lowest eigenvalues as points near the axis, larger with their overlap²."""
    if sample is None or not sample.lowest.size:
        return
    made.add_scatter(
        x=compact(sample.lowest), y=compact(np.full(sample.lowest.size, height)), mode="markers",
        customdata=compact(sample.lowest_overlap), name="instance's lowest", cliponaxis=is_cut,
        marker={"symbol": "diamond", "color": look.instance, "line": {"color": look.paper, "width": 1},
                "size": [8 + 8 * float(share) for share in sample.lowest_overlap]},
        hovertemplate="instance: λ = %{x:.4f}, overlap² %{customdata:.3f}<extra></extra>",
    )  # fmt: skip
