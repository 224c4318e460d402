"""Seeded points over all that the engine's door lets in, half of them where the page's sliders go."""

import math

from engine import Model


def noise(rng):
    """A Δ: half of the time one of the page's, else anything allowed."""
    kind = rng.random()
    return (
        math.inf if kind > 0.92 else float(10 ** (rng.uniform(-1.3, 1) if kind < 0.5 else rng.uniform(-4, 8)))
    )


def random_point(rng):
    delta_2, delta_p = noise(rng), noise(rng)
    if math.isinf(delta_2) and math.isinf(delta_p):
        delta_p = 1.0
    p = int(rng.integers(3, 11))
    size = 10 ** rng.uniform(-12, -0.5), 10 ** rng.uniform(-100, -12), rng.uniform(0.1, 0.999)
    overlap_0 = float(rng.choice(size, p=[0.6, 0.2, 0.2]) * rng.choice([1, -1], p=[0.7, 0.3]))
    temperature = float(rng.choice([0.0, rng.uniform(0, 2), 10 ** rng.uniform(-6, 0)], p=[0.5, 0.35, 0.15]))
    tolerance = 1e-4 if rng.random() < 0.6 else float(10 ** rng.uniform(-6, -2))
    options = {"overlap_0": overlap_0, "temperature": temperature, "tolerance": tolerance}
    return Model(p=p, delta_2=delta_2, delta_p=delta_p), {**options, "t_max": float(10 ** rng.uniform(0, 6))}
