"""The strip under a picture: the choice that brings long work, how far that is, what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from ..page import ids
from ..page.catalogue import Description
from .attributes import attributes
from .cards import choice_of


def strip(description: Description, *, words: str, table: str, formats: Sequence[str]) -> Component:
    """The strip of a card that has a switch.

    Parameters
    ----------
    description : Description
        Of the card.
    words : str
        What is computed, for who cannot see it.
    table : str
        Name of the data address of what is there.
    formats : sequence of str
        Its formats.
    """
    card = ids.CardIds(description.name)
    assert description.switch is not None
    orders = [(f"{kind.upper()} data", f"{table}.{kind}") for kind in formats]
    items = [
        html.Button(text, className="menu-item", **attributes("data-export", f"{card.name}:{order}"))
        for text, order in [*orders, ("PNG picture", "png:screen")]
    ]
    export = html.Details(
        [
            html.Summary("Export", className="tool small", **attributes("aria-label", f"Export: {words}")),
            html.Div(items, className="menu-items upward"),
        ],
        className="menu",
    )
    return html.Div(
        [
            html.Div(
                [html.Span(description.switch.words, className="strip-label"), choice_of(description.switch)],
                className="strip-choice",
            ),
            html.Div(
                [
                    html.Progress(id=card.progress, value="0", max="1", **attributes("aria-label", words)),
                    _button("Pause", card.run, f"{card.name}:run"),
                    _button("Cancel", card.cancel, f"{card.name}:cancel"),
                    export,
                ],
                className="strip-work",
            ),
            html.Span(id=card.told, className="visually-hidden", **attributes("aria-live", "polite")),
        ],
        id=card.strip,
        className="strip",
        **attributes("data-on", "false"),
    )  # fmt: skip


def strip_words(description: Description) -> Component:
    """How far the work is, in words: beside the sentence, in the place of where the numbers came from."""
    return html.Div(id=ids.CardIds(description.name).said, className="strip-said", tabIndex=0)


def _button(text: str, name: str, order: str) -> Component:
    return html.Button(
        text, id=name, className="tool small", disabled=True, **attributes("data-strip", order)
    )
