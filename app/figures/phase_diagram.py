"""The phase diagram in the (Δp, 1/Δ₂) plane: regions named in words, lines labelled on the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.figures.figure import Figure
from app.figures.theme import GREEN, GREY, ORANGE, SKY, Theme, compact, figure, power_of_ten, rgba

DELTA_P: Final = (0.03, 100.0)  # range of the horizontal axis
INVERSE_DELTA_2: Final = (0.3, 20.0)  # range of the vertical axis
TYPICAL_SCALE: Final = (
    2.0  # pixels a decade upwards over pixels a decade sideways, before the page knows better
)
Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Region:
    """A phase between two lines (None: the picture's edge), how it is filled, and where its name stands.

    A band is named from outside: ``word`` is the place of its name and ``target`` the log10 of Δp at which a thin line
    from there meets it. Places are (log10 of Δp, log10 of 1/Δ₂).
    """

    name: str
    lower: str | None
    upper: str | None
    colour: str
    strength: float
    word: tuple[float, float]
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the diagram and its name, written along it.

    ``place`` is the log10 of Δp of the name (or of 1/Δ₂, if ``upright``), ``shift`` its distance above in pixels.
    """

    name: str
    dash: str
    width: float
    place: float = 0.0
    shift: float = 0.0
    upright: bool = False


# theory: the partition at T = 0, from the highest signal-to-noise ratio down
REGIONS: Final = (
    Region("only the good minimum", "trivialization_line", None, GREEN, 1.0, (1.93, 0.62)),
    Region("rare minima left", "typical_line", "trivialization_line", SKY, 0.5, (-0.5, 1.2), -1.0),
    Region(
        "many minima,<br>yet the flow works",
        "gradient_flow_line",
        "typical_line",
        SKY,
        1.0,
        (-0.2, 0.98),
        -0.75,
    ),
    Region(
        "AMP works,<br>the flow is stuck", "amp_line", "gradient_flow_line", ORANGE, 1.0, (-1.42, 0.2), -0.6
    ),
    Region("the flow and ML-AMP fail", None, "amp_line", GREY, 1.0, (1.93, -0.27)),
)
LINES: Final[Mapping[str, Line]] = {
    "trivialization_line": Line("trivialization", "solid", 2, 0.75, 9),
    "typical_line": Line("typical", "dot", 2, -1.3, 7),
    "gradient_flow_line": Line("gradient flow", "solid", 3, -1.1, -9),
    "amp_line": Line("ML-AMP", "solid", 2, -0.2, -9),
    "good_well_line": Line("good well stable", "dash", 1.5, -0.22, -9, upright=True),
}
LANGEVIN: Final = Line("Langevin dynamics", "solid", 3)


def phase_diagram_figure(
    p: int, delta_p: Curve, lines: Mapping[str, Curve], look: Theme, *, temperature: float = 0.0
) -> Figure:
    """Draw the regions of T = 0, or the Langevin line alone when the temperature is positive.

    Parameters
    ----------
    p : int
        Order of the tensor; a change of it resets the zoom.
    delta_p : array, shape (n,)
        Δp, increasing.
    lines : mapping of str to array, shape (n,)
        Δ₂ of each line, by its public name; NaN where there is none. With a positive temperature also
        ``langevin_line`` as an array of shape (2, k): Δp and Δ₂ along the line.
    look : Theme
        Light or dark.
    temperature : float
        T ≥ 0.
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
    made.update_layout(hovermode="closest", margin={"l": 52, "r": 10, "t": 8, "b": 44})
    inverse = {name: 1 / values for name, values in lines.items() if name in LINES}
    tangents: list[list[float] | None] = []
    if temperature == 0.0:
        _fill_regions(made, delta_p, inverse, look)
        for name, line in LINES.items():
            _draw_line(made, delta_p, inverse[name], line, look)
        _name_regions(made, delta_p, inverse, look, tangents)
    made.add_shape(
        type="line", x0=0, x1=1, xref="paper", y0=1, y1=1, line={"color": look.ink, "width": 1, "dash": "dot"}
    )
    if temperature > 0.0 and "langevin_line" in lines:
        along, delta_2 = lines["langevin_line"]
        _draw_line(made, along, 1 / delta_2, LANGEVIN, look)
        seen = (along > DELTA_P[0]) & (along < DELTA_P[1]) & (1 / delta_2 < 0.8 * INVERSE_DELTA_2[1])
        if seen.any():
            at = int(np.flatnonzero(seen)[np.argmax(1 / delta_2[seen])])
            made.add_annotation(
                text=f"{LANGEVIN.name}, T = {temperature:g}", x=float(np.log10(along[at])),
                y=float(-np.log10(delta_2[at])), showarrow=False, xanchor="left", xshift=8,
                font={"size": 13, "color": look.line},
            )  # fmt: skip
            tangents.append(None)
    _name_lines(made, delta_p, inverse if temperature == 0.0 else {}, look, tangents)
    made.update_layout(meta={"tangents": tangents})
    return made


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


def _draw_line(made: Figure, delta_p: Curve, inverse: Curve, line: Line, look: Theme) -> None:
    made.add_scatter(
        x=compact(delta_p),
        y=compact(inverse),
        mode="lines",
        line={"color": look.line, "width": line.width, "dash": line.dash},
        hovertemplate=f"<b>{line.name}</b><br>Δ<sub>p</sub> %{{x:.3g}}, 1/Δ<sub>2</sub> %{{y:.4g}}<extra></extra>",
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
                font={"size": 15, "color": look.ink},
            )
            continue
        at = int(np.argmin(np.abs(np.log10(delta_p) - region.target)))
        middle = (np.log10(inverse[region.lower][at]) + np.log10(inverse[region.upper][at])) / 2
        made.add_annotation(
            text=region.name, align="left", font={"size": 13, "color": look.ink},
            x=float(np.log10(delta_p[at])), y=float(middle), ax=u, ay=v, axref="x", ayref="y", xanchor="left",
            arrowwidth=1.2, arrowcolor=look.ink, arrowhead=6, arrowsize=0.8, standoff=0,
        )  # fmt: skip


def _name_lines(
    made: Figure, delta_p: Curve, inverse: Mapping[str, Curve], look: Theme, tangents: list[Any]
) -> None:
    u = np.log10(delta_p)
    for name, line in LINES.items():
        if name not in inverse or not np.isfinite(inverse[name]).any():
            continue
        v = np.log10(inverse[name])
        off = np.abs((v if line.upright else u) - line.place)
        at = int(np.nanargmin(np.where(np.isfinite(v), off, np.nan)))
        _annotate(made, look, line.name, u, v, at, tangents, size=11, shift=line.shift, colour=look.line)


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
