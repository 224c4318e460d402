"""A point in the name of a file and over a figure: the page's scripts say it as the server does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from app.page.file_name import file_stem
from app.page.sample import Sample
from app.page.state import Parameters, Point

POINT = "page/point.mjs"
STEM = "return argument.map(([what, point, more]) => stem(what, point, more));"


def points() -> list[Point]:
    random = np.random.default_rng(5)
    made = [
        Point(),
        Point(Parameters(d2=math.inf, dp=0.2, m0=-1e-100, tmax=1e6)),
        Point(
            Parameters(p=10, d2=1e-4, dp=1e8, T=1e-6),
            Sample(N=10**12, seed=2**32 - 1, start="random", then="of"),
        ),
    ]
    for _ in range(60):
        d2, dp = 10 ** random.uniform(-4, 8, 2)
        sample = Sample(
            N=int(10 ** random.uniform(2, 12)), seed=int(random.integers(2**32)), until=random.uniform(1, 999)
        )
        made.append(Point(Parameters(d2=d2, dp=dp, m0=10 ** random.uniform(-99, -0.01)), sample))
    return made


def test_the_page_names_files_as_the_server_does(blank: Any) -> None:
    times = [None, *(10.0 ** np.linspace(-5, 6, 23))]
    asked = [
        (point, time, of)
        for point in points()
        for time in times[:: 7 if point.sample.N else 1]
        for of in (True, False)
    ]
    said = blank.run(
        POINT,
        STEM,
        [["lowest_along", point.to_store(), {"time": time, "ofInstance": of}] for point, time, of in asked],
    )
    assert said == [file_stem("lowest_along", point, time=time, instance=of) for point, time, of in asked]


def test_the_line_over_a_figure_says_what_counts(blank: Any) -> None:
    point = Point(Parameters(d2=0.5, m0=-1e-4), Sample(N=10_000, seed=3)).to_store()
    assert blank.run(POINT, "return parts(argument, { time: 12.5, ofInstance: true });", point) == [
        "p = 3", "Δ<sub>2</sub> = 0.5", "Δ<sub>p</sub> = 1", "m<sub>0</sub> = −10⁻⁴", "t<sub>max</sub> = 10000",
        "t = 12.5", "N = 10000", "seed 3",
    ]  # fmt: skip
    cold = 'return parts(argument, { counts: ["p", "T"] });'
    assert blank.run(POINT, cold, point) == ["p = 3"]
    assert blank.run(POINT, cold, Point(Parameters(T=0.5)).to_store()) == ["p = 3", "T = 0.5"]
