"""How the cards get their pictures: one request at a time through the page's gate, failures told on the card."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output

from app import ids
from app.figures.figure import Figure
from app.figures.theme import Theme, theme
from app.sample import NO_SAMPLE, Sample, sample_from
from app.services.compute import Answer, Compute, describe_duration
from app.state import CHOICES, Parameters, from_store
from engine import EngineError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What the page asks for: a point, how to draw it, and what is looked at (see assets/0_state.js)."""

    parameters: Parameters
    look: Theme
    looks: Mapping[str, Any]
    sample: Sample = NO_SAMPLE

    @property
    def settled(self) -> bool:
        """Whether nothing moves any more, so that the full tolerance is due."""
        return bool(self.looks.get("settled", True))

    @property
    def hurried(self) -> bool:
        """Whether the picture is wanted at once and will be asked for again, with what takes longer."""
        return bool(self.looks.get("hurry", False))

    @property
    def at_leisure(self) -> bool:
        """Whether there is time for what takes longer: settled, and not wanted at once."""
        return self.settled and not self.hurried

    def chosen(self, name: str) -> Any:
        """The option looked at (a tuple of them where several may be), by its name in `CHOICES`."""
        choice = CHOICES[name]
        said = self.looks.get(name)
        picked = (
            None
            if said is None
            else choice.read(",".join(said) if isinstance(said, list | tuple) else str(said))
        )
        picked = choice.default if picked is None else picked
        return picked if choice.many else picked[0]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of a card; ``lead`` is set in bold before them."""

    text: str
    lead: str = ""
    kind: str = ""  # CSS class


@dataclass(frozen=True, slots=True)
class Picture:
    """What a card shows; a card of words alone has no figure. ``more``: asked again, it has more to show."""

    figure: Figure | None
    caption: str | tuple[Paragraph, ...]
    note: str
    more: bool = False


Draw = Callable[[Compute, Request], Picture]


def register_panels(app: Dash, compute: Compute, panels: Mapping[ids.Panel, Draw]) -> None:
    """Wire the cards: one callback answers for all of them, since one flow serves them all.

    Parameters
    ----------
    app : Dash
        The app.
    compute : Compute
        The door to the engine.
    panels : mapping
        What draws each card. What it raises leaves the last good picture and a sentence on that card alone.
    """
    app.clientside_callback(
        ClientsideFunction("gate", "release"), Input(ids.ANSWERED, "data"), prevent_initial_call=True
    )

    @app.callback(Output(ids.ANSWERED, "data"), Input(ids.REQUEST, "data"), prevent_initial_call=True)
    def update(data: Mapping[str, Any]) -> dict[str, Any]:
        once = compute.once()
        asked = data.get("panels", ())
        cards = {p.name: answer(draw, once, data) for p, draw in panels.items() if p.name in asked}
        return {"number": data.get("number"), "settled": bool(data.get("settled")), "cards": cards}


def answer(draw: Draw, compute: Compute, data: Mapping[str, Any]) -> dict[str, Any]:
    """What assets/gate.js puts onto a card: figure (None: the old one stays), caption, note, whether it failed.

    And whether more will be there when it is asked again.
    """
    try:
        held = data["parameters"]
        picture = draw(compute, Request(from_store(held), theme(data.get("theme")), data, sample_from(held)))
    except EngineError as error:
        return {"figure": None, "caption": str(error), "note": "not computed", "failed": True, "more": False}
    except Exception:
        log.exception("a card could not be drawn for %s", data)
        sentence = "This could not be computed. The last picture stays."
        return {"figure": None, "caption": sentence, "note": "failed", "failed": True, "more": False}
    figure = None if picture.figure is None else picture.figure.to_plotly_json()
    caption = (
        picture.caption if isinstance(picture.caption, str) else [asdict(part) for part in picture.caption]
    )
    return {
        "figure": figure,
        "caption": caption,
        "note": picture.note,
        "failed": False,
        "more": picture.more,
    }


def note_of(*answers: Answer[Any]) -> str:
    """One note for a card that asked several questions."""
    computed = [found.seconds for found in answers if not found.cached]
    return f"computed in {describe_duration(sum(computed))}" if computed else "cached"
