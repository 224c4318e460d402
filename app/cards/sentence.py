"""The live sentence: the phase, its reason, where the flow ends, and the story's text."""

from __future__ import annotations

from typing import Final

from ..compute.door import Door
from ..compute.question import closed_form
from ..page.catalogue import Description
from ..page.state import POINT_NAMES, Parameters
from ..page.story import BY_KEY
from ..page.wire import Request
from ..physics import Status, complexity, dynamics, phases, say, whole
from ..quantities.beside import compare
from ..quantities.flow import flow
from ..quantities.instance import Running
from ..quantities.instance_stages import Descent
from .card import Card, Paragraph, Picture, note_of


def draw(door: Door, request: Request) -> Picture:
    """Say what is seen at the live point."""
    parameters = request.live.parameters
    found = door.answer(closed_form(phases.classify, parameters.model, temperature=parameters.T))
    compared = compare(door, request)
    running = compared.running
    trajectory = flow(door, compared.live, settled=request.settled)
    seen = found.value
    run = this_run(compared.live, seen, trajectory.value)
    words = [
        Paragraph(seen.sentence, kind="phase"),
        Paragraph(f"{seen.reason} {run}{trajectory.value.message}"),
    ]
    if "bayes" in request.looks["lines"]:
        words.append(Paragraph(seen.bayes_sentence, lead="Bayes-optimal:"))
    if request.live.sample.is_shown:
        told = f"{instance_sentence(request, running)} {compared.sentence}".rstrip()
        words.append(Paragraph(told, lead="This instance:", kind="instance-text"))
    story = BY_KEY.get(str(request.story))
    if story is not None:
        words.append(Paragraph(story.sentences, lead=f"{story.key}. {story.title}.", kind="story-text"))
        words += [Paragraph(one.words, kind="story-try") for one in story.tries]
    return Picture(None, tuple(words), note_of(found), more=running.more or trajectory.preview)


def this_run(parameters: Parameters, seen: phases.Classification, run: dynamics.Trajectory) -> str:
    """What reconciles the phase, a limit m₀ → 0 from m₀ > 0, with the run that is drawn; empty where they agree."""
    phase, model = seen.phase, parameters.model
    size, end, level = abs(parameters.m0), abs(float(run.overlap[-1])), complexity.escape_level(model)
    escaped = end >= max(level, 3 * size)
    rests = run.status is Status.REACHED and end >= level
    if parameters.m0 < 0 and parameters.p % 2 and phase is not phases.Phase.PARAMAGNET:
        return "This is about m₀ > 0; the run has m₀ < 0, the other side of an odd order. "
    start = f"From m₀ = {say(size)}"
    if phase in WORKS:
        return f"{start} it has not escaped yet. " if run.status is Status.AGEING and not escaped else ""
    if phase not in FAILS or not (escaped or rests):
        return ""
    there = f"{start} it gets to the signal all the same" if rests else f"{start} it escapes all the same"
    on_the_line = seen.nearest_line == "gradient_flow_line" and seen.distance == 0
    if parameters.T > 0 or size > STRAIGHT or (not on_the_line and size > complexity.capture_overlap(model)):
        return f"{there}: that is not small. "
    if on_the_line:
        return f"{there}, in a time that grows as a power of ln(1/m₀). "
    if model.inverse_delta_2 * float(phases.decay_line(model.p, model.delta_p)) > 1:
        return f"{there}, in a time that grows as a power of 1/m₀. "
    return f"{there}, lifted by the first moments. "


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
    ),
    draw=draw,
    result_types=(phases.Classification, dynamics.Trajectory, Descent),
)
