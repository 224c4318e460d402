"""The ensemble's dialog: Run asks, the clock asks again, Cancel stops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate
from numpy.typing import NDArray
from scipy.stats import binomtest, linregress

from app import ids
from app.figures.ensemble import Share, bands_figure, escape_figure, success_figure
from app.figures.figure import Figure
from app.figures.theme import Theme, theme
from app.figures.words import say, whole
from app.layout.cards import EMPTY
from app.sample import SEEDS, sample_from
from app.services.compute import Compute
from app.services.ensemble import Ensembles, Progress, Question, escape_level
from app.services.executor import SchedulerError
from app.services.quantities import flow, table_times
from app.state import from_store
from engine import EngineError
from engine.hessian import escape_rate

GRAPHS: Final = (ids.ENSEMBLE_BANDS, ids.ENSEMBLE_SUCCESS, ids.ENSEMBLE_ESCAPE)


def register(app: Dash, compute: Compute, ensembles: Ensembles) -> None:
    """Wire the dialog."""
    app.clientside_callback(
        ClientsideFunction("page", "ensemble"),
        Input(ids.ENSEMBLE_BUTTON, "n_clicks"),
        prevent_initial_call=True,
    )

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
        State(ids.PARAMETERS, "data"),
        prevent_initial_call=True,
    )
    def answer(
        _run: int, _cancel: int, _clock: int, look: str | None, asked: Any, seeds: str, held: Any
    ) -> tuple[Any, ...]:
        cause = ctx.triggered_id
        if cause == ids.ENSEMBLE_RUN:
            asked = {"held": held or {}, "seeds": int(seeds), "done": -1, "asker": uuid4().hex}
        elif not asked:
            raise PreventUpdate
        return reply(compute, ensembles, asked, theme(look), cause)


def reply(
    compute: Compute, ensembles: Ensembles, asked: dict[str, Any], look: Theme, cause: str
) -> tuple[Any, ...]:
    """What the dialog shows next: figures, captions, status, progress, whether clock, Cancel, Run rest, its store."""
    unchanged = (no_update,) * (2 * len(GRAPHS))
    try:
        question = question_of(asked)
        if cause == ids.ENSEMBLE_CANCEL:
            ensembles.cancel(question, asked["asker"])
        look_only = cause == ids.THEME
        progress = ensembles.look(question) if look_only else ensembles.ask(question, asked["asker"])
    except (EngineError, SchedulerError) as error:
        return (*unchanged, str(error), no_update, True, True, False, None)
    if progress.error:
        return (*unchanged, progress.error, no_update, True, True, False, asked)
    pictures: tuple[Any, ...] = unchanged
    if progress.done != asked["done"] or cause == ids.THEME:
        drawn = draw(compute, question, progress, look)
        figures = [EMPTY if made is None else made.to_plotly_json() for made, _ in drawn]
        pictures = (*figures, *(words for _, words in drawn))
    over = progress.is_complete
    count = f"{progress.done} of {progress.total} instances"
    said = f"{count}:" if over else f"{count} so far:"
    if progress.is_cancelled:  # told by every answer: of two requests under way the page heeds only the later
        said = f"Cancelled: {count} are there."
    at_rest = over or progress.is_cancelled
    rests = (no_update,) * 3 if look_only else (at_rest, at_rest, not at_rest)
    share = f"{progress.done / progress.total:.4g}"
    status = no_update if look_only else f"{said} {where(question)}"
    return (*pictures, status, share, *rests, asked | {"done": progress.done})


def question_of(asked: Mapping[str, Any]) -> Question:
    """The ensemble that the dialog's store names."""
    n_seeds = int(asked["seeds"])
    if n_seeds not in SEEDS:
        raise ValueError(n_seeds)
    return Question(from_store(asked["held"]), sample_from(asked["held"]), n_seeds)


def where(question: Question) -> str:
    """The point of an ensemble, in words."""
    parameters, sample = question.parameters, question.sample
    start = "random starts" if sample.start == "random" else f"m₀ = {say(parameters.m0)}"
    return (
        f"p = {parameters.p}, Δ₂ = {say(parameters.d2, 4)}, Δₚ = {say(parameters.dp, 4)}, {start}, "
        f"to t = {say(sample.until)}, seeds from {sample.seed}."
    )


def draw(
    compute: Compute, question: Question, progress: Progress, look: Theme
) -> list[tuple[Figure | None, str]]:
    """The three pictures of what is there, each with its caption."""
    return [
        draw_bands(compute, question, progress, look),
        draw_success(question, progress, look),
        draw_escape(question, progress, look),
    ]


def draw_bands(
    compute: Compute, question: Question, progress: Progress, look: Theme
) -> tuple[Figure | None, str]:
    """Bands of the shown size."""
    own = progress.members.get(question.size)
    if own is None:
        return None, "The first instances are on their way."
    theory = None
    if question.sample.start == "m0":
        trajectory = flow(compute, question.parameters).value
        at = trajectory.at(table_times(trajectory, question.parameters.tmax))
        theory = (at.time, at.overlap)
    whole_runs = np.isfinite(own.final)
    caption = f"N = {whole(question.size)}: median, 25–75 % and 5–95 % of {int(whole_runs.sum())} instances."
    if not whole_runs.any():
        return None, caption + cut_words(progress)
    figure = bands_figure(own.time, own.overlap[whole_runs], look, flow=theory)
    return figure, caption + cut_words(progress)


def cut_words(progress: Progress) -> str:
    """How many runs were cut, and are left out; empty if none was."""
    cut = sum(int(np.isnan(found.final).sum()) for found in progress.members.values())
    return f" Left out: {cut} whose directions filled the memory before the end." if cut else ""


def draw_success(question: Question, progress: Progress, look: Theme) -> tuple[Figure | None, str]:
    """Fractions of every size that is there, of the runs that came to the end."""
    level = escape_level(question.parameters.model)
    ends = {n: found.final[np.isfinite(found.final)] for n, found in progress.members.items()}
    shown = {n: final for n, final in ends.items() if final.size}
    if not shown:
        return None, "No instance is at its end yet."
    up = tuple(share_of(n, final >= level) for n, final in shown.items())
    down = tuple(share_of(n, final <= -level) for n, final in shown.items())
    caption = f"Ended beyond |m| = {say(level)} at t = {say(question.sample.until)}; bars: 95 % (Wilson)."
    return success_figure(up, down, look), caption


def share_of(n: int, escaped: NDArray[np.bool_]) -> Share:
    """The fraction of the instances of one size that has escaped, with its 95 % interval (Wilson 1927)."""
    test = binomtest(int(escaped.sum()), escaped.size)
    low, high = test.proportion_ci(0.95, method="wilson")
    return Share(n, float(test.statistic), float(low), float(high))


def draw_escape(question: Question, progress: Progress, look: Theme) -> tuple[Figure | None, str]:
    """Median escape times of the sizes at which most instances escape."""
    model: Any = question.parameters.model
    if not float(model.theta(0.0)) > 1:
        return (
            None,
            "Below the gradient-flow line there is no rate λ: escape is no faster than a power of time.",
        )
    rate = escape_rate(model)
    at_m0 = question.sample.start == "m0"
    points, late = [], []
    for n, found in sorted(progress.members.items()):
        if at_m0 and abs(question.parameters.m0) > n**-0.5:
            continue  # the noise of the start is not what it escapes from
        seen = np.isfinite(found.final) | np.isfinite(
            found.escape_time
        )  # a run cut before it escaped says nothing
        times = np.nan_to_num(found.escape_time[seen], nan=np.inf)
        if times.size and np.isfinite(times).mean() > 0.5:
            points.append((0.5 * np.log(n) / rate, float(np.median(times)), whole(n)))
        else:
            late.append(whole(n))
    said = f"λ = {say(rate)}."
    if late:
        said += f" Fewer than half escape in time at N = {', '.join(late)}: left out."
    if len(points) + len(late) < len(progress.members):
        said += " Where m₀ > N^(−1/2) the escape does not wait for ln N: left out."
    if not points:
        return None, said
    x, y = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    line = linregress(x, y) if x.size > 2 else None
    fitted = None if line is None else (float(line.slope), float(line.intercept), float(line.stderr))
    figure = escape_figure(x, y, tuple(p[2] for p in points), look, line=fitted)
    return figure, f"{said} The slope tends to 1 as N grows."
