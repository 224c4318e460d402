"""The export menu of a card: its picture in some sizes, the tables of what it draws, how to cite and repeat it."""

from __future__ import annotations

from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from ..page import ids
from ..page.catalogue import Description, Offer
from .attributes import attributes

#: Widths of a picture: of one and of two columns of a journal, in cm, and as it is seen.
SIZES: Final = (("8.6", "Figure, 8.6 cm"), ("17.8", "Figure, 17.8 cm"), ("screen", "Figure, as on screen"))
PICTURE_FORMATS: Final = ("png", "svg")
COPIES: Final = (("Copy Python with matplotlib", "python"), ("Cite this view (BibTeX)", "cite"))
DATA_FORMATS: Final = ("csv", "json", "npz")


def export_menu(description: Description) -> Component:
    """Pictures made by the browser, numbers by the data addresses; rows of another view are hidden by the page."""
    name = description.name
    rows = [
        _row(words, [(kind.upper(), f"{name}:{kind}:{size}") for kind in PICTURE_FORMATS])
        for size, words in SIZES
    ]
    rows += [_table(description, offer, views) for offer, views in description.offers]
    rows.append(
        html.Div(
            [
                html.Button(text, className="menu-item", **attributes("data-copy", f"{name}:{what}"))
                for text, what in COPIES
            ],
            className="export-copies",
        )
    )
    card = ids.CardIds(name)
    summary = html.Summary(
        "Export", className="tool small", **attributes("aria-label", f"Export: {description.title}")
    )
    return html.Details(
        [summary, html.Div(rows, className="menu-items exports")], id=card.export, className="menu"
    )


def _table(description: Description, offer: Offer, views: tuple[str, ...]) -> Component:
    orders = [(kind.upper(), f"{description.name}:{offer.table}.{kind}") for kind in DATA_FORMATS]
    orders.append(("Show", f"{description.name}:table:{offer.table}"))
    named = {"data-timed": str(offer.timed).lower(), "data-needs": offer.needs}
    if views and description.look is not None:
        named |= {"data-look": description.look.name, "data-views": ",".join(views)}
    return _row(f"Data: {offer.words}", orders, named)


def _row(words: str, orders: list[tuple[str, str]], named: dict[str, str] | None = None) -> Component:
    buttons = [
        html.Button(
            text,
            className="tool small",
            **attributes("data-export", order),
            **attributes("aria-label", f"{text}: {words}"),
        )
        for text, order in orders
    ]
    held: dict[str, Any] = dict(named or {})
    return html.Div([html.Span(words), *buttons], className="export-row", **held)
