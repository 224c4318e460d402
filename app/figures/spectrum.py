"""The Hessian's spectrum at one moment: bulk, outlier, and zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..physics import hessian, simulation
from .figure import Figure, encode
from .pinned import draw_pinned
from .spectrum_parts import draw_bulk, draw_lowest, draw_outlier, draw_zero
from .theme import Theme, compact, figure, rgba

Floats = NDArray[np.float64]
POINTS: Final = 401
DENSITY: Final = "ρ = %{y:.4f}<extra></extra>"


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
    eigenvalue, density = bulk(spectrum)
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
    under = len(made.data)
    draw_bulk(made, eigenvalue, density, look)
    draw_zero(made, look)
    if spectrum.outlier is not None and spectrum.outlier_overlap is not None:
        height = max(0.12, spectrum.outlier_overlap) * peak
        anchor = "left" if spectrum.outlier - left < 0.25 * (right - left) else "right"
        draw_outlier(made, spectrum, look, height=height, anchor=anchor)
    draw_lowest(made, sample, look, height=0.03 * peak)
    draw_pinned(made, [outline(other) for other in pinned], look, hover=DENSITY, under=under)
    return made


def bulk(spectrum: hessian.Spectrum) -> tuple[Floats, Floats]:
    """λ and ρ(λ) over the bulk as drawn, each of shape (n,); cos spacing resolves the square-root edges."""
    lower, upper = spectrum.bulk_edge_lower, spectrum.bulk_edge_upper
    eigenvalue = (lower + upper) / 2 - (upper - lower) / 2 * np.cos(np.linspace(0, np.pi, POINTS))
    return eigenvalue, np.asarray(spectrum.density(eigenvalue))


def outline(spectrum: hessian.Spectrum) -> tuple[Floats, Floats]:
    """The bulk from its right edge, and the outlier below it as a spike whose height is its overlap with the signal."""
    eigenvalue, density = (values[::-1] for values in bulk(spectrum))
    if spectrum.outlier is None or spectrum.outlier_overlap is None or spectrum.theta < 0:
        return eigenvalue, density
    height = spectrum.outlier_overlap * float(density.max())
    return np.append(eigenvalue, [np.nan, *[spectrum.outlier] * 2]), np.append(density, [np.nan, 0.0, height])
