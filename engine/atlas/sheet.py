"""A plane with what has been measured of it, at one resolution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..checks import Floats, read_only
from .blocks import MISSING, Block, Plane
from .flows import AtlasTile
from .nesting import Mask, check_resolution, inherited, new_samples, resolutions


@dataclass(frozen=True, kw_only=True)
class Atlas:
    """The measured phase diagram; arrays are read-only, rows follow Δ₂ and columns Δp.

    Attributes
    ----------
    plane : Plane
        What was asked at every point.
    delta_p, delta_2 : ndarray, shape (n,)
        The axes, increasing.
    final_overlap : ndarray, shape (n, n)
        m(t_max); NaN where it is missing, or the run was cut before.
    escape_time : ndarray, shape (n, n)
        First t with |m| at `engine.complexity.escape_level`, in units of the bare flow; NaN where there is none.
    status_code : ndarray of uint8, shape (n, n)
        How each run ended, as a place in ``tuple(Status)``; `MISSING` where it is missing.
    """

    plane: Plane
    delta_p: Floats
    delta_2: Floats
    final_overlap: Floats
    escape_time: Floats
    status_code: NDArray[np.uint8]

    @classmethod
    def of(cls, plane: Plane, resolution: int, tiles: Mapping[Block, AtlasTile]) -> Atlas:
        """Lay tiles out.

        Parameters
        ----------
        plane : Plane
        resolution : int
            See `check_resolution`.
        tiles : mapping of Block to AtlasTile
            What has been measured (`engine.atlas.measure`); blocks of other resolutions are left aside.

        Returns
        -------
        Atlas
            With the samples that the tiles hold; the others are missing.
        """
        resolution = check_resolution(resolution)
        overlap, escape = np.full((2, resolution, resolution), np.nan)
        code = np.full((resolution, resolution), MISSING, dtype=np.uint8)
        for block, found in tiles.items():
            if block.resolution not in resolutions(resolution):
                continue
            place = _places(block, resolution)
            overlap[place], escape[place] = found.final_overlap, found.escape_time
            code[place] = found.status_code
        code.setflags(write=False)
        delta_p, delta_2 = plane.axes(resolution)
        return cls(
            plane=plane,
            delta_p=read_only(delta_p),
            delta_2=read_only(delta_2),
            final_overlap=read_only(overlap),
            escape_time=read_only(escape),
            status_code=code,
        )

    @property
    def resolution(self) -> int:
        """Cells along each side."""
        return self.delta_p.size

    @property
    def is_there(self) -> Mask:
        """Which samples have been measured, shape (n, n)."""
        there: Mask = self.status_code != MISSING
        return there

    @property
    def n_there(self) -> int:
        """How many samples have been measured."""
        return int(np.count_nonzero(self.is_there))

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return bool(self.is_there.all())

    def tiles(self) -> dict[Block, AtlasTile]:
        """Return the atlas as tiles again.

        Returns
        -------
        dict of Block to AtlasTile
            Of every block whose samples are all there, coarse ones first.
        """
        found = {}
        for block in self.plane.blocks(self.resolution):
            place = _places(block, self.resolution)
            if not (self.status_code[place] == MISSING).any():
                parts = (self.final_overlap[place], self.escape_time[place], self.status_code[place])
                for part in parts:
                    part.setflags(write=False)
                found[block] = AtlasTile(*parts)
        return found

    def filled(self) -> Atlas:
        """Return the atlas as it is looked at while it is being made.

        Returns
        -------
        Atlas
            Missing cells show the sample of the coarser cell that they lie in, the finest there is; those that lie in
            none are still missing. Its samples are no measurements of their places.
        """
        names = ("final_overlap", "escape_time", "status_code")
        filled = {name: getattr(self, name).copy() for name in names}
        for coarse in reversed(resolutions(self.resolution)[:-1]):
            width = self.resolution // coarse
            place = _positions(np.arange(coarse), coarse, self.resolution)
            cells = np.ix_(place, place)
            lacking = filled["status_code"] == MISSING
            for name in names:
                around = np.kron(getattr(self, name)[cells], np.ones((width, width), dtype=np.uint8))
                filled[name][lacking] = around[lacking]
        for part in filled.values():
            part.setflags(write=False)
        return replace(self, **filled)


def _places(block: Block, resolution: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns, at a finer resolution, of the samples that a block brings."""
    rows, columns = np.nonzero(new_samples(block.resolution)[block.cells])
    first_row, first_column = (side.start for side in block.cells)
    return (
        _positions(rows + first_row, block.resolution, resolution),
        _positions(columns + first_column, block.resolution, resolution),
    )


def _positions(cells: NDArray[np.intp], coarse: int, fine: int) -> NDArray[np.intp]:
    """The cells of a finer resolution in which the samples of a coarser one's stand."""
    while coarse < fine:
        coarse *= 2
        side, _ = inherited(coarse)
        cells = 2 * cells + side.start
    return cells
