"""The theory beside a real instance: the same start, the same time, and a sentence that says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.cards import flow, landscape, sentence, spectrum
from app.cards.card import Card, Picture
from app.compute.compute import Compute
from app.main import create_compute
from app.page.sample import Sample
from app.page.state import Parameters, Point
from app.page.wire import Request
from app.quantities.beside import compare, own_start
from app.quantities.instance_stages import run
from app.settings import Settings
from engine import dynamics, hessian
from tests.app.pictures import drawn, request_for, trace, values

DEFAULT = Parameters()
BY_CHANCE = Sample(N=10_000, seed=2, until=40.0)
RANDOM = Sample(N=10_000, seed=3, start="random", until=40.0)


@pytest.fixture(scope="module")
def compute(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


def settled(compute: Compute, card: Card, request: Request) -> Picture:
    """The picture when nothing more comes."""
    for _ in range(40):
        picture = card.draw(compute.once(), request)
        if not picture.more:
            return picture
    raise AssertionError("it never ends")


def escape_of(time: Any, overlap: Any) -> float:
    return float(values(time)[np.argmax(values(overlap) >= 0.3)])


def test_from_a_start_below_chance_the_theory_starts_at_the_size_of_chance(compute: Compute) -> None:
    """At m₀ = 10⁻¹⁰ the instance escapes at 8, theory from 10⁻¹⁰ at 400: from 1/√N it does at 9."""
    picture = settled(compute, flow.CARD, request_for(DEFAULT, BY_CHANCE))
    figure = drawn(picture)
    theory, real = trace(figure, "flow"), trace(figure, "instance")
    assert values(theory.y)[0] == pytest.approx(0.01, rel=0.05)
    apart = escape_of(theory.x, theory.y) / escape_of(real.x, real.y)
    assert 0.5 < apart < 2
    assert "Beside it the theory starts from m₀ = 0.01, not from 10⁻¹⁰: at N = 10⁴ chance alone" in str(
        picture.caption
    )


def test_from_a_random_start_the_theory_starts_from_its_own_overlap(compute: Compute) -> None:
    own = float(run(DEFAULT.model, RANDOM, DEFAULT.m0).overlap[0])
    assert own > 0.01  # beyond chance's size
    picture = settled(compute, flow.CARD, request_for(DEFAULT, RANDOM))
    expected = dynamics.integrate_flow(DEFAULT.model, overlap_0=own, t_max=DEFAULT.tmax).at([10.0]).overlap
    theory = trace(drawn(picture), "flow")
    at = np.interp(10.0, values(theory.x), values(theory.y))
    assert at == pytest.approx(expected[0], abs=5e-3)
    assert "the overlap with which this instance starts" in str(picture.caption)
    words = str(settled(compute, sentence.CARD, request_for(DEFAULT, RANDOM)).caption)
    assert "Beside it the theory starts from m₀ = 0.0208" in words


@pytest.mark.parametrize("card", [flow.CARD, sentence.CARD])
def test_from_a_start_above_chance_nothing_is_changed_and_nothing_said(compute: Compute, card: Card) -> None:
    point = Parameters(d2=0.4, dp=4.0, m0=0.05, tmax=1e3)
    with_instance = settled(compute, card, request_for(point, Sample(N=10_000, seed=1)))
    assert "Beside it" not in str(with_instance.caption)
    if with_instance.figure is not None:
        alone = settled(compute, card, request_for(point))
        assert values(trace(drawn(with_instance), "flow").y).tolist() == (
            values(trace(drawn(alone), "flow").y).tolist()
        )


def test_the_side_of_the_start_is_the_instances() -> None:
    assert own_start(10_000, -0.003) == -0.01
    assert own_start(10**6, -0.003) == -0.003


@pytest.mark.parametrize("view", ["moment", "edge"])
@pytest.mark.parametrize(("moment", "clamped"), [(1.0, True), (0.4, False)])
def test_both_spectra_are_those_of_one_time(
    compute: Compute, view: str, moment: float, clamped: bool
) -> None:
    """The moment is at t = 10⁴, the instance ends at 20: both are shown there."""
    sample = Sample(N=1000, seed=2, until=20.0)
    picture = settled(compute, spectrum.CARD, request_for(DEFAULT, sample, hess=view, moment=moment))
    path = run(DEFAULT.model, sample, DEFAULT.m0)
    wanted = 20.0 if clamped else 0.1 * 1e5**moment
    time = float(path.time[np.argmin(np.abs(path.time - wanted))])
    start = compare(compute, request_for(DEFAULT, sample)).live.m0
    assert start == pytest.approx(1000**-0.5)
    at = dynamics.integrate_flow(DEFAULT.model, overlap_0=start, t_max=DEFAULT.tmax).at([time])
    expected = hessian.spectrum(DEFAULT.model, float(at.overlap[0]), float(at.hessian_centre[0]))
    assert values(trace(drawn(picture), "bulk").x)[0] == pytest.approx(expected.bulk_edge_lower, abs=5e-3)
    said = str(picture.caption)
    assert ("both are shown there" in said) is clamped
    theory, real = (part.split(",")[0] for part in said.split("t t = ")[-2:])
    assert theory == real


def test_every_picture_of_the_live_flow_starts_there(compute: Compute) -> None:
    sample = Sample(N=1000, seed=2, until=20.0)
    pinned = (Point(Parameters(d2=1 / 3)),)
    asked = request_for(DEFAULT, sample, pinned=pinned, land="map")
    compared = compare(compute, asked)
    assert compared.theories[1] == pinned[0].parameters
    path = trace(drawn(settled(compute, landscape.CARD, asked)), "flow")
    assert values(path.x).min() > 0.03  # where it comes into the picture it has left m₀ = 10⁻¹⁰ far behind
    along = settled(compute, spectrum.CARD, request_for(DEFAULT, sample, hess="surfing"))
    assert "that of a path at N = 10¹²" in str(along.caption)
