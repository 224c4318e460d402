"""The live sentence: the phase, its reason, where the flow ends, and the story's text."""

from __future__ import annotations

from app.callbacks.panel import Paragraph, Picture, Request, note_of
from app.figures.words import say, whole
from app.services.compute import Compute
from app.services.instance import Running, follow
from app.services.quantities import flow
from app.story import BY_KEY
from engine import phases


def draw(compute: Compute, request: Request) -> Picture:
    """Say what is seen."""
    parameters = request.parameters
    found = compute(phases.classify, parameters.model, temperature=parameters.T)
    trajectory = flow(compute, parameters, settled=request.settled).value
    seen = found.value
    words = [Paragraph(seen.sentence, kind="phase"), Paragraph(f"{seen.reason} {trajectory.message}")]
    if "bayes" in request.chosen("lines"):
        words.append(Paragraph(seen.bayes_sentence, lead="Bayes-optimal:"))
    running = follow(compute, parameters, request.sample, settled=request.at_leisure)
    if request.sample.is_shown:
        words.append(
            Paragraph(instance_sentence(request, running), lead="This instance:", kind="instance-text")
        )
    story = BY_KEY.get(str(request.looks.get("story")))
    if story is not None:
        words.append(Paragraph(story.sentences, lead=f"{story.key}. {story.title}.", kind="story-text"))
        words.append(Paragraph(story.to_try, lead="Try:"))
    return Picture(None, tuple(words), note_of(found), more=running.more)


def instance_sentence(request: Request, running: Running) -> str:
    """How the run of the real instance stands, and what its sign means."""
    if running.descent is None:
        return running.sentence
    sample, path = request.sample, running.descent
    said = f"N = {whole(sample.N)}, seed {sample.seed}. {path.message}"
    if running.more:
        said = (
            f"N = {whole(sample.N)}, seed {sample.seed}. It goes on: t = {say(float(path.time[-1]))} so far."
        )
    if path.overlap[0] < 0 and request.parameters.p % 2:
        said += " " + MIRROR_SIDE
    elif path.overlap[0] < 0:
        said += " Its start has m < 0: for even p that is the mirror image of a start at m > 0."
    return said


MIRROR_SIDE = (
    "It started at m < 0, as half of all random starts do: for odd p that side has no good minimum, only the mirror "
    "minimum (if it exists) at a higher energy, so m* is not reached. Flip the sign to go on from −x."
)
