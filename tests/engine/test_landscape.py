"""Any Gaussian landscape: what it is made of, what it refuses, and that a model is one of them."""

from __future__ import annotations

import math
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from engine import Landscape, Model, ParameterError, complexity, hessian, message_passing
from engine._kernels import message_passing as kernels

MODELS = [
    Model(p=3, delta_2=1 / 2.3, delta_p=1.0),
    Model(p=4, delta_2=1 / 2.2, delta_p=1.5),
    Model(p=5, delta_2=2.0, delta_p=0.03),
    Model(p=3, delta_2=math.inf, delta_p=0.5),
    Model(p=4, delta_2=0.5, delta_p=math.inf),
]
MIXED = Landscape.of({3: 1.5, 4: 2.0})


def test_a_landscape_is_a_canonical_frozen_key():
    one = Landscape(noise=((4, 2), (3, 1.5), (2, 0.0)), signal=[(2, -0.0), (1, 0.4)])
    two = Landscape.of({3: 1.5, 4: 2.0}, {1: 0.4})
    assert one == two
    assert hash(one) == hash(two)
    assert pickle.loads(pickle.dumps(one)) == one
    assert one.noise == ((3, 1.5), (4, 2.0))
    assert all(type(k) is int and type(a) is float for k, a in one.noise)
    assert one.orders == (1, 3, 4)
    with pytest.raises(FrozenInstanceError):
        one.planted = True


def test_its_functions_are_those_of_its_couplings():
    landscape = Landscape.of({1: 0.3, 3: 0.5}, {1: 0.5, 4: 2.0})
    m = np.array([-0.5, 0.0, 0.8])
    np.testing.assert_allclose(landscape.q(m), 0.3 * m + 0.5 * m**3 / 3)
    np.testing.assert_allclose(landscape.q_prime(m), 0.3 + 0.5 * m**2)
    np.testing.assert_allclose(landscape.q_second(m), m)
    np.testing.assert_allclose(landscape.s(m), 0.5 * m + m**4 / 2)
    np.testing.assert_allclose(landscape.s_prime(m), 0.5 + 2 * m**3)
    np.testing.assert_allclose(landscape.s_second(m), 6 * m**2)
    np.testing.assert_allclose(landscape.theta(m), 6 * m**2 * (1 - m**2))
    np.testing.assert_allclose(landscape.mirrored().s(m), landscape.s(-m))
    assert landscape.sigma == 1.0
    assert isinstance(landscape.q(0.5), float)


@pytest.mark.parametrize("model", MODELS)
def test_a_model_is_a_landscape_in_everything_that_takes_both(model):
    other = model.landscape
    m, mu = np.linspace(-0.9, 0.95, 7), np.linspace(1.0, 4.0, 7) * model.sigma
    for name in ("q", "q_prime", "q_second", "theta"):
        np.testing.assert_allclose(getattr(other, name)(m), getattr(model, name)(m), rtol=1e-13, atol=1e-15)
    assert other.sigma == pytest.approx(model.sigma, rel=1e-15)
    for index in (None, 0, 2):
        np.testing.assert_array_equal(
            complexity.complexity(other, m, mu, index=index), complexity.complexity(model, m, mu, index=index)
        )
    typical = complexity.typical_energies(model, m, mu)
    np.testing.assert_array_equal(
        complexity.complexity_of_energies(model, m, typical.energy_p, typical.energy_2),
        complexity.complexity_by_order(other, m, typical.energies),
    )
    for informed in (True, False):
        for overlap in (message_passing.ml_overlap, message_passing.bayes_overlap):
            assert overlap(other, informed=informed) == pytest.approx(
                overlap(model, informed=informed), abs=1e-12
            )
    for function in (complexity.good_minimum, complexity.mirror_minimum):
        well, twin = function(model), function(other)
        assert (well is None) == (twin is None)
        if well is not None:
            assert twin.overlap == pytest.approx(well.overlap, abs=1e-12)
            assert twin.energies == pytest.approx(well.energies, abs=1e-11)
            assert twin.is_stable == well.is_stable
    assert complexity.capture_overlap(other) == pytest.approx(complexity.capture_overlap(model), nan_ok=True)
    assert hessian.spectrum(other, 0.3, 4.0) == hessian.spectrum(model, 0.3, 4.0)
    np.testing.assert_array_equal(complexity.minima_bands(other), complexity.minima_bands(model))
    np.testing.assert_array_equal(
        message_passing.iterate(other, overlap_0=0.2, n_steps=9),
        message_passing.iterate(model, overlap_0=0.2, n_steps=9),
    )


def test_the_iterations_kernel_gives_what_its_python_source_gives():
    order, coupling = np.array([1, 3]), np.array([0.4, 1.1])
    for kind in (kernels.ML, kernels.BAYES):
        out, expected = np.full(6, 0.3), np.full(6, 0.3)
        kernels.iterate(kind, 1.7, order, coupling, out)
        getattr(kernels.iterate, "py_func", kernels.iterate)(kind, 1.7, order, coupling, expected)
        np.testing.assert_allclose(out, expected, rtol=1e-14)


def test_weights_scale_noise_and_signal_apart_and_drop_out_of_the_information():
    detuned = Landscape.spiked({2: 1.3, 3: 1.0}, {3: 0.42})
    assert dict(detuned.noise) == pytest.approx({2: 1.3, 3: 0.42**2})
    assert dict(detuned.signal)[3] == pytest.approx(0.42)
    full = Landscape.spiked({2: 1.3, 3: 1.0})
    assert message_passing.bayes_overlap(detuned, informed=True) == pytest.approx(
        message_passing.bayes_overlap(full, informed=True), abs=1e-12
    )
    assert Landscape.spiked({2: 1.3, 3: 1.0}, {3: 0}).orders == (2,)


def test_an_equilibrium_start_is_planted():
    planted = MIXED.at_equilibrium(0.85)
    assert planted.planted
    assert planted.signal == ((3, 1.5 / 0.85), (4, 2.0 / 0.85))
    assert MIXED.at_equilibrium(math.inf) is MIXED
    assert Landscape(noise=planted.noise, signal=planted.signal, planted=True) == planted
    assert not planted.mirrored().planted  # from m = -1 it is a signal like any other
    assert complexity.mirror_minimum(Landscape.of({4: 1.0}).at_equilibrium(1.0)) is None


@pytest.mark.parametrize(
    ("make", "name", "words"),
    [
        (lambda: Landscape.of({1: 1.0}), "noise", "from 2 to 12"),
        (lambda: Landscape.of({}), "noise", "from 2 to 12"),
        (lambda: Landscape.of({3: -1.0}), "noise", "coupling"),
        (lambda: Landscape.of({3: math.nan}), "noise", "coupling"),
        (lambda: Landscape.of({3: "x"}), "noise", "coupling"),
        (lambda: Landscape.of({13: 1.0}), "noise", "12"),
        (lambda: Landscape.of({2.5: 1.0}), "noise", "12"),
        (lambda: Landscape.of([1.0]), "noise", "mapping"),
        (lambda: Landscape.of({3: 1.0}, {0: 1.0}), "signal", "12"),
        (lambda: Landscape.of({3: 1.0}, {2: 1e9}), "signal", "coupling"),
        (lambda: Landscape(noise=3), "noise", "pairs"),
        (lambda: Landscape(noise=((3, 1.0), (3, 2.0))), "noise", "twice"),
        (lambda: Landscape.spiked({2: 1.0}, {3: 0.5}), "weights", "order"),
        (lambda: MIXED.at_equilibrium(0.76), "temperature_0", "static temperature 0.762139"),
        (
            lambda: Landscape.of({2: 1.0, 3: 0.1}).at_equilibrium(0.99),
            "temperature_0",
            "static temperature 1:",
        ),
        (lambda: MIXED.at_equilibrium(0.0), "temperature_0", "T₀"),
        (lambda: MIXED.at_equilibrium(1.0).at_equilibrium(1.0), "signal", "without signal"),
        (lambda: Landscape.of({1: 0.1, 3: 1.0}).at_equilibrium(2.0), "noise", "order 1"),
        (lambda: Landscape(noise=((3, 1.0),), signal=((2, 1.0),), planted=True), "signal", "every order"),
        (
            lambda: Landscape(noise=((3, 1.0), (4, 1.0)), signal=((3, 1.0), (4, 0.9)), planted=True),
            "signal",
            "every order",
        ),
        (lambda: complexity.complexity_of_energies(MIXED, 0.1, 0.0, 0.0), "energy_p", "complexity_by_order"),
        (lambda: complexity.complexity_by_order(MIXED, 0.1, [1.0]), "energies", "every order"),
        (lambda: complexity.complexity_by_order(MIXED, 0.1, 1.0), "energies", "every order"),
        (
            lambda: message_passing.bayes_overlap(Landscape.of({3: 1.0}, {2: 1.8}), informed=True),
            "signal",
            "has noise",
        ),
        (
            lambda: message_passing.iterate(
                Landscape.spiked({3: 1.0}), overlap_0=-0.1, n_steps=2, kind="bayes"
            ),
            "overlap_0",
            "positive",
        ),
    ],
)
def test_what_is_refused_is_named_in_a_sentence(make, name, words):
    with pytest.raises(ParameterError, match=words) as caught:
        make()
    assert caught.value.name == name
    assert str(caught.value).endswith(".")
