"""The flow of a model is what it was before landscapes had other signals: one path for all of them."""

from __future__ import annotations

import csv
import itertools
import math
from pathlib import Path

import pytest

from engine import Model
from engine.dynamics import integrate_flow

TABLE = Path(__file__).parents[1] / "reference" / "flow" / "before_landscapes.csv"
QUESTION = ("p", "inverse_delta_2", "delta_p", "overlap_0", "t_max", "temperature")


def cases():
    """Questions, and the rows of their answers by the engine before (commit 1c36b79)."""
    with TABLE.open() as file:
        for question, rows in itertools.groupby(
            csv.DictReader(file), lambda row: tuple(row[k] for k in QUESTION)
        ):
            yield pytest.param(dict(zip(QUESTION, question, strict=True)), list(rows), id="-".join(question))


@pytest.mark.jit
@pytest.mark.parametrize(("question", "rows"), list(cases()))
def test_the_numbers_of_a_model_are_those_from_before(question, rows):
    """To 1e-9; linear systems in float64, since roundings of float32 alone move a run in its ninth digit."""
    signal = float(question["inverse_delta_2"])
    flow = integrate_flow(
        Model(
            p=int(question["p"]),
            delta_2=1 / signal if signal else math.inf,
            delta_p=float(question["delta_p"]),
        ),
        overlap_0=float(question["overlap_0"]),
        t_max=float(question["t_max"]),
        temperature=float(question["temperature"]),
        tolerance=2e-7,
    )
    for row in rows:
        there = flow.at([float(row["t"])])
        for name in ("overlap", "lagrange_multiplier", "energy_2", "energy_p"):
            assert getattr(there, name)[0] == pytest.approx(float(row[name]), rel=1e-9, abs=1e-9)
