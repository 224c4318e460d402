"""The Hessian's spectrum at one moment: bulk, outlier, and zero."""

from __future__ import annotations

import numpy as np

from app.figures.figure import Figure
from app.figures.theme import Theme, compact, figure, label, rgba
from app.figures.words import say
from engine.hessian import Spectrum

POINTS = 240


def spectrum_figure(spectrum: Spectrum, look: Theme, *, axis: tuple[float, float] | None = None) -> Figure:
    """Draw ρ(λ), the outlier as a line whose height is its overlap with the signal, and λ = 0.

    Parameters
    ----------
    spectrum : Spectrum
        Of `engine.hessian.spectrum`.
    look : Theme
        Light or dark.
    axis : (float, float), optional
        Range of λ, so that the picture stands still while the moment moves.
    """
    lower, upper = spectrum.bulk_edge_lower, spectrum.bulk_edge_upper
    # cos spacing resolves the square-root edges
    eigenvalue = (lower + upper) / 2 - (upper - lower) / 2 * np.cos(np.linspace(0, np.pi, POINTS))
    density = spectrum.density(eigenvalue)
    peak = 2 / (np.pi * (upper - lower) / 2)
    left, right = axis or (lower, upper)
    if spectrum.outlier is not None:
        left, right = min(left, spectrum.outlier), max(right, spectrum.outlier)
    left, right = min(left, 0.0), max(right, 0.0)
    margin = 0.04 * (right - left)
    made = figure(
        look,
        x={"title": "eigenvalue λ", "range": [left - margin, right + margin]},
        y={"title": "ρ(λ)", "range": [0, 1.3 * peak], "nticks": 5},
        revision="spectrum",
    )
    made.add_scatter(
        x=compact(eigenvalue),
        y=compact(density),
        mode="lines",
        line={"color": look.line, "width": 2},
        fill="tozeroy",
        fillcolor=rgba(look.line, 0.25),
        hovertemplate="ρ = %{y:.4f}<extra>bulk</extra>",
        name="bulk",
    )
    made.add_shape(
        type="line",
        x0=0,
        x1=0,
        y0=0,
        y1=1,
        yref="paper",
        line={"color": look.ink, "width": 1.5, "dash": "dot"},
    )
    made.add_annotation(
        **label(look, "λ = 0", x=0, y=1, yref="paper", yanchor="top", xanchor="left", xshift=3)
    )
    if spectrum.outlier is not None and spectrum.outlier_overlap is not None:
        height = max(0.12, spectrum.outlier_overlap) * peak
        made.add_scatter(
            x=[spectrum.outlier, spectrum.outlier],
            y=[0, height],
            mode="lines+markers",
            line={"color": look.outlier, "width": 4},
            marker={"color": look.outlier, "size": [0.1, 9]},
            hovertemplate=f"outlier λ = {spectrum.outlier:.4f}<br>overlap² {spectrum.outlier_overlap:.3f}"
            "<extra></extra>",
            name="outlier",
        )
        made.add_annotation(
            **label(
                look,
                f"outlier {say(spectrum.outlier)}",
                x=spectrum.outlier,
                y=height,
                yanchor="bottom",
                yshift=8,
                xanchor="left" if spectrum.outlier - left < 0.25 * (right - left) else "right",
                font={"size": 12, "color": look.outlier},
            )
        )
    return made
