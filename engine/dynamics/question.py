"""What a flow may be asked of a landscape: where it starts, and what is refused in a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ..checks import check_planted_overlap, check_range
from ..errors import ParameterError
from ..landscape import Landscape
from ..model import AnyLandscape

_SMALLEST_WITH_FIELD: Final = 1e-8


@dataclass(frozen=True)
class Start:
    """Where a flow starts.

    Attributes
    ----------
    overlap : float
        Size of the overlap.
    sign : float
        Its sign; 0 in a landscape without signal, where no overlap was asked for.
    landscape : Landscape
        As it is seen from there: mirrored for a negative overlap.
    """

    overlap: float
    sign: float
    landscape: Landscape

    def live(self, temperature: float) -> float:
        """What the overlap does, as the kernels take it: acts back, is carried along, or is none.

        Without signal and where none is asked for it is carried along all the same while it falls slowly: its steps do
        the ageing of high orders good. At T > 0 or in a random field it dies exponentially and would hold them down.
        """
        if self.landscape.signal:
            return 1.0
        dies = temperature > 0 or any(k == 1 for k, _ in self.landscape.noise)
        return -1.0 if dies and not self.sign else 0.0


def start_of(landscape: Landscape, overlap_0: float | None) -> Start:
    """Return the start of a flow, or raise `ParameterError`."""
    if landscape.planted:
        return Start(check_planted_overlap(overlap_0), 1.0, landscape)
    if overlap_0 is None:
        if landscape.signal:
            raise ParameterError("overlap_0", "Give the initial overlap with the signal.")
        return Start(1.0, 0.0, landscape)
    m = check_range("overlap_0", overlap_0, magnitude=True)
    sign = math.copysign(1.0, m)
    seen = landscape if sign > 0 else landscape.mirrored()
    field = dict(seen.signal).get(1, 0.0)
    if field < 0:
        raise ParameterError(
            "overlap_0",
            "A signal of order 1 pulls this overlap through 0, which is not followed: turn its sign.",
        )
    if field and abs(m) < _SMALLEST_WITH_FIELD:
        raise ParameterError(
            "overlap_0",
            "With a signal of order 1 give an initial overlap of at least 1e-8: it lifts any smaller one at once.",
        )
    return Start(abs(m), sign, seen)


def check_grows(landscape: Landscape) -> Landscape:
    """Return a landscape in which an infinitesimal overlap grows linearly, or raise `ParameterError`."""
    if landscape.planted:
        raise ParameterError(
            "model", "A planted landscape starts at overlap 1: no infinitesimal overlap grows."
        )
    if any(k == 1 for k, _ in landscape.signal):
        raise ParameterError(
            "model", "A signal of order 1 lifts any overlap at once: there is no linear growth to follow."
        )
    return landscape


def roughness(model: AnyLandscape) -> float:
    """Q‴(1)/Q″(1): how fast the curvature decorrelates; 0 of a model, whose numbers stand on the grid as it is."""
    if not isinstance(model, Landscape):
        return 0.0
    second = sum((k - 1) * a for k, a in model.noise)
    return sum((k - 1) * (k - 2) * a for k, a in model.noise) / second
