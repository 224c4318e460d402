"""Pinned points beside the live one: the same curves, thinner, in one colour, told apart by their dashes and names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..physics import say
from .figure import Figure
from .theme import Theme, compact, label

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]  # left, right, bottom, top
DASHES: Final = ("dash", "dot", "dashdot")
CANDIDATES: Final = 40  # places along a curve where its name may stand
LETTER, HEIGHT = 0.017, 0.075  # size of a letter, in units of the picture's width and height
WIDTH: Final = {"right": (1.0, 0.0), "left": (0.0, 1.0), "center": (0.5, 0.5)}


def name_of(k: int, *otherwise: str) -> str:
    """What the pinned point k, from 0, is called; beside a picture of another landscape, in what it differs."""
    return f"pin {k + 1}" + (f" ({', '.join(otherwise)})" if otherwise else "")


def draw_pinned(
    made: Figure,
    curves: Sequence[tuple[Floats, Floats]],
    look: Theme,
    *,
    hover: str,
    under: int,
    log: tuple[bool, bool] = (False, False),
    exact: bool = False,
) -> None:
    """Draw a curve of each pinned point, with its name where no other words stand.

    Parameters
    ----------
    made : Figure
        Which is complete otherwise: its words are where they will be.
    curves : sequence of (array, array)
        x and y of each, both of shape (n,).
    look : Theme
        Light or dark.
    hover : str
        Template of the hover's line, as that of the live curve.
    under : int
        How many traces lie under them; those that the figure has besides lie over them.
    log : (bool, bool)
        Whether the axes are logarithmic.
    exact : bool
        Whether y needs more than the range of float32.
    """
    over = made.data[under:]
    del made.data[under:]
    for k, (x, y) in enumerate(curves):
        name = name_of(k)
        made.add_scatter(
            x=compact(x), y=y if exact else compact(y), mode="lines", name=name,
            line={"color": look.pin, "width": 2, "dash": DASHES[k % len(DASHES)]},
            hovertemplate=hover.replace("<extra></extra>", f"<extra>{name}</extra>"),
        )  # fmt: skip
    made.data += over
    for k, curve in enumerate(curves):
        scaled = [_logarithm(v) if is_log else v for v, is_log in zip(curve, log, strict=True)]
        _name(made, name_of(k), scaled[0], scaled[1], look)


def _logarithm(values: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.log10(np.abs(values))
    return found


def _name(made: Figure, name: str, x: Floats, y: Floats, look: Theme) -> None:
    """Write a name on a curve, as far to its end as no other words are in the way."""
    axes = made.layout["xaxis"].get("range"), made.layout["yaxis"].get("range")
    if axes[0] is None or axes[1] is None:
        return
    u, v = ((values - low) / (high - low) for values, (low, high) in zip((x, y), axes, strict=True))
    seen = np.flatnonzero((u > LETTER * len(name)) & (u <= 1) & (v >= 0) & (v < 1 - HEIGHT))
    taken = [_room(words, axes) for words in made.layout["annotations"]]
    if not seen.size:
        _name_beyond(made, name, u, v, taken, look)
        return
    places = seen[np.linspace(0, seen.size - 1, CANDIDATES).astype(int)][::-1]
    boxes = [(u[k] - LETTER * len(name), u[k], v[k], v[k] + HEIGHT) for k in places]
    free = [not any(_meet(box, other) for other in taken) for box in boxes]
    at = int(places[int(np.argmax(free))])  # the curve's end, if there is no better place
    made.add_annotation(**label(
            look, name, x=float(x[at]), y=float(y[at]), xanchor="right", yanchor="bottom", xshift=-2,
            font={"size": 12, "color": look.ink},
        )
    )  # fmt: skip


def _name_beyond(made: Figure, name: str, u: Floats, v: Floats, taken: Sequence[Box], look: Theme) -> None:
    """Say on which side of the picture a curve is, at its right edge; or that there is none."""
    there = np.isfinite(u) & np.isfinite(v)
    side = (
        "→"
        if (u[there] > 1).all()
        else "←"
        if (u[there] < 0).all()
        else "↑"
        if (v[there] > 0.5).any()
        else "↓"
    )
    words = f"{name} {side}" if there.any() else f"{name}: none"
    heights = 0.9 - HEIGHT * np.arange(10)
    boxes = [(1 - LETTER * len(words), 1.0, height, height + HEIGHT) for height in heights]
    free = [not any(_meet(box, other) for other in taken) for box in boxes]
    made.add_annotation(**label(
            look, words, x=1, xref="paper", y=float(heights[int(np.argmax(free))]), yref="paper", xanchor="right",
            yanchor="bottom", xshift=-2,
        )
    )  # fmt: skip


def _room(words: dict[str, Any], axes: Sequence[Any]) -> Box:
    """The part of the picture that some words take, roughly: from left to right, from bottom to top, 0 to 1 each."""
    place = []
    for key, (low, high) in zip("xy", axes, strict=True):
        is_own = words.get(f"{key}ref", key) == key
        place.append((float(words[key]) - low) / (high - low) if is_own else float(words[key]))
    lines = str(words["text"]).split("<br>")
    width = LETTER * max(map(len, lines))
    left, right = WIDTH[words.get("xanchor", "center")]
    up = {"bottom": (0.0, 1.0), "top": (1.0, 0.0)}.get(words.get("yanchor", "middle"), (0.5, 0.5))
    height = HEIGHT * len(lines)
    return (
        place[0] - left * width,
        place[0] + right * width,
        place[1] - up[0] * height,
        place[1] + up[1] * height,
    )


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def mark_pinned(
    made: Figure,
    points: Sequence[tuple[str, float, float]],
    window: tuple[tuple[float, float], tuple[float, float]],
    look: Theme,
) -> None:
    """Mark pinned points on a diagram with logarithmic axes; one outside its window stands at the edge.

    Parameters
    ----------
    made : Figure
        The diagram.
    points : sequence of (str, float, float)
        Name, Δp and 1/Δ₂ of each.
    window : pair of (float, float)
        What is seen of both axes.
    look : Theme
        Light or dark.
    """
    for k, (name, delta_p, inverse) in enumerate(points):
        x, y = (float(np.clip(v, *seen)) for v, seen in zip((delta_p, inverse), window, strict=True))
        made.add_scatter(
            x=[x], y=[y], mode="markers", name=name_of(k), cliponaxis=False,
            marker={"symbol": "circle-open", "size": 12, "color": look.pin, "line": {"color": look.pin, "width": 3}},
            hovertemplate=f"{name}: Δ<sub>p</sub> {say(delta_p, 4)}, 1/Δ<sub>2</sub> {say(inverse, 4)}<extra></extra>",
        )  # fmt: skip
        near_right = x > window[0][1] / 4
        made.add_annotation(**label(
                look, name, x=float(np.log10(x)), y=float(np.log10(y)), xanchor="right" if near_right else "left",
                xshift=-9 if near_right else 9, font={"size": 12, "color": look.ink},
            )
        )  # fmt: skip


def guide_pinned(
    made: Figure, places: Sequence[tuple[str, float]], look: Theme, *, symbol: str, row: float = 0.02
) -> None:
    """Draw a vertical line where each pinned point is on the axis x; at its edge, with an arrow, if it is beyond.

    Parameters
    ----------
    made : Figure
        Its axes have a range, linear or logarithmic ones.
    places : sequence of (str, float)
        Name and x of each.
    look : Theme
        Light or dark.
    symbol : str
        What x is.
    row : float
        Height of the first name, as a fraction of the picture's.
    """
    axes = made.layout["xaxis"], made.layout["yaxis"]
    log = [axis.get("type") == "log" for axis in axes]
    (left, right), ends = (axis["range"] for axis in axes)
    heights = [float(10**y) if log[1] else y for y in ends]
    for k, (name, place) in enumerate(places):
        with np.errstate(divide="ignore"):  # a noise may be infinite
            x = float(np.log10(place)) if log[0] else place
        shown = min(max(x, left), right)
        made.add_scatter(
            x=[float(10**shown) if log[0] else shown] * 2, y=heights, mode="lines", name=name_of(k),
            line={"color": look.pin, "width": 2, "dash": DASHES[k % len(DASHES)]},
            hovertemplate=f"{name}: {symbol} = {say(place, 4)}<extra></extra>",
        )  # fmt: skip
        near_left = shown < left + 0.8 * (right - left)
        words = f"← {name}" if x < left else f"{name} →" if x > right else name
        made.add_annotation(**label(
                look, words, x=shown, y=row + HEIGHT * k, yref="paper", yanchor="bottom",
                xanchor="left" if near_left else "right", xshift=3 if near_left else -3,
            )
        )  # fmt: skip
