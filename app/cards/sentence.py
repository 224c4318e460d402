"""The live sentence: the phase, its reason, where the flow ends, and the story's text."""

from __future__ import annotations

from typing import Final

from ..compute.compute import Door
from ..compute.question import question
from ..figures.words import say, whole
from ..page.catalogue import Description
from ..page.state import POINT_NAMES
from ..page.story import BY_KEY
from ..page.wire import Request
from ..physics import dynamics, phases
from ..quantities.flow import flow
from ..quantities.instance import Descent, Running, follow
from .card import Card, Paragraph, Picture, note_of


def draw(door: Door, request: Request) -> Picture:
    """Say what is seen at the live point."""
    parameters = request.live.parameters
    found = door.answer(question(phases.classify, parameters.model, temperature=parameters.T))
    trajectory = flow(door, parameters, settled=request.settled)
    seen = found.value
    words = [
        Paragraph(seen.sentence, kind="phase"),
        Paragraph(f"{seen.reason} {trajectory.value.message}"),
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
    if path.overlap[0] < 0 and parameters.p % 2:
        said += " " + MIRROR_SIDE
    elif path.overlap[0] < 0:
        said += " Its start has m < 0: for even p that is the mirror image of a start at m > 0."
    return said


MIRROR_SIDE = (
    "It started at m < 0, as half of all random starts do: for odd p that side has no good minimum, only the mirror "
    "minimum (if it exists) at a higher energy, so m* is not reached. Flip the sign to go on from −x."
)

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
