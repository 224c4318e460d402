"""The phase diagram at T > 0: what Langevin dynamics does on either side of its line, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from ..physics import say
from .figure import Figure
from .theme import Theme, rgba

#: By the code of a phase.
NAMES: Final = (
    "recovers: the flow at T = {} finds the signal",
    "glassy: the flow at T = {} is held by threshold states",
    "paramagnet: nothing holds the flow, and nothing is found",
)
HIDDEN: Final = "chosen lines and regions of T = 0 are not drawn at T > 0"
LEAST: Final = 3.0  # places from a name to the border of its phase
WIDE: Final = 0.4  # words are wider than high


class Phases(Protocol):
    """The phases: `app.quantities.thermal.ThermalPhases`."""

    @property
    def delta_p(self) -> NDArray[np.float64]:
        """Δp of each column."""

    @property
    def inverse_delta_2(self) -> NDArray[np.float64]:
        """1/Δ₂ of each row."""

    @property
    def phase(self) -> NDArray[np.int64]:
        """Their codes."""


def name_phases(made: Figure, there: Phases, look: Theme, tangents: list[Any], *, temperature: float) -> None:
    """Write the name of each phase where it has most room.

    Parameters
    ----------
    made : Figure
        The diagram.
    there : Phases
        What is where.
    look : Theme
        Light or dark.
    tangents : list
        What the page turns words by; gets a None for each name.
    temperature : float
        T.
    """
    for code, name in enumerate(NAMES):
        inside = np.pad(there.phase == code, 1)  # beyond the picture is no room
        room = distance_transform_edt(inside, sampling=(1.0, WIDE))[1:-1, 1:-1]
        if room.max(initial=0.0) < LEAST * WIDE:
            continue
        row, column = np.unravel_index(int(np.argmax(room)), room.shape)
        _write(
            made, name.format(say(temperature)), look,
            x=float(np.log10(there.delta_p[column])), y=float(np.log10(there.inverse_delta_2[row])), xanchor="center",
        )  # fmt: skip
        tangents.append(None)


def tell_hidden(made: Figure, look: Theme, tangents: list[Any], families: Sequence[str]) -> None:
    """Say so where lines are chosen that are about T = 0, and therefore not drawn."""
    if set(families) <= {"bayes", "langevin"}:
        return
    _write(made, HIDDEN, look, x=0.01, y=0.01, xref="paper", yref="paper", xanchor="left", yanchor="bottom")
    tangents.append(None)


def _write(made: Figure, text: str, look: Theme, **place: Any) -> None:
    words = _wrapped(text)
    made.add_annotation(
        text=words, showarrow=False, bgcolor=rgba(look.paper, 0.8), borderpad=2,
        font={"size": 12, "color": look.ink}, **place,
    )  # fmt: skip


def _wrapped(text: str) -> str:
    """A name over its explanation."""
    return text.replace(": ", ":<br>", 1)
