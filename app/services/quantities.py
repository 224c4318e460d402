"""What the cards show, each as one question to `Compute`: engine functions, put together where a card needs several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.compute import Answer, Compute
from app.state import Parameters
from engine import Model, Status, complexity, dynamics, hessian, message_passing, phases, simulation

FINE, COARSE = 1e-4, 1e-3  # tolerance of a flow: settled, and while something moves
LINE_POINTS = 400
LINE_RANGE = (-1.6, 2.1)  # log10 of Δp
TABLE_TIMES = 401
FIRST_TIME = 1e-2
MAP_SHAPE = (120, 200)  # energies and overlaps: a pixel of the card each
MAP_OVERLAPS = (-0.45, 0.999)  # mirrored for a start at m < 0
OUTLINE_POINTS = 81
EQUATOR_POINTS = 240
LADDER_POINTS = 240
INDICES = 5


@dataclass(frozen=True, slots=True)
class PhaseLines:
    """Lines of the phase diagram for one p; every array has shape (n,), Δ₂ against Δp."""

    delta_p: NDArray[np.float64]
    gradient_flow_line: NDArray[np.float64]
    amp_line: NDArray[np.float64]
    typical_line: NDArray[np.float64]
    trivialization_line: NDArray[np.float64]
    trivialization_line_equator: NDArray[np.float64]
    trivialization_line_all: NDArray[np.float64]
    good_well_line: NDArray[np.float64]
    mirror_line: NDArray[np.float64]
    decay_line: NDArray[np.float64]
    bayes_dynamic: NDArray[np.float64]
    bayes_information: NDArray[np.float64]
    bayes_algorithmic: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LandscapeCard:
    """Curves Σ(m) and the isolated minima."""

    curves: complexity.Landscape
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
        θ(0); an outlier exists for θ > 1 and is at zero at t = θ + 1/θ.
    """

    scaled: NDArray[np.float64]
    complexity_all: NDArray[np.float64]
    complexity_index: NDArray[np.float64]
    top: float
    theta: float


@dataclass(frozen=True, slots=True)
class References:
    """What theory says of the flow without integrating it."""

    good_minimum: complexity.GoodMinimum | None
    mirror_minimum: complexity.GoodMinimum | None
    ml_overlap: float
    bayes_overlap: float
    threshold_energy_kac_rice: float
    threshold_energy_aging: float


#: Everything a cache entry may be made of.
RESULT_TYPES: tuple[type, ...] = (
    Model,
    Status,
    PhaseLines,
    LandscapeCard,
    EnergyMap,
    EquatorMap,
    Ladder,
    References,
    complexity.Landscape,
    complexity.GoodMinimum,
    dynamics.Trajectory,
    dynamics.Gain,
    dynamics.curve.Curve,
    dynamics.memory.Memory,
    dynamics.memory.History,
    hessian.Spectrum,
    phases.Classification,
    phases.Phase,
    phases.BayesPhase,
    simulation.HessianSample,
)


def phase_lines(p: int) -> PhaseLines:
    """The lines of the diagram at `LINE_POINTS` values of Δp over the diagram and a little beyond."""
    delta_p = np.logspace(*LINE_RANGE, LINE_POINTS)
    bayes = phases.bayes_lines(p, delta_p)
    lines = {
        "gradient_flow_line": phases.gradient_flow_line(p, delta_p),
        "amp_line": phases.amp_line(p, delta_p),
        "typical_line": phases.typical_line(p, delta_p),
        "trivialization_line": phases.trivialization_line(p, delta_p),
        "trivialization_line_equator": phases.trivialization_line(p, delta_p, overlaps="equator"),
        "trivialization_line_all": phases.trivialization_line(p, delta_p, overlaps="all"),
        "good_well_line": phases.good_well_line(p, delta_p),
        "mirror_line": phases.mirror_line(p, delta_p),
        "decay_line": phases.decay_line(p, delta_p),
        "bayes_dynamic": bayes.dynamic,
        "bayes_information": bayes.information,
        "bayes_algorithmic": bayes.algorithmic,
    }
    return PhaseLines(delta_p=delta_p, **{name: np.asarray(line) for name, line in lines.items()})


def langevin_line(p: int, temperature: float) -> NDArray[np.float64]:
    """Δp and Δ₂ along the Langevin line, shape (2, k); empty where the temperature has none."""
    top = min(1.0, 1 / temperature) if temperature > 0 else 1.0
    delta_2 = np.concatenate(
        [np.logspace(-2, np.log10(top / 2), 200)[:-1], top - np.logspace(np.log10(top / 2), -6, 200)]
    )
    delta_p = np.asarray(phases.langevin_line(p, delta_2, temperature))
    shown = np.isfinite(delta_p)
    return np.stack([delta_p[shown], delta_2[shown]])


def landscape_card(model: Model) -> LandscapeCard:
    """The landscape's curves and isolated minima."""
    return LandscapeCard(
        curves=complexity.landscape_curves(model),
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
    value = np.asarray(complexity.complexity_of_energy(model, overlap[None, :], energy[:, None]))
    highest = max(float(np.nanmax(value, initial=0.0)), 0.0)
    highest = highest if highest > SMALLEST else 0.0
    share = np.sqrt(np.clip(np.nan_to_num(value, neginf=0.0) / (highest or 1.0), 0.0, 1.0))
    level = np.where((share > 0) & (highest > 0), np.maximum(1, np.rint(255 * share)), 0).astype(np.uint8)
    return EnergyMap(overlap, energy, level, highest, *reversed(outlines))


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
    theta = inverse / np.sqrt(inverse + (p - 1) / delta_p)
    with np.errstate(invalid="ignore"):
        bbp = np.where(theta >= 1 - 1e-12, theta + 1 / theta, np.nan)
    return EquatorMap(
        inverse_delta_2=inverse,
        top_all=complexity.equator_band(p, delta_p, 1 / inverse)[:, 1],
        top_minima=complexity.equator_band(p, delta_p, 1 / inverse, index=0)[:, 1],
        bbp=bbp,
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
    theta = model.inverse_delta_2 / model.sigma
    return Ladder(scaled, np.asarray(everything), np.asarray(by_index), top, theta)


def references(model: Model) -> References:
    """Reference values of the flow's card."""
    return References(
        good_minimum=complexity.good_minimum(model),
        mirror_minimum=complexity.mirror_minimum(model),
        ml_overlap=message_passing.ml_overlap(model, informed=False),
        bayes_overlap=message_passing.bayes_overlap(model, informed=False),
        threshold_energy_kac_rice=complexity.threshold_energy(model, kind="kac_rice"),
        threshold_energy_aging=complexity.threshold_energy(model, kind="aging"),
    )


def flow(compute: Compute, parameters: Parameters, *, settled: bool = True) -> Answer[dynamics.Trajectory]:
    """The trajectory of a point: at the full tolerance when settled, or when it is there already."""
    options = {"overlap_0": parameters.m0, "t_max": parameters.tmax, "temperature": parameters.T}
    if settled:
        return compute(dynamics.integrate_flow, parameters.model, tolerance=FINE, **options)
    known = compute.recall(dynamics.integrate_flow, parameters.model, tolerance=FINE, **options)
    return known or compute.briefly(dynamics.integrate_flow, parameters.model, tolerance=COARSE, **options)


def gain(compute: Compute, parameters: Parameters) -> Answer[dynamics.Gain]:
    """The growth of an infinitesimal overlap."""
    return compute(dynamics.escape_gain, parameters.model, t_max=parameters.tmax, temperature=parameters.T)


def escape_time(compute: Compute, parameters: Parameters) -> float | None:
    """When m₀ G(t) reaches 0.3, by the linear growth G; None where it does not, or m₀ is there already."""
    if abs(parameters.m0) > 0.1:
        return None
    time = float(gain(compute, parameters).value.escape_time(abs(parameters.m0)))
    return time if np.isfinite(time) else None


@dataclass(frozen=True, slots=True)
class State:
    """Where the flow is at one time."""

    time: float
    overlap: float
    lagrange_multiplier: float


def state_at(trajectory: dynamics.Trajectory, time: float) -> State:
    """The state at a time, or at the end of what is trustworthy if that comes first."""
    if trajectory.status is Status.STOPPED_EARLY:
        time = min(time, float(trajectory.time[-1]))
    at = trajectory.at(np.array([time]))
    return State(time, float(at.overlap[0]), float(at.lagrange_multiplier[0]))


def table_times(trajectory: dynamics.Trajectory, t_max: float) -> NDArray[np.float64]:
    """At least 200 log-spaced times up to t_max, or to where a run was cut."""
    last = trajectory.time[-1] if trajectory.status is Status.STOPPED_EARLY else t_max
    times = np.logspace(np.log10(FIRST_TIME), np.log10(last), TABLE_TIMES)
    times[-1] = last
    return times
