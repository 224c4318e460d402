"""A path that goes on from an instance: it stands somewhere, walks, and asks the noise for new directions."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Final

import numpy as np

from .._kernels import simulation as kernels
from .._kernels.simulation import Channel
from ..checks import Floats, read_only
from ..model import AnyLandscape
from .couplings import noise_orders
from .instance import Instance, NoiseTensor, channels_of
from .room import Room, bytes_of, capacity_for

WORK_OF_GROWTH: Final = 0.5  # per byte
_LIMIT: Final = 2**40  # directions, of a walker that only begins


class Walker:
    """A path that goes on from an instance; the one mutable object here.

    Parameters
    ----------
    model : Model or Landscape
    instance : Instance
    limit : int, optional
        Directions that it may know.
    """

    def __init__(self, model: AnyLandscape, instance: Instance, limit: int = _LIMIT) -> None:
        self.model = model
        self.n_dim = instance.n_dim
        self.random = np.random.default_rng()
        self.random.bit_generator.state = json.loads(instance.generator)
        self.k, self.n_used = instance.n_directions, instance.pending_used.size
        self.limit = max(min(limit, self.n_dim), self.k)
        self.start = instance.start
        self.work = 0.0
        if instance.room is not None and instance.room.take(self.k):
            self._enter(instance.room, instance)
        else:
            self._allocate(instance, self.k)

    def _allocate(self, instance: Instance, k: int) -> None:
        """Make room for k directions, and copy what is known."""
        capacity = capacity_for(noise_orders(self.model), k, self.limit)
        channels = channels_of(self.model, instance, capacity)
        self._stand_in(Room(channels, capacity), channels, instance)

    def _enter(self, room: Room, instance: Instance) -> None:
        """Go on where the instance lies; what is not only added to is one's own."""
        channels = tuple(
            channel._replace(rho=_longer(noise.pending, channel.rho.size), work=np.zeros(channel.rho.size))
            for channel, noise in zip(room.channels(self.model), instance.noise, strict=True)
        )
        self._stand_in(room, channels, instance)

    def _stand_in(self, room: Room, channels: kernels.Channels, instance: Instance) -> None:
        self._room, self.channels = room, channels
        self.a = _longer(instance.coordinates, room.capacity)
        self.c_rho = _longer(instance.pending_used, room.capacity)

    @property
    def capacity(self) -> int:
        """Directions for which there is room."""
        return self._room.capacity

    @property
    def is_full(self) -> bool:
        """Whether another direction would exceed the memory."""
        return self.k >= self.limit

    @property
    def n_components(self) -> int:
        """Components of the noise that are known, which every step goes through."""
        return self.k * self._n_rows

    @property
    def _n_rows(self) -> int:
        return sum(int(channel.counts[channel.order - 1, self.k]) for channel in self.channels)

    @property
    def work_of_growth(self) -> float:
        """What the next direction costs beyond its own work: new arrays, where there is no room for it."""
        if self.k < self.capacity or self.is_full:
            return 0.0
        orders = noise_orders(self.model)
        return WORK_OF_GROWTH * bytes_of(orders, capacity_for(orders, self.k + 1, self.limit))

    @property
    def work_of_step(self) -> float:
        """What a step costs, see `walk.Track`."""
        return 2 * self.n_components + 10 * self._n_rows + 2_000

    def add_direction(self, *, blind: bool = False) -> None:
        """Visit the direction of the residual, or (blind) one chosen without looking at the noise."""
        k = self.k
        if k == self.capacity:
            self.work += self.work_of_growth
            self._allocate(self._seen(), k + 1)
        z = tuple(
            self.random.standard_normal(channel.counts[channel.order - 1, k + 1]) for channel in self.channels
        )
        rho = tuple(channel.rho for channel in self.channels)
        chi = -1.0 if blind else math.sqrt(2 * self.random.standard_gamma((self.n_dim - k) / 2))
        kernels.add_direction(k, self.n_used, self.channels, rho, z, chi, self.a, self.c_rho)
        self.k += 1
        self.n_used += not blind
        self.work += 6 * self.n_components + 40 * self._n_rows + 10_000

    def stand(self, coordinates: Floats) -> None:
        """Stand at a point of the visited span, with nothing outside it."""
        for array in (self.a, self.c_rho, *(channel.rho for channel in self.channels)):
            array[:] = 0
        self.a[: coordinates.size] = coordinates

    def begin(self, coordinates: Floats) -> None:
        """Stand at a point and call it the start."""
        self.stand(coordinates)
        self.start = read_only(coordinates.copy())

    def instance(self) -> Instance:
        """What is known now; the walker walks on in the same room, where this is not changed."""
        return self._read_only(copied=True)

    def leave(self) -> Instance:
        """What is known, by a walker that is not used again: the next one may go on in its room."""
        self._room.leave(self.k)
        return replace(self._read_only(copied=False), room=self._room)

    def _read_only(self, *, copied: bool) -> Instance:
        seen = self._seen()

        def own(array: Floats) -> Floats:
            return read_only(array.copy() if copied else array)

        def noise(known: NoiseTensor) -> NoiseTensor:
            return replace(
                known,
                components=read_only(known.components),
                used=read_only(known.used),
                pending=own(known.pending),
            )

        return replace(
            seen,
            noise=tuple(noise(known) for known in seen.noise),
            coordinates=own(seen.coordinates),
            pending_used=own(seen.pending_used),
        )

    def _seen(self) -> Instance:
        """What is known, in the walker's own arrays: good until it walks on."""
        k, n_used = self.k, self.n_used

        def noise(channel: Channel) -> NoiseTensor:
            n = channel.counts[channel.order - 1, k]
            return NoiseTensor(
                order=channel.order,
                components=channel.C[:n, :k],
                used=channel.U[:n, :n_used],
                pending=channel.rho[:n],
            )

        return Instance(
            n_dim=self.n_dim,
            noise=tuple(noise(channel) for channel in self.channels),
            coordinates=self.a[:k],
            start=self.start,
            pending_used=self.c_rho[:n_used],
            generator=json.dumps(self.random.bit_generator.state),
        )


def _longer(known: Floats, size: int) -> Floats:
    array = np.zeros(size)
    array[: known.size] = known
    return array
