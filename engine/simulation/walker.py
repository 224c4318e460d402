"""A path that goes on from an instance: it stands somewhere, walks, and asks the noise for new directions."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Final

import numpy as np

from .._kernels import simulation as kernels
from ..checks import Floats, read_only
from ..model import Model
from .instance import Instance, NoiseTensor, channel_of, largest_capacity

_FIRST_CAPACITY: Final = 24
_GROWTH: Final = 1.5
_LAST: Final = 1.25


class Walker:
    """A path that goes on from an instance; the one mutable object here.

    Parameters
    ----------
    model : Model
    instance : Instance
    memory : int, optional
        Bytes that the components may take, by default `instance.MEMORY`.
    """

    def __init__(self, model: Model, instance: Instance, memory: int | None = None) -> None:
        self.model = model
        self.n_dim = instance.n_dim
        self.random = np.random.default_rng()
        self.random.bit_generator.state = json.loads(instance.generator)
        self.k, self.n_used = instance.n_directions, instance.pending_used.size
        self.limit = max(largest_capacity(model, instance.n_dim, memory), self.k)
        self.start = instance.start
        self._allocate(instance, min(max(_FIRST_CAPACITY, self.k), self.limit))

    def _allocate(self, instance: Instance, capacity: int) -> None:
        self.capacity = capacity
        self.matrix = channel_of(instance.matrix, self.model.delta_2, self.n_dim, capacity)
        self.tensor = channel_of(instance.tensor, self.model.delta_p, self.n_dim, capacity)
        self.a, self.c_rho = np.zeros(capacity), np.zeros(capacity)
        self.a[: self.k] = instance.coordinates
        self.c_rho[: self.n_used] = instance.pending_used

    @property
    def is_full(self) -> bool:
        """Whether another direction would exceed the memory."""
        return self.k >= self.limit

    @property
    def n_components(self) -> int:
        """Components of the noise that are known, which every step goes through."""
        channels = (self.matrix, self.tensor)
        return self.k * sum(int(channel.counts[channel.order - 1, self.k]) for channel in channels)

    def add_direction(self, *, blind: bool = False) -> None:
        """Visit the direction of the residual, or (blind) one chosen without looking at the noise."""
        k = self.k
        if k == self.capacity:
            more = math.ceil(_GROWTH * k)
            more = (
                self.limit if _LAST * more >= self.limit else more
            )  # not twice what almost fills the memory
            self._allocate(self._seen(), max(k + 1, more))
        z_2, z_p = (
            self.random.standard_normal(channel.counts[channel.order - 1, k + 1])
            for channel in (self.matrix, self.tensor)
        )
        chi = -1.0 if blind else math.sqrt(2 * self.random.standard_gamma((self.n_dim - k) / 2))
        kernels.add_direction(k, self.n_used, self.matrix, self.tensor, z_2, z_p, chi, self.a, self.c_rho)
        self.k += 1
        self.n_used += not blind

    def stand(self, coordinates: Floats) -> None:
        """Stand at a point of the visited span, with nothing outside it."""
        for array in (self.a, self.c_rho, self.matrix.rho, self.tensor.rho):
            array[:] = 0
        self.a[: coordinates.size] = coordinates

    def begin(self, coordinates: Floats) -> None:
        """Stand at a point and call it the start."""
        self.stand(coordinates)
        self.start = read_only(coordinates.copy())

    def instance(self, *, is_last: bool = False) -> Instance:
        """A copy of what is known; of one that ``is_last`` and full, whose walker is not used again, its own arrays."""
        seen = self._seen()
        if is_last and self.is_full and self.k == self.capacity:  # hundreds of megabytes
            return replace(
                seen,
                matrix=_own(seen.matrix),
                tensor=_own(seen.tensor),
                coordinates=read_only(seen.coordinates),
                pending_used=read_only(seen.pending_used),
            )
        return replace(
            seen,
            matrix=_copied(seen.matrix),
            tensor=_copied(seen.tensor),
            coordinates=read_only(seen.coordinates.copy()),
            pending_used=read_only(seen.pending_used.copy()),
        )

    def _seen(self) -> Instance:
        """What is known, in the walker's own arrays: good until it walks on."""
        k, n_used = self.k, self.n_used

        def noise(channel: kernels.Channel) -> NoiseTensor:
            n = channel.counts[channel.order - 1, k]
            return NoiseTensor(
                order=channel.order,
                components=channel.C[:n, :k],
                used=channel.U[:n, :n_used],
                pending=channel.rho[:n],
            )

        return Instance(
            n_dim=self.n_dim,
            matrix=noise(self.matrix),
            tensor=noise(self.tensor),
            coordinates=self.a[:k],
            start=self.start,
            pending_used=self.c_rho[:n_used],
            generator=json.dumps(self.random.bit_generator.state),
        )


def _own(noise: NoiseTensor) -> NoiseTensor:
    return replace(
        noise,
        components=read_only(noise.components),
        used=read_only(noise.used),
        pending=read_only(noise.pending),
    )


def _copied(noise: NoiseTensor) -> NoiseTensor:
    return replace(
        noise,
        components=read_only(noise.components.copy()),
        used=read_only(noise.used.copy()),
        pending=read_only(noise.pending.copy()),
    )
