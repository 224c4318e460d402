"""Memory that was given back is the system's again."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.chromium import ROOT

#: Arrays as runs make them, each with something small after it that stays; MB that are held before they go, and after.
HELD = """
import resource
import numpy as np
from app.heap import keep_little

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20

assert keep_little()
before = resident()
del (first := [np.ones(2**20)])[:]  # glibc, left alone, learns from an array that goes
kept, arrays = [], []
for _ in range(50):
    arrays.append(np.ones(2**20))
    kept.append(bytearray(4096))
print(resident() - before)
del arrays
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_arrays_that_go_are_held_by_nobody() -> None:
    command = [sys.executable, "-c", HELD]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    held, left = map(float, done.stdout.split())
    assert held > 300
    assert left < 50
