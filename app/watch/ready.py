"""Whether the server can serve well: each part in one word and one sentence, found out without waiting for any.

A server is taken out of rotation (503) while its kernels are being compiled, and for nothing else: what is lost beside
them (the folder or Redis, the scheduler) is shared by all servers or can be done without, so that taking out each of
them would silence what still answers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from ..compute.cluster import Cluster, NoConnectionError, SchedulerError
from ..compute.compute import Compute
from ..physics import VERSION
from ..settings import Settings
from .aside import Aside
from .kernels import Kernels

State = Literal["ready", "degraded", "not ready", "none"]


@dataclass(frozen=True, slots=True)
class Part:
    """How one part is.

    Parameters
    ----------
    state : {"ready", "degraded", "not ready", "none"}
        Degraded: it is not as it should be, and the server does without; none: it was not asked for.
    sentence : str
        The same for people.
    """

    state: State
    sentence: str


KERNELS: Final = {
    "ready": Part("ready", "The kernels are there."),
    "off": Part("ready", "SADDLESURF_WARM_UP is false: each kernel is compiled when it is first needed."),
    "compiling": Part("not ready", "The kernels are still being compiled or loaded"),
    "failed": Part(
        "degraded", "The warm-up has failed, the log says why: each kernel is compiled when it is needed."
    ),
}
ONCE: Final = "After an installation this takes a minute or two, once."
NO_REDIS: Final = Part("none", "SADDLESURF_CACHE names no Redis.")
REDIS: Final = Part("ready", "Redis answers.")
LOST_REDIS: Final = Part("degraded", "Redis does not answer.")
ALONE: Final = "Results are kept in memory alone: "
NO_SCHEDULER: Final = Part("none", "SADDLESURF_SCHEDULER names none: threads of this process do long work.")
SILENT: Final = Part("degraded", "The scheduler does not answer: there is no long work until it does.")
IDLE: Final = Part("degraded", "The scheduler has no workers: long work begins when one joins.")


class Readiness:
    """Looks at every part of one server.

    Parameters
    ----------
    settings : Settings
        What is to be there.
    compute : Compute
        What is.
    kernels : Kernels
        The warm-up.
    """

    def __init__(self, settings: Settings, compute: Compute, kernels: Kernels) -> None:
        self._kernels, self._shelves, self._jobs = kernels, compute.shelves, compute.jobs
        self._has_redis, self._has_scheduler = settings.cache is not None, settings.scheduler is not None
        self._shelf = Aside(self._shelves.lower.is_there)
        self._scheduler = Aside(self._look_at_scheduler)

    def parts(self) -> dict[str, Part]:
        """Every part by name; both that may hang are looked at at the same time."""
        self._shelf.begin()
        scheduler = NO_SCHEDULER
        if self._has_scheduler:
            self._scheduler.begin()
        is_there = bool(self._shelf.answer())
        if self._has_scheduler:
            scheduler = self._scheduler.answer() or SILENT
        redis = (REDIS if is_there else LOST_REDIS) if self._has_redis else NO_REDIS
        return {
            "kernels": self._look_at_kernels(),
            "cache": self._cache(is_there=is_there),
            "scheduler": scheduler,
            "redis": redis,
        }

    def compiling(self) -> str:
        """What is said while kernels are being compiled; empty when they are not."""
        return self._look_at_kernels().sentence if self._kernels.standing == "compiling" else ""

    def _look_at_kernels(self) -> Part:
        """How they are; while they are being compiled, how far that is."""
        kernels = self._kernels
        known = KERNELS[kernels.standing]
        if kernels.standing != "compiling":
            return known
        so_far = f", {kernels.done} of {kernels.total} parts are there" if kernels.total else ""
        return Part(known.state, f"{known.sentence}{so_far}. {ONCE}")

    def _cache(self, *, is_there: bool) -> Part:
        if not is_there:
            return Part(
                "degraded",
                ALONE + ("Redis does not answer." if self._has_redis else "the folder cannot be used."),
            )
        where = "Redis" if self._has_redis else "the folder"
        if self._shelves.is_in_trouble:
            return Part("degraded", f"{ALONE}{where} has refused the last ones, the log says why.")
        return Part("ready", f"Results are kept in memory and in {where}.")

    def _look_at_scheduler(self) -> Part:
        try:
            executor = self._jobs.connected()
        except NoConnectionError:
            cluster = self._jobs.executor
            is_idle = isinstance(cluster, Cluster) and cluster.is_connected
            return IDLE if is_idle else SILENT
        except SchedulerError as error:  # the extra is not installed
            return Part("degraded", str(error))
        workers = executor.workers if isinstance(executor, Cluster) else 0
        return Part("ready", f"The scheduler is there, with {workers} worker{'s' * (workers != 1)}.")


def told(parts: dict[str, Part]) -> tuple[dict[str, Any], int]:
    """The answer of ``/ready`` and its status."""
    states = {part.state for part in parts.values()}
    status: State = next((state for state in ("not ready", "degraded") if state in states), "ready")
    body = {
        "status": status,
        "version": VERSION,
        "parts": {name: asdict(part) for name, part in parts.items()},
    }
    return body, 503 if status == "not ready" else 200
