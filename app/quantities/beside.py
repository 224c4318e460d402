"""The theory beside a real instance: it starts where the instance does, and is looked at when the instance is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..compute.door import Door
from ..page.reading import changed
from ..page.state import Parameters, Point
from ..page.wire import Request
from ..physics import say, whole
from .instance import Running, follow
from .instance_stages import Descent

ALIKE: Final = 1e-9  # relative: starts that differ by less are the same


@dataclass(frozen=True, slots=True)
class Compared:
    """What is drawn of a request's points, and the instance of the live one.

    Parameters
    ----------
    theories : sequence of Parameters
        Of the flows that are drawn: the live point's, which starts where the instance does, then the pinned ones'.
    running : Running
        The instance.
    sentence : str
        Why the live one starts elsewhere than the control says; empty if it does not.
    """

    theories: Sequence[Parameters]
    running: Running
    sentence: str = ""

    @property
    def live(self) -> Parameters:
        """Of the live point's flow."""
        return self.theories[0]


def compare(door: Door, request: Request) -> Compared:
    """The flows that are drawn for a request, each with its start, and the instance beside the first of them."""
    running = follow(door, request.live, settled=request.at_leisure)
    live, pinned = request.live, [point.parameters for point in request.points[1:]]
    theory, path = theory_of(live, running), running.descent
    sentence = "" if path is None or theory is live.parameters else why(live, path, theory.m0)
    return Compared([theory, *pinned], running, sentence)


def theory_of(point: Point, running: Running) -> Parameters:
    """Of the flow that is drawn for a point beside its instance."""
    parameters, path = point.parameters, running.descent
    if path is None:
        return parameters
    start = own_start(running.sample.N, float(path.overlap[0]))
    return parameters if abs(start - parameters.m0) <= ALIKE * abs(start) else changed(parameters, m0=start)


def drawn(door: Door, point: Point) -> tuple[Parameters, Running]:
    """The flow that is drawn for a point once its instance has run to its end, and that instance."""
    running = follow(door, point, stage=False)
    return theory_of(point, running), running


def own_start(n_dim: int, overlap: float) -> float:
    """The overlap that the theory of infinite N must start from to be compared with a descent at finite N.

    It is the descent's own at t = 0, but 1/√N at least: the noise of a finite sample adds an overlap of this size
    within the first moments, whatever the start.

    Parameters
    ----------
    n_dim : int
        N.
    overlap : float
        The descent's own at t = 0.
    """
    least: float = n_dim**-0.5
    return (-1 if overlap < 0 else 1) * max(abs(overlap), least)


def why(point: Point, path: Descent, start: float) -> str:
    """The sentence that says where the theory starts and why."""
    said = f"Beside it the theory starts from m₀ = {say(start)}"
    if point.sample.start == "m0":
        said += f", not from {say(point.parameters.m0)}"
    own = float(path.overlap[0])
    if abs(own) >= abs(start):
        return f"{said}: the overlap with which this instance starts."
    chance = (
        f"at N = {whole(point.sample.N)} chance alone makes an overlap of about 1/√N within the first moments"
    )
    return f"{said}: {chance}, and this instance starts from {say(own)}."


def common_time(moment: float, running: Running) -> float:
    """The time at which both are looked at: the moment's, or the last of the instance if that comes first.

    Parameters
    ----------
    moment : float
        Time of the moment.
    running : Running
        The instance, or that there is none.
    """
    path = running.descent
    if path is None:
        return moment
    if running.more:  # it is on its way to there
        return min(moment, running.sample.until)
    return float(path.time[path.nearest(moment)])
