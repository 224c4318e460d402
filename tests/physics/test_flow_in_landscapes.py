"""Flows in general landscapes against trajectories believed right to 3e-7 (overlap) and 3e-6 (multiplier, energy).

Confirmed by an independent uniform grid to t = 4 and by two tolerances of another program; the quenches of 3+4 also by
DYNAMITE to t = 50 and 100. Columns: t, m, mu, e, e_k by order, C(t, 0), C(t, t/2).
"""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest

from engine import Landscape, Status
from engine.dynamics import integrate_flow

REFERENCE = Path(__file__).parents[1] / "reference" / "landscapes"
GLASS = Landscape.of({3: 1.5, 4: 2.0})
CASES = {
    "detuned_2_3": (Landscape.spiked({2: 1.5, 3: 2.0}, {3: 0.6}), {"overlap_0": 1e-2}),
    "mixed34_T0.85": (GLASS.at_equilibrium(0.85), {}),
    "mixed34_Tinf": (GLASS.at_equilibrium(math.inf), {}),
    "pk_3_2": (Landscape.of({3: 1.0}, {2: 1.8}), {"overlap_0": 1e-6}),
    "pk_4_1_field": (Landscape.of({4: 1.0}, {1: 1.2}), {"overlap_0": 1e-2}),
    "pure3_T0.6_state": (Landscape.of({3: 1.5}).at_equilibrium(0.6), {}),
    "pure3_T0.7_to_T0.3": (Landscape.of({3: 1.5}).at_equilibrium(0.7), {"temperature": 0.3}),
    "spiked_2_3_4": (Landscape.spiked({2: 2.0, 3: 1.0, 4: 0.5}), {"overlap_0": 1e-4}),
}
RESTING = {"detuned_2_3", "pk_3_2", "pure3_T0.6_state"}


def table(name):
    with (REFERENCE / f"flow_{name}.csv").open() as file:
        found = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return {key: np.array([float(row[key] or "nan") for row in found]) for key in found[0]}


def test_the_cases_are_those_of_the_tables():
    for name, (landscape, _) in CASES.items():
        head = (REFERENCE / f"flow_{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        for what, terms in (("noise a_k", landscape.noise), ("signal b_k", landscape.signal)):
            told = re.search(f"{what}: ([^;]*)", head).group(1)
            pairs = {} if told == "none" else dict(pair.split(":") for pair in told.split())
            assert {int(k): float(c) for k, c in pairs.items()} == pytest.approx(dict(terms))


@pytest.mark.jit
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("tolerance", "of_overlap", "of_energy"), [(1e-4, 5e-4, 5e-4), (1e-6, 1e-5, 2e-5)])
def test_a_flow_follows_its_reference(name, tolerance, of_overlap, of_energy):
    landscape, options = CASES[name]
    known = table(name)
    flow = integrate_flow(landscape, t_max=known["t"][-1], tolerance=tolerance, **options)
    assert flow.status is (Status.REACHED if name in RESTING else Status.AGEING)
    there = flow.at(known["t"])
    np.testing.assert_allclose(there.overlap, known["m"], rtol=0, atol=of_overlap)
    np.testing.assert_allclose(there.lagrange_multiplier, known["mu"], rtol=0, atol=of_energy)
    np.testing.assert_allclose(there.energy, known["e"], rtol=0, atol=of_energy)
    assert flow.orders == landscape.orders
    for i, k in enumerate(landscape.orders):
        np.testing.assert_allclose(there.energies[:, i], known[f"e_{k}"], rtol=0, atol=of_energy)
    moving = ~np.isnan(known["C_t_0"]) & (known["t"] <= flow.t_end)
    time = known["t"][moving]
    np.testing.assert_allclose(flow.correlation(time), known["C_t_0"][moving], rtol=0, atol=of_overlap)
    half = [flow.correlation(t, t / 2)[0] for t in time]
    np.testing.assert_allclose(half, known["C_t_half"][moving], rtol=0, atol=of_overlap)
