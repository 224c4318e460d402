"""A scan: flows along one noise through a point, as many small results."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..compute.door import Door
from ..compute.question import Question, question
from ..page.reading import changed
from ..page.state import Parameters
from ..physics import Status, atlas, checks, hessian

Noise = Literal["d2", "dp"]
PER_DECADE: Final = 40  # values of the noise, the same for all points: neighbours share them
REACH: Final = 24  # of them on either side of the point
COARSE: Final = 8  # every so many come first
DIGITS: Final = 4  # significant, of these values


@dataclass(frozen=True)
class Scan:
    """The flows along one noise, all else as at a point.

    Parameters
    ----------
    parameters : Parameters
        The point.
    along : {"d2", "dp"}
        The noise that varies.
    """

    parameters: Parameters
    along: Noise

    @cached_property
    def noises(self) -> tuple[float, ...]:
        """Its values, increasing: evenly spaced in log10 about the point's own (about 1 if that is infinite)."""
        own = float(getattr(self.parameters, self.along))
        middle = round(PER_DECADE * math.log10(own)) if math.isfinite(own) else 0
        bounds = checks.RANGES["delta_2" if self.along == "d2" else "delta_p"]
        grid = [
            float(f"{10 ** (k / PER_DECADE):.{DIGITS}g}") for k in range(middle - REACH, middle + REACH + 1)
        ]
        values = {noise for noise in grid if bounds.lower <= noise <= bounds.upper}
        return tuple(sorted(values | ({own} if math.isfinite(own) else set())))

    def chunks(self) -> tuple[Question[atlas.AtlasTile], ...]:
        """The questions of its flows: the point's own, some far apart, all others."""
        own = getattr(self.parameters, self.along)
        coarse = set(self.noises[::COARSE])
        order = sorted(self.noises, key=lambda noise: (noise != own, noise not in coarse, noise))
        return tuple(self.asked(noise) for noise in order)

    def asked(self, noise: float) -> Question[atlas.AtlasTile]:
        """The question of one of its flows."""
        point = changed(self.parameters, **{self.along: noise})
        return question(
            atlas.tile,
            point.p,
            (point.dp,),
            (point.d2,),
            overlap_0=point.m0,
            t_max=point.tmax,
            temperature=point.T,
        )


@dataclass(frozen=True)
class Scanned:
    """What is there of a scan; every array has shape (n,), NaN where nothing is there.

    Parameters
    ----------
    noise : array
        All values of the noise.
    theta : array
        θ of the Hessian at m = 0, in units of σ.
    final_overlap, escape_time : array
        As of `engine.atlas.AtlasTile`.
    status_code : array of uint8
        How each run ended, as a place in ``tuple(Status)``; only where `is_there`.
    is_there : array of bool
        Which flows are there.
    """

    noise: NDArray[np.float64]
    theta: NDArray[np.float64]
    final_overlap: NDArray[np.float64]
    escape_time: NDArray[np.float64]
    status_code: NDArray[np.uint8]
    is_there: NDArray[np.bool_]

    @property
    def status(self) -> tuple[str, ...]:
        """The words of the status codes, in order."""
        return tuple(status.name for status in Status)


def assemble(scan: Scan, results: Mapping[Question[Any], atlas.AtlasTile]) -> Scanned:
    """Lay out the results that are there."""
    noise = np.array(scan.noises)
    final, escape = np.full((2, noise.size), np.nan)
    code = np.zeros(noise.size, dtype=np.uint8)
    there = np.zeros(noise.size, dtype=np.bool_)
    for k, value in enumerate(scan.noises):
        found = results.get(scan.asked(value))
        if found is not None:
            final[k], escape[k], code[k] = found.final_overlap[0], found.escape_time[0], found.status_code[0]
            there[k] = True
    point = scan.parameters
    delta_p, delta_2 = (noise, point.d2) if scan.along == "dp" else (point.dp, noise)
    theta = np.broadcast_to(hessian.equator_theta(point.p, delta_p, delta_2), noise.shape).astype(np.float64)
    return Scanned(noise, theta, final, escape, code, there)


def on_shelf(door: Door, scan: Scan) -> Scanned:
    """What has been kept of it; nothing is computed."""
    found = {asked: door.recall(asked) for asked in scan.chunks()}
    return assemble(scan, {asked: answer.value for asked, answer in found.items() if answer is not None})
