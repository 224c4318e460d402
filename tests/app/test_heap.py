"""Memory that was given back is the system's again."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.chromium import ROOT

#: Arrays as runs make them, each with something small after it that stays, all given back; how many MB are held then.
HELD = """
import resource, sys
import numpy as np
from app.heap import keep_little

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20

if sys.argv[1] == "told":
    assert keep_little()
before = resident()
del (first := [np.ones(2**20)])[:]  # glibc learns from an array that goes
kept, arrays = [], []
for _ in range(50):
    arrays.append(np.ones(2**20))
    kept.append(bytearray(4096))
del arrays
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
@pytest.mark.parametrize("said", ["told", "not told"])
def test_arrays_that_go_are_held_by_nobody(said: str) -> None:
    command = [sys.executable, "-c", HELD, said]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert (float(done.stdout) < 50) == (said == "told")
