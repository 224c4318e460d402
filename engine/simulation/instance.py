"""What is known of one instance: the noise on the visited directions, and where the path stands."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine._kernels import simulation as kernels
from engine.checks import read_only
from engine.model import Model
from engine.simulation.multisets import count, index_tables

Floats = NDArray[np.float64]

MEMORY: Final = 256 * 2**20
"""Bytes that the components of one instance may take."""

_FIRST_CAPACITY: Final = 24
_GROWTH: Final = 1.5


@dataclass(frozen=True, kw_only=True)
class NoiseTensor:
    """Known components of one noise tensor, for noise variance 1; without rows if its channel is switched off.

    Attributes
    ----------
    order : int
        2 for the matrix, p for the tensor.
    components : ndarray, shape (n_rows, k)
        C[R, q]: row R, a multiset of order - 1 of the k visited directions, on direction q.
    used : ndarray, shape (n_rows, n_used)
        Combinations of rows that have been turned into directions.
    pending : ndarray, shape (n_rows,)
        Combination of rows that the point has outside the visited span.
    """

    order: int
    components: Floats
    used: Floats
    pending: Floats


@dataclass(frozen=True, kw_only=True)
class Instance:
    """All that is known of one instance; enough to go on exactly.

    Attributes
    ----------
    n_dim : int
    matrix, tensor : NoiseTensor
    coordinates : ndarray, shape (k,)
        Of the unit vector x/√N on the visited directions, the signal's first.
    start : ndarray, shape (k,)
        Of the point the path began at.
    pending_used : ndarray, shape (n_used,)
        Scalar products of the pending combination with the used ones.
    generator : str
        State of the random numbers, JSON.
    """

    n_dim: int
    matrix: NoiseTensor
    tensor: NoiseTensor
    coordinates: Floats
    start: Floats
    pending_used: Floats
    generator: str

    @property
    def n_directions(self) -> int:
        """Number k of visited directions."""
        return self.coordinates.size


def channel_of(noise: NoiseTensor, delta: float, n_dim: int, capacity: int) -> kernels.Channel:
    """The kernels' view of a noise tensor, with room for ``capacity`` directions."""
    p = noise.order
    n_rows = 1 if math.isinf(delta) else count(p - 1, capacity)
    tables = index_tables(p, 1 if math.isinf(delta) else capacity)
    counts = np.zeros((p, capacity + 2), dtype=np.int64) if math.isinf(delta) else tables.counts
    factor = math.factorial(p) * p * float(n_dim)

    def room(known: Floats, *shape: int) -> Floats:
        array = np.zeros(shape)
        array[tuple(slice(size) for size in known.shape)] = known
        return array

    return kernels.Channel(
        order=p,
        root=1 / math.sqrt(delta),
        counts=counts,
        weight=math.factorial(p - 1) / tables.multiplicity,
        spread=np.sqrt(tables.multiplicity / factor),
        spread_new=np.sqrt(tables.multiplicity * (tables.run + 1) / factor),
        insert=tables.insert,
        C=room(noise.components, n_rows, capacity),
        U=room(noise.used, n_rows, capacity),
        rho=room(noise.pending, n_rows),
        work=np.zeros(n_rows),
    )


def largest_capacity(model: Model, n_dim: int) -> int:
    """How many directions fit into `MEMORY`, N at most."""
    orders = [p for p, delta in ((2, model.delta_2), (model.p, model.delta_p)) if not math.isinf(delta)]
    capacity = 2
    while (
        capacity < n_dim and 16 * (capacity + 1) * sum(count(p - 1, capacity + 1) for p in orders) <= MEMORY
    ):
        capacity += 1
    return capacity


class Walker:
    """A path that goes on from an instance; the one mutable object here.

    Parameters
    ----------
    model : Model
    instance : Instance
    """

    def __init__(self, model: Model, instance: Instance) -> None:
        self.model = model
        self.n_dim = instance.n_dim
        self.random = np.random.default_rng()
        self.random.bit_generator.state = json.loads(instance.generator)
        self.k, self.n_used = instance.n_directions, instance.pending_used.size
        self.limit = max(largest_capacity(model, instance.n_dim), self.k)
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
            self._allocate(self._seen(), max(k + 1, min(math.ceil(_GROWTH * k), self.limit)))
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

    def instance(self) -> Instance:
        """A copy of what is known."""
        seen = self._seen()
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


def _copied(noise: NoiseTensor) -> NoiseTensor:
    return replace(
        noise,
        components=read_only(noise.components.copy()),
        used=read_only(noise.used.copy()),
        pending=read_only(noise.pending.copy()),
    )


def blank_instance(model: Model, n_dim: int, seed: int) -> Instance:
    """An instance of which nothing is known yet."""
    nothing = {"components": np.zeros((0, 0)), "used": np.zeros((0, 0)), "pending": np.zeros(0)}
    return Instance(
        n_dim=n_dim,
        matrix=NoiseTensor(order=2, **nothing),
        tensor=NoiseTensor(order=model.p, **nothing),
        coordinates=np.zeros(0),
        start=np.zeros(0),
        pending_used=np.zeros(0),
        generator=json.dumps(np.random.default_rng(seed).bit_generator.state),
    )


def random_overlap(random: np.random.Generator, n_dim: int) -> float:
    """Overlap of a uniformly random point of the sphere."""
    z = random.standard_normal()
    return float(z / math.sqrt(z * z + 2 * random.standard_gamma((n_dim - 1) / 2)))


def first_instance(model: Model, n_dim: int, seed: int, overlap_0: float | None) -> Instance:
    """An instance at its start: the signal's direction and the start's are all that is visited."""
    walker = Walker(model, blank_instance(model, n_dim, seed))
    m = random_overlap(walker.random, n_dim) if overlap_0 is None else overlap_0
    walker.add_direction(blind=True)
    walker.add_direction(blind=True)
    walker.begin(np.array([m, math.sqrt((1 - m) * (1 + m))]))
    return walker.instance()


def same_start(model: Model, instance: Instance, overlap_0: float | None) -> Instance:
    """Back at the start; with another overlap on the same arc from the signal through it."""
    walker = Walker(model, instance)
    across = instance.start.copy()
    m = float(across[0]) if overlap_0 is None else overlap_0
    across[0] = 0
    across *= math.sqrt((1 - m) * (1 + m)) / math.sqrt(across @ across)
    across[0] = m
    walker.begin(across)
    return walker.instance()


def other_start(model: Model, instance: Instance, overlap_0: float | None) -> Instance:
    """At another random start, independent of the noise and of the path so far."""
    walker = Walker(model, instance)
    m = random_overlap(walker.random, instance.n_dim) if overlap_0 is None else overlap_0
    free = instance.n_dim - walker.k
    a = np.concatenate([[0.0], walker.random.standard_normal(walker.k - 1)])
    if free > 0:
        walker.add_direction(blind=True)
        a = np.append(a, math.sqrt(2 * walker.random.standard_gamma(free / 2)))
    a *= math.sqrt((1 - m) * (1 + m)) / math.sqrt(a @ a)
    a[0] = m
    walker.begin(a)
    return walker.instance()


def flipped(instance: Instance) -> Instance:
    """At the mirror image -x of where the path stands."""

    def mirror(noise: NoiseTensor) -> NoiseTensor:
        return replace(noise, pending=read_only(-noise.pending))

    return replace(
        instance,
        matrix=mirror(instance.matrix),
        tensor=mirror(instance.tensor),
        coordinates=read_only(-instance.coordinates),
        pending_used=read_only(-instance.pending_used),
        start=read_only(-instance.coordinates),
    )
