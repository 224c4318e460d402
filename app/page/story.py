"""The story: points of the phase diagram at which one thing can be seen, each with the scene that shows it.

A scene sets everything that the text needs: the point, the view of every card, the moment and the picture to watch.
What a point asks to try is a scene too, behind a button. Nothing is put back when the story is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .state import DEFAULTS, Parameters, to_store

OPENING: Final = "opening"  # watched where no picture is: the panel that says what the model is
#: The view of every card, unless a scene says otherwise.
VIEWS: Final[Mapping[str, str | tuple[str, ...]]] = {
    "flow": "overlap",
    "hess": "edge",
    "land": "curves",
    "lines": ("flow",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is shown.

    Parameters
    ----------
    parameters : Parameters
        Where to stand.
    watch : str
        Name of the card whose picture is to be watched, or `OPENING`.
    views : mapping of str to str or tuple of str
        By look, what differs from `VIEWS`; ``pane`` where the card to watch is not the picture beside the diagram.
    until : float, optional
        The moment, as a time of the flow; None is its end.
    since : float, optional
        The time from which Play walks to it; None: nothing moves.
    """

    parameters: Parameters
    watch: str
    views: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    until: float | None = None
    since: float | None = None

    @property
    def looks(self) -> dict[str, str | tuple[str, ...]]:
        """All views that it sets."""
        return {**VIEWS, "pane": self.watch, **self.views}

    def specification(self) -> dict[str, Any]:
        """What the page's scripts have to know."""
        return {
            "point": to_store(self.parameters),
            "looks": {
                name: view if isinstance(view, str) else list(view) for name, view in self.looks.items()
            },
            "until": self.until,
            "since": self.since,
            "watch": self.watch,
        }


@dataclass(frozen=True, slots=True)
class Try:
    """What to try at a point: the words on its button, and the scene to which it leads."""

    words: str
    scene: Scene


@dataclass(frozen=True, slots=True)
class StoryPoint:
    """One lesson: what is true there, the scene that shows it, what to try."""

    key: str
    title: str
    sentences: str
    scene: Scene
    tries: tuple[Try, ...]

    @property
    def parameters(self) -> Parameters:
        """Where it stands."""
        return self.scene.parameters

    def specification(self) -> dict[str, Any]:
        """What the page's scripts have to know."""
        return {
            "key": self.key,
            **self.scene.specification(),
            "tries": [one.scene.specification() for one in self.tries],
        }


STORY: Final = (
    StoryPoint(
        "0",
        "What this is",
        "A signal hides behind noise in a matrix and in a tensor. Gradient flow starts at random and only goes "
        "downhill on the loss: does it find the signal, or is it caught before?",
        Scene(parameters=DEFAULTS, watch=OPENING, views={"pane": "flow"}),
        (
            Try(
                "Watch it go",
                Scene(parameters=DEFAULTS, watch="flow", views={"hess": "surfing"}, since=1.0),
            ),
        ),
    ),
    StoryPoint(
        "1",
        "Impossible for anyone",
        "Below the line 1/Δ₂ = 1 no algorithm, whatever its cost, can find the signal here. "
        "On average exponentially many minima crowd the equator, and the flow's overlap decays.",
        Scene(
            parameters=Parameters(d2=1.25),
            watch="phase",
            views={"flow": "log_overlap", "lines": ("flow", "bayes"), "pane": "flow"},
        ),
        (
            Try(
                "Lower Δ₂ to 0.4: an outlier detaches from the Hessian's bulk",
                Scene(parameters=Parameters(d2=0.4), watch="spectrum", since=3.0, until=120.0),
            ),
        ),
    ),
    StoryPoint(
        "2",
        "AMP works, the flow is stuck",
        "ML-AMP reaches an overlap of 0.756. The flow creeps towards threshold states whose Hessian has no direction "
        "to the signal: its overlap grows only as a power of time, and at t = 10 000 is still below 10⁻⁶.",
        Scene(
            parameters=Parameters(d2=0.5556),
            watch="spectrum",
            views={"flow": "log_overlap", "hess": "surfing"},
        ),
        (
            Try(
                "Walk along the flow: its edge creeps up to zero, nothing leaves it",
                Scene(
                    parameters=Parameters(d2=0.5556),
                    watch="spectrum",
                    views={"flow": "log_overlap"},
                    since=2.0,
                ),
            ),
        ),
    ),
    StoryPoint(
        "3",
        "Surfing past minima",
        "Minima are left, exponentially many on average, but saddles with one way down outnumber them. The flow does "
        "not stop: at its plateau, e ≈ −1.795, the outlier leads down to the signal, and it escapes near t = 400.",
        Scene(
            parameters=Parameters(d2=0.4348),
            watch="spectrum",
            views={"land": "ladder"},
            since=5.0,
            until=300.0,
        ),
        (
            Try(
                "See it along the whole flow",
                Scene(
                    parameters=Parameters(d2=0.4348),
                    watch="spectrum",
                    views={"hess": "surfing", "land": "map"},
                    since=1.0,
                ),
            ),
        ),
    ),
    StoryPoint(
        "4",
        "Saddles only",
        "At the equator no minima are expected any more, only saddles, and they point to the signal. "
        "The outlier is deeper (θ = 1.34): the flow escapes near t = 73, five times sooner than at point 3.",
        Scene(parameters=Parameters(d2=1 / 3), watch="landscape", since=3.0, until=60.0),
        (
            Try(
                "Count by ways down: Σ of minima is below zero, with one way down above",
                Scene(
                    parameters=Parameters(d2=1 / 3),
                    watch="landscape",
                    views={"land": "ladder"},
                    until=60.0,
                ),
            ),
        ),
    ),
    StoryPoint(
        "5",
        "Exactly on the BBP line",
        "θ(0) = 1: the outlier is just born at the edge of the bulk, and the escape rate vanishes. From this m₀ the "
        "flow escapes near t = 4400; the time grows as a power of ln(1/m₀), about 2.9 here and less for smaller m₀: "
        "it does not diverge.",
        Scene(
            parameters=Parameters(d2=0.5, tmax=1e5),
            watch="flow",
            views={"flow": "log_overlap"},
            since=10.0,
            until=3000.0,
        ),
        (
            Try(
                "m₀ = 1e-15: near t = 14 500",
                Scene(
                    parameters=Parameters(d2=0.5, tmax=1e5, m0=1e-15),
                    watch="flow",
                    views={"flow": "log_overlap"},
                    until=1e4,
                ),
            ),
            Try(
                "m₀ = 1e-20: near t = 31 700",
                Scene(
                    parameters=Parameters(d2=0.5, tmax=1e5, m0=1e-20),
                    watch="flow",
                    views={"flow": "log_overlap"},
                    until=2e4,
                ),
            ),
        ),
    ),
    StoryPoint(
        "6",
        "Many minima, yet it works",
        "Just above that line typical deep points are minima, exponentially many on average. Those that the flow meets "
        "lie higher and have one way down, to the signal: it escapes near t = 1360.",
        Scene(
            parameters=Parameters(d2=1 / 2.1),
            watch="landscape",
            views={"land": "equator"},
            since=10.0,
            until=1000.0,
        ),
        (
            Try(
                "Lower 1/Δ₂ to 1.9: there are minima as before, but no way down",
                Scene(
                    parameters=Parameters(d2=1 / 1.9),
                    watch="landscape",
                    views={"flow": "log_overlap", "land": "equator"},
                ),
            ),
        ),
    ),
    StoryPoint(
        "7",
        "A fourth-order tensor",
        "For p = 4 and Δp = 1.5 the gradient-flow line lies at 1/Δ₂ = 2 exactly. "
        "Just above it, minima exist, and the flow escapes past them near t = 556.",
        Scene(
            parameters=Parameters(p=4, d2=1 / 2.2, dp=1.5),
            watch="spectrum",
            views={"land": "equator"},
            since=10.0,
            until=400.0,
        ),
        (
            Try(
                "Lower 1/Δ₂ to 1.8, raise t_max to 1e5: it still escapes, near t = 82 300",
                Scene(
                    parameters=Parameters(p=4, d2=1 / 1.8, dp=1.5, tmax=1e5),
                    watch="flow",
                    views={"flow": "log_overlap", "land": "equator"},
                    until=6e4,
                ),
            ),
        ),
    ),
    StoryPoint(
        "8",
        "The mirror trap of odd p",
        "For odd p the sign of the start matters: from m₀ < 0 the flow ends in a mirror minimum at m = −0.569. "
        "Half of all random starts do.",
        Scene(
            parameters=Parameters(d2=1 / 3, m0=-1e-4),
            watch="landscape",
            views={"land": "map"},
            since=1.0,
        ),
        (
            Try(
                "Flip the sign of m₀: the good minimum lies lower, and the flow finds it",
                Scene(
                    parameters=Parameters(d2=1 / 3, m0=1e-4),
                    watch="landscape",
                    views={"land": "map"},
                    since=1.0,
                ),
            ),
        ),
    ),
)

BY_KEY: Final = {point.key: point for point in STORY}
