"""Who asks, and how much may be computed for him: a browser by its cookie, everybody else by his address.

Browsers behind one address are told apart, so that a class does not share one budget. Cookies are names, not secrets: a
new one counts as long as not too many have come from the same address, and after that its address counts.
"""

from __future__ import annotations

import ipaddress
import math
import re
import secrets
import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from cachetools import LRUCache

from .busy import SpentError

RATE: Final = 40.0  # computations a second that each client may ask for
SAVED: Final = 5.0  # seconds of it that may be saved up
CROWD: Final = 30  # browsers' worth that those behind one address have together
NEWCOMERS: Final = (1.0, 100.0)  # browsers a second from one address, and so many at once
REMEMBERED: Final = 20_000  # names
OF_A_BROWSER, OF_AN_ADDRESS = 4, 16  # long works at once
AT: Final = "at "  # before an address
COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{16}")
SPENT: Final = "Too much was asked for in a short time. Ask again in about {} s."


class Allowance:
    """So many a second for each name; what is not used is saved up to a limit.

    Parameters
    ----------
    rate : float
        How many a second.
    saved : float
        How many at most at once.
    now : callable
        A clock, in seconds.
    """

    def __init__(self, rate: float, saved: float, now: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._saved, self._now = rate, saved, now
        self._left: LRUCache[str, tuple[float, float]] = LRUCache(REMEMBERED)  # how many, and when
        self._lock = Lock()

    def take(self, name: str) -> float:
        """Take one: 0, or in how many seconds there will be one."""
        with self._lock:
            now = self._now()
            left, since = self._left.get(name, (self._saved, now))
            left = min(self._saved, left + self._rate * (now - since))
            is_there = left >= 1
            self._left[name] = (left - is_there, now)
            return 0.0 if is_there else (1 - left) / self._rate


class Clients:
    """Tells clients apart, and charges them.

    Parameters
    ----------
    rate : float
        Computations a second that each may ask for.
    now : callable
        A clock, in seconds.
    """

    def __init__(self, rate: float = RATE, now: Callable[[], float] = time.monotonic) -> None:
        self._budget = Allowance(rate, SAVED * rate, now)
        self._crowds = Allowance(CROWD * rate, CROWD * SAVED * rate, now)  # of all browsers at one address
        self._newcomers = Allowance(*NEWCOMERS, now)
        self._known: LRUCache[str, str] = LRUCache(REMEMBERED)  # where each browser was seen last
        self._lock = Lock()

    def name_of(self, cookie: str, address: str) -> str:
        """The client that sends a cookie, or none, from an address.

        Parameters
        ----------
        cookie : str
            What it says it is; empty if it says nothing.
        address : str
            Where it is.
        """
        home = AT + network_of(address)
        if not COOKIE.fullmatch(cookie):
            return home
        with self._lock:
            if cookie in self._known:
                self._known[cookie] = home
                return cookie
            if self._newcomers.take(home) > 0:
                return home
            self._known[cookie] = home
            return cookie

    def charge(self, client: str) -> None:
        """Something is computed for a client.

        Raises
        ------
        SpentError
            If it has none left.
        """
        with self._lock:
            home = self._known.get(client)
        wait = self._budget.take(client) or (self._crowds.take(home) if home else 0.0)
        if wait > 0:
            seconds = math.ceil(wait)
            raise SpentError(SPENT.format(seconds), seconds)


def works_of(client: str) -> int:
    """How many long works a client may wait for at once; many may be behind one address."""
    return OF_AN_ADDRESS if client.startswith(AT) else OF_A_BROWSER


def new_cookie() -> str:
    """A name for a browser that has none."""
    return secrets.token_urlsafe(12)


def network_of(address: str) -> str:
    """The address, or of IPv6 the network that one subscriber has."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)
