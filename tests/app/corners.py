"""The corners of all parameters, and what no text at any of them may hold."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator

from app.cards.card import Picture
from app.page.state import Parameters
from tests.app.pictures import drawn

NOISES = (
    (0.4348, 1.0),
    (1e-4, 1e8),
    (1e8, 1e-4),
    (1e-4, 1e-4),
    (math.inf, 0.2),
    (0.5, math.inf),
    (1.25, 4.0),
    (0.05, 0.03),
)
STARTS = (1e-100, 1e-10, 0.3, 0.999, -1e-10, -0.5)
TEMPERATURES = (0.0, 1e-6, 0.5, 1.0, 2.0)
TIMES = (1.0, 30.0, 1e4)
ORDERS = (3, 4, 5, 10)

PLOTLYS_OWN = re.compile(r"%\{[^}]*\}")  # numbers that the browser writes, with a true minus

MAY_NOT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("not a number", re.compile(r"\bnan\b|\bNaN\b|\bNone\b|\binf\b|\bInfinity\b")),
    ("a hyphen for a minus", re.compile(r"(?<![\w⁻.])-\d|\d-\d(?!\w)| - (?=\d)")),
    ("a negative zero", re.compile(r"−0(?:\.0+)?(?!\.?\d)")),
    ("a computer's power", re.compile(r"\d[eE][-+]?\d")),
    (
        "rounding as a number",
        re.compile(r"Σ[^;]*10⁻(?:¹[⁶-⁹]|[²³⁴-⁹][⁰¹²³⁴-⁹])(?![⁰¹²³⁴-⁹])"),
    ),  # m may be 10⁻¹⁰⁰
    ("an unfinished format", re.compile(r"\{[^}]*\}")),
)


def corners() -> Iterator[Parameters]:
    """Every noise with every start, the other parameters in turn: each pair of values with the noises occurs."""
    others = itertools.cycle(itertools.product(TEMPERATURES, TIMES, ORDERS))
    step = itertools.count()
    for (d2, dp), m0 in itertools.product(NOISES, STARTS):
        for _ in range(2 + next(step) % 2):
            T, tmax, p = next(others)
            yield Parameters(p=p, d2=d2, dp=dp, m0=m0, T=T, tmax=tmax)


def all_texts(picture: Picture) -> list[str]:
    """Every text that a reader sees: caption, words in the picture, titles, what hovers but plotly's own numbers."""
    caption = picture.caption
    found = [caption] if isinstance(caption, str) else [f"{part.lead} {part.text}" for part in caption]
    if picture.figure is not None:
        figure = drawn(picture)
        layout = figure.layout
        hovers = [data.hovertemplate for data in figure.data if data.hovertemplate]
        found += [PLOTLYS_OWN.sub("", hover) for hover in hovers if isinstance(hover, str)]
        found += [annotation.text for annotation in layout.annotations]
        found += [axis.title.text for axis in (layout.xaxis, layout.yaxis) if axis.title.text]
    return found


def faults(text: str) -> list[str]:
    """What is wrong with a text."""
    return [
        f"{name}: {match[0]!r} in {text!r}" for name, pattern in MAY_NOT if (match := pattern.search(text))
    ]
