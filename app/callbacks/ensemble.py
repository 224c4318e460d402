"""The ensemble's dialog: Run asks, the clock asks again, Cancel stops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from ..cards.ensemble import draw, how_long, where
from ..cards.measured import duration
from ..cards.scan import scanner
from ..compute.cluster import NoConnectionError, SchedulerError
from ..compute.door import Door
from ..compute.job import UNSAVED
from ..compute.jobs import Jobs
from ..figures.theme import Theme, theme
from ..layout.cards import EMPTY
from ..page import ids
from ..page.event import read_asked, read_asker, read_seeds, read_sizes
from ..page.sample import LADDER, read_part
from ..page.state import Point
from ..physics import EngineError, ParameterError, say
from ..quantities.ensemble import Ensemble, instances, long_enough
from .messages import route

GRAPHS: Final = (ids.ENSEMBLE_BANDS, ids.ENSEMBLE_SUCCESS, ids.ENSEMBLE_ESCAPE)


def register(app: Dash, door: Door) -> None:
    """Wire the dialog."""
    jobs = door.jobs
    app.clientside_callback(
        ClientsideFunction("page", "ensemble"),
        Input(ids.ENSEMBLE_BUTTON, "n_clicks"),
        prevent_initial_call=True,
    )

    app.clientside_callback(ClientsideFunction("page", "asked"), Input(ids.ENSEMBLE_ASKED, "data"))
    route(app, "goodbye", lambda data: leave(jobs, data))

    @app.callback(
        *[Output(name, "figure") for name in GRAPHS],
        *[Output(ids.caption_of(name), "children") for name in GRAPHS],
        Output(ids.ENSEMBLE_STATUS, "children"),
        Output(ids.ENSEMBLE_PROGRESS, "value"),
        Output(ids.ENSEMBLE_CLOCK, "disabled"),
        Output(ids.ENSEMBLE_CANCEL, "disabled"),
        Output(ids.ENSEMBLE_RUN, "disabled"),
        Output(ids.ENSEMBLE_ASKED, "data"),
        Input(ids.ENSEMBLE_RUN, "n_clicks"),
        Input(ids.ENSEMBLE_CANCEL, "n_clicks"),
        Input(ids.ENSEMBLE_CLOCK, "n_intervals"),
        Input(ids.THEME, "data"),
        State(ids.ENSEMBLE_ASKED, "data"),
        State(ids.ENSEMBLE_SEEDS, "value"),
        State(ids.ENSEMBLE_SIZES, "value"),
        State(ids.ENSEMBLE_START, "value"),
        State(ids.ENSEMBLE_UNTIL, "value"),
        State(ids.PARAMETERS, "data"),
        prevent_initial_call=True,
    )
    def answer(
        _run: int, _cancel: int, _clock: int, look: str | None, asked: Any, *chosen: Any
    ) -> tuple[Any, ...]:
        cause = ctx.triggered_id
        before = read_asked(asked) if asked else None
        if cause == ids.ENSEMBLE_RUN:
            if before:
                jobs.leave(before.asker)  # what this page asked for before
            try:
                asked = asked_of(*chosen)
            except EngineError as error:
                return refused(str(error), None)
            read_asked(asked)
        elif not before:
            raise PreventUpdate
        return reply(door, jobs, asked, theme(look), cause)

    @app.callback(
        Output(ids.ENSEMBLE_UNTIL, "value"),
        Output(ids.ENSEMBLE_START, "value"),
        Output(ids.ENSEMBLE_HINT, "children"),
        Output(ids.ENSEMBLE_PLACE, "data"),
        Input(ids.ENSEMBLE_BUTTON, "n_clicks"),
        Input(ids.ENSEMBLE_SIZES, "value"),
        State(ids.ENSEMBLE_PLACE, "data"),
        State(ids.PARAMETERS, "data"),
        prevent_initial_call=True,
    )
    def propose(_clicks: int, sizes: Any, before: Any, held: Any) -> tuple[Any, ...]:
        return proposal(Point.from_store(held or {}), sizes, is_known=before == held)


def proposal(point: Point, sizes: Any, *, is_known: bool) -> tuple[Any, ...]:
    """Time and start that the dialog proposes at a point, what it says of them, and the point.

    What somebody has chosen at a point that is known stays; only the words follow the sizes.
    """
    largest = max(read_sizes(sizes), default=LADDER[0])
    words = how_long(point.parameters, largest)
    if is_known:
        return no_update, no_update, words, no_update
    until = say(long_enough(point.parameters.model, largest).time)
    start = point.sample.start if point.sample.is_shown else "random"
    return until, start, words, point.to_store()


def asked_of(seeds: Any, sizes: Any, start: Any, until: Any, held: Any) -> dict[str, Any]:
    """What the store of the dialog holds when its controls say this.

    Raises
    ------
    ParameterError
        If the time is none, or no size is chosen.
    """
    if not read_sizes(sizes):
        raise ParameterError("sizes", "Choose a size N.")
    chosen = {"start": read_part("start", str(start)), "until": read_part("until", str(until)), "then": ""}
    return {
        "held": {**(held or {}), **chosen},
        "seeds": read_seeds(seeds),
        "sizes": list(read_sizes(sizes)),
        "done": -1,
        "asker": uuid4().hex,
    }


def refused(sentence: str, asked: Any) -> tuple[Any, ...]:
    """What the dialog shows where there is no ensemble: why, and Run."""
    return *((no_update,) * (2 * len(GRAPHS))), sentence, no_update, True, True, False, asked


def reply(door: Door, jobs: Jobs, asked: dict[str, Any], look: Theme, cause: str) -> tuple[Any, ...]:
    """What the dialog shows next: figures, captions, status, progress, whether clock, Cancel, Run rest, its store."""
    unchanged = (no_update,) * (2 * len(GRAPHS))
    try:
        ensemble = ensemble_of(asked)
        if cause == ids.ENSEMBLE_CANCEL:
            jobs.cancel(asked["asker"])
        look_only = cause == ids.THEME
        progress = jobs.look(ensemble) if look_only else jobs.ask(ensemble, asked["asker"])
    except NoConnectionError as error:  # the clock goes on asking
        there = instances(ensemble, jobs.look(ensemble))
        said = f"{error} It is tried again. {there.done} of {there.total} instances are there."
        return (*unchanged, said, no_update, False, False, True, asked)
    except (EngineError, SchedulerError) as error:
        return refused(str(error), None)
    if progress.error:
        return refused(progress.error, asked)
    there = instances(ensemble, progress)
    pictures: tuple[Any, ...] = unchanged
    if there.done != asked["done"] or cause == ids.THEME:
        drawn = draw(door, ensemble, there, look)
        figures = [EMPTY if made is None else made.to_plotly_json() for made, _ in drawn]
        pictures = (*figures, *(words for _, words in drawn))
    over = there.is_complete
    count = f"{there.done} of {there.total} instances"
    left = f", {duration((progress.total - progress.done) / progress.rate)} left" if progress.rate else ""
    said = f"{count}:" if over else f"{count} so far{left}:"
    if progress.is_cancelled:  # told by every answer: of two requests under way the page heeds only the later
        said = f"Cancelled: {count} are there."
    at_rest = over or progress.is_cancelled
    rests = (no_update,) * 3 if look_only else (at_rest, at_rest, not at_rest)
    share = f"{there.done / there.total:.4g}"
    kept = f" {UNSAVED}" if progress.unsaved else ""
    status = no_update if look_only else f"{said} {where(ensemble)}{kept}"
    return (*pictures, status, share, *rests, asked | {"done": there.done})


def leave(jobs: Jobs, data: Any) -> dict[str, bool]:
    """What a page that goes is answered: whoever asked on it waits for nothing more."""
    asker = read_asker(data)
    for name in (asker, scanner(asker)):
        jobs.leave(name)
    return {"left": True}


def ensemble_of(asked: Mapping[str, Any]) -> Ensemble:
    """The ensemble that the dialog's store names."""
    sizes = read_sizes(asked.get("sizes", list(LADDER)))
    return Ensemble(Point.from_store(asked["held"]), read_seeds(asked["seeds"]), sizes)
