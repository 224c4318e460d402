"""Every component id, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Panel:
    """The ids of one card, and what its picture depends on.

    Parameters
    ----------
    name : str
        Stem of all its ids.
    parameters : tuple of str
        Short names of the parameters that change its picture.
    looks : tuple of str
        Other parts of the page's state (assets/0_state.js) that change it.
    """

    name: str
    parameters: tuple[str, ...]
    looks: tuple[str, ...] = ()

    @property
    def card(self) -> str:
        """The card itself."""
        return f"{self.name}-card"

    @property
    def graph(self) -> str:
        """Its picture."""
        return f"{self.name}-graph"

    @property
    def caption(self) -> str:
        """The live sentence under the picture."""
        return f"{self.name}-caption"

    @property
    def note(self) -> str:
        """Where the numbers came from and how long they took."""
        return f"{self.name}-note"

    @property
    def export(self) -> str:
        """Its export menu."""
        return f"{self.name}-export"

    @property
    def retry(self) -> str:
        """The button that asks again after a failure; shown beside a failed note."""
        return f"{self.name}-retry"


# stores
SPECIFICATION: Final = "specification"  # controls, story, defaults: what the scripts need to know
PANEL_SPECIFICATION: Final = "panels"
PARAMETERS: Final = "parameters"  # a copy of the page's state for the server's callbacks
REQUEST: Final = "request"  # what the gate has let through
ANSWERED: Final = "answered"  # its number, when the cards have their answers
ADDRESS: Final = "address"
TYPED: Final = "typed"
PROPOSAL: Final = "proposal"
PYTHON: Final = "python"
LOCATION: Final = "location"

# parts
STATUS: Final = "status"
BANNER: Final = "banner"
DARK_BUTTON: Final = "dark-button"
COPY_LINK: Final = "copy-link"
COPY_PYTHON: Final = "copy-python"
HELP_BUTTON: Final = "help-button"
HELP: Final = "help"
HANDLE: Final = "handle"
INSTANCE_SWITCH: Final = "instance-switch"
INSTANCE_CONTROLS: Final = "instance-controls"
INSTANCE_START: Final = "instance-start"
PLAY: Final = "play"
THEME: Final = "theme"
ENSEMBLE: Final = "ensemble"
ENSEMBLE_BUTTON: Final = "ensemble-button"
ENSEMBLE_SEEDS: Final = "ensemble-seeds"
ENSEMBLE_RUN: Final = "ensemble-run"
ENSEMBLE_CANCEL: Final = "ensemble-cancel"
ENSEMBLE_PROGRESS: Final = "ensemble-progress"
ENSEMBLE_STATUS: Final = "ensemble-status"
ENSEMBLE_CLOCK: Final = "ensemble-clock"
ENSEMBLE_ASKED: Final = "ensemble-asked"
ENSEMBLE_BANDS: Final = "ensemble-bands"
ENSEMBLE_SUCCESS: Final = "ensemble-success"
ENSEMBLE_ESCAPE: Final = "ensemble-escape"
MOMENT: Final = "moment"
MOMENT_TEXT: Final = "moment-text"
LINE_MENU: Final = "line-menu"
THEORY_BUTTON: Final = "theory-button"
THEORY: Final = "theory"
THEORY_PAGE: Final = "theory-page"
THEORY_BODY: Final = "theory-body"
TABLE: Final = "table"
TABLE_BODY: Final = "table-body"
ADDRESS_ERROR: Final = "address-error"

_ALL = ("p", "d2", "dp", "m0", "T", "tmax")
_SAMPLE = ("N", "seed", "start", "then", "until")

PHASE: Final = Panel("phase", ("p", "T"), ("lines",))
FLOW: Final = Panel("flow", _ALL + _SAMPLE, ("settled", "flow"))
SPECTRUM: Final = Panel("spectrum", _ALL + _SAMPLE, ("settled", "moment", "hess"))
LANDSCAPE: Final = Panel("landscape", _ALL + _SAMPLE, ("settled", "moment", "land"))
SENTENCE: Final = Panel("sentence", _ALL + _SAMPLE, ("settled", "story", "lines"))
PANELS: Final = (PHASE, FLOW, SPECTRUM, LANDSCAPE, SENTENCE)


def caption_of(graph: str) -> str:
    """The words under a graph that is no card's."""
    return f"{graph}-caption"


def choice(name: str) -> str:
    """The control of what is looked at, by its name in `app.state.CHOICES`."""
    return f"{name}-choice"


def slider(name: str) -> str:
    """The slider of the parameter with this short name."""
    return f"{name}-slider"


def box(name: str) -> str:
    """The number box of the parameter with this short name."""
    return f"{name}-box"
