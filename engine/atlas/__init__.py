"""The measured phase diagram: what the flow really does at every point of the (Δp, Δ₂) plane.

`tile` runs the full two-time equations at some points; a `Plane` says which points, in nested resolutions and blocks
of 8 × 8 cells, so that nothing is ever computed twice; an `Atlas` is the plane with all that has been measured.
`measured_line` finds the gradient-flow line from the growth of an infinitesimal overlap. Conventions and what a
boundary at finite (m₀, t_max) means: docs/theory/atlas.md.
"""

from .archive import pack, unpack
from .blocks import MISSING, Block, Plane
from .flows import AtlasTile, first_time, measure, tile
from .line import MeasuredLine, measured_line
from .nesting import BLOCK, check_resolution
from .sheet import Atlas

__all__ = [
    "BLOCK",
    "MISSING",
    "Atlas",
    "AtlasTile",
    "Block",
    "MeasuredLine",
    "Plane",
    "check_resolution",
    "first_time",
    "measure",
    "measured_line",
    "pack",
    "tile",
    "unpack",
]
