"""The model written out: packed symmetric Gaussian tensors, for small N. An independent reference for simulations.

H(x) = -Σ S_q[x, …, x] - N Σ b_q m^q/q over the orders q, with S_q symmetric Gaussian: the component whose index i
occurs n_i times has variance v Πn_i!/q!, v = a_q/(q N^(q-1)), so that Cov(H(x), H(y)) = N Q(x·y/N) exactly.
Stored once per multiset of indices, as the coefficient of its monomial. Sizes: p = 3 to N = 400, p = 4 to N = 100.
"""

import math
from functools import lru_cache
from itertools import combinations_with_replacement

import numpy as np


@lru_cache(maxsize=8)
def packed(order, n):
    """Index multisets : shape (size, order), and the product of the factorials of their multiplicities."""
    if order == 3 and n > 60:
        i, j, k = np.indices((n, n, n), dtype=np.int16)
        keep = (i <= j) & (j <= k)
        index = np.stack([i[keep], j[keep], k[keep]], axis=1).astype(np.int32)
    else:
        index = np.array(list(combinations_with_replacement(range(n), order)), dtype=np.int32)
    factorials, run = np.ones(len(index)), np.ones(len(index))
    for i in range(1, order):
        run = np.where(index[:, i] == index[:, i - 1], run + 1, 1)
        factorials *= run
    return index, factorials


class PackedLandscape:
    """One instance with the signal along the first axis, x* = √N e_0.

    Parameters
    ----------
    landscape : Landscape
        The couplings a_q of its noise and b_q of its signal.
    """

    def __init__(self, n, landscape, random):
        self.n, self.orders = n, landscape.orders
        self.signal = dict.fromkeys(landscape.orders, 0.0) | dict(landscape.signal)
        self.coefficients = {}
        for q, a in landscape.noise:
            _, factorials = packed(q, n)
            v = a / (q * float(n) ** (q - 1))
            spread = np.sqrt(v * factorials / math.factorial(q))
            # the coefficient of the monomial is the component times the number of its orderings
            orderings = math.factorial(q) / factorials
            self.coefficients[q] = orderings * spread * random.standard_normal(len(factorials))

    def overlap(self, x):
        return x[0] / math.sqrt(self.n)

    def energies(self, x):
        """Energy per degree of freedom of every order."""
        m = self.overlap(x)
        out = {q: -self.signal[q] * m**q / q for q in self.orders}
        for q, coefficients in self.coefficients.items():
            index, _ = packed(q, self.n)
            out[q] -= coefficients @ np.prod(x[index], axis=1) / self.n
        return out

    def gradient(self, x):
        """∇H, by taking one factor at a time out of every monomial."""
        out = np.zeros(self.n)
        m = self.overlap(x)
        for q, coefficients in self.coefficients.items():
            index, _ = packed(q, self.n)
            for i in range(q):
                others = np.prod(x[np.delete(index, i, axis=1)], axis=1)
                out -= np.bincount(index[:, i], coefficients * others, minlength=self.n)
        out[0] -= sum(b * m ** (q - 1) for q, b in self.signal.items()) * math.sqrt(self.n)
        return out

    def hessian(self, x):
        """∇²H, by taking two factors out."""
        n = self.n
        out = np.zeros(n * n)
        m = self.overlap(x)
        for q, coefficients in self.coefficients.items():
            index, _ = packed(q, n)
            for i in range(q):
                for j in range(q):
                    if i != j:
                        others = np.prod(x[np.delete(index, (i, j), axis=1)], axis=1)
                        where = index[:, i].astype(np.int64) * n + index[:, j]
                        out -= np.bincount(where, coefficients * others, minlength=n * n)
        out[0] -= sum(b * (q - 1) * m ** (q - 2) for q, b in self.signal.items() if q > 1)
        return out.reshape(n, n)

    def riemannian_hessian(self, x):
        """P∇²H P + μ on the tangent space at x, in an orthonormal basis whose first vector is the signal's."""
        n, m = self.n, self.overlap(x)
        mu = -(x @ self.gradient(x)) / n
        signal = np.eye(n)[0] - m * x / math.sqrt(n)
        basis = np.linalg.qr(np.column_stack([x, signal, np.eye(n)[:, 2:]]))[0][:, 1:]
        return basis.T @ self.hessian(x) @ basis + mu * np.eye(n - 1)

    def descend(self, x, step, n_steps):
        """Points of projected gradient descent : shape (n_steps + 1, n)."""
        points = [x]
        for _ in range(n_steps):
            g = self.gradient(x)
            x = x - step * (g - (x @ g) / self.n * x)
            x = x * math.sqrt(self.n) / np.linalg.norm(x)
            points.append(x)
        return np.array(points)


def start(n, overlap):
    """A point of given overlap: x* along axis 0, the rest along axis 1 (any other is the same in law)."""
    x = np.zeros(n)
    x[0], x[1] = overlap, math.sqrt(1 - overlap**2)
    return x * math.sqrt(n)
