"""Flows in general landscapes: small runs that plain Python can do as well, and what is refused."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from engine import Landscape, Model, ParameterError, Status
from engine.dynamics import escape_gain, integrate_flow

GLASS = Landscape.of({3: 1.5, 4: 2.0})
FIELD = Landscape.of({4: 1.0}, {1: 1.2})
compiled = pytest.mark.jit  # minutes of work for plain Python


def test_a_model_and_its_landscape_flow_alike():
    model = Model(p=3, delta_2=0.4, delta_p=2.0)
    for overlap_0 in (0.3, -0.3):
        one = integrate_flow(model, overlap_0=overlap_0, t_max=1.0, tolerance=1e-2)
        two = integrate_flow(model.landscape, overlap_0=overlap_0, t_max=1.0, tolerance=1e-2)
        for name in ("time", "overlap", "energies", "energy_2", "energy_p", "lagrange_multiplier"):
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
        assert one.message == two.message
        assert one.orders == (2, 3)
    np.testing.assert_array_equal(one.energies, np.column_stack([one.energy_2, one.energy_p]))


def test_a_channel_that_is_switched_off_has_no_energy():
    flow = integrate_flow(Model(p=3, delta_2=math.inf, delta_p=1.0), overlap_0=0.3, t_max=1.0, tolerance=1e-2)
    assert flow.orders == (3,)
    assert not flow.energy_2.any()
    np.testing.assert_array_equal(flow.energy_p, flow.energy)


def test_energies_by_order_make_up_energy_and_multiplier():
    landscape = Landscape.of({1: 0.3, 2: 0.4, 5: 0.2}, {1: 0.5, 3: 1.0})
    flow = integrate_flow(landscape, overlap_0=0.1, t_max=2.0, tolerance=1e-2)
    assert flow.orders == landscape.orders == (1, 2, 3, 5)
    assert flow.energies.shape == (flow.time.size, 4)
    np.testing.assert_allclose(flow.energies.sum(axis=1), flow.energy, atol=1e-14)
    np.testing.assert_allclose(flow.energies[:, 1], flow.energy_2)
    np.testing.assert_allclose(-flow.energies @ np.array(flow.orders), flow.lagrange_multiplier, atol=1e-12)
    np.testing.assert_allclose(flow.at([1.0]).energies.shape, (1, 4))
    assert not flow.energies.flags.writeable
    assert pickle.loads(pickle.dumps(flow)).orders == flow.orders


def test_a_planted_flow_starts_at_its_start_and_its_overlap_is_its_correlation_with_it():
    flow = integrate_flow(GLASS.at_equilibrium(0.9), t_max=2.0, tolerance=1e-3)
    assert flow.overlap[0] == 1.0
    assert flow.energy[0] == pytest.approx(-1 / 0.9)
    assert flow.lagrange_multiplier[0] == pytest.approx(3.5 / 0.9)
    time = np.array([0.1, 0.5, 2.0])
    np.testing.assert_allclose(flow.correlation(time), flow.at(time).overlap, atol=1e-4)
    assert "correlation" in flow.message
    np.testing.assert_array_equal(
        integrate_flow(GLASS.at_equilibrium(0.9), overlap_0=1.0, t_max=2.0, tolerance=1e-3).overlap,
        flow.overlap,
    )


def test_without_signal_there_is_no_overlap_but_one_that_is_asked_for_decays():
    flow = integrate_flow(GLASS, t_max=1.0, tolerance=1e-2)
    assert not flow.overlap.any()
    assert "overlap" not in flow.message
    asked = integrate_flow(GLASS, overlap_0=0.2, t_max=1.0, tolerance=1e-2)
    assert asked.overlap[0] == pytest.approx(0.2)
    response = asked.memory.row(1.0, np.zeros(1))[1]  # R(t, 0) obeys the same linear equation
    np.testing.assert_allclose(asked.at([1.0]).overlap, 0.2 * response, atol=1e-3)
    np.testing.assert_allclose(asked.at([1.0]).energy, flow.at([1.0]).energy, atol=2e-3)


def test_a_field_lifts_a_small_overlap_along_a_straight_line():
    flow = integrate_flow(FIELD, overlap_0=1e-6, t_max=1.0, tolerance=1e-2)
    time = np.array([1e-6, 1e-5, 1e-3])
    np.testing.assert_allclose(flow.at(time).overlap, 1e-6 + 1.2 * time, rtol=2e-3)
    mirrored = integrate_flow(FIELD.mirrored(), overlap_0=-1e-6, t_max=1.0, tolerance=1e-2)
    np.testing.assert_array_equal(mirrored.overlap, -flow.overlap)


def test_the_gain_counts_the_signal_of_order_2():
    gain = escape_gain(Landscape.of({3: 1.0}, {2: 1.5, 4: 9.0}), t_max=1.0)
    assert gain.growth[0] == pytest.approx(1.5 / math.sqrt(2))
    without = escape_gain(Landscape.of({3: 1.0}, {2: 1.5}), t_max=1.0)
    assert gain.log_gain[-1] == pytest.approx(without.log_gain[-1], abs=1e-4)


@pytest.mark.parametrize(
    ("ask", "name", "words"),
    [
        (
            lambda: integrate_flow(GLASS.at_equilibrium(0.9), overlap_0=0.1, t_max=1.0),
            "overlap_0",
            "starts at",
        ),
        (lambda: integrate_flow(Model(p=3, delta_2=1.0, delta_p=1.0), t_max=1.0), "overlap_0", "Give the"),
        (lambda: integrate_flow(FIELD, t_max=1.0), "overlap_0", "Give the"),
        (lambda: integrate_flow(FIELD, overlap_0=1e-9, t_max=1.0), "overlap_0", "1e-8"),
        (lambda: integrate_flow(FIELD, overlap_0=-0.1, t_max=1.0), "overlap_0", "through 0"),
        (lambda: escape_gain(FIELD, t_max=1.0), "model", "order 1"),
        (lambda: escape_gain(GLASS.at_equilibrium(0.9), t_max=1.0), "model", "planted"),
        (lambda: integrate_flow(GLASS, t_max=1.0, tolerance=1e-2).correlation(2.0), "time", "between 0"),
        (lambda: integrate_flow(GLASS, t_max=1.0, tolerance=1e-2).correlation(0.2, 0.5), "time", "before"),
    ],
)
def test_what_is_refused_is_named_in_a_sentence(ask, name, words):
    with pytest.raises(ParameterError, match=words) as caught:
        ask()
    assert caught.value.name == name
    assert str(caught.value).endswith(".")


@compiled
def test_without_overlap_a_hot_glass_is_followed_into_equilibrium_and_through_a_random_field():
    hot = integrate_flow(GLASS, t_max=1e3, temperature=1.5)
    assert hot.status is Status.REACHED
    assert hot.message.startswith("The dynamics is in equilibrium since t = ")
    assert hot.energy[-1] == pytest.approx(-GLASS.q(1.0) / 1.5, abs=1e-4)
    field = Landscape.of({1: 0.163, 4: 0.3626})
    for temperature in (0.0, 0.5, 1.678):
        flow = integrate_flow(field, t_max=1e3, temperature=temperature)
        assert flow.status is not Status.STOPPED_EARLY
        assert not flow.overlap.any()


@compiled
def test_the_correlation_is_unknown_beyond_the_end_of_a_run():
    flow = integrate_flow(Landscape.of({3: 1.5}).at_equilibrium(0.6), t_max=1e4)
    assert flow.status is Status.REACHED
    assert "bottom of the state" in flow.message
    assert np.isnan(flow.correlation(9e3))[0]
    assert flow.correlation(flow.t_end)[0] == pytest.approx(math.sqrt(0.6), abs=1e-5)


@compiled
def test_high_orders_are_followed_on_a_finer_grid():
    """3+12 with λ = 0.3, DYNAMITE's default: cut at t = 1e4 on the grid of a model."""
    flow = integrate_flow(Landscape.of({3: 0.9, 12: 8.4}), t_max=1e5)
    assert flow.status is Status.AGEING
    assert flow.energy[-1] == pytest.approx(-1.894633, abs=5e-6)
