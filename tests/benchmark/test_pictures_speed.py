"""What the server works for one picture of the landscape card while something moves: at most 20 ms."""

from __future__ import annotations

import pytest

from app.cards import landscape, phase
from app.main import create_compute
from app.page.state import DEFAULTS, Parameters
from app.quantities.flow import flow
from app.quantities.landscape import energy_map, equator_map, ladder
from app.quantities.lines import phase_lines
from app.settings import Settings
from tests.app.pictures import request_for


def median(benchmark):
    return benchmark.stats.stats.median


@pytest.mark.parametrize("question", [energy_map, ladder], ids=lambda f: f.__name__)
def test_what_a_view_asks_of_the_engine_takes_at_most_20_ms(benchmark, question):
    benchmark(question, DEFAULTS.model)
    assert median(benchmark) < 0.020


def test_the_equator_takes_at_most_20_ms(benchmark):
    benchmark(equator_map, 3, 1.0)
    assert median(benchmark) < 0.020


def test_every_line_of_an_order_takes_at_most_50_ms(benchmark):
    benchmark(phase_lines, 3)
    assert median(benchmark) < 0.050


@pytest.mark.parametrize("view", ["curves", "map", "equator", "ladder"])
def test_a_new_picture_takes_at_most_20_ms_once_the_flow_is_there(benchmark, tmp_path, view):
    compute = create_compute(Settings(cache_folder=tmp_path))
    steps = iter(range(10**6))

    def fresh():
        parameters = Parameters(d2=0.43 + 1e-7 * next(steps), dp=1.0 + 1e-7 * next(steps), tmax=10)
        flow(compute, parameters)
        return (compute, request_for(parameters, land=view)), {}

    benchmark.pedantic(landscape.CARD.draw, setup=fresh, rounds=15)
    assert median(benchmark) < 0.020


def test_the_diagram_with_every_family_is_drawn_in_20_ms(benchmark, tmp_path):
    compute = create_compute(Settings(cache_folder=tmp_path))
    request = request_for(DEFAULTS, lines=["flow", "wells", "trivial", "bayes", "langevin"])
    phase.CARD.draw(compute, request)
    benchmark(phase.CARD.draw, compute, request)
    assert median(benchmark) < 0.020
