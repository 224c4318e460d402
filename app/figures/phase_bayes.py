"""The Bayes-optimal phases over the phase diagram: hatches and names, since they answer another question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .figure import Figure
from .phase_lines import INVERSE_DELTA_2
from .theme import Theme, compact, rgba

WEAK_NAMED: Final = 0.06  # decades of 1/Δ₂ that a name needs
Curve = NDArray[np.float64]


def hatch_bayes(
    made: Figure, delta_p: Curve, inverse: Mapping[str, Curve], look: Theme, tangents: list[Any]
) -> None:
    """Hatch what no method, or no known fast one, can do; nothing is filled.

    Parameters
    ----------
    made : Figure
        The diagram.
    delta_p : array, shape (n,)
        Δp, increasing.
    inverse : mapping of str to array, shape (n,)
        1/Δ₂ of the three Bayes lines, by name; NaN where there is none.
    look : Theme
        Light or dark.
    tangents : list
        What the page turns words by; gets a None for each name written here.
    """
    ground = np.full_like(delta_p, INVERSE_DELTA_2[0] / 10)
    one = np.ones_like(delta_p)
    first_order = np.isfinite(inverse["bayes_information"])
    information = np.where(first_order, np.maximum(inverse["bayes_information"], ground), one)
    algorithmic = np.where(first_order, inverse["bayes_algorithmic"], one)
    hard_floor = np.minimum(information, one)
    for name, low, high, shape in (
        ("impossible", ground, hard_floor, "/"),
        ("hard", hard_floor, one, "x"),
        ("weak overlap easy, full one hard", one, np.maximum(algorithmic, one), "."),
    ):
        if not (high > low * (1 + 1e-9)).any():
            continue
        made.add_scatter(
            x=compact(np.concatenate([delta_p, delta_p[::-1]])), y=compact(np.concatenate([high, low[::-1]])),
            mode="lines", line={"width": 0}, fill="toself", hoverinfo="skip", name=name,
            fillcolor="rgba(0,0,0,0)",
            fillpattern={
                "shape": shape, "fgcolor": rgba(look.ink, 0.55), "bgcolor": "rgba(0,0,0,0)", "size": 11,
                "solidity": 0.12 if shape != "." else 0.25,
            },
        )  # fmt: skip
    hard = bool((hard_floor < 0.6).any())
    weak = bool(np.log10(algorithmic).max() > WEAK_NAMED)
    for text, u, v, shown, anchor in (
        ("impossible for anyone", 1.93, -0.44, True, "right"),
        ("hard", -1.5, -0.44, hard, "left"),
        ("weak overlap easy, full hard", -1.49, 0.05, weak, "left"),
        ("easy for Bayes-AMP", 1.93, 1.14, True, "right"),
    ):
        if shown:
            made.add_annotation(
                text=text, x=u, y=v, showarrow=False, xanchor=anchor, bgcolor=rgba(look.paper, 0.8), borderpad=2,
                bordercolor=look.ink, borderwidth=1, font={"size": 12, "color": look.ink},
            )  # fmt: skip
            tangents.append(None)
