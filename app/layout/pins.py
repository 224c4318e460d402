"""What is compared: a button that pins the live point, a pair of buttons for each that is pinned, and their table."""

from __future__ import annotations

from typing import Final

from dash import html
from dash.development.base_component import Component

from ..page import ids
from ..page.catalogue import Description
from ..page.pins import MOST_PINS
from .attributes import attributes
from .cards import note, retry
from .controls import CONTROLS, Control
from .own import own_button

ALONG: Final = ("d2", "dp")  # noises along which the point may walk


def pin_buttons() -> Component:
    """Pin, what may be done with each pinned point, data of one's own, walks."""
    return html.Section(
        [
            html.H2("Compare", id="pins-title"),
            html.Button(
                "Pin", id=ids.PIN, className="tool small", title="Pin this point, to compare others with it (C)",
                **attributes("data-pin", "add"),
            ),
            *[_pair(k) for k in range(MOST_PINS)],
            own_button(),
            *[_walk(control) for control in CONTROLS if control.name in ALONG],
        ],
        className="pins",
        **attributes("aria-labelledby", "pins-title"),
    )  # fmt: skip


def _walk(control: Control) -> Component:
    """Lets the point walk along a noise, or stand."""
    words = f"Walk along {control.symbol}, towards less noise"
    return html.Button(
        [html.Span("▶", **attributes("aria-hidden", "true")), f" {control.symbol}"],
        className="tool small",
        title=words,
        **attributes("data-walk", control.name),
        **attributes("aria-label", words),
        **attributes("aria-pressed", "false"),
    )


def _pair(k: int) -> Component:
    return html.Span(
        [
            html.Button(
                str(k + 1), className=f"tool small pin-{k + 1}", **attributes("data-pin", f"back:{k}")
            ),
            html.Button("×", className="tool small", **attributes("data-pin", f"away:{k}")),
        ],
        id=ids.pin(k),
        className="pair",
        hidden=True,
    )


def comparison(description: Description) -> Component:
    """The table of the live point and the pinned ones; there only while some are pinned."""
    card = ids.CardIds(description.name)
    head = html.Div(
        [html.H2(description.title, id=f"{card.card}-title"), note(card), retry(card)], className="words-head"
    )
    body = html.Div(
        [html.P(id=card.caption, className="visually-hidden"), html.Div(id=card.rows)],
        className="comparison",
        tabIndex=0,  # it may scroll
        role="group",
        **attributes("aria-labelledby", f"{card.card}-title"),
    )
    return html.Section(
        [head, body],
        id=card.card,
        className="card words compare",
        **attributes("aria-labelledby", f"{card.card}-title"),
    )
