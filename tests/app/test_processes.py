"""What the app sends to other processes, and what comes back: pickle, copies, Dask."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from distributed import protocol

import app
from app.cards import DECK
from app.compute.door import Answer
from app.compute.question import question
from app.compute.serializer import with_parts
from app.page.sample import Sample
from app.page.state import Parameters, Point
from app.quantities.ensemble import Ensemble, Instances, Members, members
from engine import phases

TYPES = sorted(set(with_parts([*DECK.result_types, Members, Instances])), key=lambda kind: kind.__name__)


def example(hint: Any) -> Any:
    """Some value of a type as a field declares it."""
    if get_origin(hint) is not None and np.ndarray in (get_origin(hint), hint):
        return np.arange(3.0)
    parts = [part for part in get_args(hint) if part is not type(None)]
    if get_origin(hint) is tuple:
        return tuple(example(part) for part in parts if part is not Ellipsis)
    if get_origin(hint) is dict:
        return {example(parts[0]): example(parts[1])}
    if get_origin(hint) is not None or parts:
        return example(parts[0])
    if hint is np.ndarray:
        return np.arange(3.0)
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{field.name: example(hints[field.name]) for field in dataclasses.fields(hint)})  # type: ignore[operator]
    if issubclass(hint, Enum):
        return next(iter(hint))
    return {int: 3, float: 0.1, str: "word", bool: True}[hint]


def exceptions() -> Iterator[type[BaseException]]:
    """Every exception that a module of the app defines."""
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if found.name != "app.__main__":
            for value in vars(importlib.import_module(found.name)).values():
                if (
                    inspect.isclass(value)
                    and issubclass(value, BaseException)
                    and value.__module__ == found.name
                ):
                    yield value


EXCEPTIONS = sorted(set(exceptions()), key=lambda kind: kind.__name__)

WAYS: list[Callable[[Any], Any]] = [
    *(lambda value, n=n: pickle.loads(pickle.dumps(value, n)) for n in range(pickle.HIGHEST_PROTOCOL + 1)),
    copy.copy,
    copy.deepcopy,
    lambda value: protocol.deserialize(*protocol.serialize(value)),
]


def assert_same(one: Any, other: Any) -> None:
    """Equal to the last bit, all the way down."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, tuple | list):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            assert_same(*pair)
    elif isinstance(one, dict):
        assert_same(list(one.items()), list(other.items()))
    else:
        assert one == other


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_a_result_of_any_card_survives(kind: type) -> None:
    value = example(kind)
    for way in WAYS:
        assert_same(way(value), value)


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_an_exception_survives(kind: type[BaseException]) -> None:
    error = kind("A sentence.")
    for way in WAYS:
        again = way(error)
        assert type(again) is kind
        assert (str(again), vars(again)) == (str(error), vars(error))


@pytest.mark.parametrize(
    "value",
    [
        Parameters(d2=0.4, dp=float("inf")),
        Sample(N=400, then="of"),
        Point(Parameters(d2=0.4), Sample(N=400)),
        Ensemble(Point(Parameters(d2=0.4), Sample(N=400)), 20),
        question(phases.classify, Parameters(d2=0.4).model),
        Answer(0.1, 0.2, cached=True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_asked_survives(value: Any) -> None:
    for way in WAYS:
        assert_same(way(value), value)


def test_the_work_itself_can_be_sent() -> None:
    assert pickle.loads(pickle.dumps(members)) is members
    for chunk in Ensemble(Point(Parameters(d2=0.4), Sample(N=400)), 20).chunks():
        assert pickle.loads(pickle.dumps(chunk)).key == chunk.key
