"""Numbers as they are said in a sentence or written beside a curve."""

from __future__ import annotations

import math

__all__ = ["fixed", "raised", "say", "whole"]

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def raised(exponent: int) -> str:
    """Return an exponent in raised figures: plain text, which a browser draws much faster than marked-up text."""
    return str(exponent).translate(_RAISED)


def say(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits: ``"0.812"``, ``"−1.5"``, ``"10⁻¹⁰"``, ``"3.2·10⁵"``."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "–"
    size = abs(value)
    if value == 0 or 1e-3 <= size < 1e5:
        text = f"{value:.{digits}g}" if value else "0"
        if "e" in text:
            text = str(int(float(text)))
        return text.replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".").replace("-", "−")
    power = "10" + raised(int(exponent))
    return {"1": power, "−1": "−" + power}.get(mantissa, f"{mantissa}·{power}")


def fixed(value: float, decimals: int = 3) -> str:
    """Return a number with so many decimals: ``"0.812"``, ``"−0.510"``; what rounds to zero has no sign."""
    if not math.isfinite(value):
        return say(value)
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def whole(number: int) -> str:
    """Return a whole number: ``"10⁴"``, ``"3·10⁵"``, ``"20 000"``, ``"316"``."""
    digits = str(number).rstrip("0")
    zeros = len(str(number)) - len(digits)
    if number < 1000 or len(digits) > 1 or zeros < 3:
        return f"{number:,}".replace(",", "\u2009")
    return "10" + raised(zeros) if digits == "1" else f"{digits}·10{raised(zeros)}"
