"""Every line against reference rows; limits, order and words of the phases; validation."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest

from engine import Model, ParameterError, complexity, phases
from engine._kernels import bayes as bayes_kernels
from engine._kernels import phases as kernels
from engine.phases import BayesPhase, Phase, classify
from engine.words import say

REFERENCE = Path(__file__).parents[1] / "reference" / "landscape"
LINES = [
    (phases.gradient_flow_line, "inv_D2_GF"),
    (phases.amp_line, "inv_D2_MLAMP"),
    (phases.trivialization_line, "inv_D2_triv_m_ge_0"),
    (lambda p, d: phases.trivialization_line(p, d, overlaps="equator"), "inv_D2_triv_equator"),
    (lambda p, d: phases.trivialization_line(p, d, overlaps="all"), "inv_D2_triv_all_m"),
    (phases.good_well_line, "inv_D2_RS_good"),
]
PLAIN = [
    phases.gradient_flow_line,
    phases.amp_line,
    phases.typical_line,
    phases.trivialization_line,
    phases.good_well_line,
    phases.mirror_line,
    phases.decay_line,
]


def rows(name):
    with (REFERENCE / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def close(value, text):
    expected = float(text)
    return abs(value - expected) <= 1e-9 * max(1.0, abs(expected))


def model_at(p, a, delta_p):
    return Model(p=p, delta_2=1 / a if a else math.inf, delta_p=delta_p)


@pytest.mark.parametrize("row", rows("lines"), ids=lambda row: f"p{row['p']}-Dp{row['Dp']}")
def test_lines_agree_with_every_reference_row(row):
    p, delta_p = int(row["p"]), float(row["Dp"])
    for line, column in LINES:
        value = line(p, delta_p)
        if row[column]:
            assert close(1 / value, row[column]), column
        else:
            assert math.isnan(value), column
    if p % 2:
        assert close(1 / phases.mirror_line(p, delta_p), row["inv_D2_RS_anti"])
    else:
        assert math.isnan(phases.mirror_line(p, delta_p))


@pytest.mark.parametrize("row", rows("lines"), ids=lambda row: f"p{row['p']}-Dp{row['Dp']}")
def test_bayes_lines_agree_with_every_reference_row(row):
    lines = phases.bayes_lines(int(row["p"]), float(row["Dp"]))
    if row["bayes_first_order"] == "0":
        assert math.isnan(lines.dynamic)
        assert math.isnan(lines.information)
        assert lines.algorithmic == 1
        return
    for value, column in [
        (lines.dynamic, "inv_D2_bayes_dyn"),
        (lines.information, "inv_D2_bayes_IT"),
        (lines.algorithmic, "inv_D2_bayes_alg"),
    ]:
        if float(row[column]) <= 0:  # informative without the matrix
            assert value == math.inf
        else:
            assert close(1 / value, row[column])


@pytest.mark.parametrize("row", [r for r in rows("lines") if r["p"] == "3"], ids=lambda row: row["Dp"])
def test_overlap_of_the_last_equatorial_minimum_is_the_reference_one(row):
    b = 1 / float(row["Dp"])
    m = kernels.equator_top(b, float(row["inv_D2_triv_equator"]) - 1)
    assert close(m, row["m_equator"])


@pytest.mark.parametrize("row", rows("typical_destabilisation"), ids=lambda row: f"p{row['p']}-Dp{row['Dp']}")
def test_typical_line_agrees_with_every_reference_row(row):
    delta_2 = phases.typical_line(int(row["p"]), float(row["Dp"]))
    assert close(1 / delta_2, row["inv_D2_typ"])
    model = Model(p=int(row["p"]), delta_2=delta_2, delta_p=float(row["Dp"]))
    assert close(model.theta(0.0), row["theta0_at_typ"])


def test_langevin_line_agrees_with_every_reference_row():
    table = rows("langevin_line")
    for row in table:
        value = phases.langevin_line(int(row["p"]), float(row["D2"]), float(row["T"]))
        assert close(value, row["Dp"])
    large = [r for r in rows("lines") if r["inv_D2_Langevin_T1"]]
    for row in large:
        assert close(phases.langevin_line(int(row["p"]), 1 / float(row["inv_D2_Langevin_T1"])), row["Dp"])


def test_langevin_line_ends_and_folds_where_it_should():
    assert math.isnan(phases.langevin_line(3, 1.0, 0.5))
    assert math.isnan(phases.langevin_line(3, 0.6, 2.0))
    assert math.isnan(phases.langevin_line(3, math.inf, 1.0))
    x = np.linspace(0.01, 0.99, 9801)
    for p, height in [(4, 4 / 9), (5, 1 / 4), (6, 0.1728)]:
        line = phases.langevin_line(p, x, 1.0)
        assert line.max() == pytest.approx(height, abs=1e-6)
        assert x[line.argmax()] == pytest.approx(2 / (p - 1), abs=1e-4)


@pytest.mark.parametrize("p", range(3, 11))
def test_every_line_is_one_without_tensor(p):
    for line in PLAIN:
        if line is not phases.mirror_line or p % 2:
            assert line(p, math.inf) == 1
    for overlaps in ("nonnegative", "equator", "all"):
        assert phases.trivialization_line(p, math.inf, overlaps=overlaps) == 1


@pytest.mark.parametrize("p", range(3, 11))
def test_lines_keep_their_order_over_the_whole_range(p):
    delta_p = np.logspace(-4, 8, 61)
    amp, flow = phases.amp_line(p, delta_p), phases.gradient_flow_line(p, delta_p)
    typical, trivial = phases.typical_line(p, delta_p), phases.trivialization_line(p, delta_p)
    assert np.all(amp > flow)
    assert np.all(flow > typical)
    assert np.all(typical > trivial)
    assert np.all(phases.decay_line(p, delta_p) >= amp)
    well = phases.good_well_line(p, delta_p)
    assert np.all(np.isnan(well) | (well >= flow))
    equator = phases.trivialization_line(p, delta_p, overlaps="equator")
    assert np.all(equator <= trivial)
    assert np.all(phases.trivialization_line(p, delta_p, overlaps="all") <= equator)


@pytest.mark.parametrize("line", PLAIN)
def test_lines_broadcast_and_give_floats_for_floats(line):
    delta_p = np.array([[0.5, 1.0], [2.0, math.inf]])
    values = line(3, delta_p)
    assert values.shape == (2, 2)
    assert values[0, 1] == line(3, 1.0)
    assert isinstance(line(3, 1.0), float)


def test_equator_line_follows_the_maximum_nearest_the_equator_at_small_noise():
    # at Δp = 1e-3 a minimum of Σ follows its maximum closely and another maximum lies beyond
    u = kernels.equator_solve(1e3)
    m = kernels.equator_top(1e3, u)
    slope = [kernels.equator_cubic(1e3, u, x)[1] for x in np.linspace(0.999 * m, 0, 400)]
    assert max(slope) < 0
    assert abs(kernels.equator_cubic(1e3, u, m)[0]) < 1e-12


STORY = [
    # p, 1/Δ₂, Δp, phase, bayes: the points of the story and one for each remaining region
    (3, 0.8, 1.0, Phase.NO_MINIMUM, BayesPhase.IMPOSSIBLE),
    (3, 1.3, 1.0, Phase.UNREACHABLE, BayesPhase.EASY),
    (3, 1.8, 1.0, Phase.STUCK, BayesPhase.EASY),
    (3, 2.1, 1.0, Phase.SURFING, BayesPhase.EASY),
    (3, 2.3, 1.0, Phase.RARE_MINIMA, BayesPhase.EASY),
    (3, 3.0, 1.0, Phase.TRIVIAL, BayesPhase.EASY),
    (4, 2.2, 1.5, Phase.SURFING, BayesPhase.EASY),
    (3, 0.9, 0.5, Phase.NO_MINIMUM, BayesPhase.HARD),
    (4, 1.05, 0.25, Phase.NO_MINIMUM, BayesPhase.WEAK),
    (3, 0.0, 0.01, Phase.UNREACHABLE, BayesPhase.HARD),
    (3, 2.0, math.inf, Phase.TRIVIAL, BayesPhase.EASY),
    (3, 0.5, math.inf, Phase.NO_MINIMUM, BayesPhase.IMPOSSIBLE),
]


@pytest.mark.parametrize(("p", "a", "delta_p", "phase", "bayes"), STORY)
def test_classify_names_the_region(p, a, delta_p, phase, bayes):
    result = classify(model_at(p, a, delta_p))
    assert (result.phase, result.bayes) == (phase, bayes)
    assert result.sentence.startswith(phase.sentence)
    assert "nan" not in result.reason


def test_a_point_on_a_line_belongs_to_the_region_below():
    result = classify(Model(p=3, delta_2=0.5, delta_p=1.0))
    assert result.phase is Phase.STUCK
    assert result.nearest_line == "gradient_flow_line"
    assert result.distance == 0
    assert result.reason == "1/Δ₂ = 2.00 lies on the gradient-flow line 2.00."


def test_reason_shows_as_many_digits_as_it_takes():
    result = classify(Model(p=3, delta_2=1 / 2.00001, delta_p=1.0))
    assert result.reason.startswith("1/Δ₂ = 2.00001 lies between the gradient-flow line 2.00000")


def test_distance_is_that_of_the_logarithm():
    result = classify(model_at(3, 2.3, 1.0))
    assert result.nearest_line == "typical_line"
    assert result.distance == pytest.approx(abs(math.log(2.3 * phases.typical_line(3, 1.0))))
    assert classify(model_at(3, 0.0, 1.0)).distance == math.inf


def test_odd_orders_and_glassy_wells_add_a_sentence():
    assert classify(model_at(3, 3.0, 1.0)).sentence.endswith("One mirror minimum remains at m < 0.")
    assert classify(model_at(3, 2.5, 1.0)).sentence.endswith(
        "At m < 0 minima remain, on average exponentially many, at −0.435 < m < −0.421 and −0.12 < m < −0.0165."
    )
    assert classify(model_at(3, 1.56, 4.0)).sentence.endswith(
        "At m < 0 one mirror minimum remains, and others, on average exponentially many, at −0.0675 < m < −0.0125."
    )
    assert "m < 0" not in classify(model_at(4, 3.0, 1.5)).sentence
    assert "isolated minimum" in classify(model_at(4, 1.25, 4.0)).sentence
    assert "isolated minimum" not in classify(model_at(4, 1.45, 4.0)).sentence


@pytest.mark.parametrize(
    ("p", "a", "delta_p", "temperature", "phase"),
    [
        (3, 2.0, 4.0, 1.0, Phase.RECOVERS),
        (3, 1.5, 0.5, 1.0, Phase.GLASSY),
        (3, 2.01, 0.5, 1.0, Phase.RECOVERS),
        (3, 0.8, 4.0, 1.0, Phase.PARAMAGNET),
        (3, 0.8, 0.5, 1.0, Phase.GLASSY),
        (4, 1.05, 0.4, 1.0, Phase.RECOVERS),
        (4, 1.5, 0.4, 1.0, Phase.GLASSY),
        (4, 2.0, 0.4, 1.0, Phase.RECOVERS),
        (3, 1.5, 0.5, 0.5, Phase.GLASSY),
        (3, 2.4, 0.5, 0.5, Phase.RECOVERS),
        (3, 2.5, 4.0, 2.0, Phase.RECOVERS),
        (3, 2.0, math.inf, 0.5, Phase.RECOVERS),
        (3, 0.0, 0.05, 0.5, Phase.GLASSY),
    ],
)
def test_classify_at_positive_temperature(p, a, delta_p, temperature, phase):
    result = classify(model_at(p, a, delta_p), temperature=temperature)
    assert result.phase is phase
    assert result.nearest_line in ("langevin_line", "paramagnet_line")
    assert result.distance >= 0
    assert "nan" not in result.reason


def test_what_is_recovered_is_the_state_of_least_overlap():
    weak = classify(model_at(4, 1.1, 0.26), temperature=1.05)
    assert weak.phase is Phase.RECOVERS
    assert weak.sentence.endswith("From scratch it stays at a weak overlap, 0.108; another state has 0.571.")
    for a in (1.05, 2.0):  # beyond Δp = 8/27 there is one state, however weak
        sentence = classify(model_at(4, a, 0.4), temperature=1.0).sentence
        assert sentence.endswith("At T = 1 it reaches the Bayes-optimal overlap.")
    assert (
        "weak" not in classify(model_at(4, 1 / 0.7, 0.15), temperature=1.3).sentence
    )  # a flow ends at .8038


@pytest.mark.parametrize(
    ("p", "delta_2", "delta_p", "temperature", "q"),
    [(4, 0.95, 0.2, 1.0, 0.6138), (4, 0.7, 0.1, 1.3, 0.6573), (5, 0.9, 0.15, 1.0, 0.6673)],
)
def test_threshold_states_of_a_larger_overlap_hold_the_dynamics(p, delta_2, delta_p, temperature, q):
    """Another root is unstable towards the signal, and the line of that root says "recovers"."""
    model = Model(p=p, delta_2=delta_2, delta_p=delta_p)
    assert phases.threshold_overlap(model, temperature=temperature) == pytest.approx(q, abs=1e-4)
    assert phases.langevin_line(p, delta_2, temperature) <= delta_p
    assert classify(model, temperature=temperature).phase is Phase.GLASSY


@pytest.mark.parametrize(("p", "temperature"), [(3, 0.5), (3, 1.5), (4, 1.0), (5, 0.9), (6, 1.0)])
def test_the_langevin_line_bounds_a_phase_where_its_states_hold_the_dynamics(p, temperature):
    """Against the threshold states of each point, and against the phases on both sides."""
    delta_2 = np.linspace(0.03, 0.97 * min(1, 1 / temperature), 60)
    line = phases.langevin_line(p, delta_2, temperature)
    bounds = phases.is_langevin_boundary(p, delta_2, temperature=temperature)
    for x, delta_p, found in zip(delta_2, line, bounds, strict=True):
        if not 1e-4 < delta_p < 1e8:
            continue
        own = phases.threshold_response(Model(p=p, delta_2=x, delta_p=delta_p), temperature=temperature)
        assert found == (abs(own / x - 1) < 1e-4)
        sides = [
            classify(Model(p=p, delta_2=x, delta_p=factor * delta_p), temperature=temperature).phase
            for factor in (0.999, 1.001)
        ]
        assert (sides == [Phase.GLASSY, Phase.RECOVERS]) == found
    assert bounds.any()
    assert not phases.is_langevin_boundary(3, [1.5, math.inf], temperature=0.5).any()


@pytest.mark.parametrize("temperature", [1e-6, 0.1, 0.9, 1.4])
def test_threshold_states_are_marginal(temperature):
    for p, a, delta_p in [(3, 2.0, 0.5), (4, 0.0, 0.05), (6, 5.0, 0.1)]:
        model = model_at(p, a, delta_p)
        q = phases.threshold_overlap(model, temperature=temperature)
        assert model.q_second(q) * (1 - q) ** 2 == pytest.approx(temperature**2, rel=1e-5)
        above = np.linspace(q, 1, 1000)[1:]
        assert np.all(model.q_second(above) * (1 - above) ** 2 < temperature**2)
    assert math.isnan(phases.threshold_overlap(model_at(3, 0.5, 4.0), temperature=1.0))
    cold = phases.threshold_multiplier(model, temperature=1e-7)
    assert cold == pytest.approx(2 * model.sigma, rel=1e-6)
    assert phases.threshold_multiplier(model, temperature=0.0) == 2 * model.sigma


@pytest.mark.parametrize("bath", [1e-9, 1e-13, 1e-100, 5e-324])
def test_a_cold_bath_has_the_phases_of_gradient_flow(bath):
    for a in np.linspace(1.2, 4, 30):
        flow = classify(model_at(3, a, 1.0)).phase in (Phase.TRIVIAL, Phase.RARE_MINIMA, Phase.SURFING)
        cold = classify(model_at(3, a, 1.0), temperature=bath).phase
        assert cold is (Phase.RECOVERS if flow else Phase.GLASSY)


def test_distance_at_positive_temperature_is_that_to_the_langevin_line():
    model = model_at(3, 1.8, 0.5)
    result = classify(model, temperature=1.0)
    assert result.distance == pytest.approx(math.log(2.0 / 1.8))  # Δ₂ = √(Δp/2) at p = 3, T = 1


def test_every_phase_has_its_words():
    for phase in Phase:
        assert phase.heading
        assert phase.sentence.endswith(".")
    for bayes in BayesPhase:
        assert bayes.heading
        assert bayes.sentence.endswith(".")
    assert Phase.UNREACHABLE.heading == Phase.NO_MINIMUM.heading


def test_bayes_sentence_below_the_information_line_claims_no_more_than_the_weak_overlap():
    information = 1 / phases.bayes_lines(4, 0.25).information
    assert information > 1
    below = classify(model_at(4, (1 + information) / 2, 0.25))
    assert below.bayes is BayesPhase.WEAK
    assert "best that anyone can do" in below.bayes_sentence


def test_a_kernel_gives_what_its_python_source_gives():
    b, out, expected = 1 / np.logspace(-2, 2, 5), np.empty(5), np.empty(5)
    for which in range(5):
        kernels.line(which, 5, b, out)
        getattr(kernels.line, "py_func", kernels.line)(which, 5, b, expected)
        np.testing.assert_array_equal(out, expected)
    kernels.equator_line(b, out)
    getattr(kernels.equator_line, "py_func", kernels.equator_line)(b, expected)
    np.testing.assert_array_equal(out, expected)
    out, expected = np.empty((5, 3)), np.empty((5, 3))
    bayes_kernels.transitions(4, b, out)
    getattr(bayes_kernels.transitions, "py_func", bayes_kernels.transitions)(4, b, expected)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("tail", ["atanh_tail", "sinh_tail", "log_tail"])
def test_series_and_closed_form_meet(tail):
    function = getattr(kernels, tail)
    edge = 0.5 if tail == "sinh_tail" else 0.1
    left, right = function(edge * (1 - 1e-12)), function(edge * (1 + 1e-12))
    assert left == pytest.approx(right, rel=1e-11)


@pytest.mark.parametrize("line", PLAIN)
def test_a_line_names_its_wrong_argument(line):
    for p, delta_p, name in [
        (2, 1.0, "p"),
        (3, 0.0, "delta_p"),
        (3, [1.0, math.nan], "delta_p"),
        (3, "x", "delta_p"),
    ]:
        with pytest.raises(ParameterError) as error:
            line(p, delta_p)
        assert error.value.name == name


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: phases.langevin_line(3, -1.0), "delta_2"),
        (lambda: phases.langevin_line(3, 0.5, 3.0), "temperature"),
        (lambda: phases.langevin_line(11, 0.5), "p"),
        (lambda: phases.trivialization_line(3, 1.0, overlaps="some"), "overlaps"),
        (lambda: phases.bayes_lines(3, 1e9), "delta_p"),
        (lambda: phases.paramagnet_line(-1.0), "temperature"),
        (lambda: classify(model_at(3, 2.0, 1.0), temperature=2.5), "temperature"),
        (lambda: classify(model_at(3, 2.0, 1.0), temperature="hot"), "temperature"),
    ],
)
def test_another_wrong_argument_is_named(call, name):
    with pytest.raises(ParameterError) as error:
        call()
    assert error.value.name == name


@pytest.mark.parametrize("p", [3, 5, 7, 9])
def test_a_trivial_landscape_names_every_minimum_that_the_bands_have(p):
    rng = np.random.default_rng(p)
    named = 0
    for _ in range(40):
        delta_p = float(10 ** rng.uniform(-1, 1))
        a = 1 / phases.trivialization_line(p, delta_p) * rng.uniform(1.0001, 1.3)
        model = model_at(p, a, delta_p)
        found = classify(model)
        assert found.phase is Phase.TRIVIAL
        bands = [band for band in complexity.minima_bands(model) if band[1] < 0]
        for low, high in bands:
            assert f"{say(low)} < m < {say(high)}" in found.sentence
        assert ("exponentially many" in found.sentence) == bool(bands)
        mirror = complexity.mirror_minimum(model)
        assert ("one mirror minimum" in found.sentence.lower()) == (mirror is not None and mirror.is_stable)
        named += len(bands)
    assert named or p > 3


@pytest.mark.parametrize("step", [1e-16, 3e-16, 1e-14, 1e-12, 1e-9, 1e-5])
@pytest.mark.parametrize("sign", [-1, 1])
def test_numbers_that_differ_are_told_apart(step, sign):
    for p, delta_p in [(3, 1.0), (4, 0.3), (5, 40.0)]:
        delta_2 = phases.gradient_flow_line(p, delta_p) * (1 + sign * step)
        reason = classify(Model(p=p, delta_2=delta_2, delta_p=delta_p)).reason
        numbers = re.findall(r"\d+\.\d+", reason)
        assert len(set(numbers)) == len(numbers) or " on the " in reason


def test_on_the_flow_line_the_law_is_the_lines_own():
    on = classify(Model(p=3, delta_2=0.5, delta_p=1.0)).sentence
    assert "faster than any power" in on
    assert "only as a power" in classify(model_at(3, 1.99, 1.0)).sentence
    assert "t^(1/4)" in classify(Model(p=3, delta_2=1.0, delta_p=math.inf)).sentence
