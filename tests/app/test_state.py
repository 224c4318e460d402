"""Text becomes parameters, or a sentence."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cards import DECK
from app.page.address import Address, query_of
from app.page.address import read_query as read
from app.page.catalogue import Look, View
from app.page.reading import changed
from app.page.sample import NO_SAMPLE, SENTENCES, Sample, sample_from
from app.page.state import DEFAULTS, ORIGIN, Parameters, Point, from_store, read_value, to_store
from engine import Model, ParameterError


def read_query(query: str) -> Address:
    return read(query, DECK.catalogue.looks)


def test_an_empty_address_is_the_default_point() -> None:
    assert read_query("") == Address(ORIGIN, {}, DECK.catalogue.defaults())
    assert query_of(DEFAULTS) == ""
    assert DEFAULTS.model == Model(p=3, delta_2=0.4348, delta_p=1.0)


@given(
    p=st.integers(3, 10),
    d2=st.one_of(st.floats(1e-4, 1e8), st.just(math.inf)),
    dp=st.floats(1e-4, 1e8),
    m0=st.one_of(st.floats(1e-100, 0.999), st.floats(-0.999, -1e-100)),
    temperature=st.floats(0, 2),
    tmax=st.floats(1, 1e6),
)
def test_an_address_says_its_point_to_the_last_bit(
    p: int, d2: float, dp: float, m0: float, temperature: float, tmax: float
) -> None:
    point = Parameters(p=p, d2=d2, dp=dp, m0=m0, T=temperature, tmax=tmax)
    assert read_query(query_of(point)) == Address(Point(point), {}, DECK.catalogue.defaults())
    assert from_store(to_store(point)) == point


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    said = read_query(text)
    assert isinstance(said.point.parameters, Parameters)
    assert all(sentence.endswith(".") for sentence in said.errors.values())


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("d2", "0.4", 0.4),
        ("d2", " 1e-3 ", 1e-3),
        ("d2", "0,4", 0.4),
        ("dp", "inf", math.inf),
        ("p", "4", 4),
        ("m0", "\u22121e-4", -1e-4),
    ],
)
def test_numbers_are_read_as_people_write_them(name: str, text: str, value: float) -> None:
    assert read_value(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "public"),
    [
        ("d2", "0", "delta_2"),
        ("d2", "1e400", "delta_2"),
        ("dp", "nan", "delta_p"),
        ("dp", "", "delta_p"),
        ("p", "3.5", "p"),
        ("p", "11", "p"),
        ("m0", "0", "overlap_0"),
        ("m0", "1", "overlap_0"),
        ("T", "-0.1", "temperature"),
        ("tmax", "inf", "t_max"),
        ("tmax", "1" * 60, "t_max"),
        ("d2", "1_0", "delta_2"),
    ],
)
def test_a_wrong_text_is_a_parameter_error_with_its_name(name: str, text: str, public: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_value(name, text)
    assert caught.value.name == public


def test_each_wrong_part_of_an_address_has_its_sentence_and_the_rest_counts() -> None:
    said = read_query("?v=1&p=2&d2=abc&dp=0.3&who=me")
    assert said.point.parameters == changed(DEFAULTS, dp=0.3)
    assert set(said.errors) == {"p", "d2", "address"}


def test_not_both_channels_can_be_off() -> None:
    said = read_query("?d2=inf&dp=inf")
    assert said.point == ORIGIN
    assert "cannot both" in said.errors["dp"]
    with pytest.raises(ParameterError):
        changed(Parameters(d2=math.inf), dp=math.inf)


def test_an_address_says_what_is_looked_at() -> None:
    said = read_query("?v=1&d2=0.4&flow=energy")
    assert (said.point.parameters.d2, said.errors, said.looks["flow"]) == (0.4, {}, ("energy",))
    said = read_query("?flow=everything")
    assert "does not have" in said.errors["address"]
    assert said.looks["flow"] == ("overlap",)


def test_several_may_be_chosen_where_many_is_said() -> None:
    views = tuple(View(name, name) for name in "abc")
    look = Look("look", "Look", views, ("a",), many=True)
    assert look.read("c,a,c") == ("a", "c")
    assert look.read("") == ()
    assert look.read("a,d") is None
    assert Look("look", "Look", views[:2], ("a",)).read("a,b") is None


def test_a_store_of_nonsense_is_a_parameter_error() -> None:
    with pytest.raises(ParameterError):
        from_store({"p": 99})


def test_an_address_says_which_instance_is_shown() -> None:
    assert read_query("?d2=0.4").point.sample == NO_SAMPLE
    assert not NO_SAMPLE.is_shown
    said = read_query("?N=1e12&seed=7&start=random&then=of&until=40")
    assert said.errors == {}
    assert said.point.sample == Sample(N=10**12, seed=7, start="random", then="of", until=40.0)
    assert sample_from(said.point.to_store()) == said.point.sample


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("N", "15"),
        ("N", "1e13"),
        ("N", "20.5"),
        ("N", "nan"),
        ("N", "-100"),
        ("seed", "-1"),
        ("seed", "1e10"),
        ("seed", ""),
        ("start", "cold"),
        ("then", "oox"),
        ("then", "ooooooooo"),
        ("until", "0"),
        ("until", "inf"),
    ],
)
def test_a_wrong_part_of_an_instance_leaves_its_sentence(name: str, text: str) -> None:
    said = read_query(f"?{name}={text}&d2=0.4")
    assert said.errors == {name: SENTENCES[name]}
    assert (said.point.sample, said.point.parameters.d2) == (NO_SAMPLE, 0.4)
