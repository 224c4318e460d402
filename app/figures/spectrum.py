"""The Hessian's spectrum at one moment: bulk, outlier, and zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..physics import fixed, hessian, say, simulation
from .figure import Figure, encode
from .pinned import draw_pinned
from .theme import Theme, compact, figure, label, rgba

Floats = NDArray[np.float64]
POINTS: Final = 240


def spectrum_figure(
    spectra: Sequence[hessian.Spectrum],
    look: Theme,
    *,
    axis: tuple[float, float] | None = None,
    sample: simulation.HessianSample | None = None,
) -> Figure:
    """Draw ρ(λ), the outlier as a line whose height is its overlap with the signal, and λ = 0.

    Parameters
    ----------
    spectra : sequence of Spectrum
        Of `engine.hessian.spectrum`: the live point's, then those of the pinned ones, drawn as outlines.
    look : Theme
        Light or dark.
    axis : (float, float), optional
        Range of λ, so that the picture stands still while the moment moves.
    sample : HessianSample, optional
        The Hessian of a real instance: its histogram, and its lowest eigenvalues as points on the axis.
    """
    spectrum, *pinned = spectra
    lower, upper = spectrum.bulk_edge_lower, spectrum.bulk_edge_upper
    eigenvalue, density = _bulk(spectrum)
    peak = 2 / (np.pi * (upper - lower) / 2)
    left, right = axis or (lower, upper)
    left, right = min(left, lower), max(right, upper)
    if spectrum.outlier is not None:
        left, right = min(left, spectrum.outlier), max(right, spectrum.outlier)
    if sample is not None and sample.is_drawn:
        left, right = min(left, float(sample.edges[0])), max(right, float(sample.edges[-1]))
    left, right = min(left, 0.0), max(right, 0.0)
    margin = 0.04 * (right - left)
    made = figure(
        look,
        x={"title": "eigenvalue λ", "range": [left - margin, right + margin]},
        y={"title": "ρ(λ)", "range": [0, 1.3 * peak], "nticks": 5},
        revision="spectrum",
    )
    if sample is not None and sample.is_drawn:
        made.data.append({
            "type": "bar", "x": encode(compact((sample.edges[1:] + sample.edges[:-1]) / 2)),
            "y": encode(compact(sample.density)), "width": encode(compact(np.diff(sample.edges))),
            "marker": {"color": rgba(look.instance, 0.45), "line": {"width": 0}}, "name": "instance",
            "hovertemplate": "ρ = %{y:.4f}<extra>instance</extra>",
        })  # fmt: skip
    for k, other in enumerate(pinned):
        draw_pinned(made, k, *outline(other), look, hover="ρ = %{y:.4f}<extra></extra>")
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
            hovertemplate=f"outlier λ = {fixed(spectrum.outlier, 4)}<br>overlap² {fixed(spectrum.outlier_overlap, 3)}"
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
    if sample is not None and sample.lowest.size:
        made.add_scatter(
            x=compact(sample.lowest), y=compact(np.full(sample.lowest.size, 0.03 * peak)),
            customdata=compact(sample.lowest_overlap), mode="markers", name="instance's lowest", cliponaxis=False,
            marker={
                "symbol": "diamond", "color": look.instance, "line": {"color": look.paper, "width": 1},
                "size": [8 + 8 * float(share) for share in sample.lowest_overlap],
            },
            hovertemplate="instance: λ = %{x:.4f}, overlap² %{customdata:.3f}<extra></extra>",
        )  # fmt: skip
    return made


def _bulk(spectrum: hessian.Spectrum) -> tuple[Floats, Floats]:
    """λ and ρ(λ) over the bulk; cos spacing resolves the square-root edges."""
    lower, upper = spectrum.bulk_edge_lower, spectrum.bulk_edge_upper
    eigenvalue = (lower + upper) / 2 - (upper - lower) / 2 * np.cos(np.linspace(0, np.pi, POINTS))
    return eigenvalue, np.asarray(spectrum.density(eigenvalue))


def outline(spectrum: hessian.Spectrum) -> tuple[Floats, Floats]:
    """The bulk from its right edge, and the outlier below it as a spike whose height is its overlap with the signal."""
    eigenvalue, density = (values[::-1] for values in _bulk(spectrum))
    if spectrum.outlier is None or spectrum.outlier_overlap is None or spectrum.theta < 0:
        return eigenvalue, density
    height = spectrum.outlier_overlap * float(density.max())
    return np.append(eigenvalue, [np.nan, *[spectrum.outlier] * 2]), np.append(density, [np.nan, 0.0, height])
