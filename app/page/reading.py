"""What people and programs write becomes a number, the same way everywhere; a frozen description becomes another one.

A number is read if it has one reading: ``0.4``, ``0,4``, ``−1e-10``, ``10⁴``, ``3.2·10⁻⁵``, ``2 × 10^4``, ``20 000``,
``1,234.5``, ``∞``: every form in which the page itself writes one, with any space between groups of three digits. A
point is always a decimal sign; a comma only where it cannot stand between groups. In an address a plus sign arrives as
a space, so ``1e 05`` is R's ``1e+05``; Fortran's ``1d5`` and Mathematica's ``1*^5`` are read too. What has two readings
(``10,000``), digits other than 0 to 9, and characters that cannot be seen are refused with a sentence of their own.
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from ..physics import ParameterError

LONGEST_TEXT: Final = 40
Described = TypeVar("Described", bound=BaseModel)

TWO_READINGS: Final = "“{text}” can be read as {large} or as {small}: write one of these."
OTHER_DIGITS: Final = "“{text}” is not written with the digits 0 to 9: write it with these."
HIDDEN: Final = "The text holds a hidden character ({name}): delete it, or type the number anew."

_MANTISSA: Final = r"[\d.,'’ ]*[\d.]"
_RAISED: Final = "⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹"
_FORM: Final = re.compile(
    rf"(?P<sign>[+-]?) ?(?:(?:(?P<factor>{_MANTISSA}) ?[×·⋅∙*x] ?)?"  # 3.2·10⁻⁵, 10⁴, 2*10^4
    rf"10(?:(?P<raised>[{_RAISED}]+)| ?(?:\^|\*\*) ?[({{]?(?P<power>[+-]?\d+)[)}}]?)"
    rf"|(?P<plain>{_MANTISSA})(?:(?:e|d|\*\^) ?(?P<exponent>[+-]?\d+))?"  # 0.4, 1e-10
    r"|(?P<infinite>∞|inf|infinity))",
    re.ASCII | re.IGNORECASE,
)
_POINT: Final = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)
_COMMA: Final = re.compile(r"\d*,\d+", re.ASCII)
_EITHER: Final = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)  # a decimal comma, or one between groups
_GROUPS: Final = re.compile(r"[1-9]\d{0,2}(?:([.,'’ ])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?", re.ASCII)
_ORDINARY: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))  # hyphens, dash, minus
_LOWERED: Final = str.maketrans(_RAISED, "-+0123456789")
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Zl", "Zp"}  # Unicode's categories
_BLANK: Final = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol by category, but nothing is seen


def read_number(name: str, text: str, sentence: str) -> float:
    """Read a number.

    Parameters
    ----------
    name : str
        The parameter's name, put into the error.
    text : str
        What was typed, or what an address says.
    sentence : str
        The error's sentence when the text says no number at all.

    Raises
    ------
    ParameterError
        With ``sentence``, or with one of its own if the text can be misread.
    """
    return _as_float(_plain(name, text, sentence), name, sentence)


def read_whole(name: str, text: str, sentence: str) -> int:
    """Read a whole number in any of the forms of `read_number`; what is none to its last digit is refused too.

    Of a whole number nobody writes decimals, so in ``20.000`` the point may stand between groups: it has two readings.
    """
    plain = _plain(name, text, sentence)
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}\.000", plain):
        readings = {"large": plain.replace(".", ""), "small": plain.removesuffix(".000")}
        raise ParameterError(name, TWO_READINGS.format(text=text.strip(), **readings))
    if (
        not math.isfinite(_as_float(plain, name, sentence))
        or Decimal(plain) != Decimal(plain).to_integral_value()
    ):
        raise ParameterError(name, sentence)
    return int(Decimal(plain))


def _as_float(plain: str, name: str, sentence: str) -> float:
    number = float(plain) + 0.0  # there is no -0
    is_another = number == 0 and any(digit in "123456789" for digit in plain.lower().partition("e")[0])
    if is_another or (math.isinf(number) and "inf" not in plain):
        raise ParameterError(name, sentence)
    return number


def _plain(name: str, text: str, sentence: str) -> str:
    """The number as Python writes one."""
    _check_characters(name, text := text.strip())
    found = _FORM.fullmatch("".join(" " if char.isspace() else char for char in text).translate(_ORDINARY))
    if found is None or len(text) > LONGEST_TEXT:
        raise ParameterError(name, sentence)
    sign = found["sign"]
    if found["infinite"]:
        return f"{sign}inf"
    exponent = (found["raised"] or "").translate(_LOWERED) or found["power"] or found["exponent"]
    if not re.fullmatch(r"[+-]?\d+", exponent or "0"):
        raise ParameterError(name, sentence)
    power = f"e{exponent}" if exponent else ""
    mantissa = found["factor"] or found["plain"] or "1"
    if _EITHER.fullmatch(mantissa):
        large, small = mantissa.replace(",", ""), mantissa.replace(",", ".").rstrip("0").rstrip(".")
        readings = {"large": f"{sign}{large}{power}", "small": f"{sign}{small}{power}"}
        raise ParameterError(name, TWO_READINGS.format(text=text, **readings))
    plain = _mantissa(mantissa)
    if plain is None:
        raise ParameterError(name, sentence)
    return f"{sign}{plain}{power}"


def _mantissa(text: str) -> str | None:
    """Digits with at most one point, from what has one reading."""
    if _POINT.fullmatch(text):
        return text
    if _COMMA.fullmatch(text):
        return text.replace(",", ".")
    found = _GROUPS.fullmatch(text)
    if found is None:
        return None
    return text.replace(found[1], "").replace(",", ".")


def _check_characters(name: str, text: str) -> None:
    """Refuse what cannot be seen in a number, and digits that are not those of the page."""
    says_number = any(char == "∞" or unicodedata.category(char).startswith("N") for char in text)
    for char in text if says_number or "inf" in text.lower() else "":
        if unicodedata.category(char) in _UNSEEN or char in _BLANK:
            known = unicodedata.name(char, "").lower()
            raise ParameterError(
                name, HIDDEN.format(name=f"U+{ord(char):04X}" + (f", {known}" if known else ""))
            )
    if len(text) <= LONGEST_TEXT and any(_is_other_digit(char) for char in text):
        raise ParameterError(name, OTHER_DIGITS.format(text=text))


def _is_other_digit(char: str) -> bool:
    if char.isascii() or char in _RAISED or char.isspace():
        return False
    return unicodedata.category(char).startswith("N") or unicodedata.east_asian_width(char) == "F"


def changed(described: Described, **changes: Any) -> Described:
    """A description like ``described`` but for ``changes``; raises `ParameterError` if that is not a valid one."""
    try:
        return type(described)(**{**described.model_dump(), **changes})
    except ValidationError as error:
        cause = error.errors()[0].get("ctx", {}).get("error")
        if isinstance(cause, ParameterError):
            raise cause from None
        raise ParameterError("address", "The parameters are not all numbers.") from None
