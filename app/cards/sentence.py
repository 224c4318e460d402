"""The live sentence: the phase, its reason, where the flow ends, and the story's text."""

from __future__ import annotations

from typing import Final

from ..compute.compute import Door
from ..compute.question import question
from ..page.catalogue import Description
from ..page.state import POINT_NAMES, Parameters
from ..page.story import BY_KEY
from ..page.wire import Request
from ..physics import Status, complexity, dynamics, phases, say, whole
from ..quantities.flow import flow
from ..quantities.instance import Descent, Running, follow
from .card import Card, Paragraph, Picture, note_of


def draw(door: Door, request: Request) -> Picture:
    """Say what is seen at the live point."""
    parameters = request.live.parameters
    found = door.answer(question(phases.classify, parameters.model, temperature=parameters.T))
    trajectory = flow(door, parameters, settled=request.settled)
    seen = found.value
    run = this_run(parameters, seen.phase, trajectory.value)
    words = [
        Paragraph(seen.sentence, kind="phase"),
        Paragraph(f"{seen.reason} {run}{trajectory.value.message}"),
    ]
    if "bayes" in request.looks["lines"]:
        words.append(Paragraph(seen.bayes_sentence, lead="Bayes-optimal:"))
    running = follow(door, request.live, settled=request.at_leisure)
    if request.live.sample.is_shown:
        words.append(
            Paragraph(instance_sentence(request, running), lead="This instance:", kind="instance-text")
        )
    story = BY_KEY.get(str(request.story))
    if story is not None:
        words.append(Paragraph(story.sentences, lead=f"{story.key}. {story.title}.", kind="story-text"))
        words.append(Paragraph(story.to_try, lead="Try:"))
    return Picture(None, tuple(words), note_of(found), more=running.more or trajectory.preview)


def this_run(parameters: Parameters, phase: phases.Phase, run: dynamics.Trajectory) -> str:
    """What reconciles the phase, a limit m₀ → 0 from m₀ > 0, with the run that is drawn; empty where they agree."""
    end, start = abs(float(run.overlap[-1])), say(abs(parameters.m0))
    if parameters.m0 < 0 and parameters.p % 2:
        return "Yet m₀ < 0 here, the other side of an odd order: "
    escaped = end >= max(complexity.escape_level(parameters.model), 3 * abs(parameters.m0))
    rests_with_signal = run.status is Status.REACHED and "dies out" not in run.message
    if phase in WORKS:
        waits = run.status is Status.AGEING and not escaped
        return f"From m₀ = {start} it has not escaped by then: " if waits else ""
    if phase not in FAILS or not (escaped or rests_with_signal):
        return ""
    model = parameters.model
    captured = complexity.capture_overlap(model)
    if parameters.T == 0 and float(model.theta(0.0)) == 1.0:
        law = "in a time that grows as a power of ln(1/m₀)"
    elif abs(parameters.m0) > captured or abs(parameters.m0) > STRAIGHT or parameters.T > 0:
        return f"From m₀ = {start}, not small, it goes to the signal all the same: "
    elif phase is phases.Phase.STUCK:
        law = "in a time that grows as a power of 1/m₀"
    else:
        return f"From m₀ = {start}, lifted by the first moments, it goes to the signal all the same: "
    return f"From m₀ = {start} it gets to the signal all the same, {law}: "


def instance_sentence(request: Request, running: Running) -> str:
    """How the run of the real instance stands, and what its sign means."""
    if running.descent is None:
        return running.sentence
    (parameters, sample), path = request.live, running.descent
    said = f"N = {whole(sample.N)}, seed {sample.seed}. {path.message}"
    if running.more:
        said = (
            f"N = {whole(sample.N)}, seed {sample.seed}. It goes on: t = {say(float(path.time[-1]))} so far."
        )
    return said if running.more else f"{said}{side_of(path, parameters.p)}"


def side_of(path: Descent, p: int) -> str:
    """What the sign of m means where a run ends, and whether it has changed; empty if nothing is to be said."""
    start, end = float(path.overlap[0]), float(path.overlap[-1])
    crossed = " It started at m < 0 and crossed over." if start < 0 < end else ""
    if start > 0 > end:
        crossed = " It started at m > 0 and crossed over."
    if end >= 0:
        return crossed
    return f"{crossed} {MIRROR_SIDE if p % 2 else MIRROR_IMAGE}"


STRAIGHT: Final = 0.05  # a start of which one would not say that it is next to 0
WORKS: Final = (
    phases.Phase.TRIVIAL,
    phases.Phase.RARE_MINIMA,
    phases.Phase.SURFING,
    phases.Phase.RECOVERS,
)
FAILS: Final = (
    phases.Phase.STUCK,
    phases.Phase.UNREACHABLE,
    phases.Phase.NO_MINIMUM,
    phases.Phase.GLASSY,
)
MIRROR_SIDE: Final = (
    "At its end m < 0: for odd p that side has no good minimum, only the mirror minimum (if it exists) at a higher "
    "energy, so m* is not reached by then. Flip the sign to go on from −x."
)
MIRROR_IMAGE: Final = "At its end m < 0: for even p that is the mirror image of m > 0, at the same energy."

CARD: Final = Card(
    Description(
        "sentence",
        "What you see",
        POINT_NAMES,
        looks=("story", "lines"),
        has_picture=False,
        always=True,
        column="diagram",
    ),
    draw=draw,
    result_types=(phases.Classification, dynamics.Trajectory, Descent),
)
