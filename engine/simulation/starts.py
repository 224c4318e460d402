"""Where a path begins on an instance: a first point, the same one again, another one, or the mirror image."""

from __future__ import annotations

import math
from dataclasses import replace
from enum import StrEnum

import numpy as np

from ..checks import check_planted_overlap, check_range, read_only
from ..errors import ParameterError
from ..model import AnyLandscape
from .instance import Instance, NoiseTensor, blank_instance
from .walker import Walker


class Start(StrEnum):
    """Where a restart begins."""

    SAME = "same"
    OTHER = "other"
    FLIPPED = "flipped"


def check_start(model: AnyLandscape, overlap_0: float | None) -> float | None:
    """Return the initial overlap as a float, None for a random start."""
    if model.landscape.planted:
        return check_planted_overlap(overlap_0)
    return None if overlap_0 is None else check_range("overlap_0", overlap_0, magnitude=True)


def random_overlap(random: np.random.Generator, n_dim: int) -> float:
    """Overlap of a uniformly random point of the sphere."""
    z = random.standard_normal()
    return float(z / math.sqrt(z * z + 2 * random.standard_gamma((n_dim - 1) / 2)))


def first_instance(model: AnyLandscape, n_dim: int, seed: int, overlap_0: float | None) -> Instance:
    """An instance at its start: the signal's direction and the start's are all that is visited.

    In a planted landscape both are one; the other direction is any.
    """
    walker = Walker(model, blank_instance(model, n_dim, seed))
    m = random_overlap(walker.random, n_dim) if overlap_0 is None else overlap_0
    walker.add_direction(blind=True)
    walker.add_direction(blind=True)
    walker.begin(np.array([m, math.sqrt((1 - m) * (1 + m))]))
    return walker.leave()


def same_start(model: AnyLandscape, instance: Instance, overlap_0: float | None) -> Instance:
    """Back at the start; with another overlap on the same arc from the signal through it."""
    walker = Walker(model, instance)
    across = instance.start.copy()
    m = float(across[0]) if overlap_0 is None else overlap_0
    across[0] = 0
    if np.any(across):  # else it is the signal itself
        across *= math.sqrt((1 - m) * (1 + m)) / math.sqrt(across @ across)
    across[0] = m
    walker.begin(across)
    return walker.leave()


def other_start(model: AnyLandscape, instance: Instance, overlap_0: float | None, limit: int) -> Instance:
    """At another random start, independent of the noise and of the path so far."""
    if limit <= instance.n_directions < instance.n_dim:
        raise ParameterError(
            "start",
            f"The {instance.n_directions} directions of the runs so far fill the memory that a run may use:"
            " there is no room for another start.",
        )
    walker = Walker(model, instance, limit)
    m = random_overlap(walker.random, instance.n_dim) if overlap_0 is None else overlap_0
    free = instance.n_dim - walker.k
    a = np.concatenate([[0.0], walker.random.standard_normal(walker.k - 1)])
    if free > 0:
        walker.add_direction(blind=True)
        a = np.append(a, math.sqrt(2 * walker.random.standard_gamma(free / 2)))
    a *= math.sqrt((1 - m) * (1 + m)) / math.sqrt(a @ a)
    a[0] = m
    walker.begin(a)
    return walker.leave()


def flipped(instance: Instance) -> Instance:
    """At the mirror image -x of where the path stands."""

    def mirror(noise: NoiseTensor) -> NoiseTensor:
        return replace(noise, pending=read_only(-noise.pending))

    return replace(
        instance,
        noise=tuple(mirror(noise) for noise in instance.noise),
        coordinates=read_only(-instance.coordinates),
        pending_used=read_only(-instance.pending_used),
        start=read_only(-instance.coordinates),
    )


def begun_again(
    model: AnyLandscape, instance: Instance, start: str, overlap_0: float | None, *, limit: int
) -> Instance:
    """The instance at the start of a restart.

    Parameters
    ----------
    model : Model or Landscape
        Whose noise variances the new path has.
    instance : Instance
        All that is known of the noise.
    start : {"same", "other", "flipped"}
        Which start.
    overlap_0 : float or None
        Its overlap, None for its own.
    limit : int
        Directions for which there is memory.

    Returns
    -------
    Instance

    Raises
    ------
    ParameterError
        If there is no such start, or no memory for another one.
    """
    if model.landscape.planted and start != Start.SAME:
        raise ParameterError("start", "A planted landscape has one start, its own: restart from the same.")
    if start == Start.SAME:
        return same_start(model, instance, overlap_0)
    if start == Start.OTHER:
        return other_start(model, instance, overlap_0, limit)
    if start == Start.FLIPPED and overlap_0 is None:
        return flipped(instance)
    raise ParameterError(
        "start",
        "A restart is from the same start, another one, or flipped (then without an overlap).",
    )
