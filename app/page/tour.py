"""The tour: where to find what on the page, in six stops. It changes nothing that is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Stop:
    """One part of the page.

    Parameters
    ----------
    place : str
        Name of the card, or what ``data-place`` says in the layout.
    title, words : str
        What it is, and what may be done there.
    """

    place: str
    title: str
    words: str


TOUR: Final = (
    Stop(
        "phase",
        "Phase diagram",
        "Each place is a problem: its tensor noisier to the right, its matrix noisier downwards. Colours and names say "
        "who succeeds there. Drag the point, click, or use the arrow keys: every picture follows.",
    ),
    Stop(
        "flow",
        "Gradient flow",
        "The overlap m with the signal, against the logarithm of time. The slider chooses the moment that the other "
        "pictures show, and Play walks through it. The list has other quantities: energy, growth, correlation.",
    ),
    Stop(
        "spectrum",
        "Hessian",
        "The curvatures of the loss where the flow is at that moment. What lies left of zero leads down; an outlier "
        "that leaves the bulk to the left leads to the signal. “lower edge” shows it large, “along t” at all times.",
    ),
    Stop(
        "landscape",
        "Landscape",
        "How many minima and stationary points are expected at each overlap: about exp(NΣ) of them, so where Σ is "
        "below zero there are none. Σ(m,e) has the flow's path over it.",
    ),
    Stop(
        "controls",
        "Parameters and a real instance",
        "The same noises as numbers, the order p of the tensor, and under “More” start, time and temperature. The "
        "switch runs a real instance of finite N beside the theory.",
    ),
    Stop(
        "story",
        "Story",
        "One lesson at each point, from 0, what the model is. A point sets all pictures and frames the one to watch. "
        "The address holds all that you see: copy the link, and others see it too.",
    ),
)
