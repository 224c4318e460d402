"""What a server and its children take of this machine, as the system counts it (Linux)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def family(pid: int) -> list[int]:
    """A process and all that it has started."""
    found, to_do = [], [pid]
    while to_do:
        found.append(to_do.pop())
        with suppress(OSError):
            for thread in Path(f"/proc/{found[-1]}/task").iterdir():
                to_do += map(int, (thread / "children").read_text().split())
    return found


def processor(pid: int) -> float:
    """Seconds of processor that they have taken."""
    ticks = 0
    for number in family(pid):
        with suppress(OSError):
            said = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(said[11]) + int(said[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> int:
    """Bytes of memory that they hold."""
    pages = 0
    for number in family(pid):
        with suppress(OSError):
            pages += int(Path(f"/proc/{number}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_files(pid: int) -> int:
    """Files and connections that they hold open."""
    count = 0
    for number in family(pid):
        with suppress(OSError):
            count += len(os.listdir(f"/proc/{number}/fd"))
    return count
