"""Every number of the story's texts is one that the engine computes.

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

from app.page.state import Parameters
from app.page.story import BY_KEY, STORY
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
ESCAPED: Final = 0.3  # the overlap at which a flow has escaped
Check = Callable[..., None]


def text_of(key: str) -> str:
    """All that a point says, without the ones of 1/Δ₂."""
    point = BY_KEY[key]
    return NOTATION.sub("", f"{point.title}. {point.sentences} {point.to_try}")


def numbers(text: str) -> list[float]:
    """What a reader reads as a number."""
    found = [text[match.start() : match.end()].lower().replace(" ", "") for match in NUMBER.finditer(text)]
    return [WORDS[said] if said in WORDS else float(said.replace("−", "-")) for said in found]


@cache
def flow(key: str, **changes: float) -> dynamics.Trajectory:
    """The flow of a point, with what the text says to change."""
    parameters = BY_KEY[key].parameters.model_copy(update=changes)
    return dynamics.integrate_flow(parameters.model, overlap_0=parameters.m0, t_max=parameters.tmax)


def escape(key: str, **changes: float) -> float:
    """When the overlap first reaches 0.3."""
    trajectory = flow(key, **changes)
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


CLAIMS: Final[dict[tuple[str, str], Check]] = {}


def claim(key: str, piece: str) -> Callable[[Check], Check]:
    """Say which piece of a point's text a check is for; the numbers in the piece are its arguments."""

    def note(check: Check) -> Check:
        CLAIMS[key, NOTATION.sub("", piece)] = check
        return check

    return note


@claim("2", "ML-AMP reaches an overlap of 0.756.")
def _(overlap: float) -> None:
    assert message_passing.ml_overlap(model("2"), informed=False) == pytest.approx(overlap, abs=5e-4)


@claim("2", "the bulk's lower edge creeps up to zero and nothing leaves it.")
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


@claim("3", "their annealed complexity is still above zero.")
def _(bound: float) -> None:
    assert at_equator("3", 0) > bound


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


@claim("4", "one is below zero, the other above.")
def _(bound: float) -> None:
    assert at_equator("4", 0) < bound < at_equator("4", None)


@claim("5", "θ(0) = 1:")
def _(overlap: float, theta: float) -> None:
    assert model("5").theta(overlap) == pytest.approx(theta, rel=1e-14)


@claim("5", "the escape time grows as a power of ln(1/m₀), about 2.9 at this m₀ and less for smaller ones;")
def _(power: float) -> None:
    starts = np.array([1e-8, 1e-10, 1e-15, 1e-20])
    times = [escape("5", m0=m0) for m0 in starts]
    powers = np.diff(np.log(times)) / np.diff(np.log(np.log(1 / starts)))
    assert powers[:2].mean() == pytest.approx(3.0, abs=0.1)
    assert powers[1] == pytest.approx(power, abs=0.05)
    assert np.all(np.diff(powers) < 0)


@claim("5", "Set m₀ to 1e-15, then to 1e-20: the flow escapes near t = 14 500, then near t = 31 700.")
def _(first_start: float, second_start: float, first: float, second: float) -> None:
    assert escape("5", m0=first_start) == pytest.approx(first, abs=50)
    assert escape("5", m0=second_start) == pytest.approx(second, abs=50)


@claim("6", "A fourth-order tensor.")
def _(order: float) -> None:
    assert model("6").p == order


@claim("6", "For p = 4 and Δp = 1.5 the gradient-flow line lies at 1/Δ₂ = 2 exactly.")
def _(order: float, delta_p: float, inverse_delta_2: float) -> None:
    assert (model("6").p, model("6").delta_p) == (order, delta_p)
    assert 1 / phases.gradient_flow_line(int(order), delta_p) == pytest.approx(inverse_delta_2, rel=1e-14)
    assert inverse_delta_2 < 1 / model("6").delta_2 < 1.15 * inverse_delta_2  # just above it
    assert at_equator("6", 0) > 0  # minima exist


@claim("6", "the flow escapes past them near t = 556.")
def _(time: float) -> None:
    assert escape("6") == pytest.approx(time, abs=0.5)


@claim(
    "6", "Lower 1/Δ₂ to 1.8 and raise t_max to 1e5: this m₀ still escapes, near t = 82 300, 150 times later."
)
def _(inverse_delta_2: float, t_max: float, time: float, times: float) -> None:
    later = escape("6", d2=1 / inverse_delta_2, tmax=t_max)
    assert later == pytest.approx(time, abs=100)
    assert later / escape("6") == pytest.approx(times, abs=5)


@claim("7", "from m₀ < 0 the flow ends in a mirror minimum at m = −0.569. Half of all random starts do.")
def _(side: float, overlap: float, share: float) -> None:
    mirror = complexity.mirror_minimum(model("7"))
    assert mirror is not None
    assert mirror.overlap == pytest.approx(overlap, abs=5e-4)
    start = BY_KEY["7"].parameters.m0
    assert start < side
    ends = [float(flow("7", m0=m0).overlap[-1]) for m0 in (start, -start)]  # equally likely: N(0, 1/N)
    assert ends[0] == pytest.approx(mirror.overlap, abs=1e-4)
    assert np.mean([end < 0 for end in ends]) == share
    good = complexity.good_minimum(model("7"))
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
        "1": "no_minimum",
        "2": "stuck",
        "3": "rare_minima",
        "4": "trivial",
        "5": "stuck",
        "6": "surfing",
        "7": "trivial",
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
