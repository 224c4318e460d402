"""The complexity against every reference row, its maxima against a scan, and its validation."""

from __future__ import annotations

import ast
import csv
import math
from pathlib import Path

import numpy as np
import pytest

from engine import Model, ParameterError
from engine import complexity as landscape
from engine._kernels import complexity as kernels
from engine.complexity.terms import terms_of

REFERENCE = Path(__file__).parents[1] / "reference" / "landscape"
MODELS = [
    Model(p=3, delta_2=1 / 2.3, delta_p=1.0),
    Model(p=3, delta_2=0.4, delta_p=0.1),
    Model(p=4, delta_2=1 / 2.2, delta_p=1.5),
    Model(p=5, delta_2=2.0, delta_p=0.3),
    Model(p=3, delta_2=math.inf, delta_p=0.5),
    Model(p=4, delta_2=0.5, delta_p=math.inf),
]


def rows(name):
    with (REFERENCE / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def model_of(row):
    return Model(p=int(row["p"]), delta_2=float(row["D2"]), delta_p=float(row["Dp"]))


def close(value, text, tolerance=1e-9):
    expected = float(text)
    return value == expected or abs(value - expected) <= tolerance * max(1.0, abs(expected))


@pytest.mark.parametrize("row", rows("complexity"), ids=lambda row: f"p{row['p']}-m{row['m']}-t{row['t']:.5}")
def test_complexity_agrees_with_every_reference_row(row):
    model, m, mu = model_of(row), float(row["m"]), float(row["mu"])
    assert close(landscape.complexity(model, m, mu), row["S_total"])
    assert close(landscape.complexity(model, m, mu, index=0), row["S_min"])


@pytest.mark.parametrize("row", rows("complexity_full"), ids=lambda row: f"p{row['p']}-m{row['m']}")
def test_complexity_of_energies_agrees_with_every_reference_row(row):
    arguments = (model_of(row), float(row["m"]), float(row["eps_p"]), float(row["eps_2"]))
    assert close(landscape.complexity_of_energies(*arguments), row["S_total"])
    assert close(landscape.complexity_of_energies(*arguments, index=0), row["S_min"])


@pytest.mark.parametrize("row", rows("index_k"), ids=lambda row: f"p{row['p']}-t{row['t']}-k{row['k']}")
def test_complexity_of_finite_index_agrees_with_every_reference_row(row):
    model = model_of(row)
    mu = float(row["t"]) * model.sigma
    value = landscape.complexity(model, float(row["m"]), mu, index=int(row["k"]))
    assert close(value, row["S_k"])


@pytest.mark.parametrize("row", rows("good_minimum"), ids=lambda row: f"p{row['p']}-D{row['D2']}-{row['Dp']}")
def test_good_minimum_agrees_with_every_reference_row(row):
    model = model_of(row)
    well = landscape.good_minimum(model)
    for value, column in [
        (well.overlap, "mstar"),
        (well.lagrange_multiplier, "mustar"),
        (well.energy, "estar"),
        (well.energy_2, "eps2"),
        (well.energy_p, "epsp"),
    ]:
        assert close(value, row[column])
    assert well.is_stable == (row["rs_stable"] == "1")


@pytest.mark.parametrize("row", rows("support"), ids=lambda row: f"p{row['p']}-D{row['D2']:.5}-{row['Dp']}")
def test_bands_and_threshold_energies_agree_with_every_reference_row(row):
    model = model_of(row)
    np.testing.assert_allclose(
        landscape.minima_bands(model), ast.literal_eval(row["minima_m_bands"]), atol=1e-6
    )
    # the reference scans m in steps of about 2e-3 for the support of all stationary points
    lower, upper = landscape.stationary_bands(model)[0]
    assert lower == pytest.approx(float(row["total_support_m_lo"]), abs=4e-3)
    assert upper == pytest.approx(float(row["total_support_m_hi"]), abs=4e-3)
    assert close(landscape.threshold_energy(model), row["e_threshold_KR_m0"], 1e-6)
    assert close(landscape.threshold_energy(model, kind="aging"), row["e_threshold_CK"], 1e-6)
    assert close(landscape.complexity(model, 0.0, 2 * model.sigma, index=0), row["Smin_at_m0"])
    well = landscape.good_minimum(model)
    if row["mstar"]:
        assert close(well.overlap, row["mstar"])
        assert close(well.energy, row["estar"])
        assert well.is_stable
    else:
        assert well is None or not well.is_stable


@pytest.mark.parametrize("row", rows("support"), ids=lambda row: f"p{row['p']}-D{row['D2']:.5}-{row['Dp']}")
def test_lowest_energy_of_minima_is_at_or_just_below_the_reference_grid(row):
    model = model_of(row)
    lowest = landscape.energy_bands(model, 0.0, index=0)[0]
    expected = float(row["e_lowest_minima_m0"])  # minimised over t on a grid of step 2.3e-3
    assert expected - 1e-4 < lowest <= expected + 1e-6


@pytest.mark.parametrize("index", [None, 0, 1, 2, 5])
@pytest.mark.parametrize("model", MODELS, ids=str)
def test_profile_is_the_maximum_over_the_multiplier(model, index):
    m = np.array([-0.8, -0.3, 0.0, 0.2, 0.6, 0.95])
    profile = landscape.complexity_profile(model, m, index=index)
    at_maximum = landscape.complexity(model, m, profile.lagrange_multiplier, index=index)
    np.testing.assert_allclose(at_maximum, profile.complexity, atol=1e-12)
    t = np.linspace(-12 if index is None else 2, 12, 20001)
    scan = landscape.complexity(model, m[:, None], t * model.sigma, index=index).max(axis=1)
    assert np.all(scan <= profile.complexity + 1e-12)
    inside = np.abs(profile.lagrange_multiplier) < 11 * model.sigma
    np.testing.assert_allclose(scan[inside], profile.complexity[inside], atol=1e-5)


@pytest.mark.parametrize("index", [None, 0, 1])
@pytest.mark.parametrize("model", MODELS[:4], ids=str)
def test_complexity_of_energy_is_the_maximum_over_the_split(model, index):
    m = np.array([-0.2, 0.0, 0.5])
    e = -np.asarray(model.q(m)) - 0.6 * model.sigma
    value = landscape.complexity_of_energy(model, m, e, index=index)
    energy_2 = np.linspace(-6, 4, 40001) * model.sigma
    scan = landscape.complexity_of_energies(
        model, m[:, None], e[:, None] - energy_2, energy_2[None], index=index
    ).max(axis=1)
    assert np.all(scan <= value + 1e-12)
    np.testing.assert_allclose(scan, value, atol=2e-3)  # slope at the edge t = 2 times half a grid step


@pytest.mark.parametrize(("delta_2", "delta_p", "factor"), [(0.5, math.inf, 2.0), (math.inf, 0.5, 3.0)])
def test_one_channel_fixes_the_multiplier_by_the_energy(delta_2, delta_p, factor):
    model = Model(p=3, delta_2=delta_2, delta_p=delta_p)
    e, channels = -1.1, ((0.0, -1.1) if math.isinf(delta_p) else (-1.1, 0.0))
    # at fixed μ the energy of the channel is fixed too, so that both counts agree
    value = landscape.complexity_of_energy(model, 0.2, e)
    assert value == pytest.approx(landscape.complexity(model, 0.2, -factor * e), abs=1e-12)
    assert value == pytest.approx(landscape.complexity_of_energies(model, 0.2, *channels), abs=1e-12)
    assert landscape.complexity_of_energies(model, 0.2, -1.1, -1.1) == -math.inf


def test_energy_bands_end_where_the_complexity_vanishes_and_are_empty_outside_the_support():
    model = MODELS[0]
    bands = landscape.energy_bands(model, [0.0, 0.9])
    assert np.isnan(bands[1]).all()
    np.testing.assert_allclose(landscape.complexity_of_energy(model, 0.0, bands[0]), 0, atol=1e-12)
    inside = landscape.complexity_of_energy(model, 0.0, bands[0].mean())
    assert inside > 0


def test_typical_energies_maximise_the_count_and_add_up():
    model = MODELS[2]
    energies = landscape.typical_energies(model, 0.3, 3.5)
    assert energies.energy == pytest.approx(energies.energy_2 + energies.energy_p)
    assert -(2 * energies.energy_2 + 4 * energies.energy_p) == pytest.approx(3.5)
    best = landscape.complexity_of_energies(model, 0.3, energies.energy_p, energies.energy_2)
    assert best == pytest.approx(landscape.complexity(model, 0.3, 3.5), abs=1e-12)


def test_extensive_index_is_that_of_the_multiplier_inside_the_bulk():
    model = MODELS[0]
    half = landscape.complexity_of_fraction(model, [0.0, 0.1], 0.5)
    np.testing.assert_allclose(half, landscape.complexity(model, [0.0, 0.1], 0.0), atol=1e-12)


def test_typical_critical_point_between_the_edge_and_the_transition_has_index_one():
    model = Model(p=3, delta_2=0.2, delta_p=1.0)
    theta = model.theta(0.0)
    inside, outside = (2 + theta + 1 / theta) / 2, theta + 1 / theta + 0.1
    for t, index in [(inside, 1), (outside, 0)]:
        mu = t * model.sigma
        assert landscape.complexity(model, 0.0, mu) == landscape.complexity(model, 0.0, mu, index=index)


def test_equator_band_ends_where_the_complexity_vanishes():
    delta_2 = 1 / np.array([0.5, 1.3, 2.0, 2.19, 2.3, 2.46, 2.47, 4.0])
    everything = landscape.equator_band(3, 1.0, delta_2)
    minima = landscape.equator_band(3, 1.0, delta_2, index=0)
    assert np.isnan(minima[-2:]).all()
    assert not np.isnan(minima[:-2]).any()
    for d, band, low in zip(delta_2, everything, minima, strict=True):
        model = Model(p=3, delta_2=d, delta_p=1.0)
        np.testing.assert_allclose(landscape.complexity(model, 0.0, band * model.sigma), 0, atol=1e-12)
        if not math.isnan(low[0]):
            top = landscape.complexity(model, 0.0, low[1] * model.sigma, index=0)
            assert top == pytest.approx(0, abs=1e-12)


def test_equator_band_of_the_pure_matrix_is_the_bulk():
    np.testing.assert_allclose(landscape.equator_band(3, math.inf, 0.5), [-2, 2], atol=1e-12)


def test_multiplier_computed_at_the_edge_counts_as_the_edge():
    model = Model(p=3, delta_2=0.7, delta_p=1.3)
    mu = np.nextafter(2 * model.sigma, 0)
    assert landscape.complexity(model, 0.0, mu, index=0) > -math.inf
    assert landscape.complexity(model, 0.0, mu * (1 - 1e-6), index=0) == -math.inf


def test_capture_overlap_is_where_the_spike_reaches_the_bulk():
    for model in (Model(p=3, delta_2=1 / 1.5, delta_p=0.5), Model(p=6, delta_2=0.6, delta_p=0.05)):
        m = landscape.capture_overlap(model)
        assert model.theta(m) == pytest.approx(1, abs=1e-12)
        assert np.all(model.theta(np.linspace(0, m * 0.999, 50)) < 1)
    assert math.isnan(landscape.capture_overlap(Model(p=3, delta_2=0.1, delta_p=1.0)))
    assert math.isnan(landscape.capture_overlap(Model(p=3, delta_2=3.0, delta_p=math.inf)))


def test_mirror_minimum_has_negative_overlap_and_a_higher_energy():
    well = landscape.mirror_minimum(Model(p=3, delta_2=0.4, delta_p=4.0))
    assert well.overlap == pytest.approx(-0.70084, abs=5e-6)
    assert well.energy == pytest.approx(-1.76819, abs=5e-6)
    assert landscape.mirror_minimum(Model(p=4, delta_2=0.4, delta_p=4.0)) is None
    assert landscape.mirror_minimum(Model(p=3, delta_2=2.0, delta_p=4.0)) is None


def test_no_good_minimum_where_noise_wins():
    assert landscape.good_minimum(Model(p=3, delta_2=2.0, delta_p=4.0)) is None


def test_landscape_curves_are_read_only_and_consistent():
    curves = landscape.landscape_curves(MODELS[0])
    assert curves.overlap.shape == (401,)
    assert not curves.complexity_all.flags.writeable
    assert np.all(curves.complexity_minima <= curves.complexity_all + 1e-12)


def test_a_kernel_gives_what_its_python_source_gives():
    m, mu, out, expected = np.linspace(-0.9, 0.9, 7), np.linspace(2, 6, 7), np.empty(7), np.empty(7)
    terms = terms_of(Model(p=3, delta_2=0.5, delta_p=1 / 0.7))
    for kernel, arguments in [(kernels.complexity_at, (m, mu)), (kernels.complexity_at_energy, (m, -mu / 3))]:
        for k in (-1, 0, 2):
            kernel(terms, *arguments, k, out)
            getattr(kernel, "py_func", kernel)(terms, *arguments, k, expected)
            np.testing.assert_allclose(out, expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda model: landscape.complexity(model, 1.0, 0.0), "overlap"),
        (lambda model: landscape.complexity(model, 0.0, math.nan), "lagrange_multiplier"),
        (lambda model: landscape.complexity(model, 0.0, 0.0, index=-1), "index"),
        (lambda model: landscape.complexity(model, 0.0, 0.0, index=1.5), "index"),
        (lambda model: landscape.complexity(model, 0.0, 0.0, index=True), "index"),
        (lambda model: landscape.complexity(model, [0.0, 0.1], [0.0, 0.1, 0.2]), "overlap"),
        (lambda model: landscape.complexity_of_energies(model, 0.0, math.inf, 0.0), "energy_p"),
        (lambda model: landscape.complexity_of_energies(model, 0.0, 0.0, "x"), "energy_2"),
        (lambda model: landscape.complexity_of_energy(model, 0.0, math.nan), "energy"),
        (lambda model: landscape.complexity_of_fraction(model, 0.0, 1.0), "negative_fraction"),
        (lambda model: landscape.complexity_profile(model, [[-1.0]]), "overlap"),
        (lambda model: landscape.energy_bands(model, 2.0), "overlap"),
        (lambda model: landscape.typical_energies(model, 0.0, math.inf), "lagrange_multiplier"),
        (lambda model: landscape.threshold_energy(model, kind="other"), "kind"),
        (lambda _: landscape.equator_band(2, 1.0, 1.0), "p"),
        (lambda _: landscape.equator_band(3, 0.0, 1.0), "delta_p"),
        (lambda _: landscape.equator_band(3, 1.0, -1.0), "delta_2"),
        (lambda _: landscape.equator_band(3, math.inf, math.inf), "delta_p"),
        (lambda _: landscape.equator_band(3, 1.0, 1.0, index=1), "index"),
    ],
)
def test_a_wrong_argument_is_named(call, name):
    with pytest.raises(ParameterError) as error:
        call(MODELS[0])
    assert error.value.name == name


def test_the_level_of_an_escape_is_half_the_good_overlap_and_three_tenths_at_most():
    strong, weak = Model(p=3, delta_2=0.4, delta_p=1.0), Model(p=4, delta_2=0.9, delta_p=50.0)
    assert landscape.escape_level(strong) == 0.3
    well = landscape.good_minimum(weak)
    assert well.is_stable
    assert landscape.escape_level(weak) == well.overlap / 2 < 0.3
    for model in (
        Model(p=3, delta_2=2.0, delta_p=4.0),
        Model(p=6, delta_2=1 / 2.22063651596, delta_p=1.372423218),
    ):
        well = landscape.good_minimum(model)  # none, and one that is glassy
        assert well is None or not well.is_stable
        assert landscape.escape_level(model) == 0.3
