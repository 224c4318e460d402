"""Who does long work: threads of this machine, or a Dask cluster."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from typing import Final

WAIT: Final = 5  # seconds for a scheduler's first answer
NICE: Final = 10  # how far long work steps back behind the page's own answers


class SchedulerError(RuntimeError):
    """The cluster that the settings name cannot be used; the text says why."""


def create_executor(scheduler: str | None) -> Executor:
    """The executor of long work.

    Parameters
    ----------
    scheduler : str or None
        Address of a Dask scheduler, such as ``tcp://127.0.0.1:8786``; None: as many threads as cores.

    Raises
    ------
    SchedulerError
        If the extra ``cluster`` is not installed, or the scheduler does not answer.
    """
    if scheduler is None:
        return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="long-work", initializer=_step_back)
    try:
        from distributed import Client
    except ImportError:
        raise SchedulerError(
            "SADDLESURF_SCHEDULER is set, but the extra `cluster` is not installed: pip install 'saddlesurf[cluster]'."
        ) from None
    try:
        executor: Executor = Client(scheduler, timeout=WAIT).get_executor()
    except (OSError, ValueError):
        raise SchedulerError("The scheduler that SADDLESURF_SCHEDULER names does not answer.") from None
    return executor


def _step_back() -> None:
    """Lower this thread's priority where the system knows priorities of threads (Linux)."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
