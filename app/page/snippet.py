"""The few lines of Python that make the numbers on the page."""

from __future__ import annotations

import math

from .sample import STEPS, Sample
from .state import Point


def python_lines(point: Point) -> str:
    """The lines that compute what the page shows at a point."""
    parameters, sample = point
    number = {name: 'float("inf")' if value == math.inf else repr(value) for name, value in parameters}
    shown = sample.is_shown and parameters.T == 0
    return (
        f"from saddlesurf import Model, complexity, dynamics, hessian, phases{', simulation' if shown else ''}\n\n"
        f"model = Model(p={number['p']}, delta_2={number['d2']}, delta_p={number['dp']})\n"
        f"print(phases.classify(model, temperature={number['T']}).sentence)\n"
        f"flow = dynamics.integrate_flow(\n    model, overlap_0={number['m0']}, t_max={number['tmax']}, "
        f"temperature={number['T']}\n)\n"
        "print(flow.message, flow.overlap[-1])\n"
        "print(hessian.spectrum(model, flow.overlap[-1], flow.hessian_centre[-1]))\n"
        "curves = complexity.landscape_curves(model)  # .overlap, .complexity_all, .complexity_minima\n"
        + (_instance_lines(sample, number["m0"]) if shown else "")
    )


def _instance_lines(sample: Sample, m0: str) -> str:
    start = "None" if sample.start == "random" else m0
    lines = [
        f"run = simulation.simulate(\n    model, n_dim={sample.N}, seed={sample.seed}, overlap_0={start}, "
        f"t_max={sample.until!r}\n)\n"
    ]
    for step in sample.then:
        given = None if step == "f" or sample.start == "random" else m0
        lines.append(f"run = run.restart(start={STEPS[step]!r}, overlap_0={given})\n")
    lines.append("print(run.message, run.hessian(run.time[-1]).lowest)\n")
    return "".join(lines)
