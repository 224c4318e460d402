"""Results and claims in Redis, for processes on several machines.

How many bytes are kept is Redis's own business (its ``maxmemory`` and ``allkeys-lru``).
"""

from __future__ import annotations

import time
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, Final
from uuid import uuid4

from .claims import AGE
from .file_shelf import digest
from .redis_link import RedisLink
from .serializer import NpzSerializer

LARGEST: Final = 64 * 2**20  # bytes of an entry
DAYS: Final = 60  # for which an entry is kept
CLAIMED: Final = (
    15.0  # seconds for which a claim holds unless it is renewed: those of a killed process are free then
)
RESULT: Final = "saddlesurf:result:"
CLAIM: Final = "saddlesurf:claim:"
#: Of a claim that is still the caller's.
RELEASE: Final = "return redis.call('get', KEYS[1]) == ARGV[1] and redis.call('del', KEYS[1])"
RENEW: Final = "return redis.call('get', KEYS[1]) == ARGV[1] and redis.call('pexpire', KEYS[1], ARGV[2])"


class RedisShelf:
    """Results in Redis; while it is lost there are none, and nothing is kept.

    Parameters
    ----------
    link : RedisLink
        The way there.
    serializer : NpzSerializer
        Makes bytes of results.
    """

    name: Final = "Redis"

    def __init__(self, link: RedisLink, serializer: NpzSerializer) -> None:
        self._link, self._serializer = link, serializer

    def get(self, key: str) -> Any:
        """Return the value, or None."""
        name = RESULT + digest(key)
        data = self._link.do(lambda client: client.get(name), None)
        return None if data is None else self._serializer.loads(data)

    def set(self, key: str, value: Any) -> bool:
        """Keep the value; whether it is there. What Redis itself refuses (no room, a replica) raises its own error."""
        name, data = RESULT + digest(key), self._serializer.dumps(value)
        if len(data) > LARGEST:
            return False
        return self._link.do(lambda client: bool(client.set(name, data, ex=DAYS * 86_400)), False)

    def check(self, value: Any) -> None:
        """Raise `UnknownResultError` if the value is made of something that the serializer does not know."""
        self._serializer.check(value)

    def is_there(self) -> bool:
        """Whether Redis answers now."""
        return self._link.do(lambda client: bool(client.ping()), False)


class RedisClaims:
    """Claims are keys that expire; they are renewed by a thread while there are any. See `claims.Claims`.

    Where Redis is lost, or refuses, everything is granted: the same work may then be done twice.

    Parameters
    ----------
    link : RedisLink
        The way there.
    """

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._held: dict[str, tuple[str, float]] = {}  # by name: what is written there, and since when
        self._lock, self._is_renewing = Lock(), False

    def claim(self, key: str) -> bool:
        """Whether the caller may do the work; he gives it back by `release`."""
        name, mine = CLAIM + digest(key), uuid4().hex
        try:
            done = self._link.do(lambda client: bool(client.set(name, mine, nx=True, px=_ms(CLAIMED))), None)
        except Exception:  # Redis itself refuses; the shelf says so
            return True
        if done:
            with self._lock:
                self._held[name] = mine, time.monotonic()
                is_renewed, self._is_renewing = self._is_renewing, True
            if not is_renewed:
                Thread(target=self._renew, name="claims", daemon=True).start()
        return done is not False

    def release(self, key: str) -> None:
        """The work is done, or given up."""
        name = CLAIM + digest(key)
        with self._lock:
            mine, _ = self._held.pop(name, ("", 0.0))
        if mine:
            self._run(RELEASE, name, mine)

    def _renew(self) -> None:
        """Renew what is held, now and then, until nothing is; whoever holds something for `AGE` hangs."""
        while True:
            time.sleep(CLAIMED / 3)
            with self._lock:
                held = [(name, mine) for name, (mine, since) in self._held.items() if _age(since) < AGE]
                self._is_renewing = bool(held)
            if not held:
                return
            for name, mine in held:
                self._run(RENEW, name, mine, _ms(CLAIMED))

    def _run(self, script: str, name: str, *words: str | int) -> None:
        with suppress(Exception):  # a claim that is lost costs a repeat
            self._link.do(lambda client: client.eval(script, 1, name, *words), None)


def _age(since: float) -> float:
    return time.monotonic() - since


def _ms(seconds: float) -> int:
    return round(1e3 * seconds)
