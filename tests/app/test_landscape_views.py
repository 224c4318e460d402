"""The views of the landscape's card and the families of lines, as plain functions."""

from __future__ import annotations

import numpy as np
import pytest

from app.callbacks import landscape, phase, sentence, theory
from app.main import create_compute
from app.services.compute import Compute
from app.settings import Settings
from app.state import CHOICES, DEFAULTS, Parameters
from app.story import STORY
from engine import phases
from tests.app.pictures import drawn, request_for, texts

FAMILIES = CHOICES["lines"].options


@pytest.fixture(scope="module")
def compute(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


@pytest.mark.parametrize("view", CHOICES["land"].options)
@pytest.mark.parametrize(
    "parameters",
    [
        *(point.parameters for point in STORY if point.parameters.tmax <= 1e4),
        Parameters(dp=float("inf"), tmax=100),
        Parameters(d2=float("inf"), dp=0.2, tmax=100),
        Parameters(p=10, dp=1e-3, d2=0.05, tmax=100),
        Parameters(dp=1e6, d2=2, tmax=100),
        Parameters(m0=-0.5, tmax=100),
        Parameters(T=1, d2=3, tmax=30),
    ],
    ids=lambda parameters: parameters.query() or "default",
)
def test_every_view_of_the_landscape_draws_every_kind_of_point(
    compute: Compute, view: str, parameters: Parameters
) -> None:
    picture = landscape.draw(compute, request_for(parameters, land=view))
    assert "nan" not in str(picture.caption).lower()
    assert "nnealed" in str(picture.caption)
    if picture.figure is not None:
        assert drawn(picture).data


def test_the_equator_marks_the_lines_of_the_phase_diagram(compute: Compute) -> None:
    shown = texts(landscape.draw(compute, request_for(DEFAULTS, land="equator")))
    assert "gradient flow 2" in shown
    assert f"typical {1 / float(phases.typical_line(3, 1.0)):.3f}" in shown
    assert f"minima end {1 / float(phases.trivialization_line(3, 1.0)):.3f}" in shown


def test_the_map_shows_the_flows_path_to_the_good_minimum(compute: Compute) -> None:
    picture = landscape.draw(compute, request_for(DEFAULTS, land="map"))
    shown = texts(picture)
    for said in ("good minimum", "threshold, Kac–Rice", "threshold, ageing", "flow", "minima"):
        assert said in shown
    assert "m = 0.812, e = −1.997" in str(picture.caption)


@pytest.mark.parametrize("p", [3, 4, 6, 10])
@pytest.mark.parametrize("families", [(), *((name,) for name in FAMILIES), FAMILIES])
def test_every_family_of_lines_is_drawn_for_every_order(
    compute: Compute, p: int, families: tuple[str, ...]
) -> None:
    picture = phase.draw(compute, request_for(Parameters(p=p), lines=list(families)))
    figure = drawn(picture)
    # the line 1/Δ₂ = 1 always stands
    assert "matrix alone" in {data.name for data in figure.data}
    angles = [
        annotation.textangle for annotation in figure.layout.annotations if annotation.textangle is not None
    ]
    assert np.isfinite(np.array(angles, dtype=float)).all()


def test_the_bayes_sentence_comes_with_the_bayes_lines(compute: Compute) -> None:
    said = phases.classify(DEFAULTS.model).bayes_sentence
    with_lines = sentence.draw(compute, request_for(DEFAULTS, lines=["flow", "bayes"]))
    assert any(getattr(part, "text", "") == said for part in with_lines.caption)
    without = sentence.draw(compute, request_for(DEFAULTS, lines=["flow"]))
    assert not any(getattr(part, "text", "") == said for part in without.caption)


@pytest.mark.parametrize("name", theory.PAGES)
def test_every_page_of_the_theory_is_there(name: str) -> None:
    assert len(theory.theory_page(name).children) > 500
