"""The annealed landscape of one model: its curves, its map over (m, e), its equator, its index ladder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..physics import Model, complexity, hessian, phases

MAP_SHAPE: Final = (120, 200)  # energies and overlaps: a pixel of the card each
MAP_OVERLAPS: Final = (-0.45, 0.999)  # mirrored for a start at m < 0
OUTLINE_POINTS: Final = 81
EQUATOR_POINTS: Final = 240
LADDER_POINTS: Final = 240
INDICES: Final = 5


@dataclass(frozen=True, slots=True)
class LandscapeCard:
    """Curves Σ(m), the bands of overlap with minima, shape (n, 2), and the isolated minima."""

    curves: complexity.Landscape
    minima_bands: NDArray[np.float64]
    good_minimum: complexity.GoodMinimum | None
    mirror_minimum: complexity.GoodMinimum | None


@dataclass(frozen=True, slots=True)
class EnergyMap:
    """Σ(m, e) of all stationary points about the energies that matter, and where minima are.

    Attributes
    ----------
    overlap, energy : array, shape (nx,) and (ny,)
        The map's axes.
    level : array of uint8, shape (ny, nx)
        1 to 255 for √(Σ / highest), 0 where there are none (Σ < 0).
    highest : float
        The largest Σ on the map; 0 if it is nowhere positive.
    minima, stationary : array, shape (2, k)
        Overlap and energy along the closed outlines of the regions with Σ > 0; NaN parts them.
    """

    overlap: NDArray[np.float64]
    energy: NDArray[np.float64]
    level: NDArray[np.uint8]
    highest: float
    minima: NDArray[np.float64]
    stationary: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EquatorMap:
    """At m = 0, against 1/Δ₂: up to which t = μ/σ there are stationary points, and where an outlier turns them.

    Attributes
    ----------
    inverse_delta_2 : array, shape (n,)
        1/Δ₂, increasing.
    top_all, top_minima : array, shape (n,)
        Largest t with Σ >= 0; NaN where there are none.
    bbp : array, shape (n,)
        t = θ₀ + 1/θ₀, at which the outlier is at zero; NaN where θ₀ < 1.
    gradient_flow, typical, trivialization : float
        1/Δ₂ of the three crossings.
    """

    inverse_delta_2: NDArray[np.float64]
    top_all: NDArray[np.float64]
    top_minima: NDArray[np.float64]
    bbp: NDArray[np.float64]
    gradient_flow: float
    typical: float
    trivialization: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """Σ(0, t) by index.

    Attributes
    ----------
    scaled : array, shape (n,)
        t = μ/σ, increasing.
    complexity_all : array, shape (n,)
        Of all stationary points.
    complexity_index : array, shape (INDICES, n)
        Of those with 0, 1, … negative eigenvalues; -inf for t < 2.
    top : float
        Largest t with Σ >= 0.
    theta : float
        θ(0); an outlier exists for θ > 1.
    bbp : float
        t at which it is at zero; NaN where there is none.
    """

    scaled: NDArray[np.float64]
    complexity_all: NDArray[np.float64]
    complexity_index: NDArray[np.float64]
    top: float
    theta: float
    bbp: float


def landscape_card(model: Model) -> LandscapeCard:
    """The landscape's curves and isolated minima."""
    return LandscapeCard(
        curves=complexity.landscape_curves(model),
        minima_bands=complexity.minima_bands(model),
        good_minimum=complexity.good_minimum(model),
        mirror_minimum=complexity.mirror_minimum(model),
    )


def energy_map(model: Model, *, mirrored: bool = False) -> EnergyMap:
    """The map Σ(m, e) from below the deepest minimum to well above the threshold.

    Parameters
    ----------
    model : Model
        The model.
    mirrored : bool
        Whether the overlaps of a start at m < 0 are shown.
    """
    threshold = complexity.threshold_energy(model)
    aside = complexity.mirror_minimum(model) if mirrored and model.p % 2 else complexity.good_minimum(model)
    outlines = [_outline(model, bands, index) for bands, index in _BANDS]
    deepest = [threshold, *(outline[1][np.isfinite(outline[1])].min(initial=0.0) for outline in outlines)]
    if aside is not None and aside.is_stable:
        deepest.append(aside.energy)
    span = max(threshold - min(deepest), 0.1 * abs(threshold))
    starred = aside is not None and aside.energy == min(deepest)
    below = 0.16 if starred else 0.5  # room for words
    energy = np.linspace(min(deepest) - below * span, threshold + 0.75 * span, MAP_SHAPE[0])
    overlap = np.linspace(*MAP_OVERLAPS, MAP_SHAPE[1])
    if mirrored:
        overlap = -overlap[::-1]
    value = complexity_on_map(model, overlap, energy)
    highest = max(float(np.nanmax(value, initial=0.0)), 0.0)
    highest = highest if highest > SMALLEST else 0.0
    share = np.sqrt(np.clip(np.nan_to_num(value, neginf=0.0) / (highest or 1.0), 0.0, 1.0))
    level = np.where((share > 0) & (highest > 0), np.maximum(1, np.rint(255 * share)), 0).astype(np.uint8)
    return EnergyMap(overlap, energy, level, highest, *reversed(outlines))


def complexity_on_map(
    model: Model, overlap: NDArray[np.float64], energy: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Σ(m, e) of all stationary points on the map's axes, shape (ny, nx)."""
    return np.asarray(complexity.complexity_of_energy(model, overlap[None, :], energy[:, None]))


SMALLEST = 1e-8  # a Σ below this is none: the exact zero of an isolated minimum must not look like a band
_BANDS = ((complexity.stationary_bands, None), (complexity.minima_bands, 0))


def _outline(
    model: Model, bands: Callable[[Model], NDArray[np.float64]], index: int | None
) -> NDArray[np.float64]:
    """Overlap and energy around each region with Σ(m, e) > 0."""
    parts = [np.full((2, 1), np.nan)]
    for lower, upper in bands(model):
        m = (lower + upper) / 2 - (upper - lower) / 2 * np.cos(np.linspace(0, np.pi, OUTLINE_POINTS))
        low, high = complexity.energy_bands(model, np.clip(m, -0.99999, 0.99999), index=index).T
        seen = np.isfinite(low)
        m, low, high = m[seen], low[seen], high[seen]
        around = np.stack([np.concatenate([m, m[::-1], m[:1]]), np.concatenate([low, high[::-1], low[:1]])])
        parts += [around, np.full((2, 1), np.nan)]
    return np.concatenate(parts, axis=1)


def equator_map(p: int, delta_p: float) -> EquatorMap:
    """The bands of t = μ/σ at m = 0, from below the ML-AMP line to beyond the trivialization."""
    flow_line, typical, trivial, amp = (
        1 / float(line(p, delta_p))
        for line in (
            phases.gradient_flow_line,
            phases.typical_line,
            phases.trivialization_line,
            phases.amp_line,
        )
    )
    inverse = np.linspace(0.55 * amp, 1.4 * trivial, EQUATOR_POINTS)
    inverse = np.sort(np.concatenate([inverse, [flow_line, typical, trivial]]))
    theta = hessian.equator_theta(p, delta_p, 1 / inverse)
    return EquatorMap(
        inverse_delta_2=inverse,
        top_all=complexity.equator_band(p, delta_p, 1 / inverse)[:, 1],
        top_minima=complexity.equator_band(p, delta_p, 1 / inverse, index=0)[:, 1],
        bbp=np.asarray(hessian.bbp_multiplier(theta)),
        gradient_flow=flow_line,
        typical=typical,
        trivialization=trivial,
    )


def ladder(model: Model) -> Ladder:
    """Σ(0, t) of every index about the edge t = 2."""
    top = float(complexity.equator_band(model.p, model.delta_p, model.delta_2)[1])
    width = max(top - 2, 1e-6)
    scaled = np.linspace(2 - 0.4 * width, 2 + 1.6 * width, LADDER_POINTS)
    scaled = np.sort(np.append(scaled, 2.0))
    multiplier = scaled * model.sigma
    by_index = [complexity.complexity(model, 0.0, multiplier, index=k) for k in range(INDICES)]
    everything = complexity.complexity(model, 0.0, multiplier)
    theta = float(hessian.equator_theta(model.p, model.delta_p, model.delta_2))
    bbp = float(hessian.bbp_multiplier(theta))
    return Ladder(scaled, np.asarray(everything), np.asarray(by_index), top, theta, bbp)
