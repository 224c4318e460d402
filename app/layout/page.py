"""The page: header, parameter column, phase diagram, live sentence, three cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from app import ids
from app.layout.cards import attributes, card, note
from app.layout.controls import CONTROLS, row, specification
from app.layout.ensemble import ensemble_body
from app.layout.instance import instance_controls
from app.state import CHOICES
from app.story import STORY

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
THEORY_PAGES: Final = (
    ("landscape", "Landscape"),
    ("dynamics", "Flow"),
    ("simulation", "Finite N"),
    ("notation", "Notation"),
    ("references", "References"),
)
KEYS: Final = (
    ("1 … 7", "go to a point of the story"),
    ("arrows", "move the point on the phase diagram (when it has the focus; Shift: ten times as far)"),
    ("space", "play the flow from its start, or pause"),
    ("[ and ]", "lower or raise p"),
    ("D", "dark or light"),
    ("S", "copy the link to what you see"),
    ("P", "copy the Python lines that compute it"),
    ("T", "the theory behind the pictures"),
    ("?", "this list"),
    ("Esc", "close what is open"),
)
FLOW_VIEWS: Final = (
    ("overlap", "overlap m(t)"),
    ("log_overlap", "m(t), logarithmic"),
    ("energy", "energy e(t)"),
    ("multiplier", "multiplier μ(t)/2σ"),
    ("growth", "growth of m: Λ, κ"),
    ("correlation", "correlation C(t, t′)"),
    ("fluctuation", "response against C"),
)
LANDSCAPE_VIEWS: Final = (("curves", "Σ(m)"), ("map", "Σ(m,e)"), ("equator", "equator"), ("ladder", "index"))
HESSIAN_VIEWS: Final = (("moment", "at the moment"), ("surfing", "along t"))
LINE_FAMILIES: Final = (
    ("flow", "flow, minima, ML-AMP, regions"),
    ("wells", "wells, decay (heuristic)"),
    ("trivial", "other trivializations"),
    ("bayes", "Bayes-optimal (T = 1)"),
    ("langevin", "Langevin at T, or T = 1"),
)


def stores() -> list[Component]:
    """What the page's scripts and the server's callbacks hand each other."""
    panels = {panel.name: {"parameters": panel.parameters, "looks": panel.looks} for panel in ids.PANELS}
    made: list[Component] = [
        dcc.Location(id=ids.LOCATION, refresh=False),
        specification(),
        dcc.Store(id=ids.PANEL_SPECIFICATION, data=panels),
    ]
    named = (
        ids.PARAMETERS, ids.REQUEST, ids.ANSWERED, ids.ADDRESS, ids.TYPED, ids.PROPOSAL, ids.PYTHON, ids.THEME,
    )  # fmt: skip
    return [*made, *(dcc.Store(id=name) for name in named)]


def header() -> Component:
    """Name, state of the work, and what concerns the whole page."""
    return html.Header(
        [
            html.A("Skip to the phase diagram", href=f"#{ids.HANDLE}", className="skip"),
            html.H1("Saddlesurf"),
            html.P("gradient flow in the spiked matrix–tensor model", className="tagline"),
            html.Span("idle", id=ids.STATUS, className="status"),
            html.Div(
                [
                    _button("Copy link", ids.COPY_LINK),
                    _button("Copy Python", ids.COPY_PYTHON),
                    _button("Dark", ids.DARK_BUTTON),
                    _button("Theory", ids.THEORY_BUTTON),
                    _button("?", ids.HELP_BUTTON, label="Keys and help"),
                ],
                className="header-tools",
            ),
        ],
        className="header",
    )


def parameter_column() -> Component:
    """The controls, then the story."""
    buttons = [
        html.Button(
            [html.Span(point.key, className="story-key"), point.title],
            className="story-button",
            **attributes("data-story", point.key),
        )
        for point in STORY
    ]
    return html.Aside(
        [
            html.H2("Parameters"),
            html.Div(id=ids.ADDRESS_ERROR, className="control-error", role="alert"),
            *[row(control) for control in CONTROLS],
            instance_controls(),
            html.H2("Story"),
            html.Div(buttons, className="story"),
        ],
        className="column parameters",
        **attributes("aria-label", "Parameters"),
    )


def handle() -> Component:
    """The operating point on the phase diagram: drag it, or move it with the arrow keys."""
    aria: dict[str, Any] = {
        "aria-label": "Operating point: tensor noise and signal-to-noise ratio",
        "aria-valuemin": "0",
        "aria-valuemax": "100",
        "aria-valuenow": "50",
        "aria-valuetext": "",
        "aria-orientation": "vertical",
    }
    return html.Div(id=ids.HANDLE, className="handle", role="slider", tabIndex=0, **aria)


def line_menu() -> Component:
    """Which families of lines the diagram shows."""
    boxes = dmc.CheckboxGroup(
        [
            dmc.Checkbox(label=label, value=value, size="xs", className="line-family")
            for value, label in LINE_FAMILIES
        ],
        id=ids.choice("lines"),
        value=list(CHOICES["lines"].default),
        attributes={"root": {"aria-label": "Lines of the phase diagram"}},
    )
    summary = html.Summary(
        "Lines", className="tool small", **attributes("aria-label", "Lines: Phase diagram")
    )
    return html.Details(
        [summary, html.Div(boxes, className="menu-items")], className="menu", id=ids.LINE_MENU
    )


def diagram_column() -> Component:
    """The phase diagram and the sentence about the point on it."""
    return html.Div(
        [
            card(ids.PHASE, "Phase diagram", table="lines", tools=[line_menu()], overlay=[handle()]),
            html.Section(
                [
                    html.Div([html.H2("What you see"), note(ids.SENTENCE)], className="card-head"),
                    html.Div(
                        id=ids.SENTENCE.caption,
                        className="sentence",
                        tabIndex=0,  # it may scroll
                        **attributes("aria-live", "polite"),
                    ),
                    html.Button("Retry", id=ids.SENTENCE.retry, className="retry"),
                ],
                id=ids.SENTENCE.card,
                className="card",
            ),
        ],
        className="column diagram",
    )


def card_column() -> Component:
    """The flow, the Hessian at one of its moments, the landscape."""
    views = dmc.Select(
        id=ids.choice("flow"),
        data=[{"value": value, "label": text} for value, text in FLOW_VIEWS],
        value="overlap",
        size="xs",
        w=172,
        allowDeselect=False,
        comboboxProps={"withinPortal": True},
        attributes={"input": {"aria-label": "What is drawn of the flow"}},
    )
    moment = html.Div(
        [
            html.Button(
                "Play",
                id=ids.PLAY,
                className="tool small",
                title="Walk through the flow (space)",
                **attributes("aria-pressed", "false"),
            ),
            html.Span("moment", className="moment-label"),
            dmc.Slider(
                id=ids.MOMENT,
                min=0,
                max=1,
                step=0.002,
                value=1,
                updatemode="drag",
                label=None,
                thumbLabel="Moment of the flow shown in every card",
                size="sm",
                className="moment-slider",
            ),
            html.Span("end", id=ids.MOMENT_TEXT, className="moment-text"),
        ],
        className="moment",
    )
    hessian_views = _views("hess", HESSIAN_VIEWS, "View of the Hessian")
    landscape_views = _views("land", LANDSCAPE_VIEWS, "View of the landscape")
    return html.Div(
        [
            card(ids.FLOW, "Gradient flow", table="flow", tools=[views], below=[moment]),
            card(
                ids.SPECTRUM,
                "Hessian",
                table="spectrum",
                tools=[hessian_views],
            ),
            card(
                ids.LANDSCAPE,
                "Landscape",
                table="complexity",
                tools=[landscape_views],
            ),
        ],
        className="column cards",
    )


def _views(name: str, views: Sequence[tuple[str, str]], label: str) -> dmc.SegmentedControl:
    """A choice between the views of a card; the first is the one to begin with."""
    return dmc.SegmentedControl(
        id=ids.choice(name),
        data=[{"value": value, "label": text} for value, text in views],
        value=views[0][0],
        size="xs",
        attributes={"root": {"aria-label": label}},
    )


def dialogs() -> list[Component]:
    """What opens over the page."""
    rows = "\n".join(f"| **{key}** | {what} |" for key, what in KEYS)
    keys = dcc.Markdown(f"| key | what it does |\n| --- | --- |\n{rows}", className="keys")
    pages = dmc.SegmentedControl(
        id=ids.THEORY_PAGE,
        data=[{"value": value, "label": label} for value, label in THEORY_PAGES],
        value=THEORY_PAGES[0][0],
        size="xs",
        attributes={"root": {"aria-label": "Page of the theory"}},
    )
    return [
        _dialog(ids.HELP, "Keys", keys),
        _dialog(
            ids.THEORY,
            "Theory",
            html.Div([pages, html.Div(id=ids.THEORY_BODY, className="theory-body", tabIndex=0)]),
        ),
        _dialog(ids.ENSEMBLE, "Ensemble of instances", ensemble_body()),
        _dialog(ids.TABLE, "Data", html.Div(id=ids.TABLE_BODY, className="table-body", tabIndex=0)),
    ]


def _dialog(name: str, title: str, body: Component) -> Component:
    close = html.Button("Close", className="tool small", **attributes("data-close", name))
    head = html.Div([html.H2(title, id=f"{name}-title"), close], className="card-head")
    return html.Dialog([head, body], id=name, **attributes("aria-labelledby", f"{name}-title"))


def page() -> Any:
    """The whole page."""
    return dmc.MantineProvider(
        html.Div(
            [
                *stores(),
                html.Div(id=ids.BANNER, className="banner", role="alert", hidden=True),
                header(),
                html.Main([parameter_column(), diagram_column(), card_column()], className="grid"),
                *dialogs(),
            ],
            className="page",
        ),
        theme=MANTINE_THEME,
        defaultColorScheme="auto",
    )


def _button(text: str, name: str, label: str | None = None) -> Component:
    return html.Button(text, id=name, className="tool", **(attributes("aria-label", label) if label else {}))
