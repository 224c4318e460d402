"""Colours and the two templates that every figure shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..physics import raised
from .figure import Figure

ThemeName = Literal["light", "dark"]
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"

# Okabe-Ito
GREY: Final = "#DDDDDD"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"


@dataclass(frozen=True, slots=True)
class Theme:
    """What differs between light and dark."""

    name: ThemeName
    paper: str
    ink: str
    faint: str
    grid: str
    line: str
    outlier: str
    success: str
    amp: str
    instance: str
    pin: str
    fill_opacity: float


LIGHT: Final = Theme(
    "light",
    "#ffffff",
    "#111111",
    "#555555",
    "#e3e3e3",
    BLUE,
    VERMILION,
    "#00734f",
    "#8a5a00",
    "#a03d78",
    PURPLE,
    0.75,
)
DARK: Final = Theme(
    "dark",
    "#1b1d21",
    "#f2f2f2",
    "#b9bcc2",
    "#3a3d44",
    SKY,
    "#ff8a3d",
    "#3ddbaa",
    "#ffc24a",
    "#e79ac6",
    PURPLE,
    0.45,
)


def theme(name: str | None) -> Theme:
    """The theme of that name; light when there is none."""
    return DARK if name == "dark" else LIGHT


def rgba(colour: str, opacity: float) -> str:
    """A hex colour with an opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def compact(values: ArrayLike) -> NDArray[np.float32]:
    """Numbers as they travel to the browser: float32 is finer than a pixel."""
    return np.asarray(values, dtype=np.float32)


def figure(look: Theme, *, x: dict[str, Any], y: dict[str, Any], revision: str) -> Figure:
    """An empty figure in the house style.

    Parameters
    ----------
    look : Theme
        Light or dark.
    x, y : dict
        Axis properties beyond the house style.
    revision : str
        While it stays the same, so does the user's zoom.
    """
    axis = {
        "gridcolor": look.grid,
        "linecolor": look.faint,
        "zeroline": False,
        "showline": True,
        "ticks": "",
        "fixedrange": True,
        "ticklabeloverflow": "allow",  # else every label is measured: 3 of 26 ms a picture
    }
    return Figure(
        template="none",
        font={"family": FONT, "size": 13, "color": look.ink},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 58, "r": 14, "t": 10, "b": 42},
        showlegend=False,
        hovermode="x unified",
        hoverlabel={
            "bgcolor": look.paper,
            "bordercolor": look.faint,
            "font": {"color": look.ink, "size": 12},
        },
        dragmode=False,
        uirevision=revision,
        xaxis=axis | x | {"title": {"standoff": 4, "text": x.get("title", "")}},
        yaxis=axis | y | {"title": {"standoff": 6, "text": y.get("title", "")}},
    )


def label(look: Theme, text: str, **place: Any) -> dict[str, Any]:
    """A direct label: an annotation without arrow on the paper's colour."""
    return {
        "text": text,
        "showarrow": False,
        "font": {"size": 12, "color": look.ink},
        "bgcolor": rgba(look.paper, 0.72),
        "borderpad": 1,
    } | place


def power_of_ten(lower: int, upper: int, every: int = 1) -> dict[str, Any]:
    """Ticks of a logarithmic axis at whole decades."""
    decades = list(range(lower, upper + 1, every))
    return {"tickvals": [10.0**k for k in decades], "ticktext": [_decade(k) for k in decades]}


def _decade(k: int) -> str:
    return {0: "1", 1: "10", -1: "0.1"}.get(k, "10" + raised(k))
