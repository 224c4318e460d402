"""Ensembles: the instances' own numbers, made by any executor, kept, stopped; their pictures."""

from __future__ import annotations

import dataclasses
import os
import re
import sys
import threading
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from dash import Dash, html, no_update
from distributed import LocalCluster

from app.callbacks import ensemble as dialog
from app.cards import ensemble as pictures
from app.compute.cluster import SchedulerError
from app.compute.compute import Compute
from app.compute.executor import NICE, create_executor
from app.compute.job import PATIENCE, UNSAVED
from app.compute.jobs import IN_FLIGHT, Jobs
from app.figures.theme import DARK, LIGHT
from app.main import create_compute
from app.page.sample import Sample
from app.page.state import Parameters, Point
from app.quantities.ensemble import (
    CHUNK,
    Ensemble,
    Instances,
    Members,
    Stopped,
    instances,
    long_enough,
    members,
    together,
)
from app.quantities.survival import kaplan_meier
from app.settings import Settings
from engine import ParameterError, Status, hessian
from engine.simulation import simulate
from tests.app.corners import NOISES, faults
from tests.app.long_work import AtOnce, Later
from tests.app.pictures import values

POINT = Parameters(d2=0.4, dp=4.0, m0=0.05, tmax=1e3)
QUESTION = Ensemble(Point(POINT, Sample(N=400, seed=3, start="random", until=4.0)), 20)


@pytest.fixture
def compute(tmp_path: Any) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path))


def test_members_are_the_instances_of_their_seeds() -> None:
    model = POINT.model
    found = members(model, 400, (3, 4), None, 6.0)
    for row, seed in enumerate((3, 4)):
        run = simulate(model, n_dim=400, seed=seed, t_max=6.0)
        assert found.final[row] == run.overlap[-1]
        np.testing.assert_allclose(found.overlap[row], np.interp(found.time, run.time, run.overlap))


def test_an_escape_is_timed_at_the_threshold() -> None:
    found = members(POINT.model, 10**6, (1,), 0.05, 20.0)
    run = simulate(POINT.model, n_dim=10**6, seed=1, overlap_0=0.05, t_max=20.0)
    assert found.escape_time[0] == run.time[np.argmax(np.abs(run.overlap) >= 0.3)]
    assert np.isnan(members(POINT.model, 10**6, (1,), 1e-10, 2.0).escape_time[0])


def test_a_run_that_was_cut_has_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.quantities.ensemble.MEMORY", 1_000_000)
    model = Parameters(p=4, d2=0.4, dp=1.0).model
    run = simulate(model, n_dim=400, seed=1, t_max=20.0, memory=1_000_000)
    assert run.status is Status.STOPPED_EARLY
    found = members(model, 400, (1,), None, 20.0)
    assert np.isnan(found.final[0])
    assert found.known_until[0] == run.time[-1]
    np.testing.assert_array_equal(np.isnan(found.overlap[0]), found.time > run.time[-1])


def test_any_executor_will_do_and_every_result_is_kept(compute: Compute) -> None:
    executor = AtOnce()
    progress = instances(QUESTION, Jobs(compute, lambda: executor).ask(QUESTION, "me"))
    assert progress.is_complete
    assert progress.total == 20 * len(QUESTION.sizes)
    assert executor.calls == progress.total // CHUNK
    again = instances(QUESTION, Jobs(compute, lambda: executor).look(QUESTION))
    assert again.is_complete
    for n in QUESTION.sizes:
        np.testing.assert_array_equal(again.members[n].final, progress.members[n].final)
    others = Ensemble(Point(POINT, Sample(N=10_000, seed=3, start="random", until=4.0)), 20)
    assert Jobs(compute, lambda: executor).ask(others, "me").is_complete
    assert executor.calls == progress.total // CHUNK  # these sizes were there already


def test_all_sizes_grow_together() -> None:
    """Whoever watches sees every size from the start, and the time that is left is told of all of them."""
    sizes = QUESTION.sizes
    assert [chunk.arguments[1] for chunk in QUESTION.chunks()] == [*sizes] * (20 // CHUNK)


def test_sizes_may_be_chosen_and_the_page_s_instance_comes_to_them() -> None:
    assert dataclasses.replace(QUESTION, chosen=(100, 1000)).sizes == (400, 100, 1000)
    alone = Ensemble(Point(POINT, Sample(start="random")), 20, (100, 1000))
    assert alone.sizes == (1000, 100)
    assert Ensemble(Point(POINT, Sample(start="random")), 20).size == 10_000


@pytest.mark.parametrize(("d2", "time"), [(0.4348, 1000.0), (1 / 3, 72.0)])
def test_the_proposed_time_is_long_enough(d2: float, time: float) -> None:
    """3 ln N/λ, or the longest time that there is; by then nearly all random starts have escaped."""
    model = Parameters(d2=d2).model
    found = long_enough(model, 100)
    assert found.rate == pytest.approx(hessian.escape_rate(model))
    assert found.wanted == pytest.approx(3 * np.log(100) / found.rate)
    assert found.time >= min(found.wanted, 1000.0)
    assert found.time <= 1.1 * found.wanted
    if d2 < 0.4:
        assert found.time == pytest.approx(time, rel=0.1)
        made = members(model, 100, tuple(range(10)), None, found.time)
        assert made.escaped.sum() >= 9


def test_below_the_line_no_time_is_long_enough_and_that_is_said() -> None:
    stuck = Parameters(d2=1 / 1.5, dp=0.5)
    assert long_enough(stuck.model, 1000).rate is None
    assert "nothing grows exponentially" in pictures.how_long(stuck, 1000)
    assert "T = 0" in pictures.how_long(Parameters(T=0.5), 1000)
    words = pictures.how_long(Parameters(), 10**6)
    assert "λ = 0.0223" in words
    assert "t = 3 ln N/λ = 1860 (N = 10⁶)" in words
    assert "The longest time is 1000." in words


def test_the_dialog_proposes_a_long_enough_time_and_random_starts() -> None:
    until, start, words, place = dialog.proposal(Point(Parameters(d2=1 / 3)), ["100", "1000"], is_known=False)
    assert float(until) == pytest.approx(
        3 * np.log(1000) / hessian.escape_rate(Parameters(d2=1 / 3).model), rel=0.1
    )
    assert start == "random"
    assert "ln N/2λ" in words
    assert place["d2"] == 1 / 3
    shown = Point(Parameters(d2=1 / 3, m0=0.1), Sample(N=400))
    assert dialog.proposal(shown, ["100"], is_known=False)[1] == "m0"
    until, start, words, place = dialog.proposal(shown, ["100", "1000"], is_known=True)
    assert until is start is place is no_update  # what somebody has chosen stays
    assert "N = 10³" in words


def test_what_the_controls_say_is_what_is_asked_for() -> None:
    held = Point(POINT, Sample(N=400, seed=3, then="of")).to_store()
    asked = dialog.asked_of("20", ["1000", "100"], "random", "4", held)
    assert dialog.ensemble_of(asked) == dataclasses.replace(QUESTION, chosen=(100, 1000))
    for sizes, until, said in (
        (["100"], "0.5", "final time"),
        (["100"], "soon", "final time"),
        ([], "4", "size"),
    ):
        with pytest.raises(ParameterError, match=said):
            dialog.asked_of("20", sizes, "random", until, held)
    with pytest.raises(ValueError, match="offered"):
        dialog.asked_of("20", ["7"], "random", "4", held)


def test_looking_starts_nothing_and_no_executor_is_made_before_it_is_needed(compute: Compute) -> None:
    def never() -> Executor:
        raise AssertionError("made")

    assert Jobs(compute, never).look(QUESTION).done == 0
    with pytest.raises(AssertionError, match="made"):
        Jobs(compute, never).ask(QUESTION, "me")


def test_threads_end_with_the_same_numbers(compute: Compute) -> None:
    with ThreadPoolExecutor(2) as pool:
        ensembles = Jobs(compute, lambda: pool)
        for _ in range(10_000):  # other work may run on every core
            progress = ensembles.ask(QUESTION, "me")
            if progress.is_complete:
                break
            time.sleep(0.02)
    assert progress.is_complete
    direct = members(POINT.model, 400, tuple(range(3, 8)), None, 4.0)
    there = instances(QUESTION, progress)
    np.testing.assert_array_equal(there.members[400].final[:CHUNK], direct.final)


def test_what_nobody_wants_stops_in_the_middle() -> None:
    looks = []

    def stopped() -> bool:
        looks.append(None)
        return len(looks) == 3

    with pytest.raises(Stopped):
        members(POINT.model, 400, tuple(range(100)), None, 20.0, stopped)
    assert len(looks) == 3


def test_a_job_lives_as_long_as_somebody_waits_for_it(compute: Compute) -> None:
    later = Later()
    ensembles = Jobs(compute, lambda: later)
    ensembles.ask(QUESTION, "one")
    ensembles.ask(QUESTION, "two")
    assert len(later.held) == IN_FLIGHT
    ensembles.cancel("one")
    assert not any(future.cancelled() for future, _ in later.held)
    ensembles.ask(QUESTION, "one")  # a tick that was under way when Cancel came
    ensembles.cancel("two")
    ensembles.cancel("two")
    assert all(future.cancelled() for future, _ in later.held)
    ensembles.ask(QUESTION, "two")
    assert len(later.held) == IN_FLIGHT  # nothing was started again
    ensembles.ask(QUESTION, "three")
    assert len(later.held) == 2 * IN_FLIGHT


def test_who_does_not_ask_any_more_gets_nothing_more(
    compute: Compute, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("app.compute.job.clock.monotonic", lambda: now[0])
    with ThreadPoolExecutor(1) as pool:
        ensembles = Jobs(compute, lambda: pool)
        long = Ensemble(Point(POINT, Sample(N=400, seed=3, start="random", until=900.0)), 200)
        ensembles.ask(long, "me")
        now[0] += PATIENCE + 1
        assert pool.submit(lambda: "free").result(timeout=60) == "free"  # behind four results of minutes each
        assert ensembles.look(long).done == 0


def test_a_hidden_tab_that_asks_once_a_minute_gets_all_of_it(
    compute: Compute, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each result that lands starts the next, whether or not the page has asked since."""
    now = [100.0]
    monkeypatch.setattr("app.compute.job.clock.monotonic", lambda: now[0])
    later = Later()
    jobs = Jobs(compute, lambda: later)
    jobs.ask(QUESTION, "hidden")
    done = 0
    while done < len(later.held):
        now[0] += 4.0  # a result each
        if (now[0] - 100) % 60 == 0:
            jobs.ask(QUESTION, "hidden")
        future, work = later.held[done]
        future.set_result(work())
        done += 1
    assert done == len(QUESTION.chunks())
    assert jobs.look(QUESTION).is_complete


def test_who_says_goodbye_stops_his_work_at_once_and_may_come_back(compute: Compute) -> None:
    later = Later()
    jobs = Jobs(compute, lambda: later)
    jobs.ask(QUESTION, "one")
    jobs.ask(QUESTION, "two")
    jobs.leave("nobody")
    jobs.leave("one")
    assert not any(future.cancelled() for future, _ in later.held)
    jobs.leave("two")
    assert all(future.cancelled() for future, _ in later.held)
    assert len(later.held) == IN_FLIGHT
    assert not jobs.ask(QUESTION, "two").is_cancelled  # a page that the browser had kept
    assert len(later.held) == 2 * IN_FLIGHT


def test_a_goodbye_goes_by_a_route_of_its_own(compute: Compute) -> None:
    gone: list[str] = []
    compute.jobs.leave = gone.append  # type: ignore[method-assign]
    app = Dash("goodbye")
    app.layout = html.Div()
    dialog.register(app, compute)
    client = app.server.test_client()
    assert client.post("/goodbye", data='{"asker": "me"}', content_type="text/plain").status_code == 200
    assert gone == ["me", "me-scan"]
    for wrong in ("{}", "[]", '{"asker": 3}', "me"):
        answer = client.post("/goodbye", data=wrong)
        assert answer.status_code == 400
        assert answer.json["sentence"].endswith(".")
    assert gone == ["me", "me-scan"]


def test_nobody_waits_while_a_scheduler_is_connected(compute: Compute) -> None:
    """Connecting takes seconds: who looks or cancels meanwhile is answered."""
    connecting, go_on = threading.Event(), threading.Event()

    def connect() -> Executor:
        connecting.set()
        assert go_on.wait(30)
        return AtOnce()

    jobs = Jobs(compute, connect)
    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(jobs.ask, QUESTION, "me")
        assert connecting.wait(30)
        assert pool.submit(jobs.look, QUESTION).result(10).done == 0
        jobs.cancel("another")
        go_on.set()
        assert asked.result(30).is_complete
    there = Jobs(compute, lambda: pytest.fail("connected")).ask(QUESTION, "me")
    assert there.is_complete  # what is there needs no executor


def test_nobody_waits_while_hundreds_of_files_are_read(compute: Compute) -> None:
    reading, go_on = threading.Event(), threading.Event()
    recall = compute.recall

    def slowly(asked: Any) -> Any:
        if asked.arguments[1] == 10_000:  # a size of the long one alone
            reading.set()
            assert go_on.wait(30)
        return recall(asked)

    compute.recall = slowly  # type: ignore[method-assign]
    jobs = Jobs(compute, AtOnce)
    long = Ensemble(Point(POINT, Sample(N=10_000, seed=3, start="random", until=4.0)), 20)
    short = Ensemble(Point(POINT, Sample(N=400, seed=3, start="random", until=4.0)), 0)
    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(jobs.look, long)
        assert reading.wait(30)
        assert pool.submit(jobs.look, short).result(10).total == 0
        go_on.set()
        assert asked.result(30).done == 0


def test_a_wrong_ensemble_has_its_sentence(compute: Compute) -> None:
    ensembles = Jobs(compute, AtOnce)
    with pytest.raises(ParameterError, match="T = 0"):
        ensembles.ask(Ensemble(Point(Parameters(T=1.0), Sample(N=400)), 20), "me")
    steep = Ensemble(Point(Parameters(d2=1e-3, dp=1e-3), Sample(N=400, until=1000.0)), 20)
    assert "shorter time" in ensembles.ask(steep, "me").error


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="threads have priorities of their own on Linux"
)
def test_long_work_steps_back_behind_the_page() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    with create_executor(None) as pool:
        assert pool.submit(priority).result() == min(19, priority() + NICE)


def test_a_cluster_that_cannot_be_had_is_told_in_a_sentence(
    compute: Compute, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.compute.executor.WAIT", 0.2)
    ensembles = Jobs(compute, partial(create_executor, "tcp://127.0.0.1:1"))
    with pytest.raises(SchedulerError, match=r"cluster|does not answer"):
        ensembles.ask(QUESTION, "me")


@pytest.mark.filterwarnings("ignore")  # of the cluster's own
def test_a_cluster_makes_the_same_numbers(compute: Compute) -> None:
    with LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster:
        executor = create_executor(cluster.scheduler_address)
        ensembles = Jobs(compute, lambda: executor)
        for _ in range(10_000):  # other work may run on every core
            progress = ensembles.ask(QUESTION, "me")
            if progress.is_complete or progress.error:
                break
            time.sleep(0.02)
        executor._client.close()  # type: ignore[attr-defined]
    assert progress.error == ""
    direct = members(POINT.model, 400, tuple(range(3, 8)), None, 4.0)
    there = instances(QUESTION, progress)
    np.testing.assert_array_equal(there.members[400].final[:CHUNK], direct.final)


def test_wilson_s_interval() -> None:
    for k, low, high in ((0, 0.0, 0.2775328), (5, 0.2365931, 0.7634069), (10, 0.7224672, 1.0)):
        share = pictures.share_of(400, np.arange(10) < k, np.zeros(10, dtype=bool))
        assert (share.size, share.least, share.most) == (400, k / 10, k / 10)
        assert (share.low, share.high) == pytest.approx((low, high), abs=1e-6)


def test_what_is_not_known_may_have_escaped_or_not() -> None:
    share = pictures.share_of(400, np.arange(10) < 0, (np.arange(10) >= 5))
    assert (share.least, share.most) == (0, 0.5)
    assert (share.low, share.high) == pytest.approx((0, 0.7634069), abs=1e-6)


def synthetic(escape: float, sign: float = 1.0) -> Members:
    t = np.geomspace(0.1, 40, 120)
    m = sign * 0.8 / (1 + np.exp(escape - t))
    ends = np.array([40.0, 40.0])
    return Members(t, np.stack([m, -m]), np.array([m[-1], -m[-1]]), np.array([escape, escape]), ends)


def cut_at(found: Members, *cuts: float) -> Members:
    """The same, each run cut at its time (infinite: not cut)."""
    cut = np.array(cuts)
    return dataclasses.replace(
        found,
        overlap=np.where(found.time > cut[:, None], np.nan, found.overlap),
        final=np.where(cut < found.known_until, np.nan, found.final),
        escape_time=np.where(found.escape_time > cut, np.nan, found.escape_time),
        known_until=np.minimum(cut, found.known_until),
    )


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_the_pictures_say_what_is_there(compute: Compute, look: Any) -> None:
    rate = 0.235887  # σ(√θ − 1/√θ)² at 1/Δ₂ = 2.5, Δp = 4
    sizes = {n: synthetic(3 + 0.5 * np.log(n) / rate) for n in (100, 400, 1000)}
    question = Ensemble(Point(POINT, Sample(N=400, start="random", until=40.0)), 20)
    drawn = pictures.draw(compute, question, Instances(6, 12, sizes), look)
    bands, success, escape = (go.Figure(made.to_plotly_json()) for made, _ in drawn if made is not None)
    words = [
        annotation.text for figure in (bands, success, escape) for annotation in figure.layout.annotations
    ]
    assert {"m ≥ 0: 1 of 2", "m < 0: 1 of 2", "● to m > 0"} <= set(words)
    assert next(word for word in words if word.startswith("slope")).startswith("slope 1 ")
    assert [trace.name for trace in success.data] == ["to m > 0", "to m < 0"]
    assert list(success.data[0].y) == [0.5, 0.5, 0.5]
    assert all(words_under.endswith(".") for _, words_under in drawn)


def test_below_the_line_there_is_no_rate_and_too_short_runs_are_left_out(compute: Compute) -> None:
    stuck = Ensemble(Point(Parameters(d2=1 / 1.5, dp=0.5), Sample(N=400)), 20)
    made, words = pictures.draw_escape(stuck, Instances(2, 2, {400: synthetic(3.0)}), LIGHT)
    assert made is None
    assert "Below the gradient-flow line" in words
    never = Members(
        *(getattr(synthetic(3.0), name) for name in ("time", "overlap", "final")),
        np.array([np.nan] * 2),
        np.array([40.0] * 2),
    )
    made, words = pictures.draw_escape(QUESTION, Instances(2, 2, {400: never}), LIGHT)
    assert made is None
    assert "N = 400: left out" in words


def words_of(compute: Compute, sizes: dict[int, Members]) -> tuple[list[go.Figure | None], list[str]]:
    question = Ensemble(Point(POINT, Sample(N=400, start="random", until=40.0)), 20)
    total = sum(found.final.size for found in sizes.values())
    drawn = pictures.draw(compute, question, Instances(total, total, sizes), LIGHT)
    figures = [None if made is None else go.Figure(made.to_plotly_json()) for made, _ in drawn]
    return figures, [said for _, said in drawn]


def test_runs_that_were_cut_count_as_not_known_from_there_on(compute: Compute) -> None:
    five = together([synthetic(3.0), synthetic(5.0), synthetic(7.0)])  # of six, three to each side
    cut = cut_at(five, 6.0, np.inf, np.inf, np.inf, 4.0, np.inf)
    (bands, success, escape), said = words_of(compute, {400: cut})
    assert bands is not None
    assert success is not None
    assert escape is not None
    assert "of 6 instances" in said[0]
    assert "2 of 6, the first at t = 4" in said[0]
    assert "4 are known at the end" in said[0]
    curves = {trace.name: trace for trace in bands.data}
    upper = curves["median, at most"]
    assert (
        5.5 < max(values(upper.x)) < 6
    )  # from there on two of three are unknown: nothing bounds their median
    shown = {trace.name: trace for trace in success.data}
    assert list(shown["to m > 0"].y) == [None]
    down = [y for y in shown["to m < 0, bounds"].y if y is not None][-2:]
    assert down == pytest.approx([1 / 2, 5 / 6])  # where a cut one would have ended is not known either
    assert [y for y in shown["to m > 0, bounds"].y if y is not None] == pytest.approx([1 / 6, 1 / 2])
    assert "2 of 6 at N = 400" in said[1]
    # escapes at 3 (twice), 5, 7, 7, one cut at 4: S = 2/3, 4/9 at 5
    median = next(trace for trace in escape.data if trace.name == "median")
    assert values(median.y) == pytest.approx([5.0])
    assert "1 of 6 at N = 400" in said[2]
    assert "Medians of 6 instances" in said[2]
    assert "Kaplan–Meier" in said[2]


def test_an_ensemble_of_cut_runs_alone_has_bounds_alone(compute: Compute) -> None:
    cut = cut_at(synthetic(7.0), 4.0, 4.0)
    (bands, success, escape), said = words_of(compute, {400: cut})
    assert bands is not None
    assert success is not None
    assert escape is None
    assert "0 are known at the end" in said[0]
    shown = {trace.name: trace for trace in success.data}
    assert [y for y in shown["to m < 0, bounds"].y if y is not None][-2:] == [0, 1]
    assert "Fewer than half are seen to escape at N = 400" in said[2]


def test_medians_that_hang_on_the_cut_runs_are_said_with_their_bounds(compute: Compute) -> None:
    found = cut_at(
        together([synthetic(3.0), synthetic(5.0), synthetic(9.0)]), *[np.inf] * 2, 4.0, 4.0, 4.0, 4.0
    )
    curve = kaplan_meier(found.event_time, found.escaped)
    assert curve.median == np.inf  # 1/3 have escaped, the others are not known
    found = cut_at(together([synthetic(3.0), synthetic(5.0), synthetic(9.0)]), *[np.inf] * 4, 8.0, np.inf)
    _, said = words_of(compute, {400: found})
    assert "the medians lie in" not in said[2]  # 5, whatever the cut one would do
    found = cut_at(
        together([synthetic(3.0), synthetic(5.0), synthetic(9.0)]), *[np.inf] * 2, 4.0, *[np.inf] * 3
    )
    _, said = words_of(compute, {400: found})
    assert "the medians lie in 4 to 5 at N = 400" in said[2]


def test_a_start_above_the_noise_has_no_slope(compute: Compute) -> None:
    question = Ensemble(Point(POINT, Sample(N=10**6, until=40.0)), 20)  # m₀ = 0.05
    made, words = pictures.draw_escape(question, Instances(2, 2, {10**6: synthetic(3.0)}), LIGHT)
    assert made is None
    assert "left out" in words


def test_the_dialog_runs_cancels_and_changes_its_colours(compute: Compute) -> None:
    later = Later()
    ensembles = Jobs(compute, lambda: later)
    asked = {"held": Point(POINT, QUESTION.point.sample).to_store(), "seeds": 20, "done": -1, "asker": "me"}

    def reply(cause: str, store: dict[str, Any]) -> tuple[Any, ...]:
        *pictures, status, share, clock, cancel, run, kept = dialog.reply(
            compute, ensembles, store, LIGHT, cause
        )
        assert run in (not clock, no_update)
        return pictures, status, share, clock, cancel, kept

    _, status, share, clock, cancel, asked = reply("ensemble-run", asked)
    assert (status.split(":")[0], share, clock, cancel) == ("0 of 120 instances so far", "0", False, False)
    for future, work in later.held[:IN_FLIGHT]:
        future.set_result(work())
    pictures, status, _, _, _, asked = reply("ensemble-clock", asked)
    assert pictures[0]["data"]
    assert asked["done"] == 20
    assert re.match(r"20 of 120 instances so far, \d+ (s|min) left: ", status)
    pictures, *_ = reply("ensemble-clock", asked)
    assert pictures[0] is no_update  # nothing new
    pictures, *_ = reply("theme", asked)
    assert pictures[0]["data"]
    reply("ensemble-cancel", asked)
    # the page heeds only the later of two requests under way: a tick after Cancel says the same
    _, status, _, clock, cancel, asked = reply("ensemble-clock", asked)
    assert status.startswith("Cancelled: 20 of 120 instances are there.")
    assert clock
    assert cancel
    _, status, *_, kept = reply(
        "ensemble-run", {**asked, "held": Point(Parameters(T=1.0), QUESTION.point.sample).to_store()}
    )
    assert "T = 0" in status
    assert kept is None


def test_the_dialog_says_what_could_not_be_saved() -> None:
    compute = create_compute(Settings(cache_folder=None))
    asked = {"held": Point(POINT, QUESTION.point.sample).to_store(), "seeds": 20, "done": -1, "asker": "me"}
    *_, status, _, _, _, _, _ = dialog.reply(compute, Jobs(compute, AtOnce), asked, LIGHT, "ensemble-run")
    assert status.startswith("120 of 120 instances:")
    assert status.endswith(UNSAVED)


def test_a_store_names_its_question() -> None:
    held = Point(POINT, QUESTION.point.sample).to_store()
    assert dialog.ensemble_of({"held": held, "seeds": 20}) == QUESTION
    with pytest.raises(ValueError, match="7"):
        dialog.ensemble_of({"held": held, "seeds": 7})
    assert "random starts" in pictures.where(QUESTION)


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize(("p", "start"), [(3, -0.5), (4, -0.5), (3, 0.999), (4, 1e-10)])
def test_at_every_corner_an_ensemble_has_its_sentences(
    compute: Compute, noise: tuple[float, float], p: int, start: float
) -> None:
    """Two runs to t = 1 where that is not too many steps; else one sentence."""
    parameters = Parameters(p=p, d2=noise[0], dp=noise[1], m0=start, tmax=10)
    question = Ensemble(Point(parameters, Sample(N=16, seed=1, until=1.0)), 2)
    refused, found = "", None
    try:
        found = members(parameters.model, 16, (1, 2), start, 1.0)
    except ParameterError as error:
        refused = str(error)
    if found is None:
        assert refused.endswith(".")
        assert faults(refused) == []
        return
    assert np.all(np.isfinite(found.final))
    assert np.all(np.abs(found.overlap) <= 1 + 1e-12)
    said = [pictures.where(question)]
    for made, words in pictures.draw(compute, question, Instances(2, 2, {16: found}), LIGHT):
        texts = [note.text for note in go.Figure(made.to_plotly_json()).layout.annotations] if made else []
        said += [words, *texts]
        assert words.endswith(".")
    assert [(text, faults(text)) for text in said if faults(text)] == []
