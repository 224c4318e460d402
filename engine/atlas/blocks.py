"""Which points are measured: a plane, its nested resolutions, and the blocks in which its samples are taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..checks import Floats, check_number, check_order, check_range
from ..errors import ParameterError
from .nesting import BLOCK, check_resolution, new_samples, resolutions, share

MISSING: Final = 255  # status code of a sample that is not there


@dataclass(frozen=True, slots=True)
class Block:
    """Eight by eight cells of a plane at one resolution.

    Parameters
    ----------
    resolution : int
        Cells along each side of the whole plane.
    row : int
        Counts blocks along Δ₂, from 0.
    column : int
        Counts blocks along Δp, from 0.
    """

    resolution: int
    row: int
    column: int

    @property
    def cells(self) -> tuple[slice, slice]:
        """The block's cells within the plane's, as (rows, columns)."""
        rows, columns = (slice(BLOCK * k, BLOCK * (k + 1)) for k in (self.row, self.column))
        return rows, columns


@dataclass(frozen=True, slots=True)
class Plane:
    """The flows of an atlas: all their parameters but the two noises, and the ranges of these.

    Parameters
    ----------
    p : int, optional
        Order of the tensor, 3 to 10.
    overlap_0 : float, optional
        Overlap at t = 0.
    t_max : float, optional
        Final time, in units of the bare flow.
    temperature : float, optional
        0 to 2.
    delta_p_range, delta_2_range : tuple of (float, float), optional
        Ends of the plane, finite; by default those of the phase diagram, Δp from 0.03 to 100, 1/Δ₂ from 0.3 to 20.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Notes
    -----
    At resolution n each side is cut into n cells of equal width in the logarithm, and each cell has one sample, at one
    third of its width if n holds an even power of two, at two thirds if an odd one. Since ⅓ of a cell is ⅔ of its
    left half, and ⅔ of a cell ⅓ of its right half, the samples of n are among those of 2n, whatever n, and each
    stands within a sixth of a cell's width of its middle.

    Examples
    --------
    >>> delta_p, _ = Plane().axes(16)
    >>> finer, _ = Plane().axes(32)
    >>> bool(np.isin(delta_p, finer).all())
    True
    """

    p: int = 3
    overlap_0: float = 1e-10
    t_max: float = 1e4
    temperature: float = 0.0
    delta_p_range: tuple[float, float] = (0.03, 100.0)
    delta_2_range: tuple[float, float] = (0.05, 1 / 0.3)

    def __post_init__(self) -> None:
        checked = {
            "p": check_order(self.p),
            "overlap_0": check_range("overlap_0", self.overlap_0, magnitude=True),
            "t_max": check_range("t_max", self.t_max),
            "temperature": check_range("temperature", self.temperature),
            "delta_p_range": _check_ends("delta_p", self.delta_p_range),
            "delta_2_range": _check_ends("delta_2", self.delta_2_range),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def axes(self, resolution: int) -> tuple[Floats, Floats]:
        """Return Δp and Δ₂ of the samples.

        Parameters
        ----------
        resolution : int
            See `check_resolution`.

        Returns
        -------
        tuple of (ndarray, ndarray)
            Each of shape (resolution,), increasing.
        """
        resolution = check_resolution(resolution)
        return _along(self.delta_p_range, resolution), _along(self.delta_2_range, resolution)

    def edges(self, resolution: int) -> tuple[Floats, Floats]:
        """Return Δp and Δ₂ where the cells meet.

        Parameters
        ----------
        resolution : int
            See `check_resolution`.

        Returns
        -------
        tuple of (ndarray, ndarray)
            Each of shape (resolution + 1,), increasing; the ends are the plane's.
        """
        resolution = check_resolution(resolution)
        return (
            np.geomspace(*self.delta_p_range, resolution + 1),
            np.geomspace(*self.delta_2_range, resolution + 1),
        )

    def blocks(self, resolution: int) -> tuple[Block, ...]:
        """Return all blocks that make the atlas at a resolution, coarse ones first.

        Parameters
        ----------
        resolution : int
            See `check_resolution`.

        Returns
        -------
        tuple of Block
            Those of every resolution of `resolutions`, row by row; their samples are the atlas's, each once.
        """
        return tuple(
            Block(n, row, column)
            for n in resolutions(resolution)
            for row in range(n // BLOCK)
            for column in range(n // BLOCK)
        )

    def samples(self, block: Block) -> tuple[Floats, Floats]:
        """Return Δp and Δ₂ of the samples of a block.

        Parameters
        ----------
        block : Block
            Of any resolution.

        Returns
        -------
        tuple of (ndarray, ndarray)
            Each of shape (k,): the block's samples that no coarser resolution has, row by row; k is 64 in the coarsest
            resolution, 48 in the others.
        """
        delta_p, delta_2 = self.axes(block.resolution)
        rows, columns = block.cells
        x, y = np.meshgrid(delta_p[columns], delta_2[rows])
        new = new_samples(block.resolution)[rows, columns]
        return x[new], y[new]


def _along(ends: tuple[float, float], resolution: int) -> Floats:
    """The samples of one side; from whole numbers, so that equal places give equal numbers at every resolution."""
    thirds = 3 * np.arange(resolution) + round(3 * share(resolution))
    low, high = ends
    place: Floats = low * (high / low) ** (thirds / (3 * resolution))
    return place


def _check_ends(name: str, ends: tuple[float, float]) -> tuple[float, float]:
    sentence = "A range of noise must be two numbers, the smaller one first."
    try:
        low, high = (check_number(name, end, sentence) for end in ends)
    except (TypeError, ValueError):
        raise ParameterError(name, sentence) from None
    low, high = check_range(name, low), check_range(name, high)
    if not low < high:
        raise ParameterError(name, sentence)
    return low, high
