"""The measured phase diagram under the lines: a map of flows, and the line measured from the growth of an overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..physics import Status, atlas, say, whole
from .energy_map import CIVIDIS
from .figure import Figure, encode
from .phase_lines import INVERSE_DELTA_2
from .theme import Theme, label, rgba

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

PLACE: Final = "Δ<sub>p</sub> %{x:.3g}, 1/Δ<sub>2</sub> %{y:.3g}"
SCALE: Final = [[k / (len(CIVIDIS) - 1), colour] for k, colour in enumerate(CIVIDIS)]
MANTISSA: Final = np.uint32(0xFFFFF000)  # of a float32: twelve bits, finer than what is seen or said
EARLIEST: Final = 1e-2  # time: what escapes before it, or starts escaped, has its colour
LINE_NAMED: Final = (1.0, 0.55)  # log10 of Δp and of 1/Δ₂: above all lines, whatever p
AT_EDGE: Final = (
    0.7  # of the picture's half: a name in the middle of a region there might reach beyond the picture
)
LEAST_NAMED: Final = 0.004  # of the plane: a smaller share of it is not named


@dataclass(frozen=True)
class Chart:
    """What of a measurement is drawn.

    Parameters
    ----------
    view : {"overlap", "time"}
        Colour by the overlap at the end, or by the escape time.
    sheet : Atlas or None
        The samples, missing ones filled from coarser ones where there are any.
    line : sequence of MeasuredLine
        The measured gradient-flow line.
    """

    view: Literal["overlap", "time"]
    sheet: atlas.Atlas | None
    line: Sequence[atlas.MeasuredLine] = ()


def draw_chart(made: Figure, chart: Chart, look: Theme, tangents: list[Any]) -> None:
    """Lay the map under what is drawn after it.

    Parameters
    ----------
    made : Figure
        The diagram; its right margin takes the colour bar.
    chart : Chart
        The measurement.
    look : Theme
        Light or dark.
    tangents : list
        What the page turns words by; gets a None for each name written here.
    """
    made.update_layout(margin={"r": 66})
    sheet = chart.sheet
    if sheet is None:
        return
    was_cut = sheet.status_code == list(Status).index(Status.STOPPED_EARLY)
    if chart.view == "time":  # what precedes a cut is good
        was_cut &= np.isnan(sheet.escape_time)
    is_trapped = sheet.is_there & np.isnan(sheet.escape_time) & ~was_cut
    _values(made, chart, sheet, sheet.is_there & ~is_trapped & ~was_cut)
    at_end = f"t_max = {say_time(sheet.plane.t_max)}"
    # at T > 0 it may be in equilibrium: nothing holds it then
    kept = "no escape up to" if sheet.plane.temperature > 0 else "trapped at"
    _kind(made, sheet, is_trapped, look, ("/", _trapped_colour(look)), f"{kept} {at_end}", tangents)
    _kind(made, sheet, was_cut, look, ("x", look.paper), f"cut before {at_end}", tangents)


def draw_measured_line(
    made: Figure, line: Sequence[atlas.MeasuredLine], look: Theme, tangents: list[Any]
) -> None:
    """Draw the measured line over the analytic one, as points with their errors."""
    shown = [one for one in line if INVERSE_DELTA_2[0] < one.inverse_delta_2 < INVERSE_DELTA_2[1]]
    if not shown:
        return
    name = "gradient flow, measured"
    made.add_scatter(
        x=[one.delta_p for one in shown], y=[one.inverse_delta_2 for one in shown], mode="markers", name=name,
        error_y={
            "type": "data", "array": [one.error for one in shown], "color": look.ink, "thickness": 1.5, "width": 5,
        },
        marker={"symbol": "diamond", "size": 7, "color": look.paper, "line": {"color": look.ink, "width": 1.5}},
        customdata=[f"{say(one.inverse_delta_2, 4)} ± {say(one.error, 2)}" for one in shown],
        hovertemplate=f"<b>{name}</b><br>from the growth of an infinitesimal overlap, extrapolated<br>"
        "Δ<sub>p</sub> %{x:.3g}, 1/Δ<sub>2</sub> %{customdata}<extra></extra>",
    )  # fmt: skip
    at = min(shown, key=lambda one: abs(np.log10(one.delta_p) - LINE_NAMED[0]))
    made.add_annotation(**label(
            look, "gradient-flow line,<br>measured", showarrow=True, font={"size": 11, "color": look.ink},
            x=float(np.log10(at.delta_p)), y=float(np.log10(at.inverse_delta_2)), axref="x", ayref="y",
            ax=LINE_NAMED[0], ay=LINE_NAMED[1], bgcolor=rgba(look.paper, 0.85),
            arrowwidth=1.2, arrowcolor=look.ink, arrowhead=0, standoff=6,
        )
    )  # fmt: skip
    tangents.append(None)


def _values(made: Figure, chart: Chart, sheet: atlas.Atlas, shown: Mask) -> None:
    """The samples that have a colour of the scale."""
    size = np.abs(sheet.final_overlap)
    sign = "|m|" if sheet.plane.overlap_0 < 0 else "m"
    time = np.maximum(sheet.escape_time, EARLIEST)
    if chart.view == "overlap":
        scale: dict[str, Any] = {"zmin": 0, "zmax": 1}
        bar = {"title": f"overlap {sign} at the end", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
        bar["ticktext"] = ["0", "0.25", "0.5", "0.75", "1"]
        z = size
        said = f"ends at {sign} = %{{z:.3g}}<br>escapes at t = %{{customdata:.3g}}"
    else:
        with np.errstate(invalid="ignore"):
            z = np.log10(time)
        low = float(np.floor(np.nanmin(np.where(shown, z, np.nan)))) if shown.any() else 0.0
        high = float(np.log10(sheet.plane.t_max))
        scale = {"zmin": low, "zmax": max(high, low + 1)}
        bar = {"title": "escape time"} | _decades(low, scale["zmax"])
        said = "escapes at t = %{customdata:.3g}"
    _heatmap(
        made, sheet, _rows(np.where(shown, z, np.nan)), customdata=_rows(np.where(shown, sheet.escape_time, np.nan)),
        name="measured", colorscale=SCALE, **scale,
        hovertemplate=f"{PLACE}<br>{said}<extra></extra>",
        colorbar={
            "thickness": 10, "x": 1.01, "xpad": 0, "outlinewidth": 0, "ticks": "outside", "ticklen": 3,
            "tickfont": {"size": 11}, **bar, "title": {"text": bar["title"], "side": "right", "font": {"size": 12}},
        },
    )  # fmt: skip


def say_time(time: float) -> str:
    """A final time: ``"10⁴"``, ``"250"``, ``"0.5"``."""
    return whole(int(time)) if time == int(time) else say(time)


def _decades(low: float, high: float) -> dict[str, Any]:
    at = [float(k) for k in range(int(np.ceil(low)), int(np.floor(high)) + 1)]
    return {"tickvals": at, "ticktext": [say_time(10.0**k) for k in at]}


def _trapped_colour(look: Theme) -> str:
    return "#d4d4d4" if look.name == "light" else "#34373d"


def _kind(
    made: Figure,
    sheet: atlas.Atlas,
    shown: Mask,
    look: Theme,
    style: tuple[str, str],
    name: str,
    tangents: list[Any],
) -> None:
    """Samples without a colour of the scale: one flat colour, a hatch over it, and their name where there is room."""
    if not shown.any():
        return
    shape, colour = style
    said = "m = %{z:.2g}" if shape == "/" else "its numbers are not to be trusted there"
    z = sheet.final_overlap if shape == "/" else np.ones(shown.shape)
    _heatmap(
        made, sheet, _rows(np.where(shown, z, np.nan)), name=name, showscale=False,
        colorscale=[[0, colour], [1, colour]], hovertemplate=f"{PLACE}<br>{name}: {said}<extra></extra>",
    )  # fmt: skip
    x, y = _outlines(sheet, shown)
    made.add_scatter(
        x=x, y=y, mode="lines", line={"width": 0}, fill="toself", hoverinfo="skip", name=name,
        fillcolor="rgba(0,0,0,0)",
        fillpattern={
            "shape": shape, "fgcolor": rgba(look.ink, 0.4), "bgcolor": "rgba(0,0,0,0)", "size": 9, "solidity": 0.12,
        },
    )  # fmt: skip
    if shown.mean() < LEAST_NAMED:
        return
    u, v, anchor = _place_of(sheet, shown)
    made.add_annotation(
        **label(
            look,
            name,
            x=u,
            y=v,
            xanchor=anchor,
            bgcolor=rgba(look.paper, 0.85),
            font={"size": 13, "color": look.ink},
        )
    )
    tangents.append(None)


def _heatmap(made: Figure, sheet: atlas.Atlas, rows: dict[str, Any], **properties: Any) -> None:
    delta_p, delta_2 = sheet.plane.edges(sheet.resolution)
    x, y = encode(delta_p), encode(1 / delta_2[::-1])  # 1/Δ₂ grows against Δ₂: rows are turned over
    made.data.append({"type": "heatmap", "x": x, "y": y, "z": rows, "hoverongaps": False} | properties)


def _rows(values: Floats) -> dict[str, Any]:
    """A matrix as it travels, upside down; the last bits, which nobody sees, would not be compressed."""
    short = np.ascontiguousarray(values[::-1], dtype=np.float32)
    short = (short.view(np.uint32) & MANTISSA).view(np.float32)
    return {**encode(short), "shape": f"{values.shape[0]}, {values.shape[1]}"}


def _runs(row: Mask) -> list[tuple[int, int]]:
    """Where a row begins and ceases to be true."""
    turns = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in turns.reshape(-1, 2)]


def _outlines(sheet: atlas.Atlas, shown: Mask) -> tuple[list[float | None], list[float | None]]:
    """Rectangles that make up a region, each closed; None parts them. Equal runs of neighbouring rows are one."""
    delta_p, delta_2 = sheet.plane.edges(sheet.resolution)
    open_runs: dict[tuple[int, int], int] = {}
    found: list[tuple[int, int, int, int]] = []
    for j in range(shown.shape[0] + 1):
        runs = set(_runs(shown[j])) if j < shown.shape[0] else set()
        for run in [run for run in open_runs if run not in runs]:
            found += [(*run, open_runs.pop(run), j)]
        for run in runs:
            open_runs.setdefault(run, j)
    x: list[float | None] = []
    y: list[float | None] = []
    for a, b, j, k in found:
        left, right = (float(f"{delta_p[i]:.5g}") for i in (a, b))
        low, high = (float(f"{1 / delta_2[i]:.5g}") for i in (k, j))
        x += [left, right, right, left, left, None]
        y += [low, low, high, high, low, None]
    return x[:-1], y[:-1]


def _place_of(sheet: atlas.Atlas, shown: Mask) -> tuple[float, float, str]:
    """Where a region's name stands: in the middle of the widest of its rows, or inwards from the picture's edge."""
    delta_p, delta_2 = sheet.plane.edges(sheet.resolution)
    runs = [(b - a, j, a, b) for j, row in enumerate(shown) for a, b in _runs(row)]
    widest = max(run[0] for run in runs)
    wide = [run for run in runs if run[0] == widest]
    _, j, a, b = wide[len(wide) // 2]
    anchor = "left" if a + b < AT_EDGE * sheet.resolution else "center"
    anchor = "right" if a + b > (2 - AT_EDGE) * sheet.resolution else anchor
    at = {"left": delta_p[a], "center": np.sqrt(delta_p[a] * delta_p[b]), "right": delta_p[b]}[anchor]
    return float(np.log10(at)), float(-np.log10(delta_2[j] * delta_2[j + 1]) / 2), anchor
