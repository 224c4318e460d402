"""A Dask cluster as an executor, over a connection that may be lost and come back.

Nothing waits for a connection while it holds a lock: attempts are shared by all who need one, and a failed one is
remembered for a moment. When a connection is lost, what was under way has failed, with `NoConnectionError`; whoever
still wants it submits it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import suppress
from functools import partial
from threading import Lock, Thread
from typing import Any, Final, TypeVar

from .single_flight import SingleFlight

T = TypeVar("T")

FRESH: Final = 0.5  # seconds for which an answer shows that it lives
REMEMBER: Final = 1.0  # seconds before it is tried again after a failure
GATHER: Final = 20.0  # seconds for a result that is there to come over

SILENT: Final = "The scheduler at {} does not answer."
ASKED: Final = "The scheduler at {} has not answered yet."
LOST: Final = "The connection to the scheduler at {} is lost."
IDLE: Final = "The scheduler at {} has no workers; work begins when one joins."


class SchedulerError(RuntimeError):
    """The cluster that the settings name cannot be used; the text says why."""


class NoConnectionError(SchedulerError):
    """The cluster cannot be used now, but that may change by itself."""


class CrowdedError(NoConnectionError):
    """As much is waited for as may be."""


class Cluster(Executor):
    """Work on the workers of a Dask scheduler.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://127.0.0.1:8786``. Nothing is connected, and no thread started, before it is
        needed.
    wait : float
        Seconds for its answer.

    Attributes
    ----------
    width, workers : int
        Threads of its workers, and these, when it was last seen.
    """

    def __init__(self, address: str, *, wait: float) -> None:
        self.width, self.workers = 0, 0
        self._address, self._wait = address, wait
        self._client: Any = None
        self._runner: Any = (
            None  # one event loop for all connections: each failed one would leave its own behind
        )
        self._flying: dict[Future[Any], Any] = {}
        self._failure, self._failed_at, self._seen_at = "", -REMEMBER, -FRESH
        self._attempts, self._lock = SingleFlight(), Lock()
        self._attempt: Future[None] = Future()  # the last one for callers without patience
        self._attempt.set_result(None)

    @property
    def is_connected(self) -> bool:
        """Whether a scheduler answered when it was last asked."""
        return self._client is not None

    def connect(self, patience: float | None = None) -> None:
        """See that the scheduler answers and has workers; takes a few times `wait` at most.

        Parameters
        ----------
        patience : float, optional
            Seconds after which the caller waits no longer; the attempt goes on without him.

        Raises
        ------
        NoConnectionError
            If it does not, or not yet. It is tried again by whoever calls after `REMEMBER`.
        """
        if patience is None:
            self._attempts.do("", self._look)
            return
        with self._lock:
            attempt, is_new = self._attempt, self._attempt.done()
            if is_new:
                attempt = self._attempt = Future()
        if is_new:  # one thread at a time, however long a silent scheduler keeps it
            Thread(target=self._try, args=(attempt,), name="connect", daemon=True).start()
        try:
            attempt.result(patience)
        except TimeoutError:
            raise NoConnectionError(self._failure or ASKED.format(self._address)) from None

    def submit(self, function: Callable[..., T], /, *arguments: Any, **options: Any) -> Future[T]:
        """Send work; never waits. Without a connection the work follows it, or fails with `NoConnectionError`."""
        future: Future[T] = Future()
        send = partial(self._send, future, function, arguments, options)
        if self._client is None:
            Thread(target=self._send_later, args=(future, send), name="connect", daemon=True).start()
        else:
            send()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the connection; what is under way has failed."""
        del wait, cancel_futures
        self._drop(self._client)

    def _try(self, attempt: Future[None]) -> None:
        try:
            self.connect()
        except Exception as error:
            _settle(attempt, error=error)
        else:
            _settle(attempt)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._failed_at < REMEMBER:
            raise NoConnectionError(self._failure)
        if self._client is not None and now - self._seen_at < FRESH:
            return
        try:
            if self._client is None:
                self._client = self._connected()
            self._seen(self._client)
        except NoConnectionError as error:
            self._failure, self._failed_at = str(error), time.monotonic()
            raise

    def _connected(self) -> Any:
        from distributed import Client
        from distributed.utils import LoopRunner

        made: list[Any] = []

        class OurClient(Client):  # type: ignore[misc]
            """Closed by us, never by the garbage collector: that may come while a lock is held which closing takes."""

            def __init__(self, *arguments: Any, **options: Any) -> None:
                made.append(self)
                super().__init__(*arguments, **options)

            def __del__(self) -> None:
                """Do nothing."""

        if self._runner is None:
            self._runner = LoopRunner()
            self._runner.start()
        try:
            return OurClient(self._address, timeout=self._wait, loop=self._runner.loop, set_as_default=False)
        except Exception:  # refused, silent, no address, another program, another version of it
            _close(made[0], 0.2 * self._wait)
            raise NoConnectionError(SILENT.format(self._address)) from None

    def _seen(self, client: Any) -> None:
        """Ask the scheduler who works for it: no answer, no connection, whatever the client believes."""
        try:
            if client.status != "running":
                raise OSError(client.status)
            found = client.sync(client.scheduler.identity, n_workers=1, callback_timeout=self._wait)
        except Exception:
            self._drop(client)
            raise NoConnectionError(LOST.format(self._address)) from None
        self._seen_at, self.width = time.monotonic(), found["total_threads"]
        self.workers = found["n_workers"]
        if not found["n_workers"]:
            raise NoConnectionError(IDLE.format(self._address))

    def _send_later(self, future: Future[Any], send: Callable[[], None]) -> None:
        try:
            self.connect()
        except Exception as error:
            _settle(future, error=error)
        else:
            send()

    def _send(
        self, future: Future[Any], function: Callable[..., Any], arguments: Any, options: dict[str, Any]
    ) -> None:
        try:
            handle = self._client.submit(function, *arguments, pure=False, **options)
        except Exception:  # closed just now
            _settle(future, error=NoConnectionError(LOST.format(self._address)))
            return
        with self._lock:
            self._flying[future] = handle
        future.add_done_callback(self._release)  # cancelled: Dask forgets what nobody holds
        handle.add_done_callback(partial(self._landed, future))

    def _release(self, future: Future[Any]) -> None:
        with self._lock:
            self._flying.pop(future, None)

    def _landed(self, future: Future[Any], handle: Any) -> None:
        """Called by Dask when the work has ended, or cannot end any more."""
        if handle.status == "error":
            _settle(future, error=handle.exception())
            return
        try:
            if handle.status != "finished":
                raise ConnectionError(handle.status)
            result = handle.result(timeout=GATHER)
        except Exception:  # what the work itself raises has the status error
            _settle(future, error=NoConnectionError(LOST.format(self._address)))
        else:
            _settle(future, result)

    def _drop(self, client: Any) -> None:
        """Believe the connection no more: all that was under way over it has failed."""
        if client is None:
            return
        with self._lock:
            if self._client is client:
                self._client = None
            flying = list(self._flying)
        for future in flying:
            _settle(future, error=NoConnectionError(LOST.format(self._address)))
        Thread(target=_close, args=(client, self._wait), name="close", daemon=True).start()


def _close(client: Any, wait: float) -> None:
    with suppress(Exception):  # there may be nobody to say it to
        client.close(timeout=wait)


def _settle(future: Future[Any], result: Any = None, error: BaseException | None = None) -> None:
    """Give a future its end, unless it has one: cancelled, lost or landed meanwhile."""
    with suppress(InvalidStateError):
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
