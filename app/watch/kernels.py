"""Whether the kernels are there: loaded or compiled aside, so that no visitor waits for a compiler."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, Literal

log = logging.getLogger(__name__)
FAILED: Final = "The kernels could not be warmed up; each is compiled when it is first needed."


class Kernels:
    """The warm-up of one process.

    Parameters
    ----------
    is_wanted : bool
        Whether there is to be one.

    Attributes
    ----------
    standing : {"off", "compiling", "ready", "failed"}
        How far it is.
    done, total : int
        Parts of it that are over, and all of them; 0 and 0 before it is known.
    """

    def __init__(self, *, is_wanted: bool) -> None:
        self.standing: Literal["off", "compiling", "ready", "failed"] = "compiling" if is_wanted else "off"
        self.done, self.total = 0, 0

    def tell(self, done: int, total: int) -> None:
        """Note how far the work is."""
        self.done, self.total = done, total

    def warm_up(self, work: Callable[[], None]) -> None:
        """Do it; what goes wrong is in the log, and costs a wait later."""
        try:
            work()
        except Exception:
            log.exception(FAILED)
            self.standing = "failed"
        else:
            self.standing = "ready"
