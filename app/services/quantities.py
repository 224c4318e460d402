"""What the cards show, each as one question to `Compute`: engine functions, put together where a card needs several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.compute import Answer, Compute
from app.state import Parameters
from engine import Model, Status, complexity, dynamics, hessian, message_passing, phases

FINE, COARSE = 1e-4, 1e-3  # tolerance of a flow: settled, and while something moves
LINE_POINTS = 400
LINE_RANGE = (-1.6, 2.1)  # log10 of Δp
TABLE_TIMES = 401
FIRST_TIME = 1e-2


@dataclass(frozen=True, slots=True)
class PhaseLines:
    """Lines of the phase diagram for one p; every array has shape (n,), Δ₂ against Δp."""

    delta_p: NDArray[np.float64]
    gradient_flow_line: NDArray[np.float64]
    amp_line: NDArray[np.float64]
    typical_line: NDArray[np.float64]
    trivialization_line: NDArray[np.float64]
    good_well_line: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LandscapeCard:
    """Curves Σ(m) and the isolated minima."""

    curves: complexity.Landscape
    good_minimum: complexity.GoodMinimum | None
    mirror_minimum: complexity.GoodMinimum | None


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
)


def phase_lines(p: int) -> PhaseLines:
    """The lines of the diagram at `LINE_POINTS` values of Δp over the diagram and a little beyond."""
    delta_p = np.logspace(*LINE_RANGE, LINE_POINTS)
    lines = {
        "gradient_flow_line": phases.gradient_flow_line(p, delta_p),
        "amp_line": phases.amp_line(p, delta_p),
        "typical_line": phases.typical_line(p, delta_p),
        "trivialization_line": phases.trivialization_line(p, delta_p),
        "good_well_line": phases.good_well_line(p, delta_p),
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
    if not settled:
        known = compute.recall(dynamics.integrate_flow, parameters.model, tolerance=FINE, **options)
        if known is not None:
            return known
    return compute(
        dynamics.integrate_flow, parameters.model, tolerance=FINE if settled else COARSE, **options
    )


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
