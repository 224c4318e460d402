"""What must hold for every model: drawn by hypothesis, the same draws on every run."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Model, phases
from engine.complexity import (
    complexity,
    complexity_profile,
    energy_bands,
    good_minimum,
    minima_bands,
    mirror_minimum,
    typical_energies,
)
from engine.hessian import spectrum
from engine.message_passing import bayes_overlap, ml_overlap

steady = settings(derandomize=True, deadline=None, max_examples=100)
noises = st.floats(-4.0, 8.0).map(lambda x: 10.0**x)
overlaps = st.floats(-0.999, 0.999)
every_order, even_orders = st.integers(3, 10), st.sampled_from([4, 6, 8, 10])


@st.composite
def models(draw, orders=every_order):
    off = draw(st.sampled_from(["none", "none", "none", "delta_2", "delta_p"]))
    delta_2 = math.inf if off == "delta_2" else draw(noises)
    delta_p = math.inf if off == "delta_p" else draw(noises)
    return Model(p=draw(orders), delta_2=delta_2, delta_p=delta_p)


@given(models(), overlaps, st.floats(-3.0, 6.0))
@steady
def test_an_outlier_exists_exactly_when_the_spike_is_stronger_than_the_bulk(model, m, t):
    result = spectrum(model, m, t * model.sigma)
    assert (result.outlier is not None) == (abs(result.theta) > 1)
    assert math.isclose(result.bulk_edge_upper - result.bulk_edge_lower, 4 * model.sigma, rel_tol=1e-12)
    assert 0 <= result.negative_fraction <= 1
    assert 0 <= result.outlier_overlap < 1
    if result.outlier is not None and result.theta > 0:
        assert result.outlier <= result.bulk_edge_lower
    elif result.outlier is not None:
        assert result.outlier >= result.bulk_edge_upper


@given(models())
@steady
def test_overlaps_stay_between_zero_and_one_and_informed_ones_are_larger(model):
    for overlap in (ml_overlap, bayes_overlap):
        low, high = overlap(model, informed=False), overlap(model, informed=True)
        assert 0 <= low <= high <= 1
    well, mirror = good_minimum(model), mirror_minimum(model)
    if well is not None:
        assert 0 < well.overlap < 1
        assert math.isclose(well.energy, well.energy_2 + well.energy_p)
    if mirror is not None:
        assert model.p % 2 == 1
        assert -1 < mirror.overlap < 0
        assert mirror.energy >= well.energy - 1e-12 * abs(well.energy)


@given(models(), overlaps, st.floats(-1.0, 6.0), st.integers(0, 4))
@steady
def test_minima_and_saddles_are_stationary_points(model, m, t, index):
    total = complexity(model, m, t * model.sigma)
    assert not math.isnan(total)
    some = complexity(model, m, t * model.sigma, index=index)
    assert some <= total + 1e-12 * (1 + abs(total))
    assert not math.isnan(some)


@given(models(), overlaps)
@steady
def test_profiles_bound_every_multiplier(model, m):
    for index in (None, 0, 1):
        profile = complexity_profile(model, m, index=index)
        best = float(profile.complexity)
        mu = float(profile.lagrange_multiplier)
        for shift in (-0.3, -1e-3, 0.0, 1e-3, 0.3):
            value = complexity(model, m, mu + shift * model.sigma, index=index)
            assert value <= best + 1e-9 * (1 + abs(best))


@given(models(even_orders), overlaps, st.floats(-1.0, 6.0))
@steady
def test_even_orders_are_symmetric(model, m, t):
    mu = t * model.sigma
    assert complexity(model, m, mu) == complexity(model, -m, mu)
    # θ is a product taken from left to right: its last bit may differ
    assert math.isclose(spectrum(model, m, mu).theta, spectrum(model, -m, mu).theta, rel_tol=1e-14)
    bands = minima_bands(model)
    np.testing.assert_allclose(bands, -bands[::-1, ::-1], atol=1e-6)


@given(st.integers(3, 10), st.floats(-1.5, 1.5).map(lambda x: 10.0**x), overlaps, st.floats(-1.0, 5.0))
@steady
def test_a_vanishing_tensor_is_the_matrix_model(p, delta_2, m, t):
    weak, matrix = (Model(p=p, delta_2=delta_2, delta_p=d) for d in (1e8, math.inf))
    mu = t * matrix.sigma
    value = complexity(matrix, m, mu)
    assert abs(complexity(weak, m, mu) - value) <= 1e-5 * (1 + abs(value))
    assert abs(ml_overlap(weak, informed=False) - math.sqrt(max(0, 1 - delta_2))) < 1e-3
    assert abs(bayes_overlap(weak, informed=False) - max(0, 1 - delta_2)) < 1e-5


@given(st.integers(3, 10), noises)
@steady
def test_lines_are_ordered(p, delta_p):
    amp, flow = phases.amp_line(p, delta_p), phases.gradient_flow_line(p, delta_p)
    typical, trivial = phases.typical_line(p, delta_p), phases.trivialization_line(p, delta_p)
    assert trivial < typical < flow < amp < 1
    assert phases.trivialization_line(p, delta_p, overlaps="all") <= trivial


@given(models(), st.floats(0.0, 2.0))
@steady
def test_every_model_has_a_phase_at_every_temperature(model, temperature):
    result = phases.classify(model, temperature=temperature)
    assert result.sentence.startswith(result.phase.sentence)
    assert result.distance >= 0
    assert "nan" not in result.reason
    assert (result.phase in (phases.Phase.RECOVERS, phases.Phase.GLASSY, phases.Phase.PARAMAGNET)) == (
        temperature > 0
    )


@given(models(), st.floats(-0.9, 0.9))
@steady
def test_energy_bands_hold_the_typical_energy(model, m):
    lower, upper = energy_bands(model, m)
    profile = complexity_profile(model, m)
    if profile.complexity < 0:
        assert math.isnan(lower)
        return
    energy = float(typical_energies(model, m, profile.lagrange_multiplier).energy)
    slack = 1e-9 * (1 + abs(energy))
    assert lower - slack <= energy <= upper + slack
