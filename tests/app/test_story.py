"""Every number of the story's texts is one that the engine computes, and every scene shows what its text tells.

Each claim is a piece of a point's text, word for word, with a check that is given the piece's numbers in order. A
number in a text that no claim covers fails; so does a claim whose text has changed, or whose number is not true.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
import pytest
from scipy.optimize import brentq

from app.cards import DECK
from app.page.state import DEFAULTS, Parameters
from app.page.story import BY_KEY, OPENING, STORY, Scene
from app.quantities.landscape import ladder
from engine import Model, complexity, dynamics, hessian, message_passing, phases

WORDS: Final = {
    "zero": 0, "half": 0.5, "twice": 2, "double": 2, "two": 2, "second": 2, "three": 3, "third": 3, "four": 4,
    "fourth": 4, "five": 5, "fifth": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "tenth": 10,
    "hundred": 100, "thousand": 1000, "million": 1e6,
}  # fmt: skip
NUMBER: Final = re.compile(
    rf"[−-]?\d+(?: \d{{3}})*(?:\.\d+)?(?:e[-+]?\d+)?|\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE
)
NOTATION: Final = re.compile(r"1/(?=Δ₂|m₀)")  # a way of writing, not a number
SCENES: Final = [(f"{point.key}", point.scene) for point in STORY] + [
    (f"{point.key}, try {k}", tried.scene) for point in STORY for k, tried in enumerate(point.tries)
]
ESCAPED: Final = 0.3  # the overlap at which a flow has escaped
Check = Callable[..., None]


def text_of(key: str) -> str:
    """All that a point says, without the ones of 1/Δ₂."""
    point = BY_KEY[key]
    return NOTATION.sub(
        "", " ".join([f"{point.title}.", point.sentences, *(one.words for one in point.tries)])
    )


def numbers(text: str) -> list[float]:
    """What a reader reads as a number."""
    found = [text[match.start() : match.end()].lower().replace(" ", "") for match in NUMBER.finditer(text)]
    return [WORDS[said] if said in WORDS else float(said.replace("−", "-")) for said in found]


@cache
def flow(key: str, **changes: float) -> dynamics.Trajectory:
    """The flow of a point, with what the text says to change."""
    return run(BY_KEY[key].parameters.model_copy(update=changes))


@cache
def run(parameters: Parameters) -> dynamics.Trajectory:
    """The flow of a scene."""
    return dynamics.integrate_flow(parameters.model, overlap_0=parameters.m0, t_max=parameters.tmax)


def escape(key: str, **changes: float) -> float:
    """When the overlap first reaches 0.3."""
    return escape_of(flow(key, **changes))


def escape_of(trajectory: dynamics.Trajectory) -> float:
    """When its overlap first reaches 0.3."""
    after = int(np.argmax(trajectory.overlap >= ESCAPED))
    assert after > 0
    between = (trajectory.time[after - 1], trajectory.time[after])
    return float(brentq(lambda t: trajectory.at([t]).overlap[0] - ESCAPED, *between, rtol=1e-6))


def model(key: str) -> Model:
    """The model at a point."""
    return BY_KEY[key].parameters.model


def at_equator(key: str, index: int | None) -> float:
    """The largest complexity at m = 0 of minima (index 0) or of all stationary points (None)."""
    multiplier = model(key).sigma * np.linspace(2 if index == 0 else 0, 4, 801)
    return float(np.max(complexity.complexity(model(key), 0.0, multiplier, index=index)))


def spectrum_of(scene: Scene) -> hessian.Spectrum:
    """The Hessian's spectrum at the moment that a scene shows."""
    trajectory = run(scene.parameters)
    last = float(trajectory.time[-1])
    at = trajectory.at([last if scene.until is None else min(scene.until, last)])
    return hessian.spectrum(scene.parameters.model, float(at.overlap[0]), float(at.lagrange_multiplier[0]))


CLAIMS: Final[dict[tuple[str, str], Check]] = {}


def claim(key: str, piece: str) -> Callable[[Check], Check]:
    """Say which piece of a point's text a check is for; the numbers in the piece are its arguments."""

    def note(check: Check) -> Check:
        CLAIMS[key, NOTATION.sub("", piece)] = check
        return check

    return note


@claim("1", "Below the line 1/Δ₂ = 1 no algorithm, whatever its cost, can find the signal here.")
def _(line: float) -> None:
    assert 1 / model("1").delta_2 < line
    for factor, bayes in ((0.999, "impossible"), (1.001, "easy")):  # on either side of it, at the point's Δp
        beside = Model(p=3, delta_2=1 / (factor * line), delta_p=model("1").delta_p)
        assert str(phases.classify(beside).bayes) == bayes


@claim("1", "Lower Δ₂ to 0.4: an outlier detaches from the Hessian's bulk")
def _(delta_2: float) -> None:
    point = BY_KEY["1"]
    assert spectrum_of(point.scene).outlier is None
    tried = point.tries[0].scene
    assert tried.parameters.d2 == delta_2
    seen = spectrum_of(tried)
    assert seen.outlier is not None
    assert seen.outlier < seen.bulk_edge_lower < 0


@claim("2", "at t = 10 000 is still below 10⁻⁶.")
def _(time: float, bound: float) -> None:
    assert flow("2").time[-1] == time
    assert flow("2").overlap[-1] < bound


@claim("2", "ML-AMP reaches an overlap of 0.756.")
def _(overlap: float) -> None:
    assert message_passing.ml_overlap(model("2"), informed=False) == pytest.approx(overlap, abs=5e-4)


@claim("2", "its edge creeps up to zero, nothing leaves it")
def _(edge: float) -> None:
    trajectory = flow("2")
    late = trajectory.at(np.geomspace(10, trajectory.time[-1], 12))
    spectra = [
        hessian.spectrum(model("2"), float(m), float(mu))
        for m, mu in zip(late.overlap, late.lagrange_multiplier, strict=True)
    ]
    edges = np.array([found.bulk_edge_lower for found in spectra])
    assert (np.diff(np.abs(edges - edge)) < 0).all()
    assert edges[-1] == pytest.approx(edge, abs=0.01)
    assert all(found.outlier is None for found in spectra)


@claim("3", "at its plateau, e ≈ −1.795,")
def _(energy: float) -> None:
    """The plateau is the last decade before the escape; the energy in its middle, in ln t."""
    path = flow("3").at(np.geomspace(escape("3") / 10, escape("3") * 0.9, 101))
    assert np.median(path.energy) == pytest.approx(energy, abs=3e-3)
    assert np.ptp(path.energy) < 0.2 * (
        path.energy[-1] - flow("3").energy[-1]
    )  # flat beside the step that follows


@claim("3", "and it escapes near t = 400.")
def _(time: float) -> None:
    assert escape("3") == pytest.approx(time, abs=0.5)


@claim("4", "The outlier is deeper (θ = 1.34):")
def _(theta: float) -> None:
    assert model("4").theta(0.0) == pytest.approx(theta, abs=5e-3)
    assert model("4").theta(0.0) > model("3").theta(0.0)


@claim("4", "the flow escapes near t = 73, five times sooner than at point 3.")
def _(time: float, times: float, other: float) -> None:
    assert escape("4") == pytest.approx(time, abs=0.5)
    assert escape(f"{other:g}") / escape("4") == pytest.approx(times, abs=0.5)


@claim("4", "Count by ways down: Σ of minima is below zero, with one way down above")
def _(bound: float) -> None:
    assert at_equator("4", 0) < bound < at_equator("4", 1)


@claim("5", "θ(0) = 1:")
def _(overlap: float, theta: float) -> None:
    assert model("5").theta(overlap) == pytest.approx(theta, rel=1e-14)


@claim("5", "From this m₀ the flow escapes near t = 4400;")
def _(time: float) -> None:
    assert escape("5") == pytest.approx(time, abs=10)


@claim("5", "the time grows as a power of ln(1/m₀), about 2.9 here and less for smaller m₀:")
def _(power: float) -> None:
    starts = np.array([1e-8, 1e-10, 1e-15, 1e-20])
    times = [escape("5", m0=m0) for m0 in starts]
    powers = np.diff(np.log(times)) / np.diff(np.log(np.log(1 / starts)))
    assert powers[:2].mean() == pytest.approx(3.0, abs=0.1)
    assert powers[1] == pytest.approx(power, abs=0.05)
    assert np.all(np.diff(powers) < 0)


@claim("5", "m₀ = 1e-15: near t = 14 500")
@claim("5", "m₀ = 1e-20: near t = 31 700")
def _(start: float, time: float) -> None:
    assert start in [one.scene.parameters.m0 for one in BY_KEY["5"].tries]
    assert escape("5", m0=start) == pytest.approx(time, abs=50)


@claim("6", "it escapes near t = 1360.")
def _(time: float) -> None:
    assert escape("6") == pytest.approx(time, abs=5)


@claim("6", "Lower 1/Δ₂ to 1.9: there are minima as before, but no way down")
def _(inverse_delta_2: float) -> None:
    tried = BY_KEY["6"].tries[0].scene
    lower = tried.parameters.model
    assert 1 / lower.delta_2 == pytest.approx(inverse_delta_2, rel=1e-14)
    assert float(np.max(complexity.complexity(lower, 0.0, 2 * lower.sigma, index=0))) >= at_equator("6", 0)
    assert str(phases.classify(lower).phase) == "stuck"
    assert run(tried.parameters).overlap[-1] < 1e-3
    assert spectrum_of(tried).outlier is None


@claim("7", "A fourth-order tensor.")
def _(order: float) -> None:
    assert model("7").p == order


@claim("7", "For p = 4 and Δp = 1.5 the gradient-flow line lies at 1/Δ₂ = 2 exactly.")
def _(order: float, delta_p: float, inverse_delta_2: float) -> None:
    assert (model("7").p, model("7").delta_p) == (order, delta_p)
    assert 1 / phases.gradient_flow_line(int(order), delta_p) == pytest.approx(inverse_delta_2, rel=1e-14)
    assert inverse_delta_2 < 1 / model("7").delta_2 < 1.15 * inverse_delta_2  # just above it
    assert at_equator("7", 0) > 0  # minima exist


@claim("7", "the flow escapes past them near t = 556.")
def _(time: float) -> None:
    assert escape("7") == pytest.approx(time, abs=0.5)


@claim("7", "Lower 1/Δ₂ to 1.8, raise t_max to 1e5: it still escapes, near t = 82 300")
def _(inverse_delta_2: float, t_max: float, time: float) -> None:
    tried = BY_KEY["7"].tries[0].scene.parameters
    assert (1 / tried.d2, tried.tmax) == (pytest.approx(inverse_delta_2, rel=1e-14), t_max)
    assert escape_of(run(tried)) == pytest.approx(time, abs=100)


@claim("8", "from m₀ < 0 the flow ends in a mirror minimum at m = −0.569. Half of all random starts do.")
def _(side: float, overlap: float, share: float) -> None:
    mirror = complexity.mirror_minimum(model("8"))
    assert mirror is not None
    assert mirror.overlap == pytest.approx(overlap, abs=5e-4)
    start = BY_KEY["8"].parameters.m0
    assert start < side
    assert BY_KEY["8"].tries[0].scene.parameters.m0 == -start
    ends = [float(flow("8", m0=m0).overlap[-1]) for m0 in (start, -start)]  # equally likely: N(0, 1/N)
    assert ends[0] == pytest.approx(mirror.overlap, abs=1e-4)
    assert np.mean([end < 0 for end in ends]) == share
    good = complexity.good_minimum(model("8"))
    assert good is not None
    assert mirror.energy > good.energy  # what is to be tried there
    assert ends[1] == pytest.approx(good.overlap, abs=1e-4)


@pytest.mark.parametrize(("key", "piece"), CLAIMS, ids=lambda said: said[:40])
def test_a_claim_of_the_story_is_what_is_computed(key: str, piece: str) -> None:
    assert text_of(key).count(piece) == 1, "the text has changed: change the claim, and see what is computed"
    CLAIMS[key, piece](*numbers(piece))


@pytest.mark.parametrize("key", BY_KEY)
def test_every_number_of_a_text_is_claimed(key: str) -> None:
    rest = text_of(key)
    for claimed, piece in CLAIMS:
        if claimed == key:
            rest = rest.replace(piece, " … ")
    assert NUMBER.findall(rest) == []


def test_numbers_are_read_as_a_reader_reads_them() -> None:
    said = "At −1.795, near t = 14 500 from 1e-20, Δ₂ = 0.5: half of ten, the third; p2 and m₀ are names"
    assert numbers(said.replace("p2", "p")) == [-1.795, 14500, 1e-20, 0.5, 0.5, 10, 3]
    assert NUMBER.findall("one hundred. Half, TWICE") == ["hundred", "Half", "TWICE"]


def test_every_point_lies_in_the_phase_that_its_text_tells() -> None:
    expected = {
        "0": "rare_minima",
        "1": "no_minimum",
        "2": "stuck",
        "3": "rare_minima",
        "4": "trivial",
        "5": "stuck",
        "6": "surfing",
        "7": "surfing",
        "8": "trivial",
    }
    assert {point.key: str(phases.classify(point.parameters.model).phase) for point in STORY} == expected


def test_the_flows_of_the_first_points_do_what_their_texts_say() -> None:
    start = Parameters().m0
    assert 0 < flow("1").overlap[-1] < start  # it decays
    assert at_equator("1", 0) > 0  # minima crowd the equator
    assert str(phases.classify(model("1")).bayes) == "impossible"
    late = flow("2").at([1e2, 1e3, 1e4])
    assert start < late.overlap[-1] < 1e-3  # stuck
    exponents = np.diff(np.log(late.overlap)) / np.log(10)
    assert (exponents > 0.5).all()
    assert exponents[1] < 1.5 * exponents[0]  # a power of time; ten times for an exponential


def test_a_point_of_order_three_lies_where_there_are_many_minima_and_the_flow_works() -> None:
    """Between the gradient-flow line and the typical line, by the engine's lines; high up they are saddles."""
    point = model("6")
    assert point.p == 3
    line, typical = (
        1 / float(found(3, point.delta_p)) for found in (phases.gradient_flow_line, phases.typical_line)
    )
    assert line < 1 / point.delta_2 < typical
    assert at_equator("6", 0) > 0
    steps = ladder(point)
    assert 2 < steps.bbp < steps.top  # above it typical points are minima, below it they have one way down
    late = flow("6").at([BY_KEY["6"].scene.until])
    assert late.lagrange_multiplier[0] / point.sigma < steps.bbp  # where the flow is, they have one
    assert flow("6").overlap[-1] > 0.5


def test_atypical_minima_are_outnumbered_by_saddles_with_one_way_down() -> None:
    assert 0 < at_equator("3", 0) < at_equator("3", 1)
    assert at_equator("4", 0) < 0 < at_equator("4", 1)


def test_the_outlier_is_just_born_on_the_line_and_deeper_the_further_up() -> None:
    assert spectrum_of(BY_KEY["5"].scene).outlier == pytest.approx(
        spectrum_of(BY_KEY["5"].scene).bulk_edge_lower, abs=1e-5
    )
    depth = {}
    for key in ("3", "4", "6", "7"):
        seen = spectrum_of(BY_KEY[key].scene)
        assert seen.outlier is not None
        assert seen.outlier < seen.bulk_edge_lower < 0  # it has left the bulk, and leads down
        depth[key] = seen.outlier
    assert depth["4"] < depth["3"] < depth["6"]


@pytest.mark.parametrize("key", ["3", "4", "6", "7"])
def test_the_moment_of_a_surfing_flow_is_late_on_its_plateau(key: str) -> None:
    until = BY_KEY[key].scene.until
    assert until is not None
    assert 0.5 * escape(key) < until < 0.9 * escape(key)
    assert flow(key).at([until]).overlap[0] < 0.02


@pytest.mark.parametrize(("name", "scene"), SCENES)
def test_a_scene_asks_for_what_the_page_has(name: str, scene: Scene) -> None:
    looks = DECK.catalogue.looks
    for look, view in scene.looks.items():
        assert looks[look].read(view if isinstance(view, str) else ",".join(view)) is not None, name
    assert scene.watch in {*DECK.catalogue.cards, OPENING}
    pinned = {card for card, told in DECK.catalogue.cards.items() if told.pinned}
    assert scene.watch in {scene.looks["pane"], OPENING, *pinned}  # in sight in a lecture and on a phone
    t_max = scene.parameters.tmax
    times = [
        time for time in (scene.since, t_max if scene.until is None else scene.until) if time is not None
    ]
    assert 0.1 <= times[0] <= times[-1] <= t_max
    if scene.since is not None:
        assert len(times) == 2
        assert times[1] > 3 * times[0]  # a walk that is seen


def test_every_point_has_something_to_try_that_shows_something_else() -> None:
    for point in STORY:
        assert point.tries, point.key
        for tried in point.tries:
            assert tried.scene != point.scene
            shown = (tried.scene.parameters, tried.scene.looks, tried.scene.watch)
            assert shown != (point.parameters, point.scene.looks, point.scene.watch), point.key
    assert [point.key for point in STORY] == [str(k) for k in range(len(STORY))]
    assert BY_KEY["3"].parameters == DEFAULTS
