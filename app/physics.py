"""The app's one door to the engine: in a checkout the package beside it, installed the one inside `saddlesurf`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__ == "app":
    from engine import (
        ConvergenceError,
        EngineError,
        Model,
        ParameterError,
        Status,
        __version__,
        complexity,
        dynamics,
        hessian,
        message_passing,
        phases,
        simulation,
    )
else:
    from ..engine import (
        ConvergenceError,
        EngineError,
        Model,
        ParameterError,
        Status,
        __version__,
        complexity,
        dynamics,
        hessian,
        message_passing,
        phases,
        simulation,
    )

__all__ = [
    "ConvergenceError",
    "EngineError",
    "Model",
    "ParameterError",
    "Status",
    "__version__",
    "complexity",
    "dynamics",
    "hessian",
    "message_passing",
    "phases",
    "simulation",
]
