"""A question to the engine: a function with its arguments, and the key under which its answer is remembered.

The key is canonical: what is equal has one key, what differs has two, and what cannot say itself in full has none.
"""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

import numpy as np
from pydantic import BaseModel

from .sources import digest_of

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


@dataclass(frozen=True)
class Question(Generic[T_co]):
    """``function(*arguments, **options)``, not yet answered.

    Parameters
    ----------
    function : callable
        A function of a module, found there under its own name.
    arguments : tuple
        Numbers, text, None, enumeration members, frozen dataclasses or pydantic models of such, and tuples of these.
    options : tuple of (str, object)
        Keyword arguments of the same kinds, by name.
    is_quick : bool
        Whether the answer takes milliseconds at most: nobody has to wait for his turn to compute it.
    """

    function: Callable[..., T_co]
    arguments: tuple[Any, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    is_quick: bool = dataclasses.field(default=False, compare=False)

    @cached_property
    def key(self) -> str:
        """The whole question as text, after a digest of the sources that answer it.

        Raises
        ------
        TypeError
            If an argument cannot say itself in full, or the function is not one of a module.
        """
        said = [*map(canonical, self.arguments)]
        said += [f"{name}={canonical(value)}" for name, value in sorted(self.options)]
        return f"{digest_of(self.function)}|{name_of(self.function)}({', '.join(said)})"

    def __call__(self) -> T_co:
        """Do the work."""
        return self.function(*self.arguments, **dict(self.options))


def question(function: Callable[..., T], *arguments: Any, **options: Any) -> Question[T]:
    """The question of a call, written like the call."""
    return Question(function, arguments, tuple(options.items()))


def closed_form(function: Callable[..., T], *arguments: Any, **options: Any) -> Question[T]:
    """The question of a call whose answer takes milliseconds at most."""
    return Question(function, arguments, tuple(options.items()), is_quick=True)


def name_of(function: Callable[..., Any]) -> str:
    """Module and name of a function; `TypeError` unless that is where it is to be found."""
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    found: Any = sys.modules.get(module) if module else None
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is not function:
        raise TypeError(
            f"{function!r} is not a function of a module: its answers cannot be told from another's."
        )
    return f"{module}.{name}"


def canonical(value: Any) -> str:
    """A value as text: equal values give equal texts, different ones different texts.

    Raises
    ------
    TypeError
        For arrays, lists, and whatever else may change or does not say itself in full.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Enum):
        return f"{_class(value)}.{value.name}"
    if value is None or isinstance(value, bool | str):
        return repr(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):  # 2.0 is 2: an address does not say which
        return str(int(value)) if math.isfinite(value) and value == int(value) else repr(float(value))
    if isinstance(value, tuple):
        return f"({', '.join(map(canonical, value))},)"
    names = _fields(type(value))  # type: ignore[arg-type]  # a class is hashable
    if names is None:
        kind = type(value).__name__
        raise TypeError(f"A {kind} cannot be part of a question: it does not say itself in full.")
    return f"{_class(value)}({', '.join(f'{name}={canonical(getattr(value, name))}' for name in names)})"


@cache
def _fields(kind: type) -> tuple[str, ...] | None:
    """Names of the fields of a frozen dataclass or pydantic model; None for anything else."""
    if dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return tuple(field.name for field in dataclasses.fields(kind))
    if issubclass(kind, BaseModel) and kind.model_config.get("frozen"):
        return tuple(kind.model_fields)
    return None


def _class(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"
