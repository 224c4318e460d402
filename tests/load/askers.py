"""Who attacks by what he lets the server compute (kinds 1, 2, 3, 9, 10 of issue 11's table).

Each attacker is at an address of his own: all of 127.0.0.0/8 is this machine. None but the honest ones heeds when he is
told to come again later; between two requests of his there are `PAUSE` seconds, so that what is measured is the server
and not the load generator beside it on the same cores.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import count
from typing import Any

from tests.load.attackers import working
from tests.load.harness import Question, cards
from tests.server_process import HONEST, Answer, Server

PAUSE = 0.1
LEAVES = 0.3  # seconds after which who does not wait for his answer has gone
#: As many steps as one run may take (20,000), nine times.
HEAVY = "/data/instance.csv?N=1000000000000&p=4&dp=0.025&d2=0.4&until=270&then=oooooooo&seed={}"
LARGE = "/data/instance.csv?N=1000000000000&p=8&dp=0.005&d2=0.9&until=70&m0=1e-6&seed={}"
INSTANCE = {"p": 4, "dp": 0.025, "d2": 0.4, "N": 10**12, "until": 200.0}
PLACE = {"p": 3, "d2": 0.5, "tmax": 1e3, "N": 400, "until": 50.0}
_seeds = count(1)


def home(k: int) -> str:
    """The address of an attacker."""
    return f"127.0.1.{k + 1}"


Ask = Callable[..., Any]


@contextmanager
def crowd(server: Server, number: int, work: Callable[[int, Ask], None]) -> Iterator[None]:
    """So many, who do some work again and again; at the end all hang up at once, whatever they wait for.

    Parameters
    ----------
    server : Server
        Whom they ask.
    number : int
        How many they are.
    work : callable
        What the attacker of a number does; he is handed what he asks the server with, instead of `Server.ask`.
    """
    held: set[socket.socket] = set()
    over = threading.Event()

    def once(k: int) -> Callable[[], None]:
        def ask(*question: Any, **options: Any) -> Answer:
            if over.is_set():
                raise OSError
            return server.ask(*question, **{"source": home(k), "held": held} | options)

        return lambda: work(k, ask)

    def hang_up() -> None:
        over.set()
        for line in list(held):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    with working([once(k) for k in range(number)], PAUSE, at_end=hang_up):
        yield


def strangers(server: Server, number: int, address: str = HEAVY) -> AbstractContextManager[None]:
    """Each asks for heavy work of his own again and again, and waits for it."""
    return crowd(server, number, lambda _, ask: ask("GET", address.format(next(_seeds))))


def one_home(server: Server, number: int) -> AbstractContextManager[None]:
    """The same from one address alone, where honest visitors are too."""
    return crowd(server, number, lambda _, ask: ask("GET", HEAVY.format(next(_seeds)), source=HONEST))


def leavers(server: Server, number: int) -> AbstractContextManager[None]:
    """Each asks for heavy work of his own, does not wait for it, and asks for the next."""
    return crowd(server, number, lambda _, ask: ask("GET", HEAVY.format(next(_seeds)), timeout=LEAVES))


def honest(server: Server, number: int) -> AbstractContextManager[None]:
    """Pages that show an instance at p = 4, Δp = .025, and ask for more of it as long as there is more."""
    cookies: dict[int, str] = {}

    def work(k: int, ask: Ask) -> None:
        if k not in cookies:
            cookies[k] = ask("GET", "/").headers.get("set-cookie", "").partition(";")[0]
        question = cards(["flow", "landscape", "sentence"], INSTANCE | {"seed": k + 1}, "leisure")
        answer = ask(*question, cookie=cookies[k])
        if answer.status in (429, 503):
            threading.Event().wait(float(answer.headers["retry-after"]))

    return crowd(server, number, work)


def pressers(server: Server, number: int, names: int = 1, size: int = 32) -> AbstractContextManager[None]:
    """Each has pressed Run in the dialog of ensembles, under some names at once, and lets the clock ask on.

    Parameters
    ----------
    server : Server
        Whom they ask.
    number : int
        How many they are.
    names : int
        Names of each, with a question of its own for every one.
    size : int
        Characters of each name: a page's has 32.
    """
    press, turns = dialog(server), count()

    def work(k: int, ask: Ask) -> None:
        i = next(turns) % names
        name = f"{k:04d}{i:04d}".ljust(size, "x")
        ask(*press(name, PLACE | {"dp": 2.0 + 0.01 * k + 0.1 * i}))

    return crowd(server, number, work)


def dialog(server: Server) -> Callable[[str, dict[str, object]], Question]:
    """Makes the message by which the dialog's clock asks for an ensemble; it starts what is not under way."""
    wanted = json.loads(server.ask("GET", "/_dash-dependencies", timeout=60.0).content)
    (found,) = (each for each in wanted if "ensemble-status" in each["output"] and each["state"])
    names = [name.rsplit(".", 1) for name in found["output"].strip(".").split("...")]

    def press(asker: str, point: dict[str, object]) -> Question:
        asked = {"held": point, "seeds": 20, "done": -1, "asker": asker}
        values = {"ensemble-asked": asked, "ensemble-seeds": "20", "parameters": point, "theme": "light"}
        said = {
            part: [each | {"value": values.get(each["id"])} for each in found[part]]
            for part in ("inputs", "state")
        }
        message = {
            "output": found["output"],
            "outputs": [{"id": name, "property": held} for name, held in names],
            "changedPropIds": ["ensemble-clock.n_intervals"],
            "parsedChangedPropsIds": ["ensemble-clock.n_intervals"],
        }
        return "POST", "/_dash-update-component", json.dumps(message | said).encode()

    return press
