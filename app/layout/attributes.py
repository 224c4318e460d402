"""Attributes of an element that Python cannot write as keywords."""

from __future__ import annotations

from typing import Any


def attributes(name: str, value: str) -> dict[str, Any]:
    """An attribute whose name is no Python name, such as ``aria-label``."""
    return {name: value}
