"""The lines of Python that draw a view with matplotlib: simple ones, to be changed by who copies them.

Each draws by the engine's public functions alone what the page draws of the live point: curves, references and the
point, without the page's words. Names that `HEAD` sets are known in all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from .state import Parameters

HEAD: Final = """import matplotlib.pyplot as plt
import numpy as np
from saddlesurf import Model, complexity, dynamics, hessian, phases

model = Model(p={p}, delta_2={d2}, delta_p={dp})
overlap_0, temperature, t_max = {m0}, {T}, {tmax}
time = {time}  # the moment that is shown

plt.figure(figsize=(8.6 / 2.54, 6.2 / 2.54), layout="constrained")
"""
FOOT: Final = """plt.savefig("{stem}.pdf")
plt.show()
"""

_FLOW: Final = """flow = dynamics.integrate_flow(model, overlap_0=overlap_0, t_max=t_max, temperature=temperature)
t = np.geomspace(0.1, t_max, 4001)
at = flow.at(t)
"""
_MOMENT: Final = """flow = dynamics.integrate_flow(model, overlap_0=overlap_0, t_max=t_max, temperature=temperature)
at = flow.at([time])
seen = hessian.spectrum(model, at.overlap[0], at.hessian_centre[0])
eigenvalue = seen.lagrange_multiplier - 2 * seen.sigma * np.cos(np.linspace(0, np.pi, {points}))
plt.fill_between(eigenvalue, seen.density(eigenvalue), alpha=0.25)
plt.plot(eigenvalue, seen.density(eigenvalue))
plt.axvline(0, color="black", linestyle=":")
if seen.outlier is not None:
    plt.axvline(seen.outlier, color="tab:red")
plt.xlabel("eigenvalue λ")
plt.ylabel("ρ(λ)")
"""
_SCAN: Final = """noise = {noise}
models = [{model} for x in noise]
theta = [hessian.equator_theta(one.p, one.delta_p, one.delta_2) for one in models]
runs = [
    dynamics.integrate_flow(one, overlap_0=overlap_0, t_max=t_max, temperature=temperature) for one in models
]
plt.semilogx({place}, theta, color="tab:green", linestyle="--", label="θ")
plt.semilogx({place}, [run.overlap[-1] for run in runs], "o-", label="m at the end")
if np.isfinite({here}):
    plt.axvline({here}, color="black", linestyle=":")
plt.legend()
plt.xlabel("{label}")
plt.ylabel("m, θ")
"""
_SIDE: Final = "side = -1 if overlap_0 < 0 else 1\n"

PLOTS: Final[Mapping[str, str]] = {
    "flow:overlap": _FLOW
    + """plt.semilogx(t, at.overlap)
good = complexity.good_minimum(model)
if good is not None and good.is_stable and temperature == 0:
    plt.axhline(good.overlap, color="tab:green", linestyle="--")
plt.xlabel("time t")
plt.ylabel("m(t)")
""",
    "flow:log_overlap": _FLOW
    + """plt.loglog(t, np.abs(at.overlap))
plt.xlabel("time t")
plt.ylabel("|m(t)|")
""",
    "flow:energy": _FLOW
    + """plt.semilogx(t, at.energy)
if temperature == 0:
    plt.axhline(complexity.threshold_energy(model, kind="kac_rice"), color="tab:red", linestyle="--")
    plt.axhline(complexity.threshold_energy(model, kind="aging"), color="tab:red", linestyle=":")
plt.xlabel("time t")
plt.ylabel("e(t)")
""",
    "flow:multiplier": _FLOW
    + """plt.semilogx(t, at.lagrange_multiplier / (2 * model.sigma))
threshold = phases.threshold_multiplier(model, temperature=temperature) / (2 * model.sigma)
if np.isfinite(threshold):
    plt.axhline(threshold, color="tab:red", linestyle="--")
plt.xlabel("time t")
plt.ylabel("μ(t)/2σ")
""",
    "flow:growth": """gain = dynamics.escape_gain(model, t_max=t_max, temperature=temperature)
late = gain.time >= 0.1
plt.semilogx(gain.time[late], gain.growth[late])
plt.xlabel("time t")
plt.ylabel("Λ(t)")
right = plt.twinx()
right.plot(gain.time[late], gain.exponent[late], color="tab:red")
right.set_ylim(-1, 4)
right.set_ylabel("κ(t)")
""",
    "flow:correlation": """flow = dynamics.integrate_flow(
    model, overlap_0=overlap_0, t_max=t_max, temperature=temperature
)
seen = flow.two_time(90)
plt.pcolormesh(seen.time, seen.time, seen.correlation, vmin=0, vmax=1, cmap="cividis", shading="nearest")
plt.colorbar(label="C(t, t′)")
plt.xscale("log")
plt.yscale("log")
plt.xlabel("waiting time t′")
plt.ylabel("time t")
""",
    "flow:fluctuation": """flow = dynamics.integrate_flow(
    model, overlap_0=overlap_0, t_max=t_max, temperature=temperature
)
seen = flow.fluctuation_dissipation(600)
plt.plot(seen.correlation, seen.integrated_response)
if temperature > 0:
    plt.plot([0, 1], [1 / temperature, 0], color="tab:green", linestyle="--")
else:
    plt.plot([0, 1], [model.sigma / model.q_prime(1.0), 1 / model.sigma], color="tab:green", linestyle="--")
    plt.axhline(model.delta_2, color="tab:red", linestyle="--")
plt.xlim(-0.03, 1.03)
plt.ylim(0, 1.2 * max(seen.integrated_response.max(), 1 / model.sigma))
plt.xlabel("correlation C(t, t′)")
plt.ylabel("χ(t, t′)")
""",
    "flow:scan_d2": _SCAN.format(
        noise="np.geomspace(model.delta_2 / 4, model.delta_2 * 4, 25) if np.isfinite(model.delta_2) else "
        "np.geomspace(0.25, 4, 25)",
        model="Model(p=model.p, delta_2=x, delta_p=model.delta_p)",
        place="1 / noise",
        here="model.inverse_delta_2",
        label="1/Δ₂",
    ),
    "flow:scan_dp": _SCAN.format(
        noise="np.geomspace(model.delta_p / 4, model.delta_p * 4, 25) if np.isfinite(model.delta_p) else "
        "np.geomspace(0.25, 4, 25)",
        model="Model(p=model.p, delta_2=model.delta_2, delta_p=x)",
        place="noise",
        here="model.delta_p",
        label="Δₚ",
    ),
    "spectrum:moment": _MOMENT.replace("{points}", "401"),
    "spectrum:edge": _MOMENT.replace("{points}", "20001")
    + """theta = max(model.theta(0.0), 1.05)
below = [seen.outlier] if seen.outlier is not None and seen.theta > 0 else []
shown = [0.0, seen.bulk_edge_lower, *below]
span = max(2 * model.sigma * (theta + 1 / theta - 2), max(shown) - min(shown))
left, right = min(shown) - 0.75 * span, max(shown) + 0.6 * span
plt.xlim(left, right)
plt.ylim(0, 1.25 * seen.density(np.linspace(left, right, 201)).max())
""",
    "spectrum:surfing": _FLOW
    + """spectra = [hessian.spectrum(model, m, mu) for m, mu in zip(at.overlap[::10], at.hessian_centre[::10])]
lower = np.array([seen.bulk_edge_lower for seen in spectra])
# the outlier's closed formula is exact only for small m, and at rest in a minimum
known = (np.abs(at.overlap[::10]) < 0.02) | (np.abs(at.overlap[::10] - at.overlap[-1]) < 2e-3)
outlier = np.array([seen.outlier if seen.outlier is not None and seen.theta > 0 else np.nan for seen in spectra])
plt.semilogx(t[::10], lower)
plt.semilogx(t[::10], np.where(known, outlier, np.nan), color="tab:red")
plt.axhline(0, color="black", linestyle=":")
plt.ylim(-0.6 * model.sigma, 0.6 * model.sigma)
plt.xlabel("time t")
plt.ylabel("λ")
""",
    "landscape:curves": """curves = complexity.landscape_curves(model)
plt.plot(curves.overlap, curves.complexity_all, color="gray", linestyle=":", label="all stationary points")
plt.plot(curves.overlap, curves.complexity_minima, label="minima")
plt.axhline(0, color="black", linewidth=0.8)
for minimum in (complexity.good_minimum(model), complexity.mirror_minimum(model)):
    if minimum is not None and minimum.is_stable:
        plt.plot([minimum.overlap], [0.0], "*", color="tab:green")
plt.yscale("symlog", linthresh=1e-4)
plt.ylim(-0.3, 0.3)
plt.xlim(-1.02, 1.02)
plt.legend()
plt.xlabel("overlap m")
plt.ylabel("Σ(m)")
""",
    "landscape:map": _FLOW
    + _SIDE
    + """threshold = complexity.threshold_energy(model)
m = np.sort(side * np.linspace(-0.45, 0.999, 200))
e = np.linspace(1.5 * threshold - 0.5 * at.energy.max(), threshold + 0.2 * abs(threshold), 160)
sigma = np.asarray(complexity.complexity_of_energy(model, m[None, :], e[:, None]))
plt.pcolormesh(m, e, np.where(sigma > 0, sigma, np.nan), cmap="cividis", shading="nearest")
plt.colorbar(label="Σ(m, e) of stationary points")
low = complexity.complexity_of_energy(model, m[None, :], e[:, None], index=0)
plt.contour(m, e, low, levels=[0.0])  # minima
plt.plot(at.overlap, at.energy, color="tab:red")
plt.ylim(e[0], e[-1])
plt.xlabel("overlap m")
plt.ylabel("energy e")
""",
    "landscape:equator": """lines = (phases.amp_line, phases.trivialization_line)
amp, trivial = (1 / float(line(model.p, model.delta_p)) for line in lines)
inverse = np.linspace(0.55 * amp, 1.4 * trivial, 240)
bands = complexity.equator_band(model.p, model.delta_p, 1 / inverse)
minima = complexity.equator_band(model.p, model.delta_p, 1 / inverse, index=0)
theta = hessian.equator_theta(model.p, model.delta_p, 1 / inverse)
plt.plot(inverse, bands[:, 1], color="gray")
plt.plot(inverse, minima[:, 1])
plt.plot(inverse, hessian.bbp_multiplier(theta), color="tab:red")
plt.axhline(2, color="black", linewidth=0.8)
plt.axvline(model.inverse_delta_2, color="black", linestyle=":")
height = max(np.nanmax(bands[:, 1] - 2, initial=0.0), 1e-9)
plt.ylim(2 - 0.3 * height, 2 + 1.12 * height)
plt.xlabel("1/Δ₂")
plt.ylabel("μ/σ")
""",
    "landscape:ladder": """top = float(complexity.equator_band(model.p, model.delta_p, model.delta_2)[1])
width = max(top - 2, 1e-6)
scaled = np.linspace(2 - 0.4 * width, 2 + 1.6 * width, 241)
multiplier = scaled * model.sigma
plt.plot(scaled, complexity.complexity(model, 0.0, multiplier), color="gray", linestyle=":", label="all")
for index in range(5):
    plt.plot(scaled, complexity.complexity(model, 0.0, multiplier, index=index), label=f"index {index}")
size = max(float(complexity.complexity(model, 0.0, 2 * model.sigma)), 1e-8)
plt.axhline(0, color="black", linewidth=0.8)
plt.ylim(-2.2 * size, 2.5 * size)
plt.legend()
plt.xlabel("μ/σ")
plt.ylabel("Σ(0, μ/σ)")
""",
    "phase": """delta_p = np.logspace(np.log10(0.03), 2, 400)
lines = {
    "trivialization": phases.trivialization_line,
    "typical": phases.typical_line,
    "gradient flow": phases.gradient_flow_line,
    "ML-AMP": phases.amp_line,
}
for name, line in lines.items():
    plt.loglog(delta_p, 1 / line(model.p, delta_p), label=name)
plt.plot([model.delta_p], [model.inverse_delta_2], "o", color="black")
plt.xlim(0.03, 100)
plt.ylim(0.3, 20)
plt.legend()
plt.xlabel("tensor noise Δₚ")
plt.ylabel("1/Δ₂")
""",
}


def plot_lines(view: str, parameters: Parameters, time: float, stem: str) -> str:
    """The lines that draw a view.

    Parameters
    ----------
    view : str
        Of `PLOTS`.
    parameters : Parameters
        Of the live point.
    time : float
        The moment that is shown.
    stem : str
        Name of the file that they save, without its ending.
    """
    said = {name: 'float("inf")' if value == math.inf else repr(value) for name, value in parameters}
    return HEAD.format(time=repr(time), **said) + "\n" + PLOTS[view] + FOOT.format(stem=stem)
