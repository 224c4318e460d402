"""The field's words that the page uses, each told in a sentence or two; and what each picture shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field.

    Parameters
    ----------
    name : str
        As the glossary lists it.
    meaning : str
        What it is, in words that need no other entry to be understood.
    forms : tuple of str
        How the page's sentences write it; the first one of a sentence is marked.
    """

    name: str
    meaning: str
    forms: tuple[str, ...]


TERMS: Final = (
    Term(
        "overlap m",
        "How much of the signal a state has found: m = x·x*/N, from 0 (nothing) to 1 (all of it). m < 0 is the side "
        "of −x*.",
        ("overlap", "overlaps"),
    ),
    Term(
        "signal",
        "The unknown vector x* that is to be found. It was measured twice: by a noisy matrix (noise Δ₂) and by a noisy "
        "tensor of order p (noise Δₚ).",
        ("signal",),
    ),
    Term(
        "gradient flow",
        "Steepest descent on the loss in small steps, on the sphere |x|² = N, without thermal noise.",
        ("gradient flow",),
    ),
    Term(
        "escape",
        "The moment at which the overlap, after a long plateau near zero, grows to order one.",
        ("escape", "escapes", "escaped"),
    ),
    Term(
        "Hessian",
        "The matrix of second derivatives of the loss. A negative eigenvalue is a direction in which the loss bends "
        "downwards.",
        ("Hessian",),
    ),
    Term(
        "bulk",
        "The continuous part of the Hessian's spectrum: a semicircle of half-width 2σ, made by the noise.",
        ("bulk",),
    ),
    Term(
        "outlier",
        "One eigenvalue apart from the bulk. Its eigenvector has an overlap with the signal: below zero it is the way "
        "down to it.",
        ("outlier",),
    ),
    Term(
        "BBP transition",
        "As the signal gets stronger than the noise, θ > 1, an outlier leaves the bulk (Baik, Ben Arous, Péché 2005).",
        ("BBP",),
    ),
    Term(
        "θ",
        "Strength of the signal's direction in the Hessian, in units of the noise σ. From θ = 1 on it "
        "makes an outlier.",
        ("θ(0)", "θ"),
    ),
    Term(
        "threshold states",
        "The marginal states that a descent without a way to the signal approaches: the lower edge of their Hessian's "
        "bulk touches zero, μ = 2σ.",
        ("threshold states", "threshold"),
    ),
    Term(
        "marginal",
        "Neither a minimum nor clearly a saddle: the Hessian's bulk begins at zero.",
        ("marginal states", "marginal"),
    ),
    Term(
        "ageing",
        "Slowing down for ever: the later it is, the longer the state remembers what it was. Nothing "
        "ever comes to rest.",
        ("ageing", "ages"),
    ),
    Term(
        "stationary point",
        "A state with no slope: a minimum, a maximum or a saddle.",
        ("stationary points",),
    ),
    Term(
        "saddle",
        "A stationary point with at least one direction down. Their number is its index.",
        ("saddles", "saddle"),
    ),
    Term(
        "complexity Σ",
        "The number of stationary points grows as exp(NΣ). Σ > 0: exponentially many; Σ < 0: none are expected.",
        ("complexity", "Σ"),
    ),
    Term(
        "annealed",
        "The average of a count, then its logarithm. Rare samples with very many points can dominate an average: it "
        "bounds the typical count from above.",
        ("annealed",),
    ),
    Term(
        "equator",
        "The states with m = 0, which know nothing of the signal: nearly all of the sphere, and where a random start "
        "lies.",
        ("equator", "equatorial"),
    ),
    Term(
        "trivialization",
        "The line beyond which no minima are expected at m ≥ 0 but the good one.",
        ("trivialization",),
    ),
    Term(
        "good minimum m*",
        "The isolated minimum near the signal, at overlap m*.",
        ("good minimum", "good well"),
    ),
    Term(
        "mirror minimum",
        "For odd p: the isolated minimum on the side m < 0, higher in energy than the good one.",
        ("mirror minimum",),
    ),
    Term(
        "multiplier μ",
        "The force that keeps the flow on the sphere. The Hessian's bulk lies between μ − 2σ and μ + 2σ.",
        ("multiplier",),
    ),
    Term(
        "ML-AMP",
        "Approximate message passing towards the most likely state: another algorithm than gradient flow.",
        ("ML-AMP",),
    ),
    Term(
        "Bayes-optimal",
        "What the best method of all can reach, knowing the model and both noises: a statement about the posterior at "
        "T = 1, not about gradient flow.",
        ("Bayes-optimal",),
    ),
    Term(
        "Bayes-AMP",
        "Message passing with the posterior's weights: the best fast algorithm known here.",
        ("Bayes-AMP",),
    ),
    Term(
        "Langevin dynamics",
        "Gradient flow with thermal noise of temperature T. At T = 1 it samples the posterior, if it gets there.",
        ("Langevin",),
    ),
    Term(
        "glassy",
        "Held by a rugged landscape: the dynamics ages and does not reach equilibrium.",
        ("glassy",),
    ),
    Term(
        "paramagnet",
        "Equilibrium that knows nothing of the signal: the overlap stays zero, and nothing is trapped.",
        ("paramagnet",),
    ),
    Term(
        "response",
        "How much a small push at an earlier time still moves the state now.",
        ("response",),
    ),
    Term(
        "correlation",
        "C(t, t′): the overlap of the state at one time with the state at another.",
        ("correlation",),
    ),
)


@dataclass(frozen=True, slots=True)
class About:
    """What a picture shows.

    Parameters
    ----------
    axes : str
        What lies across and upwards.
    notice : str
        What to notice.
    """

    axes: str
    notice: str


_ALONG: Final = (
    "Across: {}, logarithmic. Upwards: left the escape time, logarithmic, right the overlap at the end and θ."
)
_SCANNED: Final = (
    "Towards the gradient-flow line, θ = 1, escapes take ever longer; beyond it the overlap stays near zero."
)
_OVER_TIME: Final = "Across: time, logarithmic. Upwards: "
#: By card, then by the name of its view; a card without views has one under its own name.
ABOUT: Final[Mapping[str, Mapping[str, About]]] = {
    "phase": {
        "phase": About(
            "Across: the tensor's noise Δₚ, logarithmic. Upwards: 1/Δ₂, the matrix's signal-to-noise "
            "ratio, logarithmic.",
            "Each place is one problem; the round handle is the one that all other pictures show. "
            "Upwards it gets easier: "
            "cross a line and see what changes.",
        )
    },
    "flow": {
        "overlap": About(
            f"{_OVER_TIME}the overlap m(t).",
            "A plateau near zero, then the escape, or none. Dashed levels are what theory says without "
            "running anything.",
        ),
        "log_overlap": About(
            f"{_OVER_TIME}|m(t)|, logarithmic.",
            "An escape begins long before it is seen: the overlap grows all along the plateau.",
        ),
        "energy": About(
            f"{_OVER_TIME}energy e(t) per dimension.",
            "The flow stays near the threshold's energy while it is caught, and falls when it finds the way down.",
        ),
        "multiplier": About(
            f"{_OVER_TIME}the multiplier μ(t) in units of 2σ.",
            "At 1 the Hessian's bulk touches zero: from below, there are many ways down; at 1, none but an outlier's.",
        ),
        "growth": About(
            f"{_OVER_TIME}left the rate Λ at which an infinitesimal overlap grows, right the exponent κ "
            "of its power of "
            "time.",
            "Where Λ ends above 2 (at T = 0), the overlap grows exponentially: an outlier has left the bulk.",
        ),
        "correlation": About(
            "Across: the earlier time t′. Upwards: the later time t. Colour: how alike the two states are.",
            "A bright band that widens along the diagonal is ageing; a bright square is a state at rest.",
        ),
        "fluctuation": About(
            "Across: correlation C, from old (left) to the same moment (right). Upwards: integrated response χ.",
            "On the right the response within a state; the slope on the left is what ageing adds to it.",
        ),
        "scan_d2": About(_ALONG.format("the matrix's noise Δ₂"), _SCANNED),
        "scan_dp": About(_ALONG.format("the tensor's noise Δₚ"), _SCANNED),
    },
    "spectrum": {
        "moment": About(
            "Across: eigenvalue λ of the Hessian. Upwards: how many there are, ρ(λ).",
            "What lies left of zero is a direction down. One eigenvalue alone on the left is the "
            "outlier: the way to the "
            "signal.",
        ),
        "edge": About(
            "Across: eigenvalue λ, only the lower edge of the spectrum. Upwards: how many there are, ρ(λ).",
            "Before an escape the bulk's edge is close to zero, and the outlier has passed it.",
        ),
        "surfing": About(
            f"{_OVER_TIME}left eigenvalues λ, right two fractions.",
            "The bulk rises to zero; the outlier stays below: the flow surfs down along it.",
        ),
    },
    "landscape": {
        "curves": About(
            "Across: the overlap m. Upwards: Σ, the rate at which the expected number of points grows with N.",
            "Above zero exponentially many are expected, below none. Where do minima end, and where does "
            "the flow stand?",
        ),
        "map": About(
            "Across: the overlap m. Upwards: energy e. Colour: Σ of stationary points there.",
            "The flow's path comes down at m ≈ 0 and turns right to the good minimum, or does not.",
        ),
        "equator": About(
            "Across: 1/Δ₂. Upwards: t = μ/σ, the height of the Hessian's bulk (2: it touches zero); not a time.",
            "Below the red curve points have a way down to the signal, above it they are minima: once it "
            "has passed the "
            "whole band, none are left.",
        ),
        "ladder": About(
            "Across: t = μ/σ, the height of the Hessian's bulk (2: it touches zero); not a time. Upwards: Σ.",
            "Index 0 are minima, index 1 have one way down: the higher curve is what is typical.",
        ),
    },
}


def specification() -> dict[str, Any]:
    """What the page's scripts have to know: meanings by name, names by form, and what each picture shows."""
    return {
        "terms": {term.name: term.meaning for term in TERMS},
        "forms": {form: term.name for term in TERMS for form in term.forms},
        "about": {card: {view: asdict(one) for view, one in views.items()} for card, views in ABOUT.items()},
    }
