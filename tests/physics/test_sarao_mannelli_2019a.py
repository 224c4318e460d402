"""[SaraoMannelli2019a] arXiv:1907.08226, "Who is afraid of big bad minima?": surfing on saddles.

Numbers of the story points were computed for this project from the closed forms with high precision.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import Model, phases
from engine.complexity import (
    complexity,
    complexity_profile,
    equator_band,
    good_minimum,
    mirror_minimum,
    threshold_energy,
)
from engine.hessian import escape_rate, spectrum
from engine.message_passing import bayes_overlap, ml_overlap

PLANE = [(p, d) for p in (3, 4, 5, 6) for d in (0.05, 0.3, 1.0, 4.0, 50.0)]


def at(p, a, delta_p):
    return Model(p=p, delta_2=1 / a, delta_p=delta_p)


@pytest.mark.parametrize(("p", "delta_p"), PLANE)
def test_gradient_flow_line_is_where_the_threshold_hessian_has_a_bbp_transition(p, delta_p):
    line = phases.gradient_flow_line(p, delta_p)
    for factor, outside in [(1 + 1e-9, False), (1 - 1e-9, True)]:
        model = Model(p=p, delta_2=line * factor, delta_p=delta_p)
        assert (spectrum(model, 0.0, 2 * model.sigma).outlier is not None) == outside


@pytest.mark.parametrize(("p", "delta_p"), PLANE)
def test_typical_line_is_where_the_highest_multiplier_meets_the_transition(p, delta_p):
    delta_2 = phases.typical_line(p, delta_p)
    theta = Model(p=p, delta_2=delta_2, delta_p=delta_p).theta(0.0)
    assert equator_band(p, delta_p, delta_2)[1] == pytest.approx(theta + 1 / theta, abs=1e-12)


def test_high_minima_of_the_equator_destabilise_first():
    # between the two lines the upper edge t = 2 consists of saddles, the deepest points of minima
    model = at(3, 2.1, 1.0)
    top = equator_band(3, 1.0, model.delta_2)[1] * model.sigma
    assert complexity(model, 0.0, 2 * model.sigma, index=1) > complexity(model, 0.0, 2 * model.sigma, index=0)
    assert complexity(model, 0.0, top, index=0) > complexity(model, 0.0, top, index=1)


@pytest.mark.parametrize(
    ("p", "delta_p", "amp", "flow", "typical", "trivial"),
    [
        (3, 0.5, 2.0, 2.56155, 2.85296, 3.26783),
        (3, 4.0, 1.20711, 1.36603, 1.44258, 1.55206),
        (4, 0.5, 2.0, 3.0, 3.53400, 4.26776),
        (4, 4.0, 1.20711, 1.5, 1.63895, 1.83161),
    ],
)
def test_lines_pass_through_the_points_of_the_story(p, delta_p, amp, flow, typical, trivial):
    assert 1 / phases.amp_line(p, delta_p) == pytest.approx(amp, abs=6e-6)
    assert 1 / phases.gradient_flow_line(p, delta_p) == pytest.approx(flow, abs=6e-6)
    assert 1 / phases.typical_line(p, delta_p) == pytest.approx(typical, abs=6e-6)
    assert 1 / phases.trivialization_line(p, delta_p) == pytest.approx(trivial, abs=6e-6)


def test_remaining_lines_at_the_story_noise():
    assert 1 / phases.typical_line(3, 1.0) == pytest.approx(2.191, abs=5e-4)
    assert 1 / phases.trivialization_line(3, 1.0) == pytest.approx(2.463, abs=5e-4)
    assert 1 / phases.typical_line(4, 1.5) == pytest.approx(2.268, abs=5e-4)
    assert 1 / phases.decay_line(3, 1.0) == pytest.approx(1.247, abs=5e-4)
    assert 1 / phases.mirror_line(3, 1.0) == pytest.approx(2.613, abs=5e-4)
    assert 1 / phases.decay_line(3, 0.5) == pytest.approx(1.489, abs=5e-4)
    assert 1 / phases.good_well_line(4, 1.5) == pytest.approx(1.675, abs=5e-4)


def test_story_1_impossible():
    model = at(3, 0.8, 1.0)
    assert model.theta(0.0) == pytest.approx(0.478, abs=5e-4)
    assert complexity(model, 0.0, 2 * model.sigma, index=0) == pytest.approx(3.5e-3, abs=5e-5)


def test_story_1b_a_good_well_that_nothing_but_bayes_reaches():
    model = at(3, 1.3, 1.0)
    well = good_minimum(model)
    assert bayes_overlap(model, informed=False) == pytest.approx(0.418, abs=5e-4)
    assert ml_overlap(model, informed=False) == 0
    assert well.overlap == pytest.approx(0.605, abs=5e-4)
    assert well.energy == pytest.approx(-1.519, abs=5e-4)


def test_story_2_message_passing_works_and_the_flow_is_stuck():
    model = at(3, 1.8, 1.0)
    assert ml_overlap(model, informed=False) == pytest.approx(0.756, abs=5e-4)
    assert threshold_energy(model) == pytest.approx(-1.6540, abs=5e-5)
    assert threshold_energy(model, kind="aging") == pytest.approx(-1.6623, abs=5e-5)
    assert good_minimum(model).energy == pytest.approx(-1.7537, abs=5e-5)


@pytest.mark.parametrize(
    ("p", "a", "delta_p", "theta", "outlier", "minima", "overlap"),
    [
        (3, 2.3, 1.0, 1.109, -0.0223, 5.7e-4, 0.8119),
        (3, 3.0, 1.0, 1.342, -0.1945, -4.9e-3, 0.8549),
        (4, 2.2, 1.5, 1.0735, -0.0103, 2.2e-3, 0.7544),
    ],
)
def test_stories_3_4_and_6_surfing(p, a, delta_p, theta, outlier, minima, overlap):
    model = at(p, a, delta_p)
    threshold = spectrum(model, 0.0, 2 * model.sigma)
    assert threshold.theta == pytest.approx(theta, abs=6e-4)
    assert threshold.outlier == pytest.approx(outlier, abs=6e-5)
    assert escape_rate(model) == pytest.approx(-threshold.outlier)
    assert complexity(model, 0.0, 2 * model.sigma, index=0) == pytest.approx(minima, abs=6e-5)
    assert good_minimum(model).overlap == pytest.approx(overlap, abs=6e-5)


def test_story_3_and_4_overlaps_of_the_outlier():
    for a, squared in [(2.3, 0.187), (3.0, 0.444)]:
        model = at(3, a, 1.0)
        overlap = spectrum(model, 0.0, 2 * model.sigma).outlier_overlap
        assert overlap == pytest.approx(squared, abs=6e-4)


def test_story_4_leaves_saddles_only():
    model = at(3, 3.0, 1.0)
    assert complexity(model, 0.0, 2 * model.sigma) == pytest.approx(4.6e-4, abs=6e-6)
    assert complexity_profile(model, np.linspace(0, 0.8, 200), index=0).complexity.max() < 0


def test_story_7_the_mirror_trap():
    well = mirror_minimum(at(3, 3.0, 1.0))
    assert well.is_stable
    assert well.overlap == pytest.approx(-0.5686, abs=6e-5)
    assert well.energy == pytest.approx(-2.0689, abs=6e-5)
    assert well.energy > good_minimum(at(3, 3.0, 1.0)).energy


def test_the_two_threshold_energies_agree_in_a_pure_model_only():
    for p in (3, 4, 5):
        pure = Model(p=p, delta_2=math.inf, delta_p=0.5)
        assert threshold_energy(pure) == pytest.approx(threshold_energy(pure, kind="aging"), abs=1e-12)
    mixed = Model(p=3, delta_2=0.5, delta_p=0.5)
    assert threshold_energy(mixed) == pytest.approx(-1.9596, abs=5e-5)
    assert threshold_energy(mixed, kind="aging") == pytest.approx(-1.9732, abs=5e-5)
