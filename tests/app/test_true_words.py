"""What a card says and marks is true of the numbers that it shows: cases in which it was not."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from app.cards import flow, landscape, phase, sentence, spectrum
from app.cards.spectrum_tables import spectrum_table
from app.compute.compute import Compute
from app.main import create_compute
from app.page.state import Parameters, Point
from app.settings import Settings
from engine import Model, Status, dynamics, message_passing, phases
from tests.app.pictures import drawn, request_for, texts


@pytest.fixture(scope="module")
def compute(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


def said(compute: Compute, **parameters: float) -> str:
    """The words of the live sentence."""
    caption = sentence.CARD.draw(compute, request_for(Parameters(**parameters))).caption
    assert not isinstance(caption, str)
    return " ".join(part.text for part in caption[:2])


def test_the_hessian_of_a_thermal_run_is_centred_below_its_multiplier(compute: Compute) -> None:
    """Dense Langevin dynamics at N = 220: bulk from −1.13 to 4.96, 15 % of the directions down."""
    point = Point(Parameters(p=3, d2=1 / 1.5, dp=2.0, m0=0.1, T=1.0, tmax=5.0))
    table = spectrum_table(compute, point)
    assert table.scalars["bulk_edge_lower"] == pytest.approx(-1.35, abs=5e-3)
    assert table.scalars["bulk_edge_upper"] == pytest.approx(4.98, abs=5e-3)
    assert table.scalars["negative_fraction"] == pytest.approx(0.156, abs=1e-3)
    run = dynamics.integrate_flow(point.parameters.model, overlap_0=0.1, t_max=5.0, temperature=1.0)
    np.testing.assert_allclose(run.hessian_centre, -(2 * run.energy_2 + 3 * run.energy_p), atol=1e-6)
    caption = spectrum.CARD.draw(compute, request_for(point.parameters, hess="moment")).caption
    assert "and 16 % of the bulk goes down" in caption


@pytest.mark.parametrize(
    ("p", "d2", "dp", "temperature"), [(3, 1 / 1.5, 0.5, 1.0), (4, 0.95, 0.2, 1.0), (3, 0.8, 0.3, 0.5)]
)
def test_the_growth_view_has_the_limit_of_its_temperature(
    compute: Compute, p: int, d2: float, dp: float, temperature: float
) -> None:
    parameters = Parameters(p=p, d2=d2, dp=dp, T=temperature, tmax=1e4)
    limit = flow.growth_limit(parameters)
    assert limit is not None
    gain = dynamics.escape_gain(parameters.model, t_max=1e4, temperature=temperature)
    assert gain.growth[-1] == pytest.approx(limit[0], rel=3e-3)
    seen = texts(flow.CARD.draw(compute, request_for(parameters, flow="growth")))
    assert "θ + 1/θ" not in seen
    assert "2: no way down" not in seen
    level = phases.threshold_multiplier(parameters.model, temperature=temperature)
    shapes = drawn(flow.CARD.draw(compute, request_for(parameters, flow="multiplier"))).layout.shapes
    assert [shape.y0 for shape in shapes] == [pytest.approx(level / (2 * parameters.model.sigma))]


def test_where_a_thermal_overlap_grows_no_limit_is_claimed() -> None:
    for parameters in (Parameters(T=1.0, d2=0.3), Parameters(T=2.0, d2=3, dp=4)):
        assert flow.growth_limit(parameters) is None


def test_at_no_temperature_the_multiplier_passes_its_threshold_when_ageing(compute: Compute) -> None:
    """The level drawn is that which long runs approach."""
    for temperature in (0.0, 0.3, 0.9):
        model = Model(p=3, delta_2=0.8, delta_p=0.3)
        run = dynamics.integrate_flow(model, overlap_0=1e-10, t_max=1e4, temperature=temperature)
        level = phases.threshold_multiplier(model, temperature=temperature)
        assert run.lagrange_multiplier[-1] == pytest.approx(level, rel=2e-3)


def test_the_response_is_told_as_what_it_is() -> None:
    default = Parameters()
    rested = dynamics.integrate_flow(default.model, overlap_0=default.m0, t_max=default.tmax)
    end = rested.fluctuation_dissipation(2000).integrated_response[0]
    words = flow.fluctuation_sentence(default, rested)
    assert "1/σ" not in words
    assert f"{end:.2g}" in words
    assert end == pytest.approx(0.321, abs=2e-3)
    stuck = default.model_copy(update={"d2": 0.5556})
    ageing = dynamics.integrate_flow(stuck.model, overlap_0=stuck.m0, t_max=stuck.tmax)
    assert "1/σ" in flow.fluctuation_sentence(stuck, ageing)
    warm = default.model_copy(update={"T": 0.5})
    assert flow.fluctuation_sentence(warm, rested) == flow.THERMAL


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            Parameters(p=4, d2=0.95, dp=0.2, T=1.0),
            {
                "Bayes, its mean, the best estimate": math.sqrt(0.7324),
                "Bayes, a sample at T = 1": 0.732,
                "Bayes-AMP from scratch": 0.074,
            },
        ),
        (
            Parameters(p=3, d2=1.1, dp=0.5, T=1.0),
            {"Bayes, its mean, the best estimate": math.sqrt(0.4428), "Bayes, a sample at T = 1": 0.443},
        ),
        (
            Parameters(p=3, d2=0.5, dp=4.0, T=1.0),
            {
                "Bayes, its mean, the best estimate": math.sqrt(0.53113),
                "Bayes, a sample at T = 1, Bayes-AMP's": 0.531,
            },
        ),
        (Parameters(p=3, d2=1.4, dp=4.0, T=1.0), {}),
    ],
)
def test_the_bayes_levels_are_named_for_what_they_are(
    compute: Compute, parameters: Parameters, expected: dict[str, float]
) -> None:
    seen = texts(flow.CARD.draw(compute, request_for(parameters, flow="overlap")))
    assert seen.count("Bayes") == sum(name.count("Bayes") for name in expected)
    for name, value in expected.items():
        assert f"{name}: {value:.3f}" in seen


def test_the_bayes_optimum_has_the_larger_free_entropy() -> None:
    for p, delta_p in [(3, 0.5), (4, 0.2), (5, 0.1)]:
        line = float(phases.bayes_lines(p, delta_p).information)
        for factor, informed in ((0.98, True), (1.02, False)):
            model = Model(p=p, delta_2=factor * line, delta_p=delta_p)
            assert message_passing.bayes_optimum(model) == message_passing.bayes_overlap(
                model, informed=informed
            )


@pytest.mark.parametrize(
    ("parameters", "clause"),
    [
        ({"d2": 1 / 1.9, "m0": 1e-4}, "in a time that grows as a power of 1/m₀"),
        ({"d2": 0.5, "m0": 1e-6}, "in a time that grows as a power of ln(1/m₀)"),
        ({"d2": 0.7, "m0": 0.3}, "From m₀ = 0.3 it gets to the signal all the same: that is not small."),
        (
            {"d2": 1 / 1.5, "dp": 0.5, "m0": 0.3, "T": 1.0},
            "From m₀ = 0.3 it gets to the signal all the same: that is not small.",
        ),
        ({"d2": 0.4348, "tmax": 100}, "From m₀ = 10⁻¹⁰ it has not escaped yet."),
        ({"d2": 1 / 3, "m0": -1e-4}, "the other side of an odd order"),
        ({"d2": 1 / 1.5, "m0": 1e-2, "tmax": 1e6}, "in a time that grows as a power of 1/m₀"),
        ({"d2": 1 / 1.5, "dp": 0.5, "m0": 0.03}, "in a time that grows as a power of 1/m₀"),
    ],
)
def test_a_phase_that_the_run_does_not_show_is_reconciled_with_it(
    compute: Compute, parameters: dict[str, float], clause: str
) -> None:
    words = said(compute, **parameters)
    assert clause in words
    assert "m₀ → 0" in words or "m₀ > 0" in words


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"d2": 0.5556},
        {"d2": 1.25},
        {"p": 4, "d2": 1 / 1.529, "dp": 0.735, "m0": 0.075},
        {"p": 4, "d2": 1 / 3, "m0": -1e-4},
    ],
)
def test_a_phase_that_the_run_shows_needs_no_clause(compute: Compute, parameters: dict[str, float]) -> None:
    words = said(compute, **parameters)
    for clause in ("all the same", "not escaped", "the other side"):
        assert clause not in words


def test_the_ladder_knows_where_minima_are_typical_again() -> None:
    """Beyond t = θ + 1/θ, where it lies within the band."""
    ladder = landscape.ladder(Model(p=3, delta_2=1 / 2.1, delta_p=1.0))
    assert 2 < ladder.bbp < ladder.top
    words = landscape.ladder_sentence(ladder)
    assert "up to t = " in words
    assert "beyond it they are minima" in words
    beyond = landscape.ladder(Model(p=3, delta_2=1 / 2.3, delta_p=1.0))
    assert beyond.bbp > beyond.top
    assert "beyond have one way down" in landscape.ladder_sentence(beyond)


def test_every_place_of_minima_is_said(compute: Compute) -> None:
    caption = landscape.CARD.draw(
        compute, request_for(Parameters(d2=1 / 1.56, dp=4.0), land="curves")
    ).caption
    assert "Minima at −0.0675 < m < −0.0125, m = −" in caption
    even = landscape.CARD.draw(compute, request_for(Parameters(p=4, d2=0.2, dp=1.0), land="curves")).caption
    assert "m = ±" in even


def test_no_law_is_called_a_cube_root() -> None:
    for delta_p, words in ((math.inf, "t^(1/4)"), (1e4, "κ = 0.25"), (1.0, "goes on growing")):
        delta_2 = float(phases.gradient_flow_line(3, delta_p))
        parameters = Parameters(d2=delta_2, dp=delta_p, tmax=1e3)
        gain = dynamics.escape_gain(parameters.model, t_max=1e3)
        law = flow.growth_law(parameters, gain)
        assert words in law
        assert "cube" not in law


@pytest.mark.parametrize(("p", "delta_p"), [(3, 1.0), (4, 1.0), (6, 1.0)])
def test_on_the_flow_line_no_single_power_holds(p: int, delta_p: float) -> None:
    """The exponents per decade of docs/theory/dynamics.md: they rise, from about 0.35 to 0.5."""
    table = {3: [0.350, 0.369, 0.411], 4: [0.378, 0.410, 0.464], 6: [0.408, 0.446, 0.488]}
    delta_2 = float(phases.gradient_flow_line(p, delta_p))
    gain = dynamics.escape_gain(Model(p=p, delta_2=delta_2, delta_p=delta_p), t_max=1e5)
    log_gain = gain.curve.at(np.array([1e2, 1e3, 1e4, 1e5]))[0]
    exponents = np.diff(np.log10(log_gain))
    np.testing.assert_allclose(exponents, table[p], atol=2e-3)
    pure = dynamics.escape_gain(Model(p=p, delta_2=1.0, delta_p=math.inf), t_max=1e5)
    assert pure.exponent[pure.time > 1e2] == pytest.approx(0.25, abs=5e-4)


def test_a_growth_that_was_cut_says_so(compute: Compute) -> None:
    parameters = Parameters(p=6, d2=float(phases.gradient_flow_line(6, 0.5)), dp=0.5, tmax=1e6)
    gain = dynamics.escape_gain(parameters.model, t_max=1e6)
    assert gain.status is Status.STOPPED_EARLY
    assert gain.message in flow.CARD.draw(compute, request_for(parameters, flow="growth")).caption


@pytest.mark.parametrize(
    "parameters", [Parameters(p=4, d2=0.95, dp=0.2, T=1.0, tmax=1e3), Parameters(tmax=2.0), Parameters()]
)
def test_along_t_the_bulks_last_edge_is_in_the_picture(compute: Compute, parameters: Parameters) -> None:
    figure = drawn(spectrum.CARD.draw(compute, request_for(parameters, hess="surfing")))
    run = dynamics.integrate_flow(
        parameters.model, overlap_0=parameters.m0, t_max=parameters.tmax, temperature=parameters.T
    )
    edge = float(run.hessian_centre[-1]) - 2 * parameters.model.sigma
    low, high = figure.layout.yaxis.range
    assert low < edge < high


@pytest.mark.parametrize(("p", "temperature"), [(3, 0.5), (3, 1.0), (4, 1.0), (3, 2.0)])
def test_at_a_temperature_each_side_of_the_line_is_named_for_what_it_does(
    compute: Compute, p: int, temperature: float
) -> None:
    """A name stands in its phase, with its whole height and much of its width."""
    picture = phase.CARD.draw(compute, request_for(Parameters(p=p, T=temperature)))
    names = {
        "recovers": phases.Phase.RECOVERS,
        "glassy": phases.Phase.GLASSY,
        "paramagnet": phases.Phase.PARAMAGNET,
    }
    found = {}
    for note in drawn(picture).layout.annotations:
        name = re.split(":|<", note.text)[0]
        known = names.get(name)
        if known is not None:
            found[name] = known
            for across in (-0.15, 0.0, 0.15):
                model = Model(p=p, delta_2=10**-note.y, delta_p=10 ** (note.x + across))
                assert phases.classify(model, temperature=temperature).phase is known
    assert {"recovers"} < set(found)


@pytest.mark.parametrize(
    ("temperature", "lines", "told"),
    [
        (0.5, ("flow",), True),
        (0.5, ("flow", "bayes"), True),
        (0.5, ("bayes",), False),
        (0.0, ("flow",), False),
    ],
)
def test_lines_that_are_chosen_and_not_drawn_are_told_on_the_picture(
    compute: Compute, temperature: float, lines: tuple[str, ...], told: bool
) -> None:
    seen = texts(phase.CARD.draw(compute, request_for(Parameters(T=temperature), lines=lines)))
    assert ("are not drawn at T > 0" in seen) is told


def test_a_flow_may_pass_a_bayes_sample_and_never_its_mean(compute: Compute) -> None:
    """At T = 0.5 the flow ends at 0.744, a sample of the posterior has 0.662: another question, and that is said."""
    parameters = Parameters(T=0.5)
    end = dynamics.integrate_flow(parameters.model, overlap_0=0.1, t_max=1e3, temperature=0.5).overlap[-1]
    best = message_passing.bayes_optimum(parameters.model)
    assert best < end < math.sqrt(best)
    picture = flow.CARD.draw(compute, request_for(parameters, flow="overlap"))
    assert f"Bayes, a sample at T = 1, Bayes-AMP's: {best:.3f}" in texts(picture)
    assert f"Bayes, its mean, the best estimate: {math.sqrt(best):.3f}" in texts(picture)
    assert "no method has a larger one" in str(picture.caption)
