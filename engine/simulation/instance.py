"""What is known of one instance: the noise on the visited directions, and where the path stands."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

import numpy as np

from .._kernels import simulation as kernels
from ..checks import Floats
from ..model import AnyLandscape
from .couplings import Coupling, couplings_of
from .multisets import count, index_tables
from .room import Room


@dataclass(frozen=True, kw_only=True)
class NoiseTensor:
    """Known components of one noise tensor, for noise variance 1; without rows if there is no noise of its order.

    Attributes
    ----------
    order : int
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
    noise : tuple of NoiseTensor
        By order; of a model matrix and tensor.
    coordinates : ndarray, shape (k,)
        Of the unit vector x/√N on the visited directions, the signal's first.
    start : ndarray, shape (k,)
        Of the point the path began at.
    pending_used : ndarray, shape (n_used,)
        Scalar products of the pending combination with the used ones.
    generator : str
        State of the random numbers, JSON.
    room : Room, optional
        Where the components lie, with room for more; without one they are copied to go on.
    """

    n_dim: int
    noise: tuple[NoiseTensor, ...]
    coordinates: Floats
    start: Floats
    pending_used: Floats
    generator: str
    room: Room | None = field(default=None, repr=False, compare=False)

    @property
    def n_directions(self) -> int:
        """Number k of visited directions."""
        return self.coordinates.size


def channel_of(noise: NoiseTensor, coupling: Coupling, n_dim: int, capacity: int) -> kernels.Channel:
    """The kernels' view of a noise tensor, with room for ``capacity`` directions."""
    p, is_off = noise.order, coupling.root == 0
    n_rows = 1 if is_off else count(p - 1, capacity)
    tables = index_tables(p, 1 if is_off else capacity)
    counts = np.zeros((p, capacity + 2), dtype=np.int64) if is_off else tables.counts
    factor = math.factorial(p) * p * float(n_dim)

    def larger(known: Floats, *shape: int) -> Floats:
        array = np.zeros(shape)
        array[tuple(slice(size) for size in known.shape)] = known
        return array

    return kernels.Channel(
        order=p,
        root=coupling.root,
        signal=coupling.signal,
        counts=counts,
        weight=math.factorial(p - 1) / tables.multiplicity,
        spread=np.sqrt(tables.multiplicity / factor),
        spread_new=np.sqrt(tables.multiplicity * (tables.run + 1) / factor),
        insert=tables.insert,
        C=larger(noise.components, n_rows, capacity),
        U=larger(noise.used, n_rows, capacity),
        rho=larger(noise.pending, n_rows),
        work=np.zeros(n_rows),
    )


def channels_of(model: AnyLandscape, instance: Instance, capacity: int | None = None) -> kernels.Channels:
    """The noise tensors of an instance as the kernels see them: to be read, or with room for so many directions."""
    if capacity is None and instance.room is not None:
        return instance.room.channels(model)
    room = instance.n_directions if capacity is None else capacity
    return tuple(
        channel_of(noise, coupling, instance.n_dim, room)
        for noise, coupling in zip(instance.noise, couplings_of(model), strict=True)
    )


def blank_instance(model: AnyLandscape, n_dim: int, seed: int) -> Instance:
    """An instance of which nothing is known yet."""
    nothing = {"components": np.zeros((0, 0)), "used": np.zeros((0, 0)), "pending": np.zeros(0)}
    return Instance(
        n_dim=n_dim,
        noise=tuple(NoiseTensor(order=coupling.order, **nothing) for coupling in couplings_of(model)),
        coordinates=np.zeros(0),
        start=np.zeros(0),
        pending_used=np.zeros(0),
        generator=json.dumps(np.random.default_rng(seed).bit_generator.state),
    )
