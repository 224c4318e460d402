"""From step to step: the loop between the kernels, which walk, and the generator, which draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .._kernels import simulation as kernels
from ..checks import Floats
from ..errors import Status
from ..words import say
from .rest import Rest
from .settings import Settings
from .walker import Walker

_FIRST_REPORT = 64
_NEXT_REPORT = 1.5
_STEPS_A_LOOK = 8  # at most, between two looks at whether to stop,
_WORK_A_LOOK = 400_000  # and no more numbers than these to go through, milliseconds of work, beyond one step


@dataclass
class Track:
    """What has been recorded so far.

    Attributes
    ----------
    last : int
        The last point that counts.
    record : ndarray, shape (n_steps + 1, 3 + n_channels)
        Overlap, multiplier, gradient norm and the energy of every channel.
    path : ndarray, shape (n_steps + 1, capacity)
        Coordinates.
    is_cut : bool
        Whether the directions ran out after the last point.
    is_stopped : bool
        Whether the caller wanted no more.
    is_paused : bool
        Whether the work was done that it may take.
    """

    last: int
    record: Floats
    path: Floats
    is_cut: bool = False
    is_stopped: bool = False
    is_paused: bool = False


def empty_track(n_steps: int, walker: Walker) -> Track:
    """A track with room for so many steps of a walker; nothing recorded."""
    columns = kernels.ENERGIES + len(walker.channels)
    return Track(
        last=0, record=np.zeros((n_steps + 1, columns)), path=np.zeros((n_steps + 1, walker.capacity))
    )


def walk(
    walker: Walker,
    settings: Settings,
    track: Track,
    *,
    pauses: bool,
    stop: Callable[[], bool] | None = None,
    work: float = math.inf,
) -> Iterator[Track]:
    """Walk from the track's last point to the end, or until the work is done, a step at least.

    Yields now and then (``pauses``), when told to stop, at the end. The work is counted in numbers gone through, about
    half a nanosecond each: what it comes to depends on the path alone.
    """
    n_steps = settings.n_steps
    i, pause, least = track.last, _FIRST_REPORT, 1
    while True:
        while pause <= i:
            pause = round(_NEXT_REPORT * pause)
        goal = min(pause, n_steps) if pauses else n_steps
        if stop is not None:
            goal = min(goal, i + max(1, min(_STEPS_A_LOOK, _WORK_A_LOOK // walker.n_components)))
        cost = walker.work_of_step
        here = work - min(walker.work_of_growth, work / 2)  # new arrays are work for another time
        if work < math.inf:
            goal = min(goal, i + max(least, int((here - walker.work) // cost)))
        if track.path.shape[1] < walker.capacity:
            wider = np.zeros((n_steps + 1, walker.capacity))
            wider[: track.last + 1, : track.path.shape[1]] = track.path[: track.last + 1]
            track.path = wider
        reason, reached = kernels.descend(
            i,
            goal,
            kernels.Rule(settings.step, settings.tolerance, float(walker.n_dim)),
            kernels.Span(walker.k, walker.n_used),
            walker.channels,
            kernels.Point(walker.a, walker.c_rho),
            track.record,
            track.path,
        )
        walker.work += (reached - i + 1) * cost
        track.last = i = reached
        if reason == kernels.DIRECTION:
            if walker.is_full:
                track.last, track.is_cut = i - 1, True
                walker.stand(track.path[i - 1, : walker.k])
                yield track
                return
            walker.add_direction()
            kernels.to_sphere(walker.a, walker.k)
            least = 0  # the point it stands at is still to be recorded
            continue
        least = 1
        track.is_stopped = stop is not None and i < n_steps and stop()
        track.is_paused = i < n_steps and here - walker.work < cost
        if track.is_stopped or track.is_paused or i == n_steps:
            yield track
            return
        if pauses and i == pause:
            yield track


def verdict(
    time: float,
    overlap: float,
    n_directions: int,
    *,
    memory: int,
    is_cut: bool,
    is_stopped: bool,
    is_paused: bool,
    rest: Callable[[], Rest],
) -> tuple[Status, str]:
    """Status and sentence of a finished walk; how it stands is asked only where it matters."""
    if is_stopped:
        return Status.STOPPED_EARLY, f"The run was stopped by its caller at t = {say(time, 4)}."
    if is_paused and not is_cut:
        return Status.STOPPED_EARLY, (
            f"The run was cut at t = {say(time, 4)}: the work that it may take is done. It can be resumed from there."
        )
    if is_cut:
        return Status.STOPPED_EARLY, (
            f"The run was cut at t = {say(time, 4)}: its {n_directions} directions fill the"
            f" {memory >> 20} MB that a run may use. Ask for a larger tolerance or a shorter time."
        )
    stands, at = rest(), f"t = {say(time, 4)}, at overlap {say(overlap, 4)}"
    if stands.is_near:
        return (
            Status.REACHED,
            f"The descent is at rest in a minimum at overlap {say(overlap, 4)}, t = {say(time, 4)}.",
        )
    if not stands.is_slow:
        return Status.AGEING, f"The descent is still moving at {at}."
    if stands.is_minimum:
        return (
            Status.AGEING,
            f"The descent is slow at {at}: its Hessian is positive, but it is not yet at rest.",
        )
    down = {0: "some directions go", 1: "one direction goes"}.get(
        stands.n_down, f"{stands.n_down} directions go"
    )
    return Status.AGEING, f"The descent is slow at {at}, at a saddle: {down} down."
