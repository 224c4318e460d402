"""Who measures the blocks for the command line: threads of its process, or the workers of a Dask scheduler."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from threading import Event
from typing import Any, Final, Protocol

from ..errors import EngineError
from .blocks import Block, Plane
from .files import sources_digest
from .flows import AtlasTile, measure

LOOK: Final = 2.0  # seconds without a result after which a scheduler is asked whether it is there
ANSWER: Final = 10.0  # seconds for its answer


class WorkersError(RuntimeError):
    """Nobody can work, or go on working; the text says why."""


class Workers(Protocol):
    """Whoever measures blocks."""

    in_flight: int | None
    """How many blocks are sent at a time; None: all of them."""

    def submit(self, plane: Plane, block: Block) -> Future[AtlasTile]:
        """Send a block."""

    def check(self) -> None:
        """Raise `WorkersError` if nothing will come any more."""

    def close(self) -> None:
        """Give up what is not finished."""


def measured(workers: Workers, plane: Plane, blocks: Iterable[Block]) -> Iterator[tuple[Block, AtlasTile]]:
    """Blocks with their tiles, in the order in which they are finished."""
    waiting, flying = iter(blocks), dict[Future[AtlasTile], Block]()
    while True:
        free = None if workers.in_flight is None else workers.in_flight - len(flying)
        for block in islice(waiting, free):
            flying[workers.submit(plane, block)] = block
        if not flying:
            return
        done, _ = wait(flying, LOOK, FIRST_COMPLETED)
        for future in done:
            yield flying.pop(future), future.result()
        if not done:
            workers.check()


class Threads:
    """So many threads of this process; kernels run without Python's lock."""

    def __init__(self, count: int) -> None:
        self.in_flight: int | None = count + 1
        self._stopped = Event()
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="atlas")

    def submit(self, plane: Plane, block: Block) -> Future[AtlasTile]:
        """Send a block."""
        return self._pool.submit(measure, plane, block, self._stopped.is_set)

    def check(self) -> None:
        """Do nothing: threads go on."""

    def close(self) -> None:
        """Stop before the next flow."""
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)


class Cluster:
    """The workers of a Dask scheduler, however many join and leave.

    Parameters
    ----------
    address : str
        Of the scheduler.
    tell : callable
        Told a sentence when it has no workers.

    Raises
    ------
    WorkersError
        If the scheduler does not answer.
    """

    in_flight: int | None = None

    def __init__(self, address: str, tell: Callable[[str], object]) -> None:
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # the sentences here say it
        self._address = address
        try:
            self._client: Any = Client(address, timeout=ANSWER, set_as_default=False)
        except Exception:  # refused, silent, no address, another program, another version of it
            raise WorkersError(f"The scheduler at {address} does not answer.") from None
        self._tell, self._has_workers = tell, True
        self.check()

    def submit(self, plane: Plane, block: Block) -> Future[AtlasTile]:
        """Send a block."""
        future: Future[AtlasTile] = Future()
        sent = self._client.submit(pickle.loads, pickle.dumps(_There(plane, block)), pure=False)
        sent.add_done_callback(lambda landed: self._land(future, landed))
        return future

    def check(self) -> None:
        """Ask the scheduler: a connection that stands says nothing."""
        had, self._has_workers = self._has_workers, self._n_workers() > 0
        if had and not self._has_workers:
            self._tell(f"The scheduler at {self._address} has no workers; work goes on when one joins.")

    def close(self) -> None:
        """Let the scheduler forget what is not finished."""
        with suppress(Exception):  # it may be gone
            self._client.close(timeout=LOOK)

    def _n_workers(self) -> int:
        try:
            if self._client.status != "running":
                raise ConnectionError(self._client.status)
            asked = self._client.sync(self._client.scheduler.identity, n_workers=1, callback_timeout=ANSWER)
        except Exception:
            raise self._lost() from None
        return int(asked["n_workers"])

    def _land(self, future: Future[AtlasTile], landed: Any) -> None:
        """Called by Dask when a block is finished, or cannot be any more."""
        try:
            future.set_result(landed.result(timeout=ANSWER))
        except BaseException as error:  # a cancelled one is not even an Exception
            future.set_exception(self._reason(error) if landed.status == "error" else self._lost())
        finally:
            landed.release()  # else it is computed again when the worker that holds it ends

    def _lost(self) -> WorkersError:
        return WorkersError(f"The connection to the scheduler at {self._address} is lost.")

    def _reason(self, error: BaseException) -> BaseException:
        if isinstance(error, WorkersError | EngineError):
            return error
        if type(error).__name__ == "KilledWorker":
            return WorkersError(
                f"Several workers of {self._address} ended, one after the other, at the same block; see their logs."
            )
        said = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        return WorkersError(f"A worker of {self._address} cannot measure ({said}). {_SAME}")


_SAME: Final = (
    "Workers must import the very engine that runs here: install the same version of saddlesurf there, or start them "
    "in the same checkout."
)


class _There:
    """What becomes a tile where it is unpickled: a worker without the engine fails at that, and lives to say so."""

    def __init__(self, plane: Plane, block: Block) -> None:
        self._question = (plane, block, sources_digest())

    def __reduce__(self) -> tuple[Callable[..., AtlasTile], tuple[Plane, Block, str]]:
        return measured_there, self._question


def measured_there(plane: Plane, block: Block, digest: str) -> AtlasTile:
    """Measure on a worker; `WorkersError` unless its sources are those of whoever asks."""
    if sources_digest() != digest:
        raise WorkersError(f"A worker has another version of the engine than this process. {_SAME}")
    return measure(plane, block)
