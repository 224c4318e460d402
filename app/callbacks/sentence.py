"""The live sentence: the phase, its reason, where the flow ends, and the story's text."""

from __future__ import annotations

from typing import Any

from dash import html

from app.callbacks.panel import Picture, Request, note_of
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
    words: list[Any] = [
        html.P(seen.sentence, className="phase"),
        html.P(f"{seen.reason} {trajectory.message}"),
    ]
    if "bayes" in request.chosen("lines"):
        words.append(html.P(f"Bayes-optimal: {seen.bayes_sentence}"))
    story = BY_KEY.get(str(request.looks.get("story")))
    if story is not None:
        words.append(
            html.Div(
                [
                    html.P([html.Strong(f"{story.key}. {story.title}. "), story.sentences]),
                    html.P([html.Strong("Try: "), story.to_try]),
                ],
                className="story-text",
            )
        )
    return Picture(None, words, note_of(found))
