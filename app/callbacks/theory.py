"""The theory's pages: the Markdown of the project's documentation, fetched when somebody wants to read it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from ..page import ids
from ..page.glossary import TERMS

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
PAGES: Final = {
    "landscape": "theory/landscape.md",
    "dynamics": "theory/dynamics.md",
    "landscapes": "theory/landscapes.md",
    "simulation": "theory/simulation.md",
    "atlas": "theory/atlas.md",
    "notation": "notation.md",
    "references": "references.md",
}
DISPLAYED: Final = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
_KEY: Final = r"[A-Z][A-Za-z]+\d{4}[a-z]?"
KEYS: Final = re.compile(rf"\[({_KEY}(?:, {_KEY})*)\](?!\()")


def register(app: Dash) -> None:
    """Wire the button and the choice of a page; nothing is loaded before the first opening."""
    app.clientside_callback(
        ClientsideFunction("page", "theory"), Input(ids.THEORY_BUTTON, "n_clicks"), prevent_initial_call=True
    )

    @app.callback(
        Output(ids.THEORY_BODY, "children"),
        Input(ids.THEORY_PAGE, "value"),
        Input(ids.THEORY_BUTTON, "n_clicks"),
        prevent_initial_call=True,
    )
    def read(page: str | None, clicks: int | None) -> Any:
        del clicks
        return theory_page(str(page))


def theory_page(name: str) -> Component:
    """One page with its formulas; the first one for a name that is none."""
    if name == "glossary":
        entries = [part for term in TERMS for part in (html.Dt(term.name), html.Dd(term.meaning))]
        return html.Dl(entries, className="glossary")
    text = (DOCS / PAGES.get(name, PAGES["landscape"])).read_text(encoding="utf-8")
    return dcc.Markdown(for_dash(text), mathjax=True, className="theory-page")


def for_dash(text: str) -> str:
    """Markdown as Dash reads it: displayed formulas on lines of their own, keys of papers that are not links."""
    text = DISPLAYED.sub(lambda found: f"\n$$\n{found[1].strip()}\n$$\n", text)
    return KEYS.sub(r"\\[\1\\]", text)
