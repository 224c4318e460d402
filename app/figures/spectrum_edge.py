"""The lower edge of the Hessian's spectrum, large: the outlier, zero, and where the bulk begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..physics import hessian, say, simulation
from .figure import Figure
from .pinned import draw_pinned
from .spectrum import DENSITY, outline
from .spectrum_parts import draw_bulk, draw_lowest, draw_outlier, draw_zero
from .theme import Theme, figure, label

Floats = NDArray[np.float64]
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
    edge, outlier = spectrum.bulk_edge_lower, _below(spectrum)
    left, right = _window(spectrum, gap)
    eigenvalue, density = lower_edge(spectrum, gap=gap)
    top = 1.25 * float(density.max())
    made = figure(
        look,
        x={"title": "eigenvalue λ", "range": [left, right], "nticks": 7},
        y={"title": "ρ(λ)", "range": [0, top], "nticks": 5},
        revision="edge",
    )
    draw_bulk(made, eigenvalue, density, look)
    draw_zero(made, look, on_the_left=outlier is not None and outlier >= 0)
    made.add_annotation(**label(
            look, f"edge {say(edge)}", x=edge, y=0, yanchor="bottom", xanchor="left", xshift=12,
            font={"size": 12, "color": look.line},
        )
    )  # fmt: skip
    if outlier is not None:
        draw_outlier(made, spectrum, look, height=0.62 * top, anchor="right" if outlier < 0 else "center")
    draw_lowest(made, sample, look, height=0.03 * top, is_cut=True)
    draw_pinned(made, [outline(other) for other in pinned], look, hover=DENSITY, under=0)
    return made


def lower_edge(spectrum: hessian.Spectrum, *, gap: float) -> tuple[Floats, Floats]:
    """λ and ρ(λ) as drawn, each of shape (n,): squares resolve the square root at the edge."""
    edge, (_, right) = spectrum.bulk_edge_lower, _window(spectrum, gap)
    eigenvalue = edge + (min(right, spectrum.bulk_edge_upper) - edge) * np.linspace(0, 1, POINTS) ** 2
    return eigenvalue, np.asarray(spectrum.density(eigenvalue))


def _below(spectrum: hessian.Spectrum) -> float | None:
    """The outlier below the bulk; for θ < 0 it is at the other end."""
    return spectrum.outlier if spectrum.theta > 0 else None


def _window(spectrum: hessian.Spectrum, gap: float) -> tuple[float, float]:
    outlier = _below(spectrum)
    shown = [0.0, spectrum.bulk_edge_lower, *([] if outlier is None else [outlier])]
    span = max(gap, max(shown) - min(shown))
    return min(shown) - LEFT * span, max(shown) + RIGHT * span
