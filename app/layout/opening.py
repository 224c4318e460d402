"""What the model is, for who comes for the first time: three drawings with their words, and the papers."""

from __future__ import annotations

from typing import Final, NamedTuple

from dash import html
from dash.development.base_component import Component

from ..page import ids
from .attributes import attributes


class Part(NamedTuple):
    """One drawing of ``assets/opening.svg``, in its order: what it is called, what is said of it, what is seen."""

    title: str
    words: str
    seen: str


PARTS: Final = (
    Part(
        "The signal",
        "N unknown numbers x*, a point on the sphere |x|²\u00a0=\u00a0N; N is very large. A guess x has the overlap "
        "m\u00a0=\u00a0x·x*/N with it: 0 at random, 1 if it is right.",
        "A sphere with two arrows from its centre, the signal x* and a guess x; the overlap m is the cosine between.",
    ),
    Part(
        "Two noisy measurements",
        "Every product of two of these numbers, in a matrix, with noise of variance Δ₂; every product of p of them, "
        "in a tensor, with noise of variance Δp. The less noise, the easier.",
        "A square and a cube of shaded cells: a matrix with noise Δ₂ and a tensor of order p with noise Δp.",
    ),
    Part(
        "Downhill on the loss",
        "The loss H(x) is minus the log-likelihood of a guess. Noise makes it rugged. Gradient flow starts at random, "
        "so at m\u00a0≈\u00a00, and goes downhill on the sphere: ẋ\u00a0=\u00a0−∇H.",
        "The loss against the overlap: rugged near m = 0, where the flow starts, and deep at the good minimum.",
    ),
)
#: Where it was worked out; see docs/references.md.
PAPERS: Final = (
    ("Who is afraid of big bad minima? (2019)", "https://arxiv.org/abs/1907.08226"),
    ("Passed & spurious (2019)", "https://arxiv.org/abs/1902.00139"),
    ("Marvels and pitfalls of Langevin (2018)", "https://arxiv.org/abs/1812.09066"),
)


def opening() -> Component:
    """The panel, in the place of the pictures while the story's first point is told."""
    figures = [
        html.Figure(
            [
                html.Div(className="opening-picture", role="img", **attributes("aria-label", part.seen)),
                html.Figcaption([html.H3(part.title), html.P(part.words)]),
            ]
        )
        for part in PARTS
    ]
    links: list[Component | str] = ["Papers: "]
    for title, address in PAPERS:
        links += [html.A(title, href=address, target="_blank", rel="noopener noreferrer"), " · "]
    return html.Div(
        [
            html.Div(
                [
                    html.H2("The spiked matrix–tensor model", id="opening-title"),
                    html.Button("To the pictures", id=ids.LEAVE_OPENING, className="tool small"),
                ],
                className="card-head",
            ),
            html.Div(figures, className="opening-parts"),
            html.P(links[:-1], className="opening-papers"),
        ],
        id=ids.OPENING,
        className="opening",
        role="region",
        tabIndex=0,  # it may scroll
        **attributes("aria-labelledby", "opening-title"),
    )
