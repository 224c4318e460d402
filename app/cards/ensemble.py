"""The three pictures of an ensemble, and their words; they live in a dialog, not in a card of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, linregress

from ..compute.compute import Door
from ..figures.ensemble import Share, bands_figure, escape_figure, success_figure
from ..figures.figure import Figure
from ..figures.theme import Theme
from ..physics import complexity, hessian, say, whole
from ..quantities.ensemble import Ensemble
from ..quantities.flow import flow, table_times
from ..quantities.jobs import Progress


def where(ensemble: Ensemble) -> str:
    """The point of an ensemble, in words."""
    parameters, sample = ensemble.point
    start = "random starts" if sample.start == "random" else f"m₀ = {say(parameters.m0)}"
    return (
        f"p = {parameters.p}, Δ₂ = {say(parameters.d2, 4)}, Δₚ = {say(parameters.dp, 4)}, {start}, "
        f"to t = {say(sample.until)}, seeds from {sample.seed}."
    )


def draw(door: Door, ensemble: Ensemble, progress: Progress, look: Theme) -> list[tuple[Figure | None, str]]:
    """The three pictures of what is there, each with its caption."""
    return [
        draw_bands(door, ensemble, progress, look),
        draw_success(ensemble, progress, look),
        draw_escape(ensemble, progress, look),
    ]


def draw_bands(door: Door, ensemble: Ensemble, progress: Progress, look: Theme) -> tuple[Figure | None, str]:
    """Bands of the shown size."""
    own = progress.members.get(ensemble.size)
    if own is None:
        return None, "The first instances are on their way."
    theory = None
    if ensemble.point.sample.start == "m0":
        trajectory = flow(door, ensemble.point.parameters).value
        at = trajectory.at(table_times(trajectory, ensemble.point.parameters.tmax))
        theory = (at.time, at.overlap)
    whole_runs = np.isfinite(own.final)
    caption = f"N = {whole(ensemble.size)}: median, 25–75 % and 5–95 % of {int(whole_runs.sum())} instances."
    if not whole_runs.any():
        return None, caption + cut_words(progress)
    figure = bands_figure(own.time, own.overlap[whole_runs], look, flow=theory)
    return figure, caption + cut_words(progress)


def cut_words(progress: Progress) -> str:
    """How many runs were cut, and are left out; empty if none was."""
    cut = sum(int(np.isnan(found.final).sum()) for found in progress.members.values())
    return f" Left out: {cut} whose directions filled the memory before the end." if cut else ""


def draw_success(ensemble: Ensemble, progress: Progress, look: Theme) -> tuple[Figure | None, str]:
    """Fractions of every size that is there, of the runs that came to the end."""
    level = complexity.escape_level(ensemble.point.parameters.model)
    ends = {n: found.final[np.isfinite(found.final)] for n, found in progress.members.items()}
    shown = {n: final for n, final in ends.items() if final.size}
    if not shown:
        return None, "No instance is at its end yet."
    up = tuple(share_of(n, final >= level) for n, final in shown.items())
    down = tuple(share_of(n, final <= -level) for n, final in shown.items())
    caption = (
        f"Ended beyond |m| = {say(level)} at t = {say(ensemble.point.sample.until)}; bars: 95 % (Wilson)."
    )
    return success_figure(up, down, look), caption


def share_of(n: int, escaped: NDArray[np.bool_]) -> Share:
    """The fraction of the instances of one size that has escaped, with its 95 % interval (Wilson 1927)."""
    test = binomtest(int(escaped.sum()), escaped.size)
    low, high = test.proportion_ci(0.95, method="wilson")
    return Share(n, float(test.statistic), float(low), float(high))


def draw_escape(ensemble: Ensemble, progress: Progress, look: Theme) -> tuple[Figure | None, str]:
    """Median escape times of the sizes at which most instances escape."""
    model: Any = ensemble.point.parameters.model
    if not float(model.theta(0.0)) > 1:
        return (
            None,
            "Below the gradient-flow line there is no rate λ: escape is no faster than a power of time.",
        )
    rate = hessian.escape_rate(model)
    at_m0 = ensemble.point.sample.start == "m0"
    points, late = [], []
    for n, found in sorted(progress.members.items()):
        if at_m0 and abs(ensemble.point.parameters.m0) > n**-0.5:
            continue  # the noise of the start is not what it escapes from
        seen = np.isfinite(found.final) | np.isfinite(
            found.escape_time
        )  # a run cut before it escaped says nothing
        times = np.nan_to_num(found.escape_time[seen], nan=np.inf)
        if times.size and np.isfinite(times).mean() > 0.5:
            points.append((0.5 * np.log(n) / rate, float(np.median(times)), whole(n)))
        else:
            late.append(whole(n))
    said = f"λ = {say(rate)}."
    if late:
        said += f" Fewer than half escape in time at N = {', '.join(late)}: left out."
    if len(points) + len(late) < len(progress.members):
        said += " Where m₀ > N^(−1/2) the escape does not wait for ln N: left out."
    if not points:
        return None, said
    x, y = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    line = linregress(x, y) if x.size > 2 else None
    fitted = None if line is None else (float(line.slope), float(line.intercept), float(line.stderr))
    figure = escape_figure(x, y, tuple(p[2] for p in points), look, line=fitted)
    return figure, f"{said} The slope tends to 1 as N grows."
