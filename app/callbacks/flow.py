"""The flow's card."""

from __future__ import annotations

from app.callbacks.panel import Picture, Request, note_of
from app.figures.flow import FIRST_TIME, Level, View, flow_figure
from app.figures.theme import Theme
from app.services.compute import Compute
from app.services.quantities import References, flow, references, table_times
from app.state import Parameters


def draw(compute: Compute, request: Request) -> Picture:
    """Draw one quantity of the flow with what theory says of it."""
    parameters = request.parameters
    found = flow(compute, parameters, settled=request.settled)
    known = compute(references, parameters.model).value
    trajectory = found.value
    view: View = request.chosen("flow")
    figure = flow_figure(
        parameters.model,
        trajectory.at(table_times(trajectory, parameters.tmax)),
        request.look,
        t_max=parameters.tmax,
        view=view,
        levels=levels(view, parameters, known, request.look),
    )
    return Picture(figure, trajectory.message, note_of(found) + ("" if request.settled else ", preview"))


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
            shown.append(Level(good.energy, "good minimum e*", look.success))
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
