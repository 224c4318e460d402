"""Nested resolutions: each cell has one sample, and the samples of n cells along a side are among those of 2n."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..checks import RANGES, check_count
from ..errors import ParameterError

Mask: TypeAlias = NDArray[np.bool_]

BLOCK: Final = 8  # cells of a block along each side
COARSEST: Final = 16  # cells along each side from which on a resolution is halved no more


def check_resolution(resolution: int) -> int:
    """Return the number of cells along each side as an int.

    Parameters
    ----------
    resolution : int
        A multiple of 8 from 8 to 1024.

    Returns
    -------
    int

    Raises
    ------
    ParameterError
        If it is anything else.
    """
    number = check_count("resolution", resolution)
    if number % BLOCK:
        raise ParameterError("resolution", RANGES["resolution"].sentence)
    return number


def resolutions(resolution: int) -> tuple[int, ...]:
    """The coarser resolutions whose samples are used, and the resolution itself: 16, 32, 64, 128 for 128."""
    found = [check_resolution(resolution)]
    while found[0] % (2 * BLOCK) == 0 and found[0] > COARSEST:
        found.insert(0, found[0] // 2)
    return tuple(found)


def new_samples(resolution: int) -> Mask:
    """Which samples no coarser resolution has, shape (resolution, resolution)."""
    new = np.ones((resolution, resolution), dtype=np.bool_)
    if len(resolutions(resolution)) > 1:
        new[inherited(resolution)] = False
    return new


def inherited(resolution: int) -> tuple[slice, slice]:
    """Where the samples of half the resolution stand among those of a resolution."""
    every = slice(_place(resolution // 2), None, 2)
    return every, every


def _place(resolution: int) -> int:
    """In which half of a cell, 0 or 1, its sample stands."""
    return int(share(resolution) > 0.5)


def share(resolution: int) -> float:
    """How far into its cell a sample stands."""
    powers = (resolution & -resolution).bit_length() - 1
    return (2 if powers % 2 else 1) / 3
