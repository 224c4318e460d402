"""The real instance beside the theory: its stages, its pictures, its words, its numbers for others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.cards import DECK, flow, landscape, sentence, spectrum
from app.cards.card import Card, Picture, answer
from app.compute.cache import ResultCache, size_of
from app.compute.compute import Compute
from app.compute.question import question
from app.main import create_compute
from app.page.reading import changed
from app.page.sample import Sample
from app.page.snippet import python_lines
from app.page.state import Parameters, Point
from app.page.wire import Request
from app.quantities import instance_stages
from app.quantities.formats import FORMATS
from app.quantities.instance import Running, follow
from app.quantities.instance_spectra import spectrum_of
from app.quantities.instance_stages import STAGE, WHOLE, descent, run, stage
from app.quantities.surfing import surfing
from app.settings import Settings
from engine import ParameterError
from engine.hessian import spectrum as theory
from engine.simulation import HessianSample, simulate
from engine.words import whole
from tests.app.pictures import drawn, request_for, values

POINT = Parameters(d2=0.4, dp=4.0, m0=0.05, tmax=1e3)
SMALL = Sample(N=400, seed=3)


@pytest.fixture(scope="module")
def compute(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


def settled(compute: Compute, card: Card, request: Request) -> Picture:
    """The picture when nothing more comes, as the page asks for it."""
    for _ in range(20):
        picture = card.draw(compute, request)
        if not picture.more:
            return picture
    raise AssertionError("it never ends")


def drawn_at(compute: Compute, running: Running, moment: float) -> HessianSample:
    found = spectrum_of(compute, POINT, running, moment)
    assert found is not None
    return found.value


class NoShelf:
    """A shelf that keeps nothing."""

    def get(self, key: str) -> None:
        del key

    def set(self, key: str, value: Any) -> None:
        del key, value

    def check(self, value: Any) -> None:
        del value


def traces(picture: Picture) -> dict[str, Any]:
    return {data.name: data for data in drawn(picture).data}


#: A run of several stages.
HARD, LONG = Parameters(d2=0.4, dp=0.1, m0=0.05, tmax=1e3), Sample(N=5000, seed=3, until=60.0)


def staged(compute: Compute, point: Point) -> list[Running]:
    """What the page is answered, request by request."""
    seen = [follow(compute.once(), point)]
    while seen[-1].more:
        assert len(seen) < 100, "it never ends"
        seen.append(follow(compute.once(), point))
    return seen


def test_a_run_in_stages_is_the_run_at_once_to_the_last_bit(compute: Compute) -> None:
    seen = staged(compute, Point(HARD, LONG))
    ends = [running.descent.time[-1] for running in seen if running.descent is not None]
    assert len(ends) == len(seen) > 1
    assert ends == sorted(set(ends))
    once = simulate(HARD.model, n_dim=5000, seed=3, overlap_0=0.05, t_max=60.0)
    assert seen[-1].descent is not None
    np.testing.assert_array_equal(seen[-1].descent.overlap, once.overlap)
    np.testing.assert_array_equal(seen[-1].descent.energy, once.energy)
    assert seen[-1].descent.message == once.message
    again = follow(compute, Point(HARD, LONG))
    assert again.found is not None
    assert again.found.cached


def test_a_stage_is_bounded_in_work_and_ends_at_the_same_step_whoever_computes_it(compute: Compute) -> None:
    hard = Parameters(d2=0.4, dp=0.02, m0=0.01)
    sample = Sample(N=10_000, seed=1, until=100.0)
    spent = 0.0
    for k in range(4):
        running = follow(compute.once(), Point(hard, sample))
        assert running.descent is not None
        state = stage(hard.model, sample, 0.01, k)
        np.testing.assert_array_equal(running.descent.overlap, state.overlap)
        assert state.work - spent < 1.5 * STAGE
        spent = state.work


def test_all_runs_of_an_address_are_bounded_in_work_together(compute: Compute, monkeypatch: Any) -> None:
    monkeypatch.setattr(instance_stages, "WHOLE", 6 * STAGE)
    hard = Point(Parameters(d2=0.4, dp=0.03, m0=0.01), Sample(N=10_000, seed=1, until=100.0, then="oooooooo"))
    whole = DECK.tables["instance"](compute, hard)
    assert whole.scalars["status"] == "STOPPED_EARLY"
    assert whole.scalars["cut"]
    assert "the work that the runs of one address may take together" in whole.scalars["message"]
    last = staged(Compute(ResultCache(NoShelf(), memory=2**28)), hard)[-1].descent
    assert last is not None
    np.testing.assert_array_equal(whole.columns["overlap"], last.overlap)
    state = run(hard.parameters.model, hard.sample, 0.01)
    assert state.work < 9 * STAGE  # a stage and what is begun of nine runs
    monkeypatch.undo()
    assert WHOLE < 2e10


def test_what_is_left_out_of_the_outlier_is_said_and_interpolated(compute: Compute, monkeypatch: Any) -> None:
    sample = Sample(N=400, seed=31, until=20.0)
    once = simulate(POINT.model, n_dim=400, seed=31, overlap_0=0.05, t_max=20.0)
    monkeypatch.setattr(instance_stages, "ALONG", once.work_of_outliers[0] + 40.5 * once.work_of_outliers[1])
    table = DECK.tables["instance"](compute, Point(POINT, sample))
    assert 20 < table.scalars["n_outliers"] <= 40
    assert table.columns["outlier"][[0, -1]] == pytest.approx(once.outlier[[0, -1]], nan_ok=True)
    both = np.isfinite(table.columns["outlier"]) & np.isfinite(once.outlier)
    assert both.sum() > 0.9 * np.isfinite(once.outlier).sum()
    np.testing.assert_allclose(table.columns["outlier"][both], once.outlier[both], atol=0.02)
    monkeypatch.undo()
    full = DECK.tables["instance"](compute, Point(POINT, changed(sample, seed=32)))
    assert full.scalars["n_outliers"] == full.columns["time"].size


def test_a_state_that_has_gone_is_computed_again_stage_by_stage(compute: Compute) -> None:
    sample = changed(LONG, seed=41)
    last = staged(compute, Point(HARD, sample))[-1]
    assert last.descent is not None
    other = Compute(ResultCache(NoShelf(), memory=2**28))
    other.keep(question(descent, HARD.model, sample, HARD.m0), last.descent)
    found = [
        spectrum_of(other.once(), HARD, follow(other.once(), Point(HARD, sample)), 3.0) for _ in range(6)
    ]
    assert found[0] is None
    assert found[-1] is not None


def test_a_state_for_which_there_is_hardly_room_is_not_computed_for_ever() -> None:
    sample = changed(LONG, seed=43, until=200.0)
    size = size_of(stage(HARD.model, sample, HARD.m0, 2))
    narrow = Compute(ResultCache(NoShelf(), memory=int(1.5 * size)))  # for one of them, and not for two
    seen = staged(narrow, Point(HARD, sample))
    assert seen[-1].descent is not None
    ends = [running.descent.time[-1] for running in seen if running.descent is not None]
    assert ends == sorted(set(ends))
    none = Compute(ResultCache(NoShelf(), memory=size // 2))  # for none
    last = staged(none, Point(HARD, sample))[-1].descent
    assert last is not None
    np.testing.assert_array_equal(last.overlap, seen[-1].descent.overlap)


def test_what_is_shown_while_something_moves_is_the_beginning_of_the_same_run(compute: Compute) -> None:
    sample = changed(LONG, seed=11)
    passing = follow(compute, Point(HARD, sample), settled=False)
    assert passing.more
    longer = staged(compute, Point(HARD, sample))[-1]
    assert passing.descent is not None
    assert longer.descent is not None
    shared = passing.descent.time.size
    assert longer.descent.time.size > shared
    np.testing.assert_array_equal(passing.descent.overlap, longer.descent.overlap[:shared])


def test_one_request_goes_one_stage_whoever_asks(compute: Compute) -> None:
    sample = changed(LONG, seed=21)
    request = compute.once()
    ends = {follow(request, Point(HARD, sample)).descent.time[-1] for _ in range(4)}  # type: ignore[union-attr]
    assert len(ends) == 1
    assert follow(compute.once(), Point(HARD, sample)).descent.time[-1] > ends.pop()  # type: ignore[union-attr]


def test_a_hessian_while_something_moves_is_that_of_the_run_shown(compute: Compute) -> None:
    sample = Sample(N=200, seed=5, then="o", until=20.0)
    passing = follow(compute, Point(POINT, sample), settled=False)
    assert passing.descent is not None
    seen = drawn_at(compute, passing, 3.0)
    assert seen.overlap == passing.descent.overlap[passing.descent.nearest(3.0)]


def test_later_runs_on_the_same_landscape_follow_the_earlier_ones(compute: Compute) -> None:
    sample = Sample(N=400, seed=3, then="of", until=15.0)
    running = follow(compute, Point(POINT, sample))
    for _ in range(12):
        running = follow(compute, Point(POINT, sample))
    assert not running.more
    done = simulate(POINT.model, n_dim=400, seed=3, overlap_0=0.05, t_max=15.0)
    done = done.restart(start="other", overlap_0=0.05)
    end = float(done.overlap[-1])
    done = done.restart(start="flipped")
    assert running.descent is not None
    np.testing.assert_array_equal(running.descent.overlap, done.overlap)
    assert running.descent.overlap[0] == pytest.approx(-end)
    np.testing.assert_array_equal(descent(POINT.model, sample, 0.05).overlap, done.overlap)


def test_no_instance_at_a_temperature_and_none_that_would_take_too_many_steps(compute: Compute) -> None:
    assert "T = 0" in follow(compute, Point(Parameters(T=1.0), SMALL)).sentence
    far = follow(compute, Point(Parameters(d2=1e-3, dp=1e-3), changed(SMALL, until=1000.0)), stage=False)
    assert far.descent is None
    assert "shorter time" in far.sentence
    assert follow(compute, Point(POINT, Sample())).found is None


@pytest.mark.parametrize("view", ["overlap", "log_overlap", "energy", "multiplier"])
def test_the_instance_is_a_second_curve_over_the_flow(compute: Compute, view: str) -> None:
    request = request_for(POINT, SMALL, flow=view)
    curves = traces(settled(compute, flow.CARD, request))
    x, y = values(curves["instance"].x), values(curves["instance"].y)
    done = run(POINT.model, SMALL, 0.05)
    expected = {
        "overlap": done.overlap[-1],
        "log_overlap": abs(done.overlap[-1]),
        "energy": done.energy[-1],
        "multiplier": done.lagrange_multiplier[-1] / (2 * POINT.model.sigma),
    }[view]
    assert x[-1] == pytest.approx(done.time[-1], rel=1e-6)
    assert y[-1] == pytest.approx(expected, rel=1e-6)
    assert "instance" not in traces(flow.CARD.draw(compute, request_for(POINT, flow=view)))


def test_the_hessian_card_draws_the_instances_own_spectrum(compute: Compute) -> None:
    request = request_for(POINT, SMALL, theme="dark", moment=0.5)
    picture = settled(compute, spectrum.CARD, request)
    curves = traces(picture)
    bars = curves["instance"]
    assert float(np.sum(values(bars.y) * values(bars.width))) == pytest.approx(1.0, abs=1e-4)
    assert values(curves["instance's lowest"].x).size == 3
    assert "Instance at t = 9.96" in str(picture.caption)
    far = settled(
        compute, spectrum.CARD, request_for(POINT, changed(SMALL, N=10**9), theme="dark", moment=0.3)
    )
    assert "instance" not in traces(far)
    assert "N → ∞" in str(far.caption)


def test_an_instances_hessian_is_the_engines(compute: Compute) -> None:
    running = follow(compute, Point(POINT, changed(SMALL, until=8.0)))
    seen = drawn_at(compute, running, 3.0)
    whole_run = simulate(POINT.model, n_dim=400, seed=3, overlap_0=0.05, t_max=8.0)
    np.testing.assert_array_equal(seen.lowest, whole_run.hessian(3.0).lowest)


def test_the_surfing_picture_is_exact_where_it_is_drawn(compute: Compute) -> None:
    sample = Sample(until=20.0)
    for _ in range(5):
        along, endless = surfing(compute, Point(POINT, sample), first=0.1, settled=True, leisure=True)
    assert endless.descent is not None
    assert along.sampled_until == pytest.approx(20.0, abs=0.2)
    # the outlier of the path, not the formula of a point independent of it (theory: −.485 against −.418 at t = 2)
    at = int(np.argmin(np.abs(along.time - 2.0)))
    assert along.outlier[at] == pytest.approx(-0.485, abs=0.02)
    assert along.gap is None
    # from an infinitesimal overlap the closed formula, until it is left behind
    slow, none = surfing(
        compute, Point(Parameters(d2=0.4, dp=4.0), sample), first=0.1, settled=True, leisure=True
    )
    assert none.descent is None
    early = slow.time < 20
    expected = theory(Parameters(d2=0.4, dp=4.0).model, 0.0, float(slow.upper[80] + slow.lower[80]) / 2)
    assert slow.outlier[80] == pytest.approx(expected.outlier, abs=1e-4)
    assert np.isfinite(slow.outlier[early]).all()
    assert slow.gap is not None
    assert np.isnan(slow.outlier[(slow.time > slow.gap[0]) & (slow.time < slow.gap[1])]).all()


def test_along_t_the_card_draws_bulk_outlier_and_lowest_eigenvalues(compute: Compute) -> None:
    request = request_for(POINT, SMALL, hess="surfing")
    picture = settled(compute, spectrum.CARD, request)
    curves = traces(picture)
    assert {"bulk", "bulk's lower edge", "outlier", "negative fraction", "instance's lowest"} <= set(curves)
    assert values(curves["instance's lowest"].x).size == 27
    assert str(picture.caption).endswith(".")
    for parameters in (
        Parameters(),
        Parameters(m0=-0.5),
        Parameters(T=1.0),
        Parameters(d2=np.inf),
        Parameters(p=4, m0=0.1, dp=2.0, tmax=10),
    ):
        assert traces(settled(compute, spectrum.CARD, request_for(parameters, hess="surfing")))


def test_along_t_the_words_are_those_of_the_numbers(compute: Compute) -> None:
    along, _ = surfing(compute, Point(Parameters(), Sample()), first=0.1, settled=True, leisure=True)
    said = spectrum.surfing_sentence(along)
    words = said.split("From t = ")[1].split()
    first, last = float(words[0]), float(words[2])
    inside = (along.time > 1.03 * first) & (along.time < 0.97 * last)
    assert (along.negative_fraction[along.time < 0.97 * first] > 9e-4).all()
    assert (along.negative_fraction[inside] < 1e-3).all()
    assert (along.outlier[inside] < 0).all()
    assert not (along.outlier[along.time > 1.03 * last] < 0).any()
    stuck, _ = surfing(
        compute, Point(Parameters(d2=1 / 1.5, dp=0.5, tmax=100)), first=0.1, settled=True, leisure=True
    )
    assert spectrum.surfing_sentence(stuck).startswith("No outlier is below zero")
    unknown, _ = surfing(
        compute, Point(Parameters(d2=0.25, m0=0.1, T=0.5)), first=0.1, settled=True, leisure=True
    )
    assert unknown.gap is not None
    assert not spectrum.surfing_sentence(unknown).startswith("No outlier")


def test_the_instances_path_lies_on_the_energy_map(compute: Compute) -> None:
    curves = traces(settled(compute, landscape.CARD, request_for(POINT, SMALL, land="map")))
    done = run(POINT.model, SMALL, 0.05)
    assert values(curves["instance"].x)[-1] == pytest.approx(done.overlap[-1], rel=1e-5)
    assert values(curves["instance"].y)[-1] == pytest.approx(done.energy[-1], rel=1e-5)
    request = request_for(POINT, SMALL, land="map", moment=0.375)  # t = 10^0.5
    marked = traces(landscape.CARD.draw(compute, request))["instance's moment"]
    at = int(np.argmin(np.abs(done.time - 10**0.5)))
    assert marked.x[0] == pytest.approx(done.overlap[at])
    assert values(marked.x).size == 1


def test_the_side_of_an_instance_is_that_of_its_end(compute: Compute) -> None:
    odd = settled(compute, sentence.CARD, request_for(Parameters(m0=-0.05, tmax=10), SMALL))
    assert "m* is not reached by then" in str(odd.caption)
    assert "crossed" not in str(odd.caption)
    even = settled(compute, sentence.CARD, request_for(Parameters(p=4, m0=-0.05, tmax=10), SMALL))
    assert "mirror image" in str(even.caption)
    hot = sentence.CARD.draw(compute, request_for(Parameters(T=1.0, tmax=10), SMALL))
    assert "T = 0" in str(hot.caption)


def test_a_start_below_zero_may_end_at_the_signal(compute: Compute) -> None:
    """A random start at m = -.007 whose noise lifts it over: m = .811."""
    sample = Sample(N=10_000, seed=31, start="random", until=40.0)
    words = str(
        settled(compute, sentence.CARD, request_for(Parameters(d2=0.4348, dp=1.0, tmax=40), sample)).caption
    )
    assert "at rest in a minimum at overlap 0.81" in words
    assert "started at m < 0 and crossed over" in words
    assert "m* is not reached" not in words


def test_a_run_under_way_is_not_said_to_have_ended_on_a_side(compute: Compute) -> None:
    moving = request_for(Parameters(m0=-0.05, tmax=10), Sample(N=5000, seed=7, until=60.0))
    words = str(sentence.CARD.draw(compute, moving).caption)
    assert "It goes on" in words
    assert "m* is not reached" not in words


@pytest.mark.parametrize(("start", "end", "p", "said"), [
    (-0.1, 0.8, 3, " It started at m < 0 and crossed over."),
    (-0.1, 0.8, 4, " It started at m < 0 and crossed over."),
    (0.1, 0.8, 3, ""),
    (0.1, -0.4, 3, f" It started at m > 0 and crossed over. {sentence.MIRROR_SIDE}"),
    (0.1, -0.4, 4, f" It started at m > 0 and crossed over. {sentence.MIRROR_IMAGE}"),
    (-0.1, -0.4, 4, f" {sentence.MIRROR_IMAGE}"),
])  # fmt: skip
def test_what_the_sign_means(start: float, end: float, p: int, said: str) -> None:
    path = SimpleNamespace(overlap=np.array([start, end]))
    assert sentence.side_of(path, p) == said  # type: ignore[arg-type]


def test_an_instance_that_leaves_the_energy_map_is_said_to_have(compute: Compute) -> None:
    """From m₀ = 10⁻¹⁰ chance leads to either side; the picture is that of m > 0."""
    point = Parameters(p=4, d2=0.25, dp=4.0, m0=1e-10, tmax=10)
    for seed, leaves in ((1, False), (2, True)):
        sample = Sample(N=200, seed=seed, until=10.0)
        done = run(point.model, sample, point.m0)
        words = str(settled(compute, landscape.CARD, request_for(point, sample, land="map")).caption)
        assert bool(done.overlap[-1] < -0.45) is leaves
        assert ("has left the picture" in words) is leaves


def test_the_page_asks_again_while_there_is_more(compute: Compute) -> None:
    request = request_for(HARD, changed(LONG, seed=77, until=200.0))
    for card in (flow.CARD, sentence.CARD):
        assert answer(card, compute.once(), request)["more"] is True
    for _ in range(5):
        last = [answer(card, compute.once(), request)["more"] for card in (flow.CARD, sentence.CARD)]
    assert last == [False, False]


def test_the_numbers_can_be_had_by_address(compute: Compute) -> None:
    table = DECK.tables["instance"](compute, Point(POINT, SMALL))
    done = run(POINT.model, SMALL, 0.05)
    np.testing.assert_array_equal(table.columns["overlap"], done.overlap)
    for _, write in FORMATS.values():
        assert write(table, POINT)
    with pytest.raises(ParameterError, match="names no instance"):
        DECK.tables["instance"](compute, Point(POINT))


def test_the_copied_lines_of_python_make_the_instance() -> None:
    sample = Sample(N=400, seed=3, then="o", until=6.0)
    lines = python_lines(Point(other_point(tmax=10.0), sample))
    said: dict[str, Any] = {}
    exec(lines, said)
    done = simulate(POINT.model, n_dim=400, seed=3, overlap_0=0.05, t_max=6.0).restart(
        start="other", overlap_0=0.05
    )
    np.testing.assert_array_equal(said["run"].overlap, done.overlap)
    assert "simulate" not in python_lines(Point(POINT))


def other_point(**changes: float) -> Parameters:
    return Parameters(**{**POINT.model_dump(), **changes})


def test_whole_numbers_are_said_shortly() -> None:
    assert [whole(n) for n in (316, 10_000, 20_000, 10**12, 12_345)] == [
        "316",
        "10⁴",
        "2·10⁴",
        "10¹²",
        "12\u2009345",
    ]
