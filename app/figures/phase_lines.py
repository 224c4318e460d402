"""What the phase diagram shows, as data: its window, its regions and lines, their words and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .theme import GREEN, GREY, ORANGE, SKY

DELTA_P: Final = (0.03, 100.0)  # range of the horizontal axis
INVERSE_DELTA_2: Final = (0.3, 20.0)  # range of the vertical axis


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

    ``place`` is the log10 of Δp of the name (or of 1/Δ₂, if ``upright``), ``shift`` its distance above in pixels;
    ``why`` says under the pointer where the line comes from and which picture shows it.
    """

    name: str
    dash: str
    width: float
    place: float = 0.0
    shift: float = 0.0
    upright: bool = False
    why: str = ""
    colour: str = "line"


# theory: the partition at T = 0, from the highest signal-to-noise ratio down
REGIONS: Final = (
    Region("only the good minimum<br>at m ≥ 0", "trivialization_line", None, GREEN, 1.0, (1.93, 0.58)),
    Region("atypical minima left", "typical_line", "trivialization_line", SKY, 0.5, (-0.78, 1.2), -1.0),
    Region(
        "many minima,<br>yet the flow works",
        "gradient_flow_line",
        "typical_line",
        SKY,
        1.0,
        (-0.42, 0.91),
        -0.75,
    ),
    Region(
        "AMP works,<br>the flow is stuck", "amp_line", "gradient_flow_line", ORANGE, 1.0, (-1.42, 0.27), -0.6
    ),
    Region("the flow and ML-AMP fail", None, "amp_line", GREY, 1.0, (1.93, -0.16)),
)
LINES: Final[Mapping[str, Line]] = {
    "trivialization_line": Line(
        "trivialization", "solid", 2, 0.75, 9,
        why="Σ of minima at m ≥ 0 is last zero at m = 0, μ = 2σ<br>landscape card: Σ(m), equator",
    ),
    "typical_line": Line(
        "typical", "dot", 2, -1.3, 7,
        why="Σ(0, σ(θ<sub>0</sub> + 1/θ<sub>0</sub>)) = 0: typical points turn into saddles<br>landscape card: equator",
    ),
    "gradient_flow_line": Line(
        "gradient flow", "solid", 3, -1.1, -9,
        why="Δ<sub>p</sub> = (p−1)Δ<sub>2</sub><sup>2</sup>/(1−Δ<sub>2</sub>), that is θ<sub>0</sub> = 1"
        "<br>Hessian card: an outlier leaves the bulk",
    ),
    "amp_line": Line(
        "ML-AMP", "solid", 2, 0.3, -9,
        why="Δ<sub>p</sub> = Δ<sub>2</sub><sup>2</sup>/(1−Δ<sub>2</sub>): m = 0 turns unstable"
        "<br>flow card: ML-AMP's overlap",
    ),
    "good_well_line": Line(
        "good well stable", "dash", 1.5, -0.22, -9, upright=True, colour="ink",
        why="A = σ at the good minimum<br>landscape card: Σ(m), the star",
    ),
    "mirror_line": Line(
        "mirror well stable", "dashdot", 1.5, -0.28, 9, colour="ink",
        why="A = σ at the mirror minimum, m &lt; 0 (odd p)<br>landscape card: Σ(m), the star at m &lt; 0",
    ),
    "decay_line": Line(
        "m decays below (heuristic)", "dot", 2, 1.17, -9, colour="faint",
        why="σ/Δ<sub>2</sub> = Q′(1) with the response of the ageing ansatz: a heuristic<br>flow card: log m",
    ),
    "trivialization_line_equator": Line(
        "trivial, equator", "dash", 1.5, 0.12, 9, colour="ink",
        why="follows the maximum of Σ nearest m = 0, for p = 3 at slightly negative m;"
        "<br>at other m &lt; 0 minima may be left<br>landscape card: Σ(m)",
    ),
    "trivialization_line_all": Line(
        "trivial at every m", "longdash", 1.5, -1.1, 9, colour="ink",
        why="no band of minima at any m, the mirror well's included<br>landscape card: Σ(m)",
    ),
    "bayes_dynamic": Line(
        "Bayes dynamic", "dot", 2, -0.27, -10, upright=True, colour="ink",
        why="the informed fixed point of q = Q′(q)/(1+Q′(q)) appears<br>a statement about the posterior, T = 1",
    ),
    "bayes_information": Line(
        "Bayes information", "dashdot", 2, -0.27, 10, upright=True, colour="ink",
        why="the informed fixed point has the larger free entropy<br>a statement about the posterior, T = 1",
    ),
    "bayes_algorithmic": Line(
        "Bayes algorithmic", "dash", 2, 0.15, -9, colour="ink",
        why="Bayes-optimal message passing reaches the full overlap from scratch"
        "<br>a statement about the posterior, T = 1",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Family:
    """Lines that are shown or hidden together: their words on the page, and their names."""

    words: str
    lines: tuple[str, ...] = ()


FAMILIES: Final[Mapping[str, Family]] = {
    "flow": Family(
        "flow, minima, ML-AMP, regions",
        ("trivialization_line", "typical_line", "gradient_flow_line", "amp_line"),
    ),
    "wells": Family("wells, decay (heuristic)", ("good_well_line", "mirror_line", "decay_line")),
    "trivial": Family("other trivializations", ("trivialization_line_equator", "trivialization_line_all")),
    "bayes": Family("Bayes-optimal (T = 1)", ("bayes_dynamic", "bayes_information", "bayes_algorithmic")),
    "langevin": Family("Langevin at T, or T = 1"),  # drawn by itself: it is given along Δ₂
}
MATRIX: Final = Line(
    "matrix alone", "dot", 1, colour="ink",
    why="Δ<sub>2</sub> = 1: all lines tend to it for Δ<sub>p</sub> → ∞<br>landscape card at Δ<sub>p</sub> = ∞",
)  # fmt: skip
LANGEVIN: Final = Line(
    "Langevin dynamics", "dashdot", 3, colour="outlier",
    why="Δ<sub>p</sub> = (p−1)(1−TΔ<sub>2</sub>)<sup>p−2</sup>Δ<sub>2</sub><sup>2</sup>/(1−Δ<sub>2</sub>)"
    "<br>a heuristic: threshold states lose their stability to the signal<br>flow card at that T: growth of m",
)  # fmt: skip
