"""The phase diagram in the (Δp, 1/Δ₂) plane: regions named in words, lines labelled on the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..physics import say
from .atlas import Chart, draw_chart, draw_measured_line
from .figure import Figure
from .phase_bayes import hatch_bayes
from .phase_lines import DELTA_P, FAMILIES, INVERSE_DELTA_2, LANGEVIN, LINES, MATRIX, REGIONS, Line
from .phase_thermal import Phases, name_phases, tell_hidden
from .pinned import mark_pinned
from .theme import Theme, compact, figure, power_of_ten, rgba

LANGEVIN_NAMED: Final = 1.22  # 1/Δ₂ at which the name of its line stands among the others
TYPICAL_SCALE: Final = (
    2.0  # pixels a decade upwards over pixels a decade sideways, before the page knows better
)
Curve = NDArray[np.float64]


def phase_diagram_figure(
    p: int,
    delta_p: Curve,
    lines: Mapping[str, Curve],
    look: Theme,
    *,
    temperature: float = 0.0,
    families: tuple[str, ...] = ("flow",),
    pinned: Sequence[tuple[str, float, float]] = (),
    chart: Chart | None = None,
    thermal: Phases | None = None,
) -> Figure:
    """Draw the families of lines that are looked at, with the regions of T = 0 when the temperature is 0.

    Parameters
    ----------
    p : int
        Order of the tensor; a change of it resets the zoom.
    delta_p : array, shape (n,)
        Δp, increasing.
    lines : mapping of str to array, shape (n,)
        Δ₂ of each line, by its public name; NaN where there is none. The Langevin line is ``langevin_line``, an
        array of shape (2, k): Δp and Δ₂ along the line.
    look : Theme
        Light or dark.
    temperature : float
        T >= 0; of the Langevin line too, which is that of T = 1 at T = 0.
    families : tuple of str
        Names of `FAMILIES`. With a positive temperature those of T = 0 are left out.
    pinned : sequence of (str, float, float)
        Name, Δp and 1/Δ₂ of the pinned points.
    chart : Chart, optional
        What has been measured; the regions of the theory are then not filled or named.
    thermal : Phases, optional
        At T > 0, what is where.
    """
    made = figure(
        look,
        x={
            "title": "tensor noise Δ<sub>p</sub>", "type": "log",
            "range": list(np.log10(DELTA_P)), **power_of_ten(-1, 2), "showgrid": False,
        },
        y={
            "title": "1/Δ<sub>2</sub>", "type": "log", "range": list(np.log10(INVERSE_DELTA_2)),
            "tickvals": [0.5, 1, 2, 5, 10, 20], "ticktext": ["0.5", "1", "2", "5", "10", "20"], "showgrid": False,
        },
        revision=f"phase-{p}",
    )  # fmt: skip
    made.update_layout(hovermode="closest", margin={"l": 52, "r": 16, "t": 8, "b": 44})
    inverse = {name: 1 / values for name, values in lines.items() if name in LINES}
    shown = families if temperature == 0.0 else tuple(set(families) & {"bayes"})
    named = {
        name: inverse[name]
        for family in shown
        for name in FAMILIES[family].lines
        if _seen(inverse[name]).any()
    }
    _drop_twins(named, inverse)
    tangents: list[list[float] | None] = []
    if chart is not None:
        draw_chart(made, chart, look, tangents)
    elif "flow" in shown:
        _fill_regions(made, delta_p, inverse, look)
    if "bayes" in shown:
        hatch_bayes(made, delta_p, inverse, look, tangents)
    for name, curve in named.items():
        _draw_line(made, delta_p, curve, LINES[name], look, cased=chart is not None)
    if "flow" in shown and chart is None:
        _name_regions(made, delta_p, inverse, look, tangents)
    _draw_line(made, delta_p, np.ones_like(delta_p), MATRIX, look, cased=chart is not None)
    if "langevin_line" in lines:
        if chart is not None:
            _case(made, lines["langevin_line"][0], 1 / lines["langevin_line"][1], LANGEVIN, look)
        _langevin(made, lines["langevin_line"], look, tangents, temperature or 1.0, alone="flow" not in shown)
    _name_lines(made, delta_p, named, look, tangents, over_map=chart is not None)
    if temperature > 0:
        tell_hidden(made, look, tangents, families)
        if thermal is not None and chart is None:
            name_phases(made, thermal, look, tangents, temperature=temperature)
    if chart is not None and "flow" in shown:
        draw_measured_line(made, chart.line, look, tangents)
    mark_pinned(made, pinned, (DELTA_P, INVERSE_DELTA_2), look)
    tangents += [None] * len(pinned)
    made.update_layout(meta={"tangents": tangents, "plane": True})
    return made


def _seen(inverse: Curve) -> NDArray[np.bool_]:
    """Where a line is on the picture."""
    return np.isfinite(inverse) & (inverse > 0.9 * INVERSE_DELTA_2[0]) & (inverse < 1.1 * INVERSE_DELTA_2[1])


def _drop_twins(named: dict[str, Curve], inverse: Mapping[str, Curve]) -> None:
    """Leave out a variant of the trivialization that is nothing but the line itself, or another variant."""
    twins = ("trivialization_line", "trivialization_line_equator", "trivialization_line_all")
    for k, name in enumerate(twins[1:], start=1):
        same = any(np.allclose(inverse[name], inverse[other], rtol=1e-6) for other in twins[:k])
        if name in named and same:
            del named[name]


def _langevin(
    made: Figure, line: Curve, look: Theme, tangents: list[Any], temperature: float, *, alone: bool
) -> None:
    along, delta_2 = line
    _draw_line(made, along, 1 / delta_2, LANGEVIN, look)
    inverse = 1 / delta_2
    seen = (along > DELTA_P[0]) & (along < DELTA_P[1]) & (inverse < 0.8 * INVERSE_DELTA_2[1])
    if seen.any():
        place = INVERSE_DELTA_2[1] if alone else LANGEVIN_NAMED
        at = int(np.flatnonzero(seen)[np.argmin(np.abs(np.log(inverse[seen] / place)))])
        made.add_annotation(
            text=f"Langevin, T = {say(temperature)}", x=float(np.log10(along[at])), y=float(np.log10(inverse[at])),
            showarrow=False, xanchor="left" if alone else "right", xshift=8 if alone else -8,
            bgcolor=rgba(look.paper, 0.72), font={"size": 13 if alone else 11, "color": look.outlier},
        )  # fmt: skip
        tangents.append(None)


def _fill_regions(made: Figure, delta_p: Curve, inverse: Mapping[str, Curve], look: Theme) -> None:
    for region in REGIONS:
        low = inverse[region.lower] if region.lower else np.full_like(delta_p, INVERSE_DELTA_2[0] / 10)
        high = inverse[region.upper] if region.upper else np.full_like(delta_p, INVERSE_DELTA_2[1] * 10)
        made.add_scatter(
            x=compact(np.concatenate([delta_p, delta_p[::-1]])),
            y=compact(np.concatenate([high, low[::-1]])),
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=rgba(region.colour, look.fill_opacity * region.strength),
            hoverinfo="skip",
            name=region.name,
        )


def _case(made: Figure, delta_p: Curve, inverse: Curve, line: Line, look: Theme) -> None:
    """A pale edge, so that a line is seen on every colour of a map."""
    made.add_scatter(
        x=compact(delta_p), y=compact(inverse), mode="lines", hoverinfo="skip", name=f"{line.name}, edge",
        line={"color": rgba(look.paper, 0.85), "width": line.width + 3},
    )  # fmt: skip


def _draw_line(
    made: Figure, delta_p: Curve, inverse: Curve, line: Line, look: Theme, *, cased: bool = False
) -> None:
    if cased:
        _case(made, delta_p, inverse, line, look)
    made.add_scatter(
        x=compact(delta_p),
        y=compact(inverse),
        mode="lines",
        line={"color": getattr(look, line.colour), "width": line.width, "dash": line.dash},
        hovertemplate=f"<b>{line.name}</b><br>{line.why}<br>"
        "Δ<sub>p</sub> %{x:.3g}, 1/Δ<sub>2</sub> %{y:.4g}<extra></extra>",
        name=line.name,
    )


def _name_regions(
    made: Figure, delta_p: Curve, inverse: Mapping[str, Curve], look: Theme, tangents: list[Any]
) -> None:
    for region in REGIONS:
        tangents.append(None)
        u, v = region.word
        if region.target is None or region.lower is None or region.upper is None:
            made.add_annotation(
                text=region.name,
                x=u,
                y=v,
                showarrow=False,
                xanchor="right",
                font={"size": 13, "color": look.ink},
            )
            continue
        at = int(np.argmin(np.abs(np.log10(delta_p) - region.target)))
        middle = (np.log10(inverse[region.lower][at]) + np.log10(inverse[region.upper][at])) / 2
        made.add_annotation(
            text=region.name, align="left", font={"size": 12, "color": look.ink},
            x=float(np.log10(delta_p[at])), y=float(middle), ax=u, ay=v, axref="x", ayref="y", xanchor="left",
            arrowwidth=1.2, arrowcolor=look.ink, arrowhead=6, arrowsize=0.8, standoff=0,
        )  # fmt: skip


def _name_lines(
    made: Figure,
    delta_p: Curve,
    inverse: Mapping[str, Curve],
    look: Theme,
    tangents: list[Any],
    *,
    over_map: bool = False,
) -> None:
    u = np.log10(delta_p)
    for name, curve in inverse.items():
        line = LINES[name]
        seen = _seen(curve)
        v = np.log10(np.where(seen, curve, np.nan))
        off = np.abs((v if line.upright else u) - line.place)
        roomy = seen & (curve > 1.1 * INVERSE_DELTA_2[0]) & (curve < 0.85 * INVERSE_DELTA_2[1])
        if not roomy.any():
            continue
        at = int(np.nanargmin(np.where(roomy, off, np.nan)))
        colour = (
            look.ink if look.name == "dark" else getattr(look, line.colour)
        )  # its fills are too bright for blue
        _annotate(made, look, line.name, u, v, at, tangents, size=11, shift=line.shift, colour=colour)
        if over_map or name.startswith("bayes"):  # over a hatch
            made.layout["annotations"][-1]["bgcolor"] = rgba(look.paper, 0.8)


def _annotate(
    made: Figure, look: Theme, text: str, u: Curve, v: Curve, at: int, tangents: list[Any],
    *, size: int, shift: float = 0.0, colour: str | None = None,
) -> None:  # fmt: skip
    """Write along a curve, so many pixels off it; the page turns the text to the slope the picture's shape gives."""
    near = np.arange(max(at - 2, 0), min(at + 3, len(u)))
    near = near[np.isfinite(v[near])]
    slope = float((v[near[-1]] - v[near[0]]) / (u[near[-1]] - u[near[0]]))
    angle = np.arctan(TYPICAL_SCALE * slope)
    tangents.append([1.0, slope])
    made.add_annotation(
        text=text, x=float(u[at]), y=float(v[at]), showarrow=False, textangle=float(-np.degrees(angle)),
        xshift=float(-shift * np.sin(angle)), yshift=float(shift * np.cos(angle)),
        font={"size": size, "color": colour or look.ink},
    )  # fmt: skip
