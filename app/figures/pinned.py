"""Pinned points beside the live one: the same curves, thinner, in one colour, told apart by their dashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..physics import say
from .figure import Figure
from .theme import Theme, compact, label

DASHES: Final = ("solid", "dash", "dot")


def draw_pinned(
    made: Figure,
    k: int,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    look: Theme,
    *,
    hover: str,
    log: tuple[bool, bool] = (False, False),
    exact: bool = False,
) -> None:
    """Draw the curve of a pinned point and its name at the curve's end.

    Parameters
    ----------
    made : Figure
        Which holds the live point's curve.
    k : int
        Which pinned point, from 0.
    x, y : array, shape (n,)
        The curve.
    look : Theme
        Light or dark.
    hover : str
        Template of the hover's line, as that of the live curve.
    log : (bool, bool)
        Whether the axes are logarithmic.
    exact : bool
        Whether y needs more than the range of float32.
    """
    name = f"pin {k + 1}"
    made.add_scatter(
        x=compact(x), y=y if exact else compact(y), mode="lines", name=name,
        line={"color": look.pin, "width": 1.8, "dash": DASHES[k % len(DASHES)]},
        hovertemplate=hover.replace("<extra></extra>", f"<extra>{name}</extra>"),
    )  # fmt: skip
    seen = np.flatnonzero(np.isfinite(y))
    if seen.size:
        place = [float(np.log10(max(abs(v[seen[-1]]), 1e-300)) if is_log else v[seen[-1]])
                 for v, is_log in zip((x, y), log, strict=True)]  # fmt: skip
        made.add_annotation(**label(
                look, name, x=place[0], y=place[1], xanchor="right", yanchor="bottom", xshift=-2,
                font={"size": 12, "color": look.ink},
            )
        )  # fmt: skip


def mark_pinned(
    made: Figure,
    points: Sequence[tuple[float, float]],
    window: tuple[tuple[float, float], tuple[float, float]],
    look: Theme,
) -> None:
    """Mark pinned points on a diagram with logarithmic axes; one outside its window stands at the edge.

    Parameters
    ----------
    made : Figure
        The diagram.
    points : sequence of (float, float)
        Δp and 1/Δ₂ of each.
    window : pair of (float, float)
        What is seen of both axes.
    look : Theme
        Light or dark.
    """
    for k, point in enumerate(points):
        delta_p, inverse = point
        x, y = (float(np.clip(v, *seen)) for v, seen in zip(point, window, strict=True))
        name = f"pin {k + 1}"
        made.add_scatter(
            x=[x], y=[y], mode="markers", name=name, cliponaxis=False,
            marker={"symbol": "circle-open", "size": 12, "color": look.pin, "line": {"color": look.pin, "width": 3}},
            hovertemplate=f"{name}: Δ<sub>p</sub> {say(delta_p, 4)}, 1/Δ<sub>2</sub> {say(inverse, 4)}<extra></extra>",
        )  # fmt: skip
        made.add_annotation(**label(
                look, name, x=float(np.log10(x)), y=float(np.log10(y)), xanchor="left", xshift=9,
                font={"size": 12, "color": look.ink},
            )
        )  # fmt: skip
