"""One real instance beside the theory: a descent that is computed stage by stage: no request waits for a long run.

Curves are kept on both shelves; the state of a run, which can take megabytes, in memory only, and is computed again,
stage by stage, if it has gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from ..compute.busy import LateError, PutOffError
from ..compute.door import Answer, Door
from ..compute.question import closed_form, question
from ..compute.visit import SOON
from ..page.reading import changed
from ..page.sample import NO_SAMPLE, Sample
from ..page.state import Parameters, Point
from ..physics import EngineError, Model, simulation
from .instance_stages import (
    Descent,
    before_last,
    curves_of,
    descent,
    descent_seen,
    descent_to,
    first_stage,
    glimpse,
    goes_on,
    next_stage,
    run,
    stage,
)

HUGE: Final = 10**12  # as good as infinite
PATIENCE: Final = 2  # times that a run is begun again since its state has gone, before it is computed at once


@dataclass(frozen=True, slots=True)
class Running:
    """A run so far.

    Parameters
    ----------
    found : Answer or None
        Its curves; None if there is no instance, or it cannot be computed.
    sentence : str
        Why there is none, else empty.
    more : bool
        Whether it goes on: the same question, asked again, is answered with a longer run.
    sample : Sample
        Which instance it is, and which of its runs.
    is_glimpse : bool
        Whether it is only begun, and so are the runs before it.
    """

    found: Answer[Descent] | None = None
    sentence: str = ""
    more: bool = False
    sample: Sample = NO_SAMPLE
    is_glimpse: bool = False

    @property
    def descent(self) -> Descent | None:
        """The curves, if there are any."""
        return None if self.found is None else self.found.value


class Reached:
    """Up to which stage a run has been computed, and how often its state had gone by then: a hint, and no more."""

    def __init__(self) -> None:
        self.stage, self.lost = -1, 0


class UnfinishedError(LateError):
    """The time of a request is over before a run is.

    Parameters
    ----------
    sentence, retry_after : str, float
        As of `LateError`.
    sample : Sample
        Which run.
    state : Simulation, optional
        How far it is.
    """

    def __init__(
        self,
        sentence: str,
        retry_after: float = SOON,
        sample: Sample = NO_SAMPLE,
        state: simulation.Simulation | None = None,
    ) -> None:
        super().__init__(sentence, retry_after)
        self.sample, self.state = sample, state


def reached(model: Model, sample: Sample, overlap_0: float) -> Reached:
    """Nothing has been computed yet."""
    del model, sample, overlap_0
    return Reached()


def follow(door: Door, point: Point, *, settled: bool = True, stage: bool = True) -> Running:
    """The instance's run so far; within one request all who ask get the same stage.

    Parameters
    ----------
    door : Door
        The door to the engine.
    point : Point
        Its model and m₀, and which instance.
    settled : bool
        While something moves, or what the eye waits for is due, only a glimpse is computed, and kept in memory alone.
    stage : bool
        Whether one stage more is computed at most; else the whole run, which is bounded in work too.
    """
    parameters, sample = point
    if not sample.is_shown:
        return Running()
    if parameters.T > 0:
        return Running(sentence="An instance is gradient descent, at T = 0: none is shown at T > 0.")

    def work() -> Running:
        try:
            if not settled:
                return _glimpse(door, parameters, sample)
            return (_one_stage if stage else _whole)(door, parameters, sample)
        except EngineError as error:
            return Running(sentence=str(error))

    return door.one((point, settled, stage), work)


def _glimpse(door: Door, parameters: Parameters, sample: Sample) -> Running:
    asked = (parameters.model, sample, parameters.m0)
    known = door.recall(question(descent, *asked))
    if known is not None:
        return Running(known, sample=sample)
    found = door.answer(question(descent_seen, *asked), by=lambda: curves_of(seen(door, *asked)), brief=True)
    return Running(found, more=True, sample=sample, is_glimpse=True)


def _one_stage(door: Door, parameters: Parameters, sample: Sample) -> Running:
    """One stage beyond what is known, of the first run that is not at its end."""
    model, m0 = parameters.model, parameters.m0
    earlier = Running(more=True, sample=sample)
    for length in range(len(sample.then) + 1):
        this = changed(sample, then=sample.then[:length])
        is_last = length == len(sample.then)
        found = door.recall(question(descent, model, this, m0))
        if found is None:
            at = _advance(door, model, this, m0)
            if at is None:
                return earlier
            k, state = at
            part = (
                question(descent_to, model, this, m0, k)
                if goes_on(state)
                else question(descent, model, this, m0)
            )
            found = door.answer(part, by=partial(curves_of, state), brief=goes_on(state))
            return Running(found, more=goes_on(state) or not is_last, sample=this)
        earlier = Running(found, more=not is_last, sample=this)
    return earlier


def _whole(door: Door, parameters: Parameters, sample: Sample) -> Running:
    asked = (parameters.model, sample, parameters.m0)
    try:
        found = door.answer(question(descent, *asked), by=lambda: curves_of(_finished(door, *asked)))
    except UnfinishedError as late:
        if late.state is None or late.sample != sample:  # it is still about an earlier run
            raise
        return _so_far(late.state, sample)
    except LateError:  # while another request computes it
        state = _furthest(door, *asked)[1]
        if state is None:
            raise
        return _so_far(state, sample)
    return Running(found, sample=sample)


def _so_far(state: simulation.Simulation, sample: Sample) -> Running:
    """What is answered of a run for which there is no more time."""
    return Running(Answer(curves_of(state, is_late=True), 0.0, cached=False), more=True, sample=sample)


def _finished(door: Door, model: Model, sample: Sample, overlap_0: float) -> simulation.Simulation:
    """The run's end, from what is there of it; nothing of what is between is kept, unless the request ends before."""
    asked = (model, sample, overlap_0)
    k, state = _furthest(door, *asked)
    if state is None:
        k, state = 0, first_stage(*asked, lambda: _finished(door, model, before_last(sample), overlap_0))
    try:
        while goes_on(state):
            door.breathe()
            k, state = k + 1, next_stage(state, sample)
    except PutOffError as error:
        _remember(door, asked, k, state)
        if isinstance(error, LateError):
            raise UnfinishedError(error.sentence, error.retry_after, sample, state) from None
        raise
    return state


def _remember(door: Door, asked: tuple[Model, Sample, float], k: int, state: simulation.Simulation) -> None:
    """Keep the state of a run after its stage k, in memory."""
    hint = _hint(door, *asked)
    door.keep(question(stage, *asked, k), state, brief=True)
    hint.stage = max(hint.stage, k)
    door.keep(closed_form(reached, *asked), hint, brief=True)


def state_of(door: Door, model: Model, sample: Sample, overlap_0: float) -> simulation.Simulation | None:
    """The state of a run at its end; None if it has gone, and a stage of it has been computed again instead."""
    asked = (model, sample, overlap_0)
    return door.one(("state", *asked), lambda: _end(door, *asked))


def seen(door: Door, model: Model, sample: Sample, overlap_0: float) -> simulation.Simulation:
    """The state of a glimpse of a run."""
    return door.answer(question(glimpse, model, sample, overlap_0), brief=True).value


def _end(door: Door, model: Model, sample: Sample, overlap_0: float) -> simulation.Simulation | None:
    at = _advance(door, model, sample, overlap_0)
    return None if at is None or goes_on(at[1]) else at[1]


def _advance(
    door: Door, model: Model, sample: Sample, overlap_0: float
) -> tuple[int, simulation.Simulation] | None:
    """Number and state of one stage more than is known, or of the last; None if a run before it had to be advanced."""
    asked = (model, sample, overlap_0)
    hint, whole = _hint(door, *asked), door.recall(question(run, *asked))
    k, known = (0, whole.value) if whole is not None else _furthest(door, *asked)
    if known is not None and not goes_on(known):
        return k, known
    hint.lost += k < hint.stage
    if known is not None:
        by = partial(next_stage, known, sample)
    elif hint.lost > PATIENCE:  # others' states need the room: it would never end
        return 0, door.answer(question(run, *asked), by=lambda: _finished(door, *asked), brief=True).value
    elif sample.then:
        before = _end(door, model, before_last(sample), overlap_0)
        if before is None:
            return None
        by = partial(first_stage, *asked, lambda: before)
    else:
        by = partial(first_stage, *asked)
    state = door.answer(question(stage, *asked, k + 1), by=by, brief=True).value
    hint.stage = k + 1
    if door.recall(question(reached, *asked)) is None:  # it has made room for the state
        door.answer(closed_form(reached, *asked), by=lambda: hint, brief=True)
    return k + 1, state


def _hint(door: Door, model: Model, sample: Sample, overlap_0: float) -> Reached:
    known = door.recall(question(reached, model, sample, overlap_0))
    return Reached() if known is None else known.value


def _furthest(
    door: Door, model: Model, sample: Sample, overlap_0: float
) -> tuple[int, simulation.Simulation | None]:
    """Number and state of the last stage that is in memory; -1 and None if none is."""
    asked = (model, sample, overlap_0)
    for k in range(_hint(door, *asked).stage, -1, -1):
        known = door.recall(question(stage, *asked, k))
        if known is not None:
            return k, known.value
    return -1, None


def infinite(sample: Sample) -> Sample:
    """The same start at N = 10¹², where nothing is left to chance."""
    return Sample(N=HUGE, seed=1, start="m0", until=sample.until)
