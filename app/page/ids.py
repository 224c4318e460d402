"""Every component id, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CardIds:
    """The ids of one card, by its name."""

    name: str

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

    @property
    def strip(self) -> str:
        """What tells of its long work, under the picture."""
        return f"{self.name}-strip"

    @property
    def run(self) -> str:
        """The strip's button that lets the work go on or rest."""
        return f"{self.name}-run"

    @property
    def cancel(self) -> str:
        """The strip's button that gives the work up."""
        return f"{self.name}-cancel"

    @property
    def progress(self) -> str:
        """How much is there, as a bar."""
        return f"{self.name}-progress"

    @property
    def said(self) -> str:
        """How much is there, in words."""
        return f"{self.name}-said"

    @property
    def rows(self) -> str:
        """Where its table of words stands."""
        return f"{self.name}-rows"

    @property
    def told(self) -> str:
        """What a screen reader is told of the work: only what has changed in kind."""
        return f"{self.name}-told"


# what the index page and its stores hold
SPECIFICATION: Final = "specification"  # what the page's scripts need to know
PARAMETERS: Final = "parameters"  # a copy of the page's live point for the server's callbacks

# parts
STATUS: Final = "status"
STORY_BACK: Final = "story-back"
STORY_NEXT: Final = "story-next"
OPENING: Final = "opening"
LEAVE_OPENING: Final = "leave-opening"
MORE: Final = "more"
MORE_WORDS: Final = "more-words"
LECTURE_BUTTON: Final = "lecture-button"
BANNER: Final = "banner"
EXPLAINED: Final = "explained"
ANNOUNCED: Final = "announced"
DARK_BUTTON: Final = "dark-button"
COPY_LINK: Final = "copy-link"
COPY_PYTHON: Final = "copy-python"
HELP_BUTTON: Final = "help-button"
KEYS_SWITCH: Final = "keys-switch"
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
ENSEMBLE_SIZES: Final = "ensemble-sizes"
ENSEMBLE_START: Final = "ensemble-start"
ENSEMBLE_UNTIL: Final = "ensemble-until"
ENSEMBLE_HINT: Final = "ensemble-hint"
ENSEMBLE_PLACE: Final = "ensemble-place"
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
THEORY_BUTTON: Final = "theory-button"
THEORY: Final = "theory"
THEORY_PAGE: Final = "theory-page"
THEORY_BODY: Final = "theory-body"
TABLE: Final = "table"
TABLE_BODY: Final = "table-body"
PRINTED: Final = "printed"  # what the page shows, in a line that is seen on paper alone
ADDRESS_ERROR: Final = "address-error"
PIN: Final = "pin"
OWN: Final = "own"
OWN_NAME: Final = "own-name"
OWN_TEXT: Final = "own-text"
OWN_ERROR: Final = "own-error"


def pin(k: int) -> str:
    """What concerns the pinned point k, from 0."""
    return f"{PIN}-{k + 1}"


def caption_of(graph: str) -> str:
    """The words under a graph that is no card's."""
    return f"{graph}-caption"


def choice(name: str) -> str:
    """The control of what is looked at, by its name in the catalogue."""
    return f"{name}-choice"


def menu(name: str) -> str:
    """The menu of a look of which several views may be chosen, by its name in the catalogue."""
    return f"{name.removesuffix('s')}-menu"


def slider(name: str) -> str:
    """The slider of the parameter with this short name."""
    return f"{name}-slider"


def box(name: str) -> str:
    """The number box of the parameter with this short name."""
    return f"{name}-box"
