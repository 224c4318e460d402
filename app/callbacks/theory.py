"""The theory's pages: the Markdown of the project's documentation, fetched when somebody wants to read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from dash import ClientsideFunction, Dash, Input, Output, dcc

from app import ids

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
PAGES: Final = {
    "landscape": "theory/landscape.md",
    "dynamics": "theory/dynamics.md",
    "simulation": "theory/simulation.md",
    "notation": "notation.md",
    "references": "references.md",
}


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


def theory_page(name: str) -> dcc.Markdown:
    """One page with its formulas; the first one for a name that is none."""
    file = DOCS / PAGES.get(name, PAGES["landscape"])
    return dcc.Markdown(file.read_text(encoding="utf-8"), mathjax=True, className="theory-page")
