"""Index tables of a symmetric tensor whose components are known on a growing set of directions.

Multisets of directions are counted in colexicographic order: ascending inside, ordered by their largest member first.
Those without the newest direction then come before all others, so that a new direction only appends.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..checks import Floats

Ints = NDArray[np.int64]


class Tables(NamedTuple):
    """Tables of one order p and K directions, see `index_tables`."""

    counts: Ints
    multiplicity: Floats
    run: Floats
    insert: Ints


def count(size: int, n_directions: int) -> int:
    """Number of multisets of ``size`` directions out of ``n_directions``; none of a negative size.

    >>> count(2, 3)
    6
    """
    return math.comb(n_directions + size - 1, size) if size > 0 else int(size == 0)


def index_tables(order: int, n_directions: int) -> Tables:
    """Build the tables of a tensor of order p over K directions.

    Returns
    -------
    counts : ndarray of int, shape (p, K + 2)
        ``[d, k]``: multisets of size d out of k directions; block k of size d starts there.
    multiplicity : ndarray, shape (count(p - 1, K),)
        Product of the factorials of how often each member occurs, for every multiset of size p - 1.
    run : ndarray, same shape
        How often the largest member occurs.
    insert : ndarray of int, shape (count(p - 2, K), K)
        Number of the multiset B ∪ {q} among those of size p - 1, for B of size p - 2.
    """
    K = n_directions
    counts = np.array([[count(d, k) for k in range(K + 2)] for d in range(order)], dtype=np.int64)
    multiplicity, run = np.ones(1), np.zeros(1)
    insert = np.arange(K)[None, :]
    for d in range(1, order):
        n = int(counts[d, K])
        products, runs = np.empty(n), np.ones(n)
        inserts = np.empty((n, K), dtype=np.int64) if d < order - 1 else insert
        for q in range(
            K
        ):  # the block whose largest member is q: all of size d - 1 out of the first q + 1, and q
            block, before = slice(counts[d, q], counts[d, q + 1]), int(counts[d - 1, q + 1])
            again = slice(counts[d - 1, q], before)  # of these the ones that have q already
            runs[block][again] += run[again]
            products[block] = multiplicity[:before] * runs[block]
            if d < order - 1:
                inserts[block, :q] = counts[d + 1, q] + insert[:before, :q]
                inserts[block, q:] = counts[d + 1, q:K] + np.arange(block.start, block.stop)[:, None]
        multiplicity, run, insert = products, runs, inserts
    return Tables(counts, multiplicity, run, insert)
