"""The ensemble's dialog: Run asks, the clock asks again, Cancel stops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from app import ids
from app.figures.ensemble import Share, bands_figure, escape_figure, success_figure
from app.figures.figure import Figure
from app.figures.theme import Theme, theme
from app.figures.words import say, whole
from app.layout.cards import EMPTY
from app.sample import SEEDS, sample_from
from app.services.compute import Compute
from app.services.ensemble import Ensembles, Progress, Question, escape_level, fit_line, wilson
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
        Output(ids.ENSEMBLE_ASKED, "data"),
        Input(ids.ENSEMBLE_RUN, "n_clicks"),
        Input(ids.ENSEMBLE_CANCEL, "n_clicks"),
        Input(ids.ENSEMBLE_CLOCK, "n_intervals"),
        State(ids.ENSEMBLE_ASKED, "data"),
        State(ids.ENSEMBLE_SEEDS, "value"),
        State(ids.PARAMETERS, "data"),
        State(ids.THEME, "data"),
        prevent_initial_call=True,
    )
    def answer(
        _run: int, _cancel: int, _clock: int, asked: Any, seeds: str, held: Any, look: str | None
    ) -> tuple[Any, ...]:
        unchanged = (no_update,) * 6
        try:
            if ctx.triggered_id == ids.ENSEMBLE_RUN:
                if asked:
                    ensembles.cancel(question_of(asked))
                asked = {"held": held or {}, "seeds": int(seeds), "done": -1}
            question = question_of(asked)
            if ctx.triggered_id == ids.ENSEMBLE_CANCEL:
                ensembles.cancel(question)
                done = asked["done"]
                total = len(question.sizes) * question.n_seeds
                words = f"Cancelled: {max(done, 0)} of {total} instances are there. {where(question)}"
                return (*unchanged, words, no_update, True, True, asked)
            progress = ensembles.ask(question)
            if progress.error:
                return (*unchanged, progress.error, no_update, True, True, asked)
        except (EngineError, KeyError, TypeError, ValueError) as error:
            words = str(error) if isinstance(error, EngineError) else "Press Run to begin."
            return (*unchanged, words, no_update, True, True, None)
        over = progress.is_complete
        drawn: tuple[Any, ...] = unchanged
        if progress.done != asked["done"]:
            pictures = draw(compute, question, progress, theme(look))
            figures = [EMPTY if made is None else made.to_plotly_json() for made, _ in pictures]
            drawn = (*figures, *(words for _, words in pictures))
        status = (
            f"{progress.done} of {progress.total} instances{':' if over else ' so far:'} {where(question)}"
        )
        return (
            *drawn,
            status,
            f"{progress.done / progress.total:.4g}",
            over,
            over,
            asked | {"done": progress.done},
        )


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
    figure = bands_figure(own.time, own.overlap, look, flow=theory)
    return figure, f"N = {whole(question.size)}: median, 25–75 % and 5–95 % of {own.final.size} instances."


def draw_success(question: Question, progress: Progress, look: Theme) -> tuple[Figure | None, str]:
    """Fractions of every size that is there."""
    level = escape_level(question.parameters.model)
    up: list[Share] = []
    down: list[Share] = []
    for n, found in progress.members.items():
        for shares, count in ((up, found.final >= level), (down, found.final <= -level)):
            low, high = wilson(int(count.sum()), count.size)
            shares.append(Share(n, float(count.mean()), low, high))
    if not up:
        return None, ""
    caption = f"Ended beyond |m| = {say(level)} at t = {say(question.sample.until)}; bars: 95 % (Wilson)."
    return success_figure(tuple(up), tuple(down), look), caption


def draw_escape(question: Question, progress: Progress, look: Theme) -> tuple[Figure | None, str]:
    """Median escape times of the sizes at which most instances escape."""
    model: Any = question.parameters.model
    if not float(model.theta(0.0)) > 1:
        return (
            None,
            "Below the gradient-flow line there is no rate λ: escape is no faster than a power of time.",
        )
    rate = escape_rate(model)
    points, left_out = [], []
    for n, found in sorted(progress.members.items()):
        escaped = np.isfinite(found.escape_time)
        if escaped.mean() > 0.5:
            times = np.where(escaped, found.escape_time, np.inf)
            points.append((0.5 * np.log(n) / rate, float(np.median(times)), whole(n)))
        else:
            left_out.append(whole(n))
    out = f" Fewer than half escape in time at N = {', '.join(left_out)}: left out." if left_out else ""
    if not points:
        return None, f"λ = {say(rate)}.{out} A longer final time shows them."
    x, y = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    line = fit_line(x, y) if x.size > 1 else None
    figure = escape_figure(x, y, tuple(p[2] for p in points), look, line=line)
    return figure, f"λ = {say(rate)}. From random starts the slope tends to 1 as N grows.{out}"
