"""Results as npz bytes and back, without pickle.

A result is a frozen dataclass of the engine whose fields are arrays, numbers, text, None, enumeration members or
such dataclasses again. It is flattened into named arrays; a JSON entry holds the rest of its tree.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, get_args, get_type_hints

import numpy as np

_TREE: Final = "tree"


class UnknownResultError(ValueError):
    """A value of a type that no card has named among its results."""


class NpzSerializer:
    """Makes bytes of the engine's results, and results of bytes.

    Parameters
    ----------
    *types : type
        The dataclasses and string enumerations that may appear, with those that their fields are declared to hold;
        nothing else is ever built from bytes.
    """

    def __init__(self, *types: type) -> None:
        self._types: dict[str, type] = {}
        self._checked: set[type] = set()
        for kind in with_parts(types):
            other = self._types.setdefault(kind.__name__, kind)
            if other is not kind:
                raise ValueError(f"Two result types have the name {kind.__name__}.")

    def dumps(self, value: Any) -> bytes:
        """Bytes of ``value``."""
        arrays: dict[str, np.ndarray[Any, Any]] = {}
        tree = self._flatten(value, arrays)
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, **{_TREE: np.array(json.dumps(tree))}, **arrays)
        return stream.getvalue()

    def loads(self, data: bytes) -> Any:
        """The value that ``data`` says, or None if it says none (corrupt, of another version, or packed by others)."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as entry:
                if any(part.compress_type for part in entry.zip.infolist()):
                    return (
                        None  # ours are stored as they are: what is unpacked is no larger than what is read
                    )
                return self._build(json.loads(str(entry[_TREE])), entry)
        except Exception:  # whatever is wrong with foreign bytes, the answer is the same: compute it again
            return None

    def check(self, value: Any) -> None:
        """Raise `UnknownResultError` if ``value`` is made of something unknown; each type is looked at once."""
        if type(value) not in self._checked:
            self._flatten(value, {})
            self._checked.add(type(value))

    def _flatten(self, value: object, arrays: dict[str, np.ndarray[Any, Any]]) -> Any:
        if isinstance(value, np.ndarray):
            arrays[f"array_{len(arrays)}"] = value
            return {"array": f"array_{len(arrays) - 1}"}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {
                field.name: self._flatten(getattr(value, field.name), arrays)
                for field in dataclasses.fields(value)
            }
            return {"type": self._known(type(value)), "fields": fields}
        if isinstance(value, StrEnum):
            return {"type": self._known(type(value)), "member": value.name}
        if isinstance(value, tuple):
            return {"tuple": [self._flatten(item, arrays) for item in value]}
        if value is None or isinstance(value, bool | int | str | float):
            return value  # JSON of Python reads NaN and infinities back
        if isinstance(value, np.generic):
            return value.item()
        raise UnknownResultError(f"A {type(value).__name__} cannot be stored.")

    def _build(self, tree: Any, entry: Mapping[str, np.ndarray[Any, Any]]) -> Any:
        if not isinstance(tree, dict):
            return tree
        if "array" in tree:
            array = entry[tree["array"]]
            array.setflags(write=False)
            return array
        if "tuple" in tree:
            return tuple(self._build(item, entry) for item in tree["tuple"])
        kind = self._types[tree["type"]]
        if "member" in tree:
            return kind[tree["member"]]  # type: ignore[index]
        return kind(**{name: self._build(item, entry) for name, item in tree["fields"].items()})

    def _known(self, kind: type) -> str:
        if self._types.get(kind.__name__) is not kind:
            raise UnknownResultError(f"{kind.__name__} is not among the result types of any card.")
        return kind.__name__


def with_parts(types: Iterable[type]) -> Iterator[type]:
    """Types, and the dataclasses and string enumerations that their fields are declared to hold, each once."""
    waiting, seen = list(types), set[type]()
    while waiting:
        kind = waiting.pop()
        if kind in seen:
            continue
        seen.add(kind)
        yield kind
        if dataclasses.is_dataclass(kind):
            waiting += [part for hint in get_type_hints(kind).values() for part in _stored(hint)]


def _stored(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and (dataclasses.is_dataclass(hint) or issubclass(hint, StrEnum)):
        yield hint
    for part in get_args(hint):
        yield from _stored(part)
