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
    """Number of multisets of ``size`` directions out of ``n_directions``.

    >>> count(2, 3)
    6
    """
    return math.comb(n_directions + size - 1, size) if size else 1


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
    multiplicity, run, largest = np.ones(1), np.zeros(1), np.full(1, -1)
    insert = np.arange(K)[None, :]
    for d in range(1, order):
        prefix = np.concatenate([np.arange(counts[d - 1, q + 1]) for q in range(K)])
        last = np.repeat(np.arange(K), counts[d - 1, 1 : K + 1])
        run = np.where(largest[prefix] == last, run[prefix] + 1, 1.0)
        multiplicity = multiplicity[prefix] * run
        largest = last
        if d < order - 1:
            q = np.arange(K)[None, :]
            after = counts[d + 1, q] + np.arange(last.size)[:, None]  # q is the largest
            before = counts[d + 1, last][:, None] + insert[prefix]
            insert = np.where(q >= last[:, None], after, before)
    return Tables(counts, multiplicity, run, np.ascontiguousarray(insert))
