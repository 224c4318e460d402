"""Places for so many at once; whoever finds none waits, and is called in turn.

Clients take turns: whose last place is the longest ago is next, whether he has given up meanwhile or not. Of one
client's requests the one that has had the fewest places comes first: what is short does not wait for what is long.
Whoever had a place, and has left it for a moment, goes before all.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock
from typing import Final

REMEMBERED: Final = 4096  # clients
LOOK: Final = 0.2  # seconds between two looks at whether whoever waits still wants to


def _patiently() -> None:
    """Let nothing end the waiting."""


@dataclass(eq=False, slots=True)
class _Ticket:
    client: str
    turns: int
    number: int
    called: Event = field(default_factory=Event)


class Lane:
    """So many places.

    Parameters
    ----------
    width : int
        How many.
    """

    def __init__(self, width: int) -> None:
        self.width: Final = width
        self._free, self._numbers, self._lock = width, count(), Lock()
        self._back: deque[_Ticket] = deque()
        self._waiting: dict[str, list[_Ticket]] = {}  # by client
        self._since: OrderedDict[str, int] = (
            OrderedDict()
        )  # by client: when it had its last place, or came first

    @property
    def taken(self) -> int:
        """Places that are taken."""
        with self._lock:
            return self.width - self._free

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        with self._lock:
            return len(self._back) + sum(map(len, self._waiting.values()))

    def take(
        self,
        client: str = "",
        turns: int = 0,
        *,
        heed: Callable[[], None] = _patiently,
        look: float = LOOK,
        is_back: bool = False,
    ) -> None:
        """Wait for a place and take it.

        Parameters
        ----------
        client : str
            Who it is for.
        turns : int
            How many places the same request has had before.
        heed : callable, optional
            Called now and then while one waits; what it raises ends the waiting.
        look : float
            Seconds between two calls.
        is_back : bool
            Whether one has left a place for a moment, and goes before all others.
        """
        with self._lock:
            now = next(self._numbers)
            if self._free and not self._back and (is_back or not self._waiting):
                self._free -= 1
                self._had(client, now)
                return
            ticket = _Ticket(client, turns, now)
            self._since.setdefault(client, now)
            if is_back:
                self._back.append(ticket)
            else:
                self._waiting.setdefault(client, []).append(ticket)
        try:
            while not ticket.called.wait(look):
                heed()
        except BaseException:
            self._give_up(ticket)
            raise

    def leave(self) -> None:
        """Give a place back: whoever is next has it."""
        with self._lock:
            self._pass_on()

    def _pass_on(self) -> None:
        ticket = self._next()
        if ticket is None:
            self._free += 1
        else:
            ticket.called.set()

    def _next(self) -> _Ticket | None:
        if self._back:
            return self._back.popleft()
        if not self._waiting:
            return None
        client = min(self._waiting, key=lambda each: self._since.get(each, 0))
        tickets = self._waiting[client]
        ticket = min(tickets, key=lambda each: (each.turns, each.number))
        self._drop(ticket)
        self._had(client, next(self._numbers))
        return ticket

    def _had(self, client: str, now: int) -> None:
        self._since[client] = now
        self._since.move_to_end(client)
        if len(self._since) > REMEMBERED:
            self._since.popitem(last=False)

    def _give_up(self, ticket: _Ticket) -> None:
        with self._lock:
            if ticket.called.is_set():  # called at this very moment
                self._pass_on()
            elif ticket in self._back:
                self._back.remove(ticket)
            else:
                self._drop(ticket)

    def _drop(self, ticket: _Ticket) -> None:
        tickets = self._waiting[ticket.client]
        tickets.remove(ticket)
        if not tickets:
            del self._waiting[ticket.client]
