"""[SaraoMannelli2018] arXiv:1812.09066, "Marvels and pitfalls of the Langevin algorithm": Bayes and Langevin."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import Model, phases
from engine.message_passing import bayes_overlap


def test_langevin_line_at_unit_temperature_is_a_square_root_for_p_3():
    delta_2 = np.linspace(0.05, 0.95, 19)
    np.testing.assert_allclose(delta_2, np.sqrt(phases.langevin_line(3, delta_2, 1.0) / 2), rtol=1e-14)


@pytest.mark.parametrize("p", [3, 4, 6])
def test_langevin_line_at_zero_temperature_is_that_of_gradient_flow(p):
    delta_2 = np.linspace(0.05, 0.95, 19)
    delta_p = phases.langevin_line(p, delta_2, 0.0)
    np.testing.assert_allclose(phases.gradient_flow_line(p, delta_p), delta_2, rtol=1e-13)


@pytest.mark.parametrize("p", [3, 4, 5])
def test_langevin_needs_more_signal_than_message_passing_at_the_bayes_temperature(p):
    # on the hard/easy branch, Δ₂ < 2/(p-1)
    delta_2 = np.linspace(0.02, min(0.98, 1.9 / (p - 1)), 25)
    algorithmic = phases.bayes_lines(p, phases.langevin_line(p, delta_2, 1.0)).algorithmic
    assert np.all(delta_2 < algorithmic)


def test_dynamic_line_is_closed_for_p_3():
    delta_p = np.array([0.3, 0.5, 0.8, 0.99])
    lines = phases.bayes_lines(3, delta_p)
    np.testing.assert_allclose(1 / lines.dynamic, (2 * np.sqrt(delta_p) - 1) / delta_p, rtol=1e-12)
    assert 1 / phases.bayes_lines(3, 0.5).information == pytest.approx(0.851156, abs=5e-7)


@pytest.mark.parametrize(("p", "delta_p"), [(3, 1.0), (4, 8 / 27), (5, 3 / 16), (6, 0.13824)])
def test_transition_turns_continuous_at_the_tricritical_noise(p, delta_p):
    assert math.isnan(phases.bayes_lines(p, delta_p * 1.001).information)
    assert not math.isnan(phases.bayes_lines(p, delta_p * 0.99).information)


@pytest.mark.parametrize(("p", "delta_p"), [(3, 0.5), (4, 0.2), (4, 0.15), (5, 0.15)])
def test_bayes_lines_order_and_are_where_fixed_points_jump(p, delta_p):
    lines = phases.bayes_lines(p, delta_p)
    assert lines.algorithmic < lines.information < lines.dynamic
    below, above = lines.algorithmic * 1.0001, lines.algorithmic * 0.9999
    jump = [bayes_overlap(Model(p=p, delta_2=d, delta_p=delta_p), informed=False) for d in (below, above)]
    assert jump[1] - jump[0] > 0.2
    if math.isfinite(lines.dynamic):
        informed = [
            bayes_overlap(Model(p=p, delta_2=lines.dynamic * f, delta_p=delta_p), informed=True)
            for f in (1.0001, 0.9999)
        ]
        assert informed[1] - informed[0] > 0.2


@pytest.mark.parametrize(("p", "delta_p"), [(3, 0.5), (4, 0.15), (4, 0.25), (5, 0.15)])
def test_free_entropies_agree_on_the_information_line(p, delta_p):
    model = Model(p=p, delta_2=phases.bayes_lines(p, delta_p).information, delta_p=delta_p)

    def entropy(q):
        return (model.q(q) + q + math.log1p(-q)) / 2

    low, high = (bayes_overlap(model, informed=informed) for informed in (False, True))
    assert high - low > 0.1
    assert entropy(high) == pytest.approx(entropy(low), abs=1e-12)
