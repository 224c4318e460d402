"""The three pictures of an ensemble, and their words; they live in a dialog, not in a card of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, linregress

from ..compute.door import Door
from ..figures.ensemble import Median, Share, bands_figure, escape_figure, success_figure
from ..figures.figure import Figure
from ..figures.theme import Theme
from ..page.reading import changed
from ..page.state import Parameters
from ..physics import complexity, hessian, say, whole
from ..quantities.beside import own_start
from ..quantities.ensemble import WARM, Ensemble, Instances, Members, long_enough
from ..quantities.flow import flow, table_times
from ..quantities.survival import kaplan_meier, median_bounds


def how_long(parameters: Parameters, largest: int) -> str:
    """How long the runs should be for the escapes to be seen, in words.

    Parameters
    ----------
    parameters : Parameters
        Of the point.
    largest : int
        The largest N.
    """
    if parameters.T > 0:
        return WARM
    found = long_enough(parameters.model, largest)
    if found.rate is None:
        return (
            "Below the gradient-flow line nothing grows exponentially: chance lets some instances escape, at "
            "any time."
        )
    said = (
        f"An overlap that chance makes takes about ln N/2λ to grow, λ = {say(found.rate)}; by t = 3 ln N/λ = "
        f"{say(found.wanted)} (N = {whole(largest)}) nearly all that escape have."
    )
    if found.time < found.wanted:
        said += f" The longest time is {say(found.time)}."
    return f"{said} How long it takes is told once the first instances are there."


def where(ensemble: Ensemble) -> str:
    """The point of an ensemble, in words."""
    parameters, sample = ensemble.point
    start = "random starts" if sample.start == "random" else f"m₀ = {say(parameters.m0)}"
    return (
        f"p = {parameters.p}, Δ₂ = {say(parameters.d2, 4)}, Δₚ = {say(parameters.dp, 4)}, {start}, "
        f"to t = {say(sample.until)}, seeds from {sample.seed}."
    )


def draw(door: Door, ensemble: Ensemble, there: Instances, look: Theme) -> list[tuple[Figure | None, str]]:
    """The three pictures of what is there, each with its caption."""
    return [
        draw_bands(door, ensemble, there, look),
        draw_success(ensemble, there, look),
        draw_escape(ensemble, there, look),
    ]


def draw_bands(door: Door, ensemble: Ensemble, there: Instances, look: Theme) -> tuple[Figure | None, str]:
    """Bands of the shown size."""
    own = there.members.get(ensemble.size)
    if own is None:
        return None, "The first instances are on their way."
    parameters, sample = ensemble.point
    start = own_start(ensemble.size, parameters.m0 if sample.start == "m0" else 0.0)
    trajectory = flow(door, changed(parameters, m0=start, tmax=sample.until)).value
    at = trajectory.at(table_times(trajectory, sample.until))
    said = f"N = {whole(ensemble.size)}: median, 25–75 % and 5–95 % of {own.final.size} instances."
    if start != parameters.m0:
        said += f" The flow at N = ∞ starts from 1/√N = {say(start)}, the overlap that chance gives."
    return bands_figure(own.time, own.overlap, look, flow=(at.time, at.overlap)), said + cut_words(own)


def cut_words(own: Members) -> str:
    """From when on how many are not known; empty if all are known to the end."""
    n_cut, n = int(own.was_cut.sum()), own.final.size
    if not n_cut:
        return ""
    first = float(own.known_until[own.was_cut].min())
    return (
        f" Cut because their directions filled the memory: {n_cut} of {n}, the first at t = {say(first, 3)}. From there"
        f" on the bands end, and dotted lines bound the median, whatever the cut ones would do; {n - n_cut} are known"
        " at the end."
    )


def draw_success(ensemble: Ensemble, there: Instances, look: Theme) -> tuple[Figure | None, str]:
    """Fractions of every size that is there; what is not known may be either."""
    level = complexity.escape_level(ensemble.point.parameters.model)
    at_end = {n: found for n, found in there.members.items() if found.final.size}
    if not at_end:
        return None, "No instance is at its end yet."
    up, down = (
        tuple(share_of(n, sign * found.final >= level, found.was_cut) for n, found in at_end.items())
        for sign in (1, -1)
    )
    said = f"Ended beyond |m| = {say(level)} at t = {say(ensemble.point.sample.until)}; bars: 95 % (Wilson)."
    unknown = listed(at_end, lambda found: int(found.was_cut.sum()))
    if unknown:
        said += f" Not known at the end: {unknown}; thick bars span from none to all of them."
    return success_figure(up, down, look), said


def listed(there: Mapping[int, Members], count: Callable[[Members], int]) -> str:
    """Of how many instances something is true at each size, in words; sizes where it is true of none are left out."""
    found = ((n, count(own), own.final.size) for n, own in sorted(there.items()))
    return ", ".join(f"{k} of {total} at N = {whole(n)}" for n, k, total in found if k)


def share_of(n: int, escaped: NDArray[np.bool_], unknown: NDArray[np.bool_]) -> Share:
    """The fraction of the instances of one size that has escaped: its bounds, and their 95 % intervals (Wilson 1927).

    Parameters
    ----------
    n : int
        The size.
    escaped : array of bool, shape (k,)
        Which are known to have escaped.
    unknown : array of bool, shape (k,)
        Of which it is not known: none of them may have, or all.
    """
    least, most = int(escaped.sum()), int((escaped | unknown).sum())
    low, _ = binomtest(least, escaped.size).proportion_ci(0.95, method="wilson")
    _, high = binomtest(most, escaped.size).proportion_ci(0.95, method="wilson")
    return Share(n, least / escaped.size, most / escaped.size, float(low), float(high))


def draw_escape(ensemble: Ensemble, there: Instances, look: Theme) -> tuple[Figure | None, str]:
    """Median escape times of the sizes at which most instances escape."""
    model: Any = ensemble.point.parameters.model
    if not float(model.theta(0.0)) > 1:
        return (
            None,
            "Below the gradient-flow line there is no rate λ: escape is no faster than a power of time.",
        )
    rate = hessian.escape_rate(model)
    at_m0 = ensemble.point.sample.start == "m0"
    shown, late = {}, []
    for n, found in sorted(there.members.items()):
        if at_m0 and abs(ensemble.point.parameters.m0) > n**-0.5:
            continue  # the noise of the start is not what it escapes from
        curve = kaplan_meier(found.event_time, found.escaped)
        if np.isfinite(curve.median):
            shown[n] = curve
        else:
            late.append(n)
    said = f"λ = {say(rate)}."
    if late:
        said += f" Fewer than half are seen to escape at N = {', '.join(map(whole, late))}: left out."
    if len(shown) + len(late) < len(there.members):
        said += " Where m₀ > 1/√N the escape does not wait for ln N: left out."
    if not shown:
        return None, said
    said += escape_words({n: there.members[n] for n in shown})
    points = tuple(
        Median(whole(n), 0.5 * np.log(n) / rate, curve.median, *curve.median_interval)
        for n, curve in shown.items()
    )
    x, y = np.array([point.scaled for point in points]), np.array([point.median for point in points])
    line = linregress(x, y) if x.size > 2 else None
    fitted = None if line is None else (float(line.slope), float(line.intercept), float(line.stderr))
    return escape_figure(points, look, line=fitted), f"{said} The slope tends to 1 as N grows."


def escape_words(shown: Mapping[int, Members]) -> str:
    """How the medians were found, and on how many instances they rest."""
    sizes = {own.final.size for own in shown.values()}
    each = str(sizes.pop()) if len(sizes) == 1 else f"{min(sizes)} to {max(sizes)}"
    said = f" Medians of {each} instances at each N with 95 % intervals (Kaplan–Meier)."
    cut = listed(shown, lambda own: int((own.was_cut & ~own.escaped).sum()))
    if not cut:
        return said
    said += f" Not known to the end nor seen to escape: {cut}, counted up to where they were cut"
    bounds = {
        n: median_bounds(own.event_time, own.escaped, own.was_cut & ~own.escaped) for n, own in shown.items()
    }
    loose = [
        f"{say(low, 3)} to {say(high, 3) if np.isfinite(high) else 'the end or later'} at N = {whole(n)}"
        for n, (low, high) in bounds.items()
        if low < high
    ]
    return f"{said}; whatever they would do, the medians lie in {', '.join(loose)}." if loose else f"{said}."
