"""Where the numbers of an instance lie, with room for more directions, and how many bytes that takes.

What is known of the noise is only ever added to: a new direction appends a column and rows. A run that goes on from an
instance therefore works in the same arrays, and only one that goes on from an earlier state, or beside another, copies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from threading import Lock
from typing import Final

from .._kernels.simulation import Channels
from ..model import AnyLandscape
from .couplings import couplings_of, noise_orders
from .multisets import count

MEMORY: Final = 256 * 2**20
"""Bytes that one run may take at its peak, beside `SLACK`."""

SLACK: Final = 48 * 2**20
"""Bytes that a run may take beyond that: blocks of the Hessians along the path, whatever the directions."""

_FIRST: Final = 24  # or fewer, 4 at least, that fit into so many bytes:
_LEAST: Final = 4
_FIRST_BYTES: Final = 2**20
_GROWTH: Final = 1.5
_LAST: Final = 1.25
_VECTORS: Final = (
    6  # of a number per row: weight, both spreads, rho, work, and normals while a direction is added
)
_COPIES: Final = 2  # of the path: it and a wider one, or it and the one that is returned


class Room:
    """Arrays for more directions than are known; one walker at a time may add to them.

    Parameters
    ----------
    channels : tuple of Channel
    capacity : int
        Directions that fit.
    """

    __slots__ = ("_channels", "_is_free", "_k", "_lock", "capacity")

    def __init__(self, channels: Channels, capacity: int) -> None:
        self._channels, self.capacity = channels, capacity
        self._lock, self._is_free, self._k = Lock(), False, 0

    def take(self, k: int) -> bool:
        """Whether whoever knows k directions may go on in here: nobody else does, and these are all that is known."""
        with self._lock:
            is_granted = self._is_free and self._k == k
            self._is_free = self._is_free and not is_granted
            return is_granted

    def leave(self, k: int) -> None:
        """Whoever has taken it, or made it, is done; k directions are known now."""
        with self._lock:
            self._is_free, self._k = True, k

    def channels(self, model: AnyLandscape) -> Channels:
        """The noise tensors as the kernels see them, with a model's couplings; rho and work are nobody's."""
        return tuple(
            channel._replace(root=coupling.root, signal=coupling.signal)
            for channel, coupling in zip(self._channels, couplings_of(model), strict=True)
        )

    def __reduce__(self) -> tuple[object, ...]:
        return _no_room, ()  # elsewhere the instance's own arrays are all there is


def _no_room() -> None:
    return None


def bytes_of(orders: Sequence[int], capacity: int) -> int:
    """Bytes of a run's arrays with room for so many directions."""
    numbers = 0
    for p in orders:
        rows, inserts = count(p - 1, capacity), count(p - 2, capacity) * capacity
        tables = 7 * rows + 2 * inserts  # while they are made: before the components are
        numbers += _VECTORS * rows + inserts + max(2 * capacity * rows, tables)
    return 8 * numbers


def peak_of(orders: Sequence[int], capacity: int, n_steps: int) -> int:
    """Bytes of a run at its peak: when it grows to so many directions, the arrays before are still there."""
    path = 8 * _COPIES * (n_steps + 1) * capacity
    return bytes_of(orders, capacity) + bytes_of(orders, int(capacity / _LAST)) + path


def largest_capacity(model: AnyLandscape, n_dim: int, n_steps: int, memory: int | None = None) -> int:
    """How many directions fit into so many bytes, by default `MEMORY`; N at most."""
    memory, orders, capacity = MEMORY if memory is None else memory, noise_orders(model), 2
    while capacity < n_dim and peak_of(orders, capacity + 1, n_steps) <= memory:
        capacity += 1
    return capacity


def capacity_for(orders: Sequence[int], k: int, limit: int) -> int:
    """Directions for which room is made when there are k: by steps, the same ones whoever goes on."""
    first = _FIRST
    while first > _LEAST and bytes_of(orders, first) > _FIRST_BYTES:
        first -= 1
    capacity = min(first, limit)
    while capacity < k:
        capacity = math.ceil(_GROWTH * capacity)
        if _LAST * capacity >= limit:  # not twice what almost fills the memory
            return limit
    return capacity
