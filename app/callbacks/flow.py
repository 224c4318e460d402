"""The flow's card."""

from __future__ import annotations

from app.callbacks.panel import Picture, Request, note_of
from app.figures.flow import Level, View, flow_figure
from app.figures.growth import growth_figure
from app.figures.theme import Theme
from app.figures.timeline import FIRST_TIME, Instance
from app.figures.two_time import correlation_figure, fluctuation_figure
from app.figures.words import say, whole
from app.services.compute import Compute
from app.services.instance import follow
from app.services.quantities import References, escape_time, flow, gain, references, table_times
from app.state import Parameters
from engine import phases
from engine.hessian import escape_rate

TWO_TIMES = 90  # times a side of the correlation's map
WAITING_TIMES = 600


def draw(compute: Compute, request: Request) -> Picture:
    """Draw one view of the flow with what theory says of it."""
    parameters, look = request.parameters, request.look
    view = request.chosen("flow")
    if view == "growth":
        return draw_growth(compute, request)
    found = flow(compute, parameters, settled=request.settled)
    trajectory = found.value
    note = note_of(found) + ("" if request.settled else ", preview")
    if view == "correlation":
        return Picture(correlation_figure(trajectory.two_time(TWO_TIMES), look), CORRELATION, note)
    if view == "fluctuation":
        seen = trajectory.fluctuation_dissipation(WAITING_TIMES)
        figure = fluctuation_figure(parameters.model, seen, look, temperature=parameters.T)
        return Picture(figure, f"At t = {say(seen.time)}. {FLUCTUATION}", note)
    known = compute(references, parameters.model).value
    escape = None
    if view in ("overlap", "log_overlap") and request.settled and not request.hurried:
        escape = escape_time(compute, parameters)
    running = follow(compute, parameters, request.sample, settled=request.at_leisure)
    figure = flow_figure(
        parameters.model,
        trajectory.at(table_times(trajectory, parameters.tmax)),
        look,
        t_max=parameters.tmax,
        view=view,
        levels=levels(view, parameters, known, look),
        escape=escape,
        instance=None
        if running.descent is None
        else Instance(running.descent, f"N = {whole(request.sample.N)}"),
    )
    if running.found is not None:
        note = note_of(found, running.found) + ("" if request.settled else ", preview")
    return Picture(figure, trajectory.message, note, more=running.more)


CORRELATION = (
    "Bright: the state at t still remembers the one at t′. While the flow ages, how much depends on t′/t alone, "
    "nearly: a band along the diagonal."
)
FLUCTUATION = (
    "The response within a state ends near χ = 1/σ on the right; the slope beyond it is ageing. "
    "Where χ = Δ₂ passes below 1/σ, threshold states have a way down to the signal."
)


def draw_growth(compute: Compute, request: Request) -> Picture:
    """Draw how an infinitesimal overlap grows, and say by which of the laws."""
    parameters = request.parameters
    found = gain(compute, parameters)
    figure = growth_figure(parameters.model, found.value, request.look, t_max=parameters.tmax)
    return Picture(figure, growth_law(parameters), note_of(found))


def growth_law(parameters: Parameters) -> str:
    """The late law of an infinitesimal overlap at T = 0, by where the point lies."""
    if parameters.T > 0:
        return (
            "Λ = (d ln m/dt + μ)/σ and κ = d ln m/d ln t for Langevin dynamics from an infinitesimal overlap."
        )
    model = parameters.model
    theta = float(model.theta(0.0))
    if theta > 1:
        rate = escape_rate(model)
        return f"Above the gradient-flow line m grows as exp(λt) at last, λ = {say(rate)}: a slope, not an escape time."
    if abs(theta - 1) < 1e-12:
        return "On the gradient-flow line the rate vanishes: ln m grows as the cube root of time."
    snr, decay = model.inverse_delta_2, 1 / float(phases.decay_line(model.p, model.delta_p))
    if snr > decay:
        return "Below the gradient-flow line m grows only as a power of time, t^κ, while it is infinitesimal."
    return "Below the decay line (heuristic) an infinitesimal overlap decays as a power of time."


def levels(view: View, parameters: Parameters, known: References, look: Theme) -> tuple[Level, ...]:
    """The horizontal references of a view."""
    good = known.good_minimum
    stable = good is not None and good.is_stable and parameters.T == 0
    if view == "multiplier":
        return (Level(1.0, "threshold μ = 2σ", look.outlier),)
    if view == "energy":
        shown = [
            Level(known.threshold_energy_kac_rice, "threshold (Kac–Rice)", look.outlier),
            Level(known.threshold_energy_aging, "threshold (ageing)", look.outlier, "dot"),
        ]
        if good is not None and stable:
            shown.append(Level(good.energy, "good minimum e*", look.success, right=True))
        return tuple(shown) if parameters.T == 0 else ()
    sign = abs if view == "log_overlap" else float
    shown = []
    if parameters.T > 0:
        if known.bayes_overlap > 0:
            shown.append(Level(known.bayes_overlap, f"Bayes-optimal {known.bayes_overlap:.3f}", look.success))
    else:
        if good is not None and stable:
            shown.append(Level(good.overlap, f"good minimum m* = {good.overlap:.3f}", look.success))
        if known.ml_overlap > 0:
            same = good is not None and stable and abs(known.ml_overlap - good.overlap) < 1e-6
            if same and good is not None:
                shown = [Level(good.overlap, f"good minimum m* = ML-AMP's {good.overlap:.3f}", look.success)]
            else:
                shown.append(Level(known.ml_overlap, f"ML-AMP {known.ml_overlap:.3f}", look.amp, "dot"))
    mirror = known.mirror_minimum
    if parameters.m0 < 0 and mirror is not None and mirror.is_stable and parameters.T == 0:
        shown = [
            Level(
                sign(mirror.overlap), f"mirror minimum {mirror.overlap:.3f}".replace("-", "−"), look.success
            )
        ]
    return tuple(shown)


def moment_time(fraction: float | None, t_max: float) -> float:
    """The time that the moment's slider means: from `FIRST_TIME` to t_max on a logarithmic scale."""
    share = 1.0 if fraction is None else min(1.0, max(0.0, float(fraction)))
    return float(FIRST_TIME * (t_max / FIRST_TIME) ** share)
