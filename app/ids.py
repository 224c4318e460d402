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
    reads : tuple of str
        Short names of the parameters that change its picture.
    inputs : tuple of (str, str)
        Other components (id, property) that change it.
    """

    name: str
    reads: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...] = ()

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
    def request(self) -> str:
        """Store of the request that the gate has let through."""
        return f"{self.name}-request"

    @property
    def running(self) -> str:
        """Store that is true while a request is in flight."""
        return f"{self.name}-running"

    @property
    def export(self) -> str:
        """Its export menu."""
        return f"{self.name}-export"

    @property
    def retry(self) -> str:
        """The button that asks again after a failure."""
        return f"{self.name}-retry"


PARAMETERS: Final = "parameters"
SETTLED: Final = "settled"
THEME: Final = "theme"
STORY: Final = "story"
STORIES: Final = "stories"
CONTROLS: Final = "controls"
GATES: Final = "gates"
ADDRESS: Final = "address"
LOCATION: Final = "location"
PROPOSAL: Final = "proposal"
GESTURE: Final = "gesture"
TYPED: Final = "typed"
ERRORS: Final = "errors"
SINK: Final = "sink"

HEADER_STATUS: Final = "status"
BANNER: Final = "banner"
DARK_BUTTON: Final = "dark-button"
COPY_LINK: Final = "copy-link"
COPY_PYTHON: Final = "copy-python"
PYTHON: Final = "python"
HELP_BUTTON: Final = "help-button"
HELP: Final = "help"
HANDLE: Final = "handle"
FLOW_VIEW: Final = "flow-view"
MOMENT: Final = "moment"
MOMENT_TEXT: Final = "moment-text"
TABLE: Final = "table"
TABLE_BODY: Final = "table-body"

_ALL = ("p", "d2", "dp", "m0", "T", "tmax")

PHASE: Final = Panel("phase", ("p", "T"))
FLOW: Final = Panel("flow", _ALL, ((SETTLED, "data"), (FLOW_VIEW, "value")))
SPECTRUM: Final = Panel("spectrum", _ALL, ((SETTLED, "data"), (MOMENT, "value")))
LANDSCAPE: Final = Panel("landscape", _ALL, ((SETTLED, "data"), (MOMENT, "value")))
SENTENCE: Final = Panel("sentence", _ALL, ((SETTLED, "data"), (STORY, "data")))
PANELS: Final = (PHASE, FLOW, SPECTRUM, LANDSCAPE, SENTENCE)


def slider(name: str) -> str:
    """The slider of the parameter with this short name."""
    return f"{name}-slider"


def box(name: str) -> str:
    """The number box of the parameter with this short name."""
    return f"{name}-box"


def story_button(key: str) -> str:
    """The button of a story point."""
    return f"story-{key}"
