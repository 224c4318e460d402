"""Cards as plain functions: a request in, a picture and words out."""

from __future__ import annotations

import numpy as np
import pytest

from app.callbacks import controls, flow, landscape, phase, sentence, spectrum
from app.callbacks.panel import Picture, Request, answer
from app.figures.complexity import symlog
from app.figures.theme import DARK, LIGHT
from app.figures.words import say
from app.main import create_compute
from app.sample import NO_SAMPLE
from app.services.compute import Compute
from app.settings import Settings
from app.state import DEFAULTS, Parameters, to_store
from app.story import STORY
from engine import ParameterError, complexity, message_passing, phases
from tests.app.pictures import drawn, request_for, texts, trace, values

DRAW = {"phase": phase.draw, "flow": flow.draw, "spectrum": spectrum.draw, "landscape": landscape.draw}


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
    ids=lambda parameters: parameters.query() or "default",
)
def test_every_card_draws_every_kind_of_point(compute: Compute, name: str, parameters: Parameters) -> None:
    picture = DRAW[name](compute, request_for(parameters))
    figure = drawn(picture)
    assert figure.data
    assert picture.caption.endswith(".")
    assert "nan" not in picture.caption
    assert "cached" in picture.note or "computed" in picture.note
    for data in figure.data:
        if name != "landscape" and data.name not in ("good well stable",):
            assert np.isfinite(values(data.y)).all(), data.name
    assert len(figure.to_json()) < 60_000


@pytest.mark.parametrize("name", DRAW)
def test_dark_and_light_share_the_numbers_but_not_the_ink(compute: Compute, name: str) -> None:
    light = drawn(DRAW[name](compute, Request(DEFAULTS, LIGHT, {})))
    dark = drawn(DRAW[name](compute, Request(DEFAULTS, DARK, {})))
    for one, other in zip(light.data, dark.data, strict=True):
        np.testing.assert_array_equal(values(one.y), values(other.y))
    assert light.layout.font.color != dark.layout.font.color


def test_the_flow_card_shows_m_star_only_where_it_is_stable(compute: Compute) -> None:
    below = Parameters(d2=1 / 1.17, dp=0.75, tmax=10)  # just under the good-well line, 1.1743
    good = complexity.good_minimum(below.model)
    assert good is not None
    assert not good.is_stable
    assert "good minimum" not in texts(flow.draw(compute, request_for(below)))
    assert "good minimum m* = ML-AMP's 0.812" in texts(flow.draw(compute, request_for(DEFAULTS)))
    stuck = Parameters(d2=1 / 1.3, tmax=10)  # ML-AMP fails, a good well exists
    assert message_passing.ml_overlap(stuck.model, informed=False) == 0
    shown = texts(flow.draw(compute, request_for(stuck)))
    assert "good minimum m* = 0.605" in shown
    assert "ML-AMP" not in shown


def test_the_flow_card_draws_the_trajectory_it_asked_for(compute: Compute) -> None:
    for view in ("overlap", "log_overlap", "energy", "multiplier"):
        figure = drawn(flow.draw(compute, request_for(DEFAULTS, flow=view)))
        curve = trace(figure, "flow")
        assert values(curve.x)[-1] == DEFAULTS.tmax
        end = {"overlap": 0.811926, "log_overlap": 0.811926, "energy": -1.996929, "multiplier": None}[view]
        if end is not None:
            assert values(curve.y)[-1] == pytest.approx(end, abs=2e-5)


def test_the_escape_time_of_the_gain_curve_is_told_as_linear_theory(compute: Compute) -> None:
    shown = texts(flow.draw(compute, request_for(DEFAULTS)))
    assert "escape, linear theory: 438" in shown
    assert "escape" not in texts(flow.draw(compute, request_for(Parameters(d2=1.25))))
    assert "escape" not in texts(flow.draw(compute, request_for(DEFAULTS, hurry=True)))


def test_the_growth_view_has_the_rate_that_the_hessian_sets(compute: Compute) -> None:
    picture = flow.draw(compute, request_for(DEFAULTS, flow="growth"))
    theta = float(DEFAULTS.model.theta(0.0))
    assert f"limit θ + 1/θ = {theta + 1 / theta:.3f}" in texts(picture)
    assert values(trace(drawn(picture), "rate").y)[-1] == pytest.approx(theta + 1 / theta, abs=1e-4)
    assert "not an escape time" in picture.caption
    for a, words in ((2.0, "cube root"), (1.8, "power of time"), (0.8, "decays as a power")):
        point = Parameters(d2=1 / a, tmax=100)
        assert words in flow.draw(compute, request_for(point, flow="growth")).caption


def test_the_correlation_is_symmetric_and_one_on_the_diagonal(compute: Compute) -> None:
    figure = drawn(flow.draw(compute, request_for(Parameters(tmax=100), flow="correlation")))
    z = np.array(trace(figure, "correlation").z)
    np.testing.assert_array_equal(z, z.T)
    np.testing.assert_array_equal(np.diag(z), 1.0)


def test_the_response_in_equilibrium_is_the_lost_correlation(compute: Compute) -> None:
    point = Parameters(d2=1 / 3, dp=0.5, m0=0.5, T=1, tmax=100)  # above the Langevin line
    picture = flow.draw(compute, request_for(point, flow="fluctuation"))
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
    ids=lambda point: point.query(),
)  # fmt: skip
def test_every_view_of_the_flow_draws_every_kind_of_point(
    compute: Compute, view: str, point: Parameters
) -> None:
    picture = flow.draw(compute, request_for(point, flow=view))
    figure = drawn(picture)
    assert figure.data
    assert "nan" not in picture.caption.lower()
    for data in figure.data:
        assert np.isfinite(values(data.y)).all(), data.name


def test_the_spectrum_has_its_outlier_before_the_escape_and_none_at_the_end(compute: Compute) -> None:
    end = spectrum.draw(compute, request_for(DEFAULTS, moment=1.0))
    assert "outlier" not in texts(end)
    early = spectrum.draw(compute, request_for(DEFAULTS, moment=0.68))  # t = 252
    assert "outlier" in texts(early)
    assert "θ = 1.110 > 1" in early.caption
    assert "overlap with the signal 0.188" in early.caption  # 1 - 1/θ² at m = 5e-4


def test_the_landscape_marks_the_good_minimum_as_a_point(compute: Compute) -> None:
    figure = drawn(landscape.draw(compute, request_for(DEFAULTS)))
    star = trace(figure, "good minimum m*")
    assert list(star.y) == [0.0]
    assert float(star.x[0]) == pytest.approx(0.811926, abs=1e-6)
    curve = trace(figure, "minima")
    equator = len(values(curve.x)) // 2
    assert values(curve.customdata)[equator] == pytest.approx(5.7e-4, abs=1e-5)
    assert values(curve.y)[equator] == pytest.approx(float(symlog(5.7e-4)), abs=0.01)


def test_the_sentence_is_the_engines_and_tells_the_story(compute: Compute) -> None:
    point = STORY[3]
    picture = sentence.draw(compute, request_for(point.parameters, story=point.key))
    said = str(picture.caption)
    assert phases.classify(point.parameters.model).sentence in said
    assert point.to_try in said
    assert point.to_try not in str(sentence.draw(compute, request_for(point.parameters)).caption)


def test_a_temperature_hides_the_names_of_zero_temperature(compute: Compute) -> None:
    cold, warm = (phase.draw(compute, request_for(Parameters(T=t))) for t in (0.0, 1.0))
    assert "rare minima" in texts(cold)
    assert "rare minima" not in texts(warm)
    assert "Langevin" in texts(warm)


def test_a_failure_leaves_the_picture_and_says_why(
    compute: Compute, caplog: pytest.LogCaptureFixture
) -> None:
    data = {"parameters": to_store(DEFAULTS), "theme": "light"}

    def wrong(_: Compute, __: Request) -> Picture:
        raise ParameterError("p", "This cannot be.")

    def broken(_: Compute, __: Request) -> Picture:
        raise RuntimeError("a secret path")

    expected = {
        "figure": None,
        "caption": "This cannot be.",
        "note": "not computed",
        "failed": True,
        "more": False,
    }
    assert answer(wrong, compute, data) == expected
    shown = answer(broken, compute, data)
    assert shown["figure"] is None
    assert "secret" not in shown["caption"]
    assert shown["failed"]
    assert "could not be drawn" in caplog.text


def test_a_request_of_nonsense_is_an_answer_too(compute: Compute) -> None:
    for data in ({"parameters": {"p": 99}}, {"parameters": {"d2": "x"}}, {}):
        assert answer(lambda *_: pytest.fail("drawn"), compute, data)["failed"]


def test_cards_that_ask_the_same_say_the_same(compute: Compute) -> None:
    request = request_for(Parameters(d2=0.36123))
    once = compute.once()
    notes = {draw(once, request).note for draw in (flow.draw, spectrum.draw)}
    assert len(notes) == 1
    assert "computed" in notes.pop()
    assert flow.draw(compute.once(), request).note == "cached"


def test_boxes_propose_or_refuse() -> None:
    base = to_store(DEFAULTS, NO_SAMPLE)
    good = controls.read_box({"name": "inverse-d2", "text": "4", "parameters": base})
    assert good["parameters"]["d2"] == 0.25
    assert good["errors"] == {}
    off = controls.read_box({"name": "inverse-d2", "text": "0", "parameters": base})
    assert off["parameters"]["d2"] == "inf"
    bad = controls.read_box({"name": "dp", "text": "-3", "parameters": base})
    assert bad["parameters"] == base
    assert "Δp must be" in bad["errors"]["dp"]
    assert bad["box"] == "dp"


def test_an_address_that_is_a_story_point_tells_its_story() -> None:
    point = STORY[1]
    assert controls.read_address("?" + point.parameters.query())["story"] == point.key
    assert controls.read_address("")["story"] is None


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
