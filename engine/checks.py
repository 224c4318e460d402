"""Checks of the arguments that closed forms share: arrays of overlaps, noises and multipliers, and the index."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import ParameterError
from engine.model import RANGES, Values

Floats = NDArray[np.float64]


def check_finite(name: str, value: ArrayLike, what: str) -> Floats:
    """Return ``value`` as a float array if it is made of finite numbers.

    Parameters
    ----------
    name : str
        Public name of the parameter, put into the error.
    value : array_like
        What was given.
    what : str
        The subject of the error's sentence, e.g. ``"The energy"``.

    Raises
    ------
    ParameterError
        If an entry is not a finite number.
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError(name, f"{what} must be a finite number.") from None
    if not np.isfinite(array).all():
        raise ParameterError(name, f"{what} must be a finite number.")
    return array


def check_overlaps(value: ArrayLike) -> Floats:
    """Return overlaps as a float array; `ParameterError` unless all lie strictly between -1 and 1."""
    sentence = RANGES["overlap"].sentence
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError("overlap", sentence) from None
    if not (np.abs(array) < 1).all():
        raise ParameterError("overlap", sentence)
    return array


def check_noises(name: str, value: ArrayLike) -> Floats:
    """Return noise variances as a float array; each in its range or infinite (its channel switched off)."""
    lower, upper, sentence = RANGES[name]
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError(name, sentence) from None
    if not (((array >= lower) & (array <= upper)) | np.isposinf(array)).all():
        raise ParameterError(name, sentence)
    return array


def check_count(name: str, value: int, sentence: str, *, upper: int) -> int:
    """Return a count from 0 to ``upper`` as an int, or raise `ParameterError` with the sentence."""
    try:
        count = int(value)
    except (TypeError, ValueError, OverflowError):
        raise ParameterError(name, sentence) from None
    if count != value or isinstance(value, bool) or not 0 <= count <= upper:
        raise ParameterError(name, sentence)
    return count


def check_index(index: int | None) -> int:
    """Return the index of stationary points, -1 standing for all of them (None)."""
    if index is None:
        return -1
    sentence = (
        "The index must be a whole number from 0 (minima) to 1000000, or None for all stationary points."
    )
    return check_count("index", index, sentence, upper=10**6)


def as_values(array: Floats) -> Values:
    """Return a float for an array of no dimension, else the array itself."""
    return float(array) if array.ndim == 0 else array


def read_only(array: Floats) -> Floats:
    """Return the array, closed for writing: caches share results."""
    array.setflags(write=False)
    return array
