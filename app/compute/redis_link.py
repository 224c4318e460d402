"""A connection to Redis that may be lost and come back, and that nobody waits for while it is lost.

The first one to notice waits for `WAIT` at most. From then on nothing is sent: whether it is back is found out aside
when somebody asks for it, by one thread at a time, which also does what may take long, such as looking a name up.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
log = logging.getLogger(__name__)

WAIT: Final = 0.25  # seconds for a connection, and for an answer
PAUSE: Final = 1.0  # seconds before one that is lost is asked again
QUIET: Final = 60.0  # seconds within which a further loss is no further warning
GONE: Final = "Redis at %s does not answer (%s): results are kept in memory alone until it does."
BACK: Final = "Redis at %s answers again."


class RedisLink:
    """Talks to one Redis.

    Parameters
    ----------
    address : str
        Such as ``redis://127.0.0.1:6379/0``. Nothing is connected, and no thread started, before it is needed.
    """

    def __init__(self, address: str) -> None:
        import redis  # the extra `redis`
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._client: Any = redis.Redis.from_url(
            address,
            socket_timeout=WAIT,
            socket_connect_timeout=WAIT,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            max_connections=1000,  # more than there are threads: else to be short of them would look like a loss
        )
        self._losses: Final = (redis.ConnectionError, redis.TimeoutError, OSError)
        self._failures: Final = (redis.RedisError, OSError)
        self._where: Final = place_of(address)
        self._is_there, self._is_told = False, False
        self._turns = 0  # losses; one that is noticed late is no further one
        self._asked_at, self._told_at = -PAUSE, -QUIET
        self._asking, self._known, self._lock = Lock(), Event(), Lock()

    @property
    def is_there(self) -> bool:
        """Whether it answered when it was last asked; waits only for the first answer ever, and that not long."""
        if not self._is_there:
            self._ask()
            if not self._known.wait(WAIT):
                self._known.set()
        return self._is_there

    def do(self, work: Callable[[Any], T], otherwise: T) -> T:
        """Let a client of Redis do something.

        Parameters
        ----------
        work : callable
            Is given the client.
        otherwise : object
            What is returned when Redis is not there.
        """
        if not self.is_there:
            return otherwise
        turn = self._turns
        try:
            return work(self._client)
        except self._losses as error:
            self._lost(turn, error)
            return otherwise

    def _ask(self) -> None:
        """Find out aside whether it is there, unless that is being done or has been done just now."""
        if time.monotonic() - self._asked_at < PAUSE or not self._asking.acquire(blocking=False):
            return
        self._asked_at = time.monotonic()
        Thread(target=self._try_out, name="redis", daemon=True).start()

    def _try_out(self) -> None:
        try:
            self._client.ping()
        except self._failures as error:
            self._lost(self._turns, error)
        else:
            with self._lock:
                is_back, self._is_there, self._is_told = self._is_told, True, False
            if is_back:
                log.info(BACK, self._where)
        finally:
            self._known.set()
            self._asking.release()

    def _lost(self, turn: int, error: Exception) -> None:
        with self._lock:
            if turn != self._turns:
                return  # somebody else has noticed, and it may be back by now
            self._is_there, self._turns = False, turn + 1
            self._asked_at = time.monotonic()
            is_news = not self._is_told and self._asked_at - self._told_at >= QUIET
            if is_news:
                self._is_told, self._told_at = True, self._asked_at
        self._client.connection_pool.disconnect(inuse_connections=False)
        if is_news:
            log.warning(GONE, self._where, (str(error) or type(error).__name__).splitlines()[0])


def place_of(address: str) -> str:
    """Where an address leads, without who may go there."""
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port or 6379}" if parts.hostname else parts.path
