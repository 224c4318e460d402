"""Long work behind a picture: it is asked for, and what is there, what is in the way and when to look again is told."""

from __future__ import annotations

from typing import Final

from ..compute.cluster import NoConnectionError, SchedulerError
from ..compute.door import Door
from ..compute.job import Progress, Work
from .card import Standing

SOON: Final = 700  # ms until what is being made is looked at again
PATIENCE: Final = 0.2  # seconds for a scheduler's answer: the page's other pictures wait meanwhile
LOST: Final = 3_000  # ms until a scheduler that does not answer is tried again


def wait_for(door: Door, work: Work, asker: str) -> tuple[Progress, Standing, str, int]:
    """What is there of some work, and more of it under way; nothing is waited for.

    Parameters
    ----------
    door : Door
    work : Work
        What is wanted.
    asker : str
        Who wants it: he waits for one work at a time.

    Returns
    -------
    progress : Progress
        What is there.
    standing : {"running", "complete", "failed"}
        How it stands.
    trouble : str
        What is in the way; empty if nothing is.
    later : int
        Milliseconds after which there may be more; 0: there will be none.
    """
    try:
        progress = door.jobs.ask(work, asker, patience=PATIENCE)
    except NoConnectionError as error:
        return door.jobs.look(work), "running", f"{error} It is tried again.", LOST
    except SchedulerError as error:
        return door.jobs.look(work), "failed", str(error), 0
    if progress.error:
        door.jobs.leave(asker)  # whoever asks anew tries it again
        return progress, "failed", progress.error, 0
    if progress.is_complete:
        return progress, "complete", "", 0
    return progress, "running", "", SOON
