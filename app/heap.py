"""How the C library keeps memory that this process has given back: for the system, not for itself.

Left alone, glibc raises by itself the size from which an array has its own pages, to 32 MB, and keeps a heap for each
of many threads: the arrays of runs that have ended leave holes everywhere, and a server grows for hours although it
holds nothing. A size that is set stays.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

OWN_PAGES: Final = 2**20  # bytes from which an array has its own pages, which go back when it does
HEAPS: Final = 2  # most threads wait
_TRIM, _MMAP, _ARENAS = -1, -3, -8  # malloc.h: M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX


def keep_little() -> bool:
    """Give large arrays back to the system at once; whether the C library here can be told so (glibc can)."""
    if sys.platform != "linux":
        return False
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is None:  # musl has neither the function nor the habit
        return False
    wanted = ((_ARENAS, HEAPS), (_MMAP, OWN_PAGES), (_TRIM, OWN_PAGES))
    done = [set_option(option, value) for option, value in wanted]
    return done == [1, 1, 1]
