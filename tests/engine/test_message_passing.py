"""Fixed points of message passing against plain iteration, and their validation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import Model, ParameterError
from engine._kernels import message_passing as kernels
from engine.message_passing import bayes_overlap, iterate, ml_overlap

MODELS = [
    Model(p=3, delta_2=1 / 1.8, delta_p=1.0),
    Model(p=3, delta_2=1 / 1.3, delta_p=1.0),
    Model(p=3, delta_2=1 / 0.8, delta_p=0.5),
    Model(p=4, delta_2=1 / 1.05, delta_p=0.15),
    Model(p=5, delta_2=1 / 1.15, delta_p=0.12),
    Model(p=5, delta_2=1 / 1.6, delta_p=1.0),
    Model(p=6, delta_2=1 / 2.4, delta_p=0.3),
    Model(p=10, delta_2=0.5, delta_p=0.1),
    Model(p=3, delta_2=math.inf, delta_p=0.05),
    Model(p=4, delta_2=0.3, delta_p=math.inf),
]


@pytest.mark.parametrize("model", MODELS, ids=str)
@pytest.mark.parametrize(("kind", "fixed_point"), [("ml", ml_overlap), ("bayes", bayes_overlap)])
@pytest.mark.parametrize("informed", [False, True])
def test_fixed_point_is_where_the_iteration_ends(model, kind, fixed_point, informed):
    path = iterate(model, overlap_0=0.999 if informed else 1e-6, n_steps=20000, kind=kind)
    assert fixed_point(model, informed=informed) == pytest.approx(path[-1], abs=1e-6)


@pytest.mark.parametrize(
    ("p", "a", "delta_p", "expected"),
    [
        (3, 2.0, 4.0, 0.5311289),
        (3, 1.5, 4.0, 0.3722813),
        (3, 3.0, 0.5, 0.7807764),
        (3, 2.2, 0.5, 0.7262087),
        (4, 2.0, 4.0, 0.5161117),
        (3, 1.5, 0.5, 0.6403882),
    ],
)
def test_bayes_overlap_is_where_langevin_dynamics_at_unit_temperature_ends(p, a, delta_p, expected):
    model = Model(p=p, delta_2=1 / a, delta_p=delta_p)
    assert bayes_overlap(model, informed=False) == pytest.approx(expected, abs=5e-8)


def test_bayes_iteration_of_an_even_order_is_mirrored():
    model = Model(p=4, delta_2=0.5, delta_p=1.0)
    up = iterate(model, overlap_0=0.1, n_steps=50, kind="bayes")
    np.testing.assert_array_equal(iterate(model, overlap_0=-0.1, n_steps=50, kind="bayes"), -up)
    with pytest.raises(ParameterError, match="positive overlap"):
        iterate(Model(p=3, delta_2=0.5, delta_p=1.0), overlap_0=-0.1, n_steps=50, kind="bayes")


def test_a_tiny_overlap_survives_and_results_are_read_only():
    path = iterate(MODELS[0], overlap_0=1e-100, n_steps=0)
    assert path.tolist() == [1e-100]
    assert not path.flags.writeable


def test_a_kernel_gives_what_its_python_source_gives():
    for model in MODELS:
        for kind in (kernels.ML, kernels.BAYES):
            arguments = (kind, model.inverse_delta_2, model.inverse_delta_p, model.p, True)
            source = getattr(kernels.fixed_point, "py_func", kernels.fixed_point)
            assert kernels.fixed_point(*arguments) == source(*arguments)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"overlap_0": 0.0, "n_steps": 3}, "overlap_0"),
        ({"overlap_0": 1.0, "n_steps": 3}, "overlap_0"),
        ({"overlap_0": 0.1, "n_steps": -1}, "n_steps"),
        ({"overlap_0": 0.1, "n_steps": "x"}, "n_steps"),
        ({"overlap_0": 0.1, "n_steps": 3, "kind": "map"}, "kind"),
    ],
)
def test_a_wrong_argument_is_named(arguments, name):
    with pytest.raises(ParameterError) as error:
        iterate(MODELS[0], **arguments)
    assert error.value.name == name
