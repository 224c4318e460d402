"""Tiles, planes and sheets: every sample is what one run says, and none is taken twice."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Model, ParameterError, Status, Stopped, atlas, complexity
from engine.atlas import MISSING, Atlas, AtlasTile, Block, Plane
from engine.atlas.nesting import new_samples, resolutions
from engine.dynamics import integrate_flow
from engine.equilibrium import stable_states

SMALL = Plane(t_max=100.0, overlap_0=1e-3)
POINTS = {"delta_p": (1.0, 1.0, 0.5, 30.0), "delta_2": (0.4, 0.6, 0.31, 2.0)}


@pytest.mark.jit
@pytest.mark.parametrize("p", [3, 4])
@pytest.mark.parametrize(
    ("overlap_0", "temperature"), [(1e-10, 0.0), (1e-4, 1.0), (-1e-4, 0.0), (-1e-4, 0.5)]
)
def test_a_tile_is_its_flows(p: int, overlap_0: float, temperature: float) -> None:
    found = atlas.tile(
        p, POINTS["delta_p"], POINTS["delta_2"], overlap_0=overlap_0, t_max=1e3, temperature=temperature
    )
    for k, (delta_p, delta_2) in enumerate(zip(*POINTS.values(), strict=True)):
        model = Model(p=p, delta_2=delta_2, delta_p=delta_p)
        run = integrate_flow(model, overlap_0=overlap_0, t_max=1e3, temperature=temperature)
        assert found.final_overlap[k] == run.overlap[-1]
        assert found.status[k] is run.status
        mirror = overlap_0 < 0 and p == 3
        states = stable_states(model, temperature, mirror=mirror)
        has_end = states.size and states[-1, 0] > 0
        level = min(0.3, states[-1, 0] / 2) if has_end else 0.1 if mirror else 0.3
        escape = found.escape_time[k]
        if np.isnan(escape):
            assert (np.abs(run.overlap) < level).all()
        else:
            assert abs(run.at(escape).overlap[0]) == pytest.approx(level, rel=1e-6)
            before = run.at(np.linspace(0.0, escape * (1 - 1e-6), 500)).overlap
            assert (np.abs(before) < level).all()


@pytest.mark.jit
def test_both_fates_are_among_the_points() -> None:
    found = atlas.tile(3, POINTS["delta_p"], POINTS["delta_2"], overlap_0=1e-10, t_max=1e3)
    assert np.isfinite(found.escape_time).tolist() == [True, False, True, False]
    assert found.status[0] is Status.REACHED
    assert found.status[1] is Status.AGEING


def test_a_start_beyond_the_level_has_escaped_at_once() -> None:
    assert atlas.tile(3, [1.0], [0.4], overlap_0=0.5, t_max=1.0).escape_time[0] == 0.0


def test_a_run_that_was_cut_has_no_final_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(model: Model, **options: float) -> object:
        return integrate_flow(
            model, overlap_0=options["overlap_0"], t_max=options["t_max"], report=lambda _: False
        )

    monkeypatch.setattr("engine.atlas.flows.integrate_flow", cut)
    found = atlas.tile(3, [1.0], [0.4], overlap_0=1e-10, t_max=1e4)
    assert np.isnan(found.final_overlap[0])
    assert np.isnan(found.escape_time[0])
    assert found.status[0] is Status.STOPPED_EARLY


@pytest.mark.jit
def test_whoever_says_stop_is_heard_before_the_next_flow() -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(Stopped):
        atlas.tile(3, [1.0] * 5, [0.4] * 5, overlap_0=1e-3, t_max=10.0, stop=stop)
    assert len(asked) == 3
    assert isinstance(pickle.loads(pickle.dumps(Stopped())), Stopped)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("p", {"p": 2}),
        ("delta_2", {"delta_2": [0.4, -1.0]}),
        ("delta_2", {"delta_2": [0.4]}),
        ("delta_2", {"delta_2": [[0.4, 0.4]]}),
        ("delta_p", {"delta_p": [0.0, 1.0]}),
        ("overlap_0", {"overlap_0": 0.0}),
        ("t_max", {"t_max": 1e9}),
        ("temperature", {"temperature": -1.0}),
    ],
)
def test_a_wrong_tile_is_named(name: str, options: dict[str, object]) -> None:
    asked = {"p": 3, "delta_p": [1.0, 1.0], "delta_2": [0.4, 0.4], "overlap_0": 1e-3, "t_max": 10.0} | options
    with pytest.raises(ParameterError) as error:
        atlas.tile(**asked)  # type: ignore[arg-type]
    assert error.value.name == name


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("p", {"p": 2}),
        ("overlap_0", {"overlap_0": 0.0}),
        ("t_max", {"t_max": 0.0}),
        ("temperature", {"temperature": 3.0}),
        ("delta_p", {"delta_p_range": (1.0, 1.0)}),
        ("delta_p", {"delta_p_range": (1.0, np.inf)}),
        ("delta_2", {"delta_2_range": (0.1, 1.0, 2.0)}),
        ("delta_2", {"delta_2_range": 1.0}),
    ],
)
def test_a_wrong_plane_is_named(name: str, options: dict[str, object]) -> None:
    with pytest.raises(ParameterError) as error:
        Plane(**options)  # type: ignore[arg-type]
    assert error.value.name == name


@pytest.mark.parametrize("resolution", [0, 7, 12, 1032, 16.5, "x", True])
def test_a_wrong_resolution_is_named(resolution: object) -> None:
    with pytest.raises(ParameterError) as error:
        Plane().blocks(resolution)  # type: ignore[arg-type]
    assert error.value.name == "resolution"


def test_equal_planes_are_one_key() -> None:
    assert hash(Plane(p=3, t_max=10000)) == hash(Plane())
    assert Plane(p=3, t_max=10000) == Plane()


@given(st.integers(1, 40).map(lambda k: 8 * k))
@settings(max_examples=40, deadline=None)
def test_the_blocks_bring_every_sample_once(resolution: int) -> None:
    plane = SMALL
    delta_p, delta_2 = plane.axes(resolution)
    wanted = {(x, y) for x in delta_p for y in delta_2}
    brought = [
        point for block in plane.blocks(resolution) for point in zip(*plane.samples(block), strict=True)
    ]
    assert len(brought) == resolution**2
    assert set(brought) == wanted  # equal to the last bit, whatever resolution they came with


@pytest.mark.parametrize("resolution", [8, 16, 24, 32, 64, 96, 128])
def test_a_sample_stands_within_a_sixth_of_its_cells_middle(resolution: int) -> None:
    for samples, edges in zip(SMALL.axes(resolution), SMALL.edges(resolution), strict=True):
        u, v = np.log(samples), np.log(edges)
        share = (u - v[:-1]) / np.diff(v)
        assert np.allclose(np.abs(share - 0.5), 1 / 6)
        assert (np.diff(samples) > 0).all()
    assert SMALL.edges(resolution)[0][[0, -1]] == pytest.approx(SMALL.delta_p_range)


def test_a_doubled_resolution_keeps_what_there_is() -> None:
    assert resolutions(128) == (16, 32, 64, 128)
    assert resolutions(96) == (24, 48, 96)
    assert resolutions(8) == (8,)
    assert set(SMALL.blocks(32)) <= set(SMALL.blocks(64))
    assert int(new_samples(32).sum()) == 3 * 16**2


def labelled(plane: Plane, block: Block) -> AtlasTile:
    """A tile whose values say where they belong."""
    x, y = plane.samples(block)
    return AtlasTile(x.copy(), y.copy(), np.full(x.size, block.resolution % 3, dtype=np.uint8))


@pytest.mark.parametrize("resolution", [8, 24, 32, 96])
def test_a_sheet_lays_every_sample_where_it_belongs(resolution: int) -> None:
    tiles = {block: labelled(SMALL, block) for block in SMALL.blocks(resolution)}
    sheet = Atlas.of(SMALL, resolution, tiles)
    assert sheet.is_complete
    assert (sheet.final_overlap == sheet.delta_p[None, :]).all()
    assert (sheet.escape_time == sheet.delta_2[:, None]).all()
    again = sheet.tiles()
    assert again.keys() == tiles.keys()
    for block, found in again.items():
        assert (found.final_overlap == tiles[block].final_overlap).all()
    assert sheet.filled().final_overlap.tobytes() == sheet.final_overlap.tobytes()


def test_a_sheet_in_the_making_shows_the_coarser_cell() -> None:
    blocks = SMALL.blocks(32)
    there = [block for block in blocks if block.resolution == 16] + [Block(32, 0, 1)]
    sheet = Atlas.of(SMALL, 64, {block: labelled(SMALL, block) for block in there})
    assert sheet.n_there == 256 + 48
    assert set(sheet.tiles()) == set(there)
    shown = sheet.filled()
    assert shown.is_complete
    delta_p, edges = sheet.delta_p, SMALL.edges(16)[0]
    coarse = SMALL.axes(16)[0][np.searchsorted(edges, delta_p) - 1]
    inside = slice(20, 60)  # away from the block of 32
    assert (shown.final_overlap[inside, inside] == coarse[None, inside]).all()
    fine = SMALL.axes(32)[0][np.searchsorted(SMALL.edges(32)[0], delta_p) - 1]
    assert (shown.final_overlap[:16, 16:32] == fine[None, 16:32]).all()


def test_nothing_is_shown_where_nothing_is_known() -> None:
    block = SMALL.blocks(16)[0]
    shown = Atlas.of(SMALL, 16, {block: labelled(SMALL, block)}).filled()
    assert shown.is_there.sum() == 64
    assert (shown.status_code[8:, 8:] == MISSING).all()
    assert np.isnan(shown.final_overlap[8:, 8:]).all()


@pytest.mark.jit
def test_measure_is_the_tile_of_its_samples() -> None:
    block = Block(32, 3, 1)
    found = atlas.measure(SMALL, block)
    x, y = SMALL.samples(block)
    assert found.final_overlap.size == 48
    wanted = atlas.tile(3, x, y, overlap_0=1e-3, t_max=100.0)
    for name in ("final_overlap", "escape_time", "status_code"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name), equal_nan=True)


def test_the_escape_level_follows_where_the_path_ends() -> None:
    model = Model(p=3, delta_2=1 / 1.05, delta_p=100.0)
    assert complexity.escape_level(model) == pytest.approx(stable_states(model, 0.0, mirror=False)[-1, 0] / 2)
    weak = complexity.escape_level(model, temperature=0.5)
    assert weak == pytest.approx(stable_states(model, 0.5, mirror=False)[-1, 0] / 2)
    assert weak < complexity.escape_level(model)
    assert complexity.escape_level(Model(p=3, delta_2=2.0, delta_p=50.0), temperature=1.0) == 0.3


def test_a_start_on_the_mirror_side_escapes_to_marginal_states_where_there_is_no_minimum() -> None:
    """Between the flow line and the mirror line: it grows as on the other side, and ends near |m| = 0.28."""
    model = Model(p=3, delta_2=1 / 2.65, delta_p=0.5)
    assert complexity.mirror_minimum(model) is None or not complexity.mirror_minimum(model).is_stable  # type: ignore[union-attr]
    assert complexity.escape_level(model, mirror=True) == 0.1
    assert complexity.escape_level(model) == 0.3


@pytest.mark.jit
def test_that_escape_is_seen() -> None:
    both = [atlas.tile(3, [0.5], [1 / 2.65], overlap_0=m, t_max=1e5) for m in (1e-4, -1e-4)]
    assert -0.3 < both[1].final_overlap[0] < -0.2
    assert 50 < both[0].escape_time[0] < both[1].escape_time[0] < 1e3
