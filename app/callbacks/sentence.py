"""The live sentence: the phase, its reason, where the flow ends, and the story's text."""

from __future__ import annotations

from app.callbacks.panel import Paragraph, Picture, Request, note_of
from app.services.compute import Compute
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
    story = BY_KEY.get(str(request.looks.get("story")))
    if story is not None:
        words.append(Paragraph(story.sentences, lead=f"{story.key}. {story.title}.", kind="story-text"))
        words.append(Paragraph(story.to_try, lead="Try:"))
    return Picture(None, tuple(words), note_of(found))
