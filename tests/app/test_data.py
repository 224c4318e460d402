"""The addresses that other programs read."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient

import engine
from app.main import create_app
from app.settings import Settings
from engine import Model, complexity, dynamics, hessian, phases

QUERY = "?p=3&d2=0.4&dp=1.7&m0=1e-4&tmax=1e3"
MODEL = Model(p=3, delta_2=0.4, delta_p=1.7)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    settings = Settings(cache_folder=tmp_path_factory.mktemp("cache"))
    client: FlaskClient = create_app(settings).server.test_client()
    return client


def table(client: FlaskClient, path: str) -> pd.DataFrame:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return pd.read_csv(io.BytesIO(answer.data))


def test_health_is_ok_in_json(client: FlaskClient) -> None:
    said = client.get("/health").json
    said.pop("compiling", None)  # a sentence, while the kernels are being compiled
    assert said == {"status": "ok", "version": engine.__version__}


def test_the_flow_is_the_engines(client: FlaskClient) -> None:
    read = table(client, f"/data/flow.csv{QUERY}")
    assert list(read) == ["time", "overlap", "energy", "energy_2", "energy_p", "lagrange_multiplier"]
    assert len(read) >= 200
    assert read["time"].iloc[-1] == 1e3
    assert np.allclose(np.diff(np.log(read["time"])), np.log(read["time"].iloc[1] / read["time"].iloc[0]))
    at = dynamics.integrate_flow(MODEL, overlap_0=1e-4, t_max=1e3).at(read["time"].to_numpy())
    for name in read:
        np.testing.assert_array_equal(read[name], getattr(at, name), err_msg=name)


def test_the_complexity_is_the_engines(client: FlaskClient) -> None:
    read = table(client, f"/data/complexity.csv{QUERY}")
    assert list(read) == ["overlap", "complexity_all", "complexity_minima"]
    overlap = read["overlap"].to_numpy()
    for name, index in (("complexity_all", None), ("complexity_minima", 0)):
        expected = complexity.complexity_profile(MODEL, overlap, index=index).complexity
        np.testing.assert_array_equal(read[name], expected)


def test_the_spectrum_is_that_of_the_flows_end(client: FlaskClient) -> None:
    read = table(client, f"/data/spectrum.csv{QUERY}")
    assert list(read) == ["eigenvalue", "density"]
    flow = dynamics.integrate_flow(MODEL, overlap_0=1e-4, t_max=1e3)
    seen = hessian.spectrum(MODEL, flow.overlap[-1], flow.lagrange_multiplier[-1])
    np.testing.assert_array_equal(read["density"], seen.density(read["eigenvalue"].to_numpy()))
    body = json.loads(client.get(f"/data/spectrum.json{QUERY}").data)
    assert body["bulk_edge_lower"] == seen.bulk_edge_lower
    assert body["outlier"] == seen.outlier
    with np.load(
        io.BytesIO(client.get("/data/spectrum.npz?d2=0.3&tmax=2").data), allow_pickle=False
    ) as entry:
        assert float(entry["outlier"]) < float(entry["bulk_edge_lower"])  # the flow has not moved yet


def test_a_warm_spectrum_is_centred_at_what_the_noise_leaves_of_the_multiplier(client: FlaskClient) -> None:
    """μ = T - (2ε₂ + pεp): dense Langevin dynamics at N = 220 has its bulk from -1.13 to 4.96."""
    body = json.loads(client.get("/data/spectrum.json?p=3&d2=0.666666666666&dp=2&m0=0.1&T=1&tmax=5").data)
    assert body["bulk_edge_lower"] == pytest.approx(-1.35, abs=0.01)
    assert body["bulk_edge_upper"] == pytest.approx(4.98, abs=0.01)
    assert body["negative_fraction"] == pytest.approx(0.156, abs=1e-3)


def test_the_lines_are_the_engines(client: FlaskClient) -> None:
    read = table(client, "/data/lines.csv?p=4")
    delta_p = read["delta_p"].to_numpy()
    np.testing.assert_array_equal(read["gradient_flow_line"], phases.gradient_flow_line(4, delta_p))
    np.testing.assert_array_equal(read["trivialization_line"], phases.trivialization_line(4, delta_p))


@pytest.mark.parametrize("name", ["flow", "complexity", "spectrum", "lines"])
def test_the_three_formats_say_the_same(client: FlaskClient, name: str) -> None:
    read = table(client, f"/data/{name}.csv{QUERY}")
    body = json.loads(client.get(f"/data/{name}.json{QUERY}").data)
    with np.load(io.BytesIO(client.get(f"/data/{name}.npz{QUERY}").data), allow_pickle=False) as entry:
        about = json.loads(entry["metadata"].tobytes())
        for column in read:
            np.testing.assert_array_equal(read[column], entry[column])
            from_json = np.array([np.nan if x is None else x for x in body["columns"][column]])
            finite = np.isfinite(read[column])
            np.testing.assert_array_equal(read[column][finite], from_json[finite])
    assert about["parameters"]["delta_2"] == 0.4 == body["parameters"]["delta_2"]
    assert "1907.08226" in about["citation"]
    assert about["engine_version"] == engine.__version__


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?p=2", "p must be an integer from 3 to 10."),
        ("?d2=-1", "Δ₂ must be a number"),
        ("?d2=abc", "Δ₂ must be a number"),
        ("?d2=inf&dp=inf", "cannot both be inf"),
        ("?delta_2=0.4", "does not know"),
        ("?tmax=1e9", "final time"),
        ("?" + "x" * 7_000, "does not know"),
    ],
)
def test_a_wrong_parameter_is_a_400_with_its_sentence(client: FlaskClient, query: str, sentence: str) -> None:
    answer = client.get(f"/data/flow.csv{query}")
    assert answer.status_code == 400
    assert sentence in answer.text
    assert answer.mimetype == "text/plain"


def test_an_unknown_table_is_a_404_that_names_the_known_ones(client: FlaskClient) -> None:
    for path in ("/data/flows.csv", "/data/flow.xlsx"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "/data/flow" in answer.text


def test_infinite_noise_survives_every_format(client: FlaskClient) -> None:
    body = json.loads(client.get("/data/flow.json?dp=inf&tmax=10").data)
    assert body["parameters"]["delta_p"] == "inf"
    assert np.isfinite(body["columns"]["overlap"]).all()


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for path in ("/", "/health", "/_dash-layout", "/data/lines.csv"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self' 'sha256-" in policy
        assert "unsafe-eval" not in policy
        assert "frame-ancestors 'self'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_can_live_behind_a_prefix(tmp_path: Path) -> None:
    app = create_app(Settings(cache_folder=tmp_path, url_prefix="/x/"))
    page = app.server.test_client().get("/").text
    assert '"base":"/x/"' in page
    assert re.search(r'href="/x/assets/[0-9a-f]{16}/page/state.mjs"', page)
    assert re.search(r'href="/x/assets/[0-9a-f]{16}/style.css', page)
