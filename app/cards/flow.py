"""The flow's card: one quantity of the trajectory with what theory says of it, or what the flow remembers."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

from ..compute.door import Door
from ..compute.question import closed_form
from ..figures.flow import ENERGY, LOG_OVERLAP, MULTIPLIER, OVERLAP, Level, Quantity, flow_figure
from ..figures.growth import growth_figure
from ..figures.theme import Theme, theme
from ..figures.timeline import FIRST_TIME, Instance
from ..figures.two_time import correlation_figure, fluctuation_figure
from ..page.catalogue import Description
from ..page.state import DEFAULTS, POINT_NAMES, Parameters
from ..page.wire import Request
from ..physics import Model, Status, atlas, dynamics, fixed, hessian, phases, say, simulation, whole
from ..quantities.beside import compare
from ..quantities.flow import (
    Escape,
    References,
    drawn_times,
    escape,
    flow,
    gain_question,
    late_growth,
    pace,
    references,
)
from ..quantities.instance_stages import Descent
from .card import Card, Picture, Way, by_way, look_of, note_of, sheets_of
from .flow_tables import FLOW, GROWTH, INSTANCE, MEMORY, PATH, RESPONSE, TWO_TIMES, WAITING_TIMES
from .scan import SCANS, while_looked_at

CORRELATION: Final = (
    "Bright: the state at t still remembers the one at t′. While the flow ages, how much depends on t′/t alone, "
    "nearly: a band along the diagonal."
)
FLUCTUATION: Final = (
    "While the flow ages, the response within a state ends near χ = 1/σ on the right; the slope beyond it is ageing. "
    "Where χ = Δ₂ passes below 1/σ, threshold states have a way down to the signal."
)
AT_THE_MINIMUM: Final = (
    "The flow rests in a minimum of overlap m: what is left of the response is 1/A = {}, A² = Q′(1) + Q′(m)²."
)
OTHER_SAMPLES: Final = (
    "At another T than 1 a sample may have a larger overlap than one at T = 1; no method has a larger "
    "one than the mean "
    "of the posterior, √q."
)
THERMAL: Final = "In equilibrium it is the straight line χ = (1 − C)/T; what bends away from it is ageing."


def draw_quantity(door: Door, request: Request, *, quantity: Quantity) -> Picture:
    """Draw one quantity of every point's flow, with the live one's references and its instance."""
    look, compared = theme(request.theme), compare(door, request)
    parameters, running = compared.live, compared.running
    found = [flow(door, each, settled=request.settled) for each in compared.theories]
    known = door.answer(closed_form(references, parameters.model)).value
    escapes = Escape()
    if quantity in (OVERLAP, LOG_OVERLAP):
        escapes = escape(door, parameters, at_leisure=request.at_leisure)
    path = running.descent
    figure = flow_figure(
        quantity,
        [
            (theory.model, each.value.at(drawn_times(each.value, theory.tmax)))
            for theory, each in zip(compared.theories, found, strict=True)
        ],
        look,
        t_max=parameters.tmax,
        levels=levels(quantity, parameters, known, look),
        escape=escapes.time,
        instance=None if path is None else Instance(path, f"N = {whole(request.live.sample.N)}"),
    )
    if request.settled:
        steps = pace(found[0].value, FIRST_TIME, parameters.tmax)
        figure.update_layout(meta={"pace": [round(float(moment), 5) for moment in steps]})
    more = escapes.more or running.more or any(each.preview for each in found)
    said = f"{compared.sentence} {found[0].value.message}".lstrip()
    if parameters.T not in (0, 1) and quantity in (OVERLAP, LOG_OVERLAP) and known.bayes_overlap > 0:
        said += f" {OTHER_SAMPLES}"
    return Picture(figure, said, note_of(*found, running.found, escapes.found), more=more)


def draw_correlation(door: Door, request: Request) -> Picture:
    """Draw the live flow's C(t, t′), and of every flow where it is 1/2."""
    found = [flow(door, point.parameters, settled=request.settled) for point in request.points]
    live, *pinned = (each.value.two_time(TWO_TIMES) for each in found)
    figure = correlation_figure(live, theme(request.theme), pinned=pinned)
    return Picture(figure, CORRELATION, note_of(*found), more=any(each.preview for each in found))


def draw_fluctuation(door: Door, request: Request) -> Picture:
    """Draw every flow's response against its correlation."""
    parameters = request.live.parameters
    found = [flow(door, point.parameters, settled=request.settled) for point in request.points]
    seen, *pinned = (each.value.fluctuation_dissipation(WAITING_TIMES) for each in found)
    figure = fluctuation_figure(
        parameters.model, seen, theme(request.theme), temperature=parameters.T, pinned=pinned
    )
    said = f"At t = {say(seen.time)}. {fluctuation_sentence(parameters, found[0].value)}"
    return Picture(figure, said, note_of(*found), more=any(each.preview for each in found))


def fluctuation_sentence(parameters: Parameters, trajectory: dynamics.Trajectory) -> str:
    """What the curve shows: ageing, the response of a minimum, or equilibrium."""
    if parameters.T > 0:
        return THERMAL
    if trajectory.status is not Status.REACHED:
        return FLUCTUATION
    m = float(trajectory.overlap[-1])
    return AT_THE_MINIMUM.format(say(math.sqrt((1 - m) * (1 + m) / float(parameters.model.q_prime(1.0)))))


def draw_growth(door: Door, request: Request) -> Picture:
    """Draw how an infinitesimal overlap grows, and say by which of the laws."""
    parameters = request.live.parameters
    found = [door.answer(gain_question(point.parameters)) for point in request.points]
    figure = growth_figure(
        [(point.parameters.model, each.value) for point, each in zip(request.points, found, strict=True)],
        theme(request.theme),
        t_max=parameters.tmax,
        limit=growth_limit(parameters),
    )
    gain = found[0].value
    cut = f" {gain.message}" if gain.status is Status.STOPPED_EARLY else ""
    return Picture(figure, growth_law(parameters, gain) + cut, note_of(*found))


def growth_limit(parameters: Parameters) -> tuple[float, str] | None:
    """Where Λ tends to, in words, if that is known."""
    limit = late_growth(parameters)
    if limit is None:
        return None
    if parameters.T > 0:
        return limit, f"limit {fixed(limit)}: threshold states have no way down"
    is_open = float(parameters.model.theta(0.0)) > 1
    return limit, f"limit θ + 1/θ = {fixed(limit)}" if is_open else "limit 2: no way down"


def growth_law(parameters: Parameters, gain: dynamics.Gain) -> str:
    """The late law of an infinitesimal overlap, by where the point lies."""
    if parameters.T > 0:
        return (
            "Λ = (d ln m/dt + μ)/σ and κ = d ln m/d ln t for Langevin dynamics from an infinitesimal overlap."
        )
    model = parameters.model
    theta = float(model.theta(0.0))
    if theta > 1:
        rate = hessian.escape_rate(model)
        return f"Above the gradient-flow line m grows as exp(λt) at last, λ = {say(rate)}: a slope, not an escape time."
    if abs(theta - 1) < 1e-12:
        if math.isinf(model.delta_p):
            return "On the line of the pure matrix the rate vanishes: m grows as t^(1/4), κ = 1/4."
        time, exponent = float(gain.time[-1]), float(gain.exponent[-1])
        return (
            f"On the gradient-flow line the rate vanishes: at t = {say(time)} m grows as t^κ with κ = {say(exponent)}, "
            "and κ itself goes on growing."
        )
    snr, decay = model.inverse_delta_2, 1 / float(phases.decay_line(model.p, model.delta_p))
    if snr > decay:
        return "Below the gradient-flow line m grows only as a power of time, t^κ, while it is infinitesimal."
    return "Below the decay line (heuristic) an infinitesimal overlap decays as a power of time."


def levels(quantity: Quantity, parameters: Parameters, known: References, look: Theme) -> tuple[Level, ...]:
    """The horizontal references of a view."""
    good = known.good_minimum
    stable = good is not None and good.is_stable and parameters.T == 0
    if quantity is MULTIPLIER:
        threshold = phases.threshold_multiplier(parameters.model, temperature=parameters.T)
        name = "threshold μ = 2σ" if parameters.T == 0 else "threshold states at T"
        return (Level(threshold / (2 * parameters.model.sigma), name, look.outlier),)
    if quantity is ENERGY:
        shown = [
            Level(known.threshold_energy_kac_rice, "threshold (Kac–Rice)", look.outlier),
            Level(known.threshold_energy_aging, "threshold (ageing)", look.outlier, "dot"),
        ]
        if good is not None and stable:
            shown.append(Level(good.energy, "good minimum e*", look.success, right=True))
        return tuple(shown) if parameters.T == 0 else ()
    sign = abs if quantity is LOG_OVERLAP else float
    shown = []
    if parameters.T > 0:
        shown = bayes_levels(known, look)
    else:
        if good is not None and stable:
            shown.append(Level(good.overlap, f"good minimum m* = {fixed(good.overlap)}", look.success))
        if known.ml_overlap > 0:
            same = good is not None and stable and abs(known.ml_overlap - good.overlap) < 1e-6
            if same and good is not None:
                shown = [
                    Level(good.overlap, f"good minimum m* = ML-AMP's {fixed(good.overlap)}", look.success)
                ]
            else:
                shown.append(Level(known.ml_overlap, f"ML-AMP {fixed(known.ml_overlap)}", look.amp, "dot"))
    mirror = known.mirror_minimum
    if parameters.m0 < 0 and mirror is not None and mirror.is_stable and parameters.T == 0:
        shown = [Level(sign(mirror.overlap), f"mirror minimum {fixed(mirror.overlap)}", look.success)]
    return tuple(shown)


def bayes_levels(known: References, look: Theme) -> list[Level]:
    """The overlap of a sample of the posterior, T = 1, of its mean, and what message passing finds of it."""
    best, found = known.bayes_overlap, known.bayes_amp_overlap
    if best == 0:
        return []
    name = "Bayes, a sample at T = 1"
    mean = Level(
        math.sqrt(best), f"Bayes, its mean, the best estimate: {fixed(math.sqrt(best))}", look.success
    )
    if abs(best - found) < 1e-9:
        return [mean, Level(best, f"{name}, Bayes-AMP's: {fixed(best)}", look.success, "dot")]
    levels = [mean, Level(best, f"{name}: {fixed(best)}", look.success, "dot")]
    if found > 0:
        levels.append(Level(found, f"Bayes-AMP from scratch: {fixed(found)}", look.amp, "dot"))
    return levels


def warm_up() -> None:
    """Two precisions of the linear solve (long runs need the second), the growth, and both kinds of an instance."""
    model = DEFAULTS.model
    references(model)
    dynamics.escape_gain(model, t_max=1e2)
    for t_max in (1e2, 1e6):
        dynamics.integrate_flow(model, overlap_0=DEFAULTS.m0, t_max=t_max).at([1.0])
    simulation.simulate(model, n_dim=1000, seed=1, t_max=2.0)
    simulation.simulate(model, n_dim=10**12, seed=1, overlap_0=0.1, t_max=2.0)


OVER_TIME: Final = (PATH, FLOW, INSTANCE)
WAYS: Final = (
    Way("overlap", "overlap m(t)", partial(draw_quantity, quantity=OVERLAP), OVER_TIME),
    Way("log_overlap", "m(t), logarithmic", partial(draw_quantity, quantity=LOG_OVERLAP), OVER_TIME),
    Way("energy", "energy e(t)", partial(draw_quantity, quantity=ENERGY), OVER_TIME),
    Way("multiplier", "multiplier μ(t)/2σ", partial(draw_quantity, quantity=MULTIPLIER), OVER_TIME),
    Way("growth", "growth of m: Λ, κ", draw_growth, (GROWTH,)),
    Way("correlation", "correlation C(t, t′)", draw_correlation, (MEMORY,)),
    Way("fluctuation", "response against C", draw_fluctuation, (RESPONSE,)),
    *SCANS,
)
LOOK: Final = look_of("flow", "What is drawn of the flow", WAYS)
CARD: Final = Card(
    Description("flow", "Gradient flow", POINT_NAMES, LOOK, always=True, timed=True),
    draw=while_looked_at(LOOK, by_way(LOOK, WAYS)),
    sheets=sheets_of(WAYS),
    result_types=(Model, dynamics.Trajectory, dynamics.Gain, References, Descent, atlas.AtlasTile),
    warm_up=warm_up,
)
