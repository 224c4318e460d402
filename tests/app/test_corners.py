"""Every view of every card at the corners of all parameters: sentences and numbers that a person can read."""

from __future__ import annotations

import numpy as np
import pytest

from app.cards import DECK, flow, landscape, phase, sentence, spectrum
from app.cards.card import Card
from app.compute.compute import Compute
from app.main import create_compute
from app.page.state import Parameters
from app.settings import Settings
from tests.app.corners import all_texts, corners, faults
from tests.app.pictures import drawn, request_for, values

VIEWS = [
    (card, look, view)
    for card, look in (
        (flow.CARD, "flow"),
        (spectrum.CARD, "hess"),
        (landscape.CARD, "land"),
        (phase.CARD, "lines"),
        (sentence.CARD, "lines"),
    )
    for view in (entry.name for entry in DECK.catalogue.looks[look].views)
]


@pytest.fixture(scope="module")
def compute(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


@pytest.mark.parametrize(("card", "look", "view"), VIEWS, ids=[f"{look}-{view}" for _, look, view in VIEWS])
def test_a_view_at_the_corners(compute: Compute, card: Card, look: str, view: str) -> None:
    wrong: list[str] = []
    points = list(corners())
    seed = sum(map(ord, look + view))
    for parameters in np.random.default_rng(seed).permutation(np.arange(len(points)))[:24]:
        point: Parameters = points[int(parameters)]
        picture = card.draw(compute, request_for(point, **{look: view}))
        for text in all_texts(picture):
            wrong += [f"{point!r}: {fault}" for fault in faults(text)]
        if isinstance(picture.caption, str) and not picture.caption.endswith("."):
            wrong.append(f"{point!r}: no sentence: {picture.caption!r}")
        if picture.figure is None:
            continue
        layout = drawn(picture).layout
        for axis in (layout.xaxis, layout.yaxis):
            if axis.range is not None and not axis.range[0] < axis.range[1]:
                wrong.append(f"{point!r}: an axis from {axis.range[0]} to {axis.range[1]}")
        for trace in drawn(picture).data:
            if trace.type == "scatter" and trace.y is not None and np.isinf(values(trace.y)).any():
                wrong.append(f"{point!r}: {trace.name} is infinite")
    assert not wrong, "\n".join(wrong[:12])


@pytest.mark.parametrize(
    "text",
    [
        "m = nan.",
        "m = -0.5.",
        "e = −0.",
        "e = −0.00.",
        "t = 1e-05.",
        "Σ = −1.8·10⁻³².",
        "between 1-2.",
        "{x}.",
    ],
)
def test_what_may_not_be_written_is_seen(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text", ["ML-AMP at m = −0.5.", "m₀ = 10⁻¹⁰⁰.", "Bayes-AMP's: 0.07, 2·10⁻¹⁰.", "t = 0.05 − 1/e"]
)
def test_what_may_be_written_is_let_through(text: str) -> None:
    assert not faults(text)
