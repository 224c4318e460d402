"""The page: header, column of parameters and story, strip of words, pictures."""

from __future__ import annotations

from typing import Any, Final

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from ..page import ids
from ..page.catalogue import Catalogue
from ..page.story import STORY
from .attributes import attributes
from .desk import cards, parameter_column
from .dialogs import dialogs

BLUE: Final = [
    "#e8f4fb", "#cfe7f5", "#a3d0ec", "#74b8e2", "#56b4e9", "#2f93cc", "#0f7fbd", "#0072b2", "#005f95", "#004c78",
]  # fmt: skip
MANTINE_THEME: Final = {
    "primaryColor": "saddle",
    "colors": {"saddle": BLUE},
    "primaryShade": {"light": 7, "dark": 5},
    "fontFamily": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif",
    "fontFamilyMonospace": "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
    "defaultRadius": "sm",
    "respectReducedMotion": True,
}


def stores() -> list[Component]:
    """What the page's scripts tell the server's callbacks."""
    return [dcc.Store(id=name) for name in (ids.PARAMETERS, ids.THEME)]


def header() -> Component:
    """Name, state of the work, and what concerns the whole page."""
    return html.Header(
        [
            html.A("Skip to the phase diagram", href=f"#{ids.HANDLE}", className="skip"),
            html.H1("Saddlesurf"),
            html.P("gradient flow in the spiked matrix–tensor model", className="tagline"),
            html.Span("ready", id=ids.STATUS, className="status"),
            html.Div(
                [
                    html.Button("What is this?", className="tool", **attributes("data-story", STORY[0].key)),
                    _button("Copy link", ids.COPY_LINK),
                    _button("Copy Python", ids.COPY_PYTHON),
                    _button("Lecture", ids.LECTURE_BUTTON),
                    _button("Dark", ids.DARK_BUTTON),
                    _button("Theory", ids.THEORY_BUTTON),
                    _button("?", ids.HELP_BUTTON, label="Keys and help"),
                ],
                className="header-tools",
            ),
        ],
        className="header",
    )


def page(catalogue: Catalogue) -> Any:
    """The whole page."""
    return dmc.MantineProvider(
        html.Div(
            [
                *stores(),
                html.Div(id=ids.BANNER, className="banner", role="alert", hidden=True),
                header(),
                html.P(id=ids.PRINTED, className="printed"),
                html.Main([parameter_column(), *cards(catalogue)], className="desk"),
                *dialogs(),
                html.Div(id=ids.EXPLAINED, className="explained", role="status", hidden=True),
                html.Div(id=ids.ANNOUNCED, className="visually-hidden", **attributes("aria-live", "polite")),
            ],
            className="page",
        ),
        theme=MANTINE_THEME,
        defaultColorScheme="auto",
    )


def _button(text: str, name: str, label: str | None = None) -> Component:
    return html.Button(text, id=name, className="tool", **(attributes("aria-label", label) if label else {}))
