"""The engine, as the rest of the app imports it: the one place that knows where it stands.

In a checkout `app` and `engine` are neighbours at the top level; installed, both lie inside `saddlesurf`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__ == "app":
    from engine import (
        EngineError,
        Model,
        ParameterError,
        Status,
        Stopped,
        __version__,
        atlas,
        checks,
        complexity,
        dynamics,
        hessian,
        message_passing,
        phases,
        simulation,
    )
    from engine.words import fixed, raised, say, whole
else:
    from ..engine import (
        EngineError,
        Model,
        ParameterError,
        Status,
        Stopped,
        __version__,
        atlas,
        checks,
        complexity,
        dynamics,
        hessian,
        message_passing,
        phases,
        simulation,
    )
    from ..engine.words import fixed, raised, say, whole

VERSION = __version__

__all__ = [
    "VERSION",
    "EngineError",
    "Model",
    "ParameterError",
    "Status",
    "Stopped",
    "atlas",
    "checks",
    "complexity",
    "dynamics",
    "fixed",
    "hessian",
    "message_passing",
    "phases",
    "raised",
    "say",
    "simulation",
    "whole",
]
