"""Text that people and programs write: one reading is read, two are refused with both, and nothing is guessed."""

from __future__ import annotations

import math
from contextlib import suppress
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.cards import DECK
from app.figures.words import raised, say, whole
from app.main import create_app
from app.page.address import query_of, read_query
from app.page.proposal import read_box
from app.page.reading import HIDDEN, OTHER_DIGITS, TWO_READINGS, read_number, read_whole
from app.page.state import ORIGIN, POINT_NAMES, PUBLIC_NAMES
from app.settings import Settings
from engine import ParameterError

NO_NUMBER = "It must be a number."
THIN, NARROW, NO_BREAK, FIGURE = "\u2009", "\u202f", "\u00a0", "\u2007"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    app = create_app(Settings(cache_folder=tmp_path_factory.mktemp("cache"), warm_up=False))
    client: FlaskClient = app.server.test_client()
    return client


def read(text: str) -> float:
    return read_number("t_max", text, NO_NUMBER)


def refusal(text: str) -> str:
    with pytest.raises(ParameterError) as caught:
        read(text)
    assert caught.value.name == "t_max"
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,5", 0.5),
        (",5", 0.5),
        ("0,500", 0.5),
        ("1234,567", 1234.567),
        ("12,34", 12.34),
        ("1,2345", 1.2345),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1'000", 1000),
        ("1’000,5", 1000.5),
        ("20 000", 20000),
        (f"20{THIN}000", 20000),
        (f"1{NARROW}000{NARROW}000", 10**6),
        (f"1{NO_BREAK}000,25", 1000.25),
        (f"1{FIGURE}000", 1000),
        ("10⁴", 1e4),
        ("10⁻¹⁰", 1e-10),
        ("−10⁻⁵", -1e-5),
        ("3.2·10⁻⁵", 3.2e-5),
        ("3,2·10⁻⁵", 3.2e-5),
        ("2×10⁴", 2e4),
        (f"2{NO_BREAK}×{NO_BREAK}10⁴", 2e4),
        ("2*10^4", 2e4),
        ("2 x 10**-4", 2e-4),
        ("10^{-10}", 1e-10),
        ("10^(−10)", 1e-10),
        ("∞", math.inf),
        ("−∞", -math.inf),
        ("Inf", math.inf),
        ("+0.5", 0.5),
        ("–5", -5),
        ("- 5", -5),
        ("1e 05", 1e5),  # R's 1e+05 behind the question mark of an address
        ("1E+05", 1e5),
        ("2.5e 00", 2.5),
        ("1d-5", 1e-5),  # Fortran
        ("1.5*^-5", 1.5e-5),  # Mathematica
        (" 5\n", 5),
    ],
)
def test_what_has_one_reading_is_read(text: str, value: float) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "large", "small"),
    [
        ("10,000", "10000", "10"),
        ("1,234", "1234", "1.234"),
        ("−1,500", "-1500", "-1.5"),
        ("999,999", "999999", "999.999"),
        ("1,234e5", "1234e5", "1.234e5"),
        ("1,234·10⁻⁵", "1234e-5", "1.234e-5"),
    ],
)
def test_what_has_two_readings_is_refused_with_both(text: str, large: str, small: str) -> None:
    assert refusal(text) == TWO_READINGS.format(text=text, large=large, small=small)
    assert read(large) == pytest.approx(1000 * read(small))


@pytest.mark.parametrize("text", ["٣", "١٠", "１０", "1０", "５．５", "𝟏", "½", "Ⅳ", "४", "1，5"])
def test_other_digits_are_refused_by_a_sentence(text: str) -> None:
    assert refusal(text) == OTHER_DIGITS.format(text=text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1\u200b0", "U+200B, zero width space"),
        ("\u200e10", "U+200E, left-to-right mark"),
        ("\u202e10\u202c", "U+202E, right-to-left override"),
        ("\ufeff10", "U+FEFF, zero width no-break space"),
        ("1\u00ad0", "U+00AD, soft hyphen"),
        ("1\u2060", "U+2060, word joiner"),
        ("10\ufe0f", "U+FE0F, variation selector-16"),
        ("1\x000", "U+0000"),
        ("in\u200bf", None),  # no number without it either
        ("\x00\ufffd", None),
        ("\u200binf", "U+200B, zero width space"),
        ("1\u31640", "U+3164, hangul filler"),
        ("\u0661\u200b", "U+200B, zero width space"),
    ],
)
def test_hidden_characters_are_named(text: str, name: str | None) -> None:
    assert refusal(text) == (HIDDEN.format(name=name) if name else NO_NUMBER)


NONE = """abc|nan|1_0|0x10|1 5|10 00|5,|1,00,0|1.2.3|2⁴|1e⁴|0·5|3·10|--5|10⁻|1e400|10⁴⁰⁰|1e-400|–|.|e5|1/3|5 %|1e5 6|
10,000,00"""


@pytest.mark.parametrize("text", ["", "1" * 60, *NONE.split("|")])
def test_what_is_no_number_has_the_parameters_own_sentence(text: str) -> None:
    assert refusal(text) == NO_NUMBER


def test_there_is_no_negative_zero() -> None:
    assert math.copysign(1, read("-0")) == math.copysign(1, read("−0.0")) == 1


@given(st.one_of(st.floats(1e-100, 1e100), st.floats(-1e100, -1e-100), st.just(math.inf)), st.integers(1, 6))
def test_the_page_reads_back_what_it_says_in_a_sentence(value: float, digits: int) -> None:
    assert read(say(value, digits)) == pytest.approx(value, rel=0.51 * 10 ** (1 - digits))


@given(st.integers(0, 10**12))
def test_the_page_reads_back_its_whole_numbers(number: int) -> None:
    assert read_whole("n_dim", whole(number), NO_NUMBER) == number


@given(st.integers(-100, 100))
def test_the_page_reads_back_the_marks_of_its_sliders(exponent: int) -> None:
    assert read(f"10{raised(exponent)}") == float(f"1e{exponent}")


@given(st.text(max_size=12) | st.text("0123456789.,e+-− 10⁴×·'∞", max_size=12))
def test_no_text_is_too_strange(text: str) -> None:
    with suppress(ParameterError):
        assert not math.isnan(read(text))


@pytest.mark.parametrize(
    "text", ["4294967295.0000001", "3.00000000000000000001", "inf", "1e400", "20.5", "½"]
)
def test_a_whole_number_is_whole_to_its_last_digit(text: str) -> None:
    with pytest.raises(ParameterError):
        read_whole("seed", text, NO_NUMBER)


def test_a_whole_number_with_three_decimals_has_two_readings() -> None:
    with pytest.raises(ParameterError) as caught:
        read_whole("N", "20.000", NO_NUMBER)
    assert str(caught.value) == TWO_READINGS.format(text="20.000", large="20000", small="20")
    assert read_whole("N", "20.0", NO_NUMBER) == 20


NUMBERS = [name for name in POINT_NAMES if name not in ("start", "then")]
BAD = {"10,000": "10000 or as 10", "１０": "digits 0 to 9", "1\u200b0": "U+200B"}


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("text", BAD)
def test_boxes_and_addresses_have_the_same_reader(client: FlaskClient, name: str, text: str) -> None:
    box = read_box(name, text, ORIGIN)
    assert BAD[text] in box["errors"][name]
    assert (box["changes"], box["box"]) == ({}, name)
    address = read_query(f"?{name}={quote(text)}", DECK.catalogue.looks)
    assert BAD[text] in address.errors[name]
    assert address.point == ORIGIN
    answer = client.get(f"/data/lines.csv?{name}={quote(text)}")
    assert answer.status_code == 400
    assert BAD[text] in answer.text


@pytest.mark.parametrize(
    ("box", "text", "name", "value"),
    [
        ("tmax", "10⁴", "tmax", 1e4),
        ("m0", "−10⁻¹⁰", "m0", -1e-10),
        ("dp", "∞", "dp", "inf"),
        ("inverse-d2", "∞", "d2", None),
        ("inverse-d2", "2,5", "d2", 0.4),
        ("inverse-d2", "1e-320", "d2", None),  # its inverse is no infinity that somebody meant
        ("N", f"20{THIN}000", "N", 20000),
        ("N", "3·10⁵", "N", 300000),
        ("seed", "4 294 967 295", "seed", 2**32 - 1),
        ("p", "４", "p", None),
        ("p", "4,0", "p", 4),
        ("until", "10²", "until", 100),
        ("T", "0,5", "T", 0.5),
    ],
)
def test_a_box_takes_what_the_page_writes(box: str, text: str, name: str, value: object) -> None:
    said = read_box(box, text, ORIGIN)
    assert said["changes"] == ({} if value is None else {name: value})
    assert list(said["errors"]) == ([name] if value is None else [])


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_an_exponents_plus_sign_survives_an_address(client: FlaskClient, name: str) -> None:
    text = {"p": "4e+00", "T": "1.5e+00", "m0": "5e-01"}.get(name, "1e+03")
    address = read_query(f"?{name}={text}", DECK.catalogue.looks)
    assert address.errors == {}
    assert getattr(address.point.parameters, name) == float(text)
    assert query_of(address.point.parameters) == query_of(
        read_query(f"?{name}={quote(text)}", {}).point.parameters
    )
    assert client.get(f"/data/lines.csv?{name}={text}").status_code == 200


def test_what_an_address_says_twice_is_told(client: FlaskClient) -> None:
    said = read_query("?d2=0.4&d2=0.5", DECK.catalogue.looks)
    assert said.point.parameters.d2 == 0.4
    assert "twice" in said.errors["d2"]
    assert client.get("/data/lines.csv?d2=0.4&d2=0.5").status_code == 400
