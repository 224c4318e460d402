"""What the server says on its error stream: one line a message, of bounded length, which no client can forge.

What clients write comes into messages (an address, a header, the text of an exception). Characters that would end a
line or move a terminal's cursor are written as escapes, and what is longer than `LONGEST` is cut.
"""

from __future__ import annotations

import logging
import time as clock
import traceback
from collections.abc import Callable
from typing import Final

from .callbacks.messages import REFUSED

LONGEST: Final = 300  # characters of a line
DEEPEST: Final = 40  # lines of a traceback, the last ones
MARK: Final = "  | "  # before each line of a traceback: it is no message
PER_MINUTE: Final = 60  # lines on requests that were refused


class OneLine(logging.Formatter):
    """A message as one line; a traceback as marked lines after it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, or the lines, of a record."""
        said = plain(f"{record.levelname} {record.name}: {record.getMessage()}")
        if not record.exc_info or record.exc_info[0] is None:
            return said
        lines = "".join(
            traceback.format_exception(*record.exc_info, limit=-DEEPEST, chain=False)
        ).splitlines()
        return "\n".join([said, *(MARK + plain(line) for line in lines[-DEEPEST:])])


def plain(text: str) -> str:
    """A text as one line of at most `LONGEST` characters."""
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in cut)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


class Sparing(logging.Filter):
    """Lets so many records a minute pass; the first one after a silence says how many were left out.

    Parameters
    ----------
    most : int
        Records that pass in a minute.
    now : callable
        A clock, in seconds.
    """

    def __init__(self, most: int = PER_MINUTE, now: Callable[[], float] = clock.monotonic) -> None:
        super().__init__()
        self._most, self._now = most, now
        self._since, self._passed, self._left_out = -60.0, 0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record passes."""
        if self._now() - self._since >= 60:
            self._since, self._passed = self._now(), 0
        if self._passed >= self._most:
            self._left_out += 1
            return False
        self._passed += 1
        if self._left_out:
            record.msg = f"(after {self._left_out} like it that are not shown) {record.getMessage()}"
            record.args, self._left_out = (), 0
        return True


def start_log() -> None:
    """Say warnings and errors of this process on its error stream."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it would warn of every request that waits
    REFUSED.addFilter(Sparing())
