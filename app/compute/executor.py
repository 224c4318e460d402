"""Who does long work: threads of this machine, or a Dask cluster."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from typing import Final

from .cluster import Cluster, SchedulerError

WAIT: Final = 2.5  # seconds for a scheduler's answer: its loss is said within five
NICE: Final = 10  # how far long work steps back behind the page's own answers


class Threads(ThreadPoolExecutor):
    """Threads of this process that step back behind the page's own.

    Parameters
    ----------
    width : int
        How many.
    """

    def __init__(self, width: int) -> None:
        super().__init__(width, thread_name_prefix="long-work", initializer=_step_back)
        self.width: Final = width


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def create_executor(scheduler: str | None, processes: int = 1) -> Executor:
    """The executor of long work.

    Parameters
    ----------
    scheduler : str or None
        Address of a Dask scheduler, such as ``tcp://127.0.0.1:8786``, which is connected when it is needed; None: as
        many threads as cores.
    processes : int
        Processes like this one, among which the cores are divided.

    Raises
    ------
    SchedulerError
        If the extra ``cluster`` is not installed.
    """
    if scheduler is None:
        return Threads(max(1, cores() // processes))
    if find_spec("distributed") is None:
        raise SchedulerError(
            "SADDLESURF_SCHEDULER is set, but the extra `cluster` is not installed: pip install 'saddlesurf[cluster]'."
        )
    return Cluster(scheduler, wait=WAIT)


def width_of(executor: Executor) -> int:
    """How many results an executor makes at the same time, as far as it says so; else 0."""
    return executor.width if isinstance(executor, Threads | Cluster) else 0


def is_ending() -> bool:
    """Whether this process is about to end, and waits for threads that compute."""
    return _ending.is_set()


_ending = threading.Event()
# concurrent.futures has its threads joined by the same private way, in the opposite order; `atexit` would be too late
getattr(threading, "_register_atexit", lambda _: None)(_ending.set)


def _step_back() -> None:
    """Lower this thread's priority where the system knows priorities of threads (Linux)."""
    with suppress(AttributeError, OSError):
        me = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, me, min(19, os.getpriority(os.PRIO_PROCESS, me) + NICE))
