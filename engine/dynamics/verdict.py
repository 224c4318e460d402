"""How a run ended: its status and its sentence."""

from __future__ import annotations

from typing import Final

from .._kernels.dynamics_flow import Stop
from ..errors import Status
from ..words import say
from .march import March
from .question import Start
from .units import Units

_CERTIFIED: Final = 5e5  # in units of 1/σ: as far as energies were compared with exact ones
_FAILURES: Final = {
    Stop.ENERGY_ROSE: "just after it the computed energy rises, which a gradient flow cannot do",
    Stop.STALLED: "the steps had become too small to go on",
    Stop.EXPENSIVE: "its steps had become too many and too costly",
}


def verdict(march: March, start: Start, units: Units, overlap: float, t_max: float) -> tuple[Status, str]:
    """Return status and sentence of a finished run."""
    time = units.bare_time(march.time)
    thermal = march.couplings.T > 0
    if march.stop.is_rest and time <= t_max:
        return Status.REACHED, _rest(march, start, overlap, time)
    if march.stop is Stop.CANCELLED:
        return Status.STOPPED_EARLY, f"The run was stopped by its caller at t = {say(min(time, t_max), 4)}."
    if march.stop.is_failure:
        reason = _FAILURES[march.stop]
        return (
            Status.STOPPED_EARLY,
            f"The run was cut at t = {say(time, 4)}: {reason}. Ask for a shorter time.",
        )
    if march.stop is Stop.STATIONARY and not thermal:
        moving = f"The flow is on its way to {_kind_of_minimum(march, start, overlap)}"
    else:
        moving = "The dynamics is not yet in equilibrium" if thermal else "The flow is still moving"
    message = f"{moving} at t_max = {say(t_max, 6)}{_where(start, overlap)}."
    if start.landscape.sigma * t_max > _CERTIFIED:
        rests = "no independent check exists" if thermal else "its accuracy rests on the energy not rising"
        message += f" Beyond t = {say(_CERTIFIED / start.landscape.sigma, 2)} {rests}."
    return Status.AGEING, message


def _rest(march: March, start: Start, overlap: float, time: float) -> str:
    """Sentence of a run at rest."""
    if march.stop is Stop.DYING_OUT:
        fate = (
            "the overlap dies out" if start.sign and not start.landscape.planted else "its start is forgotten"
        )
        return f"The dynamics is in equilibrium since t = {say(time, 4)}; {fate}."
    if march.couplings.T > 0 and not start.sign:
        return f"The dynamics is in equilibrium since t = {say(time, 4)}."
    if march.couplings.T > 0:
        return f"The dynamics is in equilibrium at overlap {say(overlap, 6)} since t = {say(time, 4)}."
    kind = _kind_of_minimum(march, start, overlap)
    return f"The flow has reached {kind} at overlap {say(overlap, 6)}, t = {say(time, 4)}."


def _where(start: Start, overlap: float) -> str:
    """The overlap, in words; none where there is no signal."""
    if start.landscape.planted:
        return f", at correlation {say(overlap, 4)} with its start"
    return f", at overlap {say(overlap, 4)}" if start.sign else ""


def _kind_of_minimum(march: March, start: Start, overlap: float) -> str:
    """Which of the stable isolated minima it is."""
    if start.landscape.planted:
        return "the bottom of the state it started in"
    if overlap < 0 and any(k % 2 for k, _ in start.landscape.signal):
        return "the mirror minimum"
    largest = march.targets[-1, 0]
    return "the good minimum" if abs(overlap) > largest - 1e-3 else "a stable minimum below the good one"
