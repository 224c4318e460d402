"""Three minutes of what a class, its teacher and programs do: memory and open files are flat in the last two thirds.

What may be kept is small here (`LIMITS`), so that it is full before the first minute ends: what grows after that is a
leak. The bounds are of a straight line through the last two thirds: of memory a tenth of the server's own 300 MB in
those two minutes, which is what Python's allocator moves by; of open files a handful, since connections come and go.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import numpy as np

from tests.load import askers
from tests.load.crowd import ALWAYS, BY_TURNS, place
from tests.load.harness import cards, patiently
from tests.load.table import note
from tests.server_process import Server, served

SECONDS = float(os.environ.get("LOAD_SOAK", "180"))
LIMITS = {"SADDLESURF_CACHE_MEMORY": str(2**24), "SADDLESURF_CACHE_DISK": str(2**24)}
EVERY = 1.0  # seconds between two looks
GROWTH = 30 * 2**20  # bytes by which the line may rise in the last two thirds
MORE_FILES = 10  # open files by which it may
POINT = {"p": 3, "tmax": 1e3, "N": 400, "until": 20.0}

Do = Callable[[Server, str, int], None]


def asked(server: Server, cookie: str, method: str, path: str, body: bytes | None = None) -> None:
    """Ask, come again if asked to; it must be answered."""
    assert patiently(server, (method, path, body), time.monotonic() + 60.0, cookie), (method, path)


def drag(server: Server, cookie: str, k: int) -> None:
    """One step of a drag."""
    asked(server, cookie, *cards([*ALWAYS, BY_TURNS[k % 3]], place(k % 7, k), "moving"))


def rest(server: Server, cookie: str, k: int) -> None:
    """A new point at rest, with an instance at every other."""
    point = POINT | {"d2": 0.3 + 1e-4 * k, "seed": k} if k % 2 else {"d2": 0.3 + 1e-4 * k}
    asked(server, cookie, *cards(["phase", "flow", "spectrum", "landscape", "sentence"], point, "leisure"))


def atlas(server: Server, cookie: str, k: int) -> None:
    """The measured diagram, of a few planes by turns."""
    message = json.loads(cards(["phase"], {"p": 3 + k % 2, "m0": 10.0 ** -(2 + k % 5)}, "leisure")[2] or b"")
    message |= {"looks": {"measured": ["overlap"]}, "work": {"asker": "soak", "run": "on", "anew": False}}
    asked(server, cookie, "POST", "/cards", json.dumps(message).encode())


def data(server: Server, cookie: str, k: int) -> None:
    """What programs read, in every format."""
    name = ("flow", "lines", "complexity", "spectrum", "instance")[k % 5]
    sample = "&N=400&until=5" if name == "instance" else ""
    asked(
        server, cookie, "GET", f"/data/{name}.{('csv', 'json', 'npz')[k % 3]}?d2={0.3 + 1e-4 * k:.5f}{sample}"
    )


def export(server: Server, cookie: str, k: int) -> None:
    """Copy Python, and the page itself."""
    asked(server, cookie, "POST", "/python", json.dumps({"point": {"d2": 0.3 + 1e-4 * k}}).encode())
    asked(server, cookie, "GET", "/")


def ensemble(server: Server, cookie: str, k: int) -> None:
    """A dialog that is looked at a few times and left."""
    press = askers.dialog(server)
    name = f"soak{k // 4}"
    asked(server, cookie, *press(name, askers.PLACE | {"dp": 2.0 + 0.01 * (k // 4), "until": 2.0}))
    if k % 4 == 3:
        asked(server, cookie, "POST", "/goodbye", json.dumps({"asker": name}).encode())


#: Who is there, and the seconds between two things that he does.
VISITORS: list[tuple[Do, float]] = [
    (drag, 0.3), (drag, 0.3), (drag, 0.3), (rest, 0.7), (rest, 0.7), (atlas, 0.7), (data, 0.4), (export, 0.5),
    (ensemble, 1.0),
]  # fmt: skip


@contextmanager
def there(server: Server, faults: list[BaseException]) -> Iterator[None]:
    """All of them at once, until the block ends."""
    over = threading.Event()

    def live(number: int, do: Do, pause: float) -> None:
        cookie = server.cookie()
        for k in count(number * 1000):
            if over.wait(pause):
                return
            try:
                do(server, cookie, k)
            except BaseException as fault:
                faults.append(fault)
                return

    threads = [
        threading.Thread(target=live, args=(number, *visitor)) for number, visitor in enumerate(VISITORS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(60)


def rise(looks: list[tuple[float, float, float]], of: int) -> float:
    """By how much the straight line through the last two thirds of the looks rises."""
    late = np.array(looks[len(looks) // 3 :])
    slope = np.polyfit(late[:, 0], late[:, of], 1)[0]
    return float(slope * (late[-1, 0] - late[0, 0]))


def test_memory_and_open_files_are_flat(tmp_path: Path) -> None:
    faults: list[BaseException] = []
    looks: list[tuple[float, float, float]] = []
    tick = threading.Event()
    with ExitStack() as stack:
        server = stack.enter_context(served(tmp_path, **LIMITS))
        stack.enter_context(there(server, faults))
        stack.enter_context(askers.leavers(server, 2))
        begun = time.monotonic()
        while (now := time.monotonic() - begun) < SECONDS and not faults:
            looks.append((now, server.memory(), server.open_files()))
            tick.wait(EVERY)
        assert not faults, faults
        said = server.said()
    title = f"soak of {SECONDS:.0f} s"
    for third in range(3):
        part = np.array(looks[third * len(looks) // 3 : (third + 1) * len(looks) // 3])
        note("here", title, f"memory, third {third + 1}", f"{part[:, 1].mean() / 2**20:7.1f} MB")
        note("here", title, f"files, third {third + 1}", f"{part[:, 2].mean():7.1f}")
    note("here", title, "memory rises by", f"{rise(looks, 1) / 2**20:7.1f} MB in the last two thirds")
    note("here", title, "files rise by", f"{rise(looks, 2):7.1f} in the last two thirds")
    assert rise(looks, 1) < GROWTH
    assert rise(looks, 2) < MORE_FILES
    assert not [line for line in said if line.startswith("ERROR")], said[-20:]
