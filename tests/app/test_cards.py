"""Cards as plain functions: a request in, a picture and words out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.cards import DECK, flow, landscape, phase, sentence, spectrum
from app.cards.card import Card, Picture, answer
from app.compute.compute import Compute
from app.compute.door import Door
from app.figures.complexity import symlog
from app.main import create_compute
from app.page.address import query_of
from app.page.catalogue import Description, View
from app.page.sample import NO_SAMPLE, Sample
from app.page.state import DEFAULTS, Parameters
from app.page.story import BY_KEY, STORY
from app.page.wire import Pace, Request
from app.settings import Settings
from engine import ParameterError, complexity, message_passing, phases
from engine.dynamics import integrate_flow
from engine.words import say
from tests.app.pictures import drawn, request_for, texts, trace, values

DRAW = {card.CARD.description.name: card.CARD.draw for card in (phase, flow, spectrum, landscape)}


@pytest.fixture(scope="module")
def compute(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize(
    "parameters",
    [
        *(point.parameters for point in STORY if point.parameters.tmax <= 1e4),
        Parameters(dp=float("inf")),
        Parameters(d2=float("inf"), dp=0.2),
        Parameters(p=10, dp=1e-3, d2=0.05, tmax=100),
        Parameters(dp=1e6, d2=2),
        Parameters(T=1, d2=0.3333),
        Parameters(T=2, d2=3, tmax=50),
        Parameters(m0=-0.5),
        Parameters(m0=0.999, tmax=1),
    ],
    ids=lambda parameters: query_of(parameters) or "default",
)
def test_every_card_draws_every_kind_of_point(compute: Compute, name: str, parameters: Parameters) -> None:
    picture = DRAW[name](compute, request_for(parameters))
    figure = drawn(picture)
    assert figure.data
    assert picture.caption.endswith(".")
    assert "nan" not in picture.caption
    assert "computed" in picture.note
    for data in figure.data:
        if name != "landscape" and data.name not in ("good well stable",):
            assert np.isfinite(values(data.y)).all(), data.name
    assert len(figure.to_json()) < 60_000


@pytest.mark.parametrize("name", DRAW)
def test_dark_and_light_share_the_numbers_but_not_the_ink(compute: Compute, name: str) -> None:
    light = drawn(DRAW[name](compute, request_for(DEFAULTS)))
    dark = drawn(DRAW[name](compute, request_for(DEFAULTS, theme="dark")))
    for one, other in zip(light.data, dark.data, strict=True):
        np.testing.assert_array_equal(values(one.y), values(other.y))
    assert light.layout.font.color != dark.layout.font.color


def test_the_flow_card_shows_m_star_only_where_it_is_stable(compute: Compute) -> None:
    below = Parameters(d2=1 / 1.17, dp=0.75, tmax=10)  # just under the good-well line, 1.1743
    good = complexity.good_minimum(below.model)
    assert good is not None
    assert not good.is_stable
    assert "good minimum" not in texts(flow.CARD.draw(compute, request_for(below)))
    assert "good minimum m* = ML-AMP's 0.812" in texts(flow.CARD.draw(compute, request_for(DEFAULTS)))
    stuck = Parameters(d2=1 / 1.3, tmax=10)  # ML-AMP fails, a good well exists
    assert message_passing.ml_overlap(stuck.model, informed=False) == 0
    shown = texts(flow.CARD.draw(compute, request_for(stuck)))
    assert "good minimum m* = 0.605" in shown
    assert "ML-AMP" not in shown


def test_the_flow_card_draws_the_trajectory_it_asked_for(compute: Compute) -> None:
    for view in ("overlap", "log_overlap", "energy", "multiplier"):
        figure = drawn(flow.CARD.draw(compute, request_for(DEFAULTS, flow=view)))
        curve = trace(figure, "flow")
        assert values(curve.x)[-1] == DEFAULTS.tmax
        end = {"overlap": 0.811926, "log_overlap": 0.811926, "energy": -1.996929, "multiplier": None}[view]
        if end is not None:
            assert values(curve.y)[-1] == pytest.approx(end, abs=2e-5)


def test_the_escape_time_of_the_gain_curve_is_told_as_linear_theory(compute: Compute) -> None:
    shown = texts(flow.CARD.draw(compute, request_for(DEFAULTS)))
    assert "escape, linear theory: 438" in shown
    assert "escape" not in texts(flow.CARD.draw(compute, request_for(Parameters(d2=1.25))))


def test_an_escape_that_is_not_known_yet_is_told_later(tmp_path: Path) -> None:
    compute = create_compute(Settings(cache_folder=tmp_path))
    for pace in (Pace.MOVING, Pace.FIRST):
        early = flow.CARD.draw(compute, request_for(DEFAULTS, pace=pace))
        assert "escape" not in texts(early)
        assert early.more
    assert "escape" in texts(flow.CARD.draw(compute, request_for(DEFAULTS)))
    known = flow.CARD.draw(compute, request_for(DEFAULTS, pace=Pace.FIRST))
    assert "escape" in texts(known)  # what is known is told at any pace
    assert not known.more


def test_the_growth_view_has_the_rate_that_the_hessian_sets(compute: Compute) -> None:
    picture = flow.CARD.draw(compute, request_for(DEFAULTS, flow="growth"))
    theta = float(DEFAULTS.model.theta(0.0))
    assert f"limit θ + 1/θ = {theta + 1 / theta:.3f}" in texts(picture)
    assert values(trace(drawn(picture), "rate").y)[-1] == pytest.approx(theta + 1 / theta, abs=1e-4)
    assert "not an escape time" in picture.caption
    for a, words in ((2.0, "κ itself goes on growing"), (1.8, "power of time"), (0.8, "decays as a power")):
        point = Parameters(d2=1 / a, tmax=100)
        assert words in flow.CARD.draw(compute, request_for(point, flow="growth")).caption


def test_the_correlation_is_symmetric_and_one_on_the_diagonal(compute: Compute) -> None:
    figure = drawn(flow.CARD.draw(compute, request_for(Parameters(tmax=100), flow="correlation")))
    z = np.array(trace(figure, "correlation").z)
    np.testing.assert_array_equal(z, z.T)
    np.testing.assert_array_equal(np.diag(z), 1.0)


def test_the_response_in_equilibrium_is_the_lost_correlation(compute: Compute) -> None:
    point = Parameters(d2=1 / 3, dp=0.5, m0=0.5, T=1, tmax=100)  # above the Langevin line
    picture = flow.CARD.draw(compute, request_for(point, flow="fluctuation"))
    assert "equilibrium" in texts(picture)
    curve = trace(drawn(picture), "flow")
    late = values(curve.x) > 0.9
    np.testing.assert_allclose(values(curve.y)[late], 1 - values(curve.x)[late], atol=2e-3)


@pytest.mark.parametrize(
    "view", ["growth", "correlation", "fluctuation", "energy", "multiplier", "log_overlap"]
)
@pytest.mark.parametrize(
    "point",
    [Parameters(dp=float("inf")), Parameters(d2=float("inf"), dp=0.2, tmax=100), Parameters(m0=-0.2, tmax=30),
     Parameters(T=1.5, d2=3, tmax=30), Parameters(m0=0.9, tmax=1)],
    ids=lambda point: query_of(point),
)  # fmt: skip
def test_every_view_of_the_flow_draws_every_kind_of_point(
    compute: Compute, view: str, point: Parameters
) -> None:
    picture = flow.CARD.draw(compute, request_for(point, flow=view))
    figure = drawn(picture)
    assert figure.data
    assert "nan" not in picture.caption.lower()
    for data in figure.data:
        assert np.isfinite(values(data.y)).all(), data.name


@pytest.mark.parametrize(
    ("parameters", "moment"),
    [
        (DEFAULTS, 0.68),
        (DEFAULTS, 0.5),
        (DEFAULTS, 1.0),
        (BY_KEY["4"].parameters, 0.5),
        (BY_KEY["1"].parameters, 1.0),
    ],
)
def test_the_lower_edge_shows_zero_the_outlier_and_the_edge_apart(
    compute: Compute, parameters: Parameters, moment: float
) -> None:
    request = request_for(parameters, moment=moment, hess="edge")
    made = drawn(spectrum.CARD.draw(compute, request))
    whole = drawn(spectrum.CARD.draw(compute, request_for(parameters, moment=moment)))
    left, right = made.layout.xaxis.range
    bulk = values(trace(made, "bulk").x)
    places = [0.0, bulk[0]]
    names = [data.name for data in made.data]
    assert names == [data.name for data in whole.data]  # the outlier is in both, or in neither
    if "outlier" in names:
        places.append(float(trace(made, "outlier").x[0]))
        assert places[-1] < bulk[0]
        assert (bulk[0] - places[-1]) / (right - left) > 0.1  # seen from afar
    assert all(left < place < right for place in places)
    assert bulk[0] == pytest.approx(values(trace(whole, "bulk").x)[0], abs=1e-6)


def test_no_bulk_is_cut_by_its_axis(compute: Compute) -> None:
    made = drawn(spectrum.CARD.draw(compute, request_for(Parameters(dp=0.03, d2=0.1, tmax=100))))
    left, right = made.layout.xaxis.range
    bulk = values(trace(made, "bulk").x)
    assert left < bulk[0]
    assert bulk[-1] < right


def test_the_spectrum_has_its_outlier_before_the_escape_and_none_at_the_end(compute: Compute) -> None:
    end = spectrum.CARD.draw(compute, request_for(DEFAULTS, moment=1.0))
    assert "outlier" not in texts(end)
    early = spectrum.CARD.draw(compute, request_for(DEFAULTS, moment=0.68))  # t = 252
    assert "outlier" in texts(early)
    assert "θ = 1.110 > 1" in early.caption
    assert "overlap with the signal 0.188" in early.caption  # 1 - 1/θ² at m = 5e-4


def test_the_landscape_marks_the_good_minimum_as_a_point(compute: Compute) -> None:
    figure = drawn(landscape.CARD.draw(compute, request_for(DEFAULTS)))
    star = trace(figure, "good minimum m*")
    assert list(star.y) == [0.0]
    assert float(star.x[0]) == pytest.approx(0.811926, abs=1e-6)
    curve = trace(figure, "minima")
    equator = len(values(curve.x)) // 2
    assert values(curve.customdata)[equator] == pytest.approx(5.7e-4, abs=1e-5)
    assert values(curve.y)[equator] == pytest.approx(float(symlog(5.7e-4)), abs=0.01)


def test_the_sentence_is_the_engines_and_tells_the_story(compute: Compute) -> None:
    point = STORY[3]
    picture = sentence.CARD.draw(compute, request_for(point.parameters, story=point.key))
    said = str(picture.caption)
    assert phases.classify(point.parameters.model).sentence in said
    assert point.sentences in said
    assert all(one.words in said for one in point.tries)
    assert point.sentences not in str(sentence.CARD.draw(compute, request_for(point.parameters)).caption)


def test_a_temperature_hides_the_names_of_zero_temperature(compute: Compute) -> None:
    cold, warm = (phase.CARD.draw(compute, request_for(Parameters(T=t))) for t in (0.0, 1.0))
    assert "atypical minima" in texts(cold)
    assert "atypical minima" not in texts(warm)
    assert "Langevin" in texts(warm)


def test_a_failure_leaves_the_picture_and_says_why(
    compute: Compute, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong(_: Door, __: Request) -> Picture:
        raise ParameterError("p", "This cannot be.")

    def broken(_: Door, __: Request) -> Picture:
        raise RuntimeError("a secret path")

    request, description = request_for(DEFAULTS), Description("dummy", "Dummy", ("p",))

    expected = {
        "figure": None,
        "caption": "This cannot be.",
        "note": "not computed",
        "failed": True,
        "more": False,
        "later": 0,
        "work": None,
        "rows": None,
    }
    assert answer(Card(description, wrong), compute, request) == expected
    shown = answer(Card(description, broken), compute, request)
    assert shown["figure"] is None
    assert "secret" not in shown["caption"]
    assert shown["failed"]
    assert "could not be drawn" in caplog.text


def test_cards_that_ask_the_same_say_the_same(compute: Compute) -> None:
    request = request_for(Parameters(d2=0.36123), flow="energy")  # the overlap asks for its escape too
    once = compute.once()
    notes = {draw(once, request).note for draw in (flow.CARD.draw, spectrum.CARD.draw)}
    assert len(notes) == 1
    assert "computed" in notes.pop()
    assert flow.CARD.draw(compute.once(), request).note == "computed before"


def ways() -> list[tuple[Card, dict[str, str]]]:
    """Every card in every one of its views."""
    looks = {card.description.name: card.description.look for card in DECK.cards}
    return [
        (card, {} if look is None or look.many else {look.name: view.name})
        for card in DECK.cards
        for look in [looks[card.description.name]]
        for view in ([None] if look is None or look.many else look.views)
        for view in [view or View("", "")]
    ]


@pytest.mark.parametrize(
    "sample", [NO_SAMPLE, Sample(N=3000, seed=5, until=15.0)], ids=["theory", "instance"]
)
@pytest.mark.parametrize(
    ("card", "looks"),
    ways(),
    ids=lambda part: getattr(getattr(part, "description", None), "name", None) or "-".join(part.values()),
)
def test_whoever_leaves_something_out_says_that_there_is_more(
    tmp_path: Path, card: Card, looks: dict[str, str], sample: Sample
) -> None:
    """The rule by which the page asks again: what says that nothing is left out is what one sees in the end."""
    compute = create_compute(Settings(cache_folder=tmp_path))
    point = Parameters(d2=0.4123, dp=4.0, m0=0.05, tmax=1e3)

    def seen(pace: Pace) -> tuple[bool, Any]:
        picture = card.draw(compute.once(), request_for(point, sample, pace=pace, moment=0.6, **looks))
        return picture.more, (picture.figure and picture.figure.to_plotly_json(), picture.caption)

    early = [seen(Pace.MOVING), seen(Pace.FIRST)]
    for _ in range(60):
        more, last = seen(Pace.LEISURE)
        if not more:
            break
    assert not more, "it never ends"
    for more_to_come, picture in early:
        assert more_to_come or picture == last
    assert seen(Pace.FIRST)[1] == last or seen(Pace.FIRST)[0]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (0.811926, "0.812"),
        (-1.5, "−1.5"),
        (1e-10, "10⁻¹⁰"),
        (3.17e4, "31700"),
        (2.5e5, "2.5·10⁵"),
        (-1e-5, "−10⁻⁵"),
        (float("inf"), "∞"),
        (float("nan"), "–"),
    ],
)
def test_numbers_are_said_as_one_writes_them(value: float, said: str) -> None:
    assert say(value) == said


def test_the_pace_gives_an_escape_as_many_steps_as_it_is_seen_to_move(compute: Compute) -> None:
    """In equal steps of log t the overlap of the default point passes from 0.1 to 0.8 within one of sixty."""
    figure = drawn(flow.CARD.draw(compute, request_for(Parameters(), flow="overlap")))
    pace = np.array(figure.layout.meta["pace"])
    assert pace[0] == 0
    assert pace[-1] == 1
    assert (np.diff(pace) >= 0).all()
    found = integrate_flow(Parameters().model, overlap_0=1e-10, t_max=1e4)
    even = found.at(0.1 * 1e5 ** np.linspace(0, 1, pace.size)).overlap
    seen = found.at(np.minimum(0.1 * 1e5**pace, 1e4)).overlap
    escape = [((overlap > 0.1) & (overlap < 0.8)).sum() for overlap in (even, seen)]
    assert escape[0] <= 2
    assert escape[1] >= 10
    assert np.abs(np.diff(seen)).max() < 0.1
    moving = flow.CARD.draw(compute, request_for(Parameters(d2=0.41), flow="overlap", pace=Pace.MOVING))
    assert "pace" not in drawn(moving).layout.meta
