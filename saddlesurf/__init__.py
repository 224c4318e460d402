"""The spiked matrix-tensor model: ``from saddlesurf import Model, atlas, complexity, dynamics, phases``.

What users import. Installed, engine, app, assets and docs lie inside it; in a checkout they lie beside it, and it is
only the name by which the engine is called. Either way each module is loaded once, under one name, and only when it
is asked for. ``python -m saddlesurf`` starts the dashboard.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

INSTALLED = find_spec(f"{__name__}.engine") is not None
"""Whether engine and app lie inside this package, or beside it."""

if (
    TYPE_CHECKING
):  # a checker takes the first branch once installed, the second in a checkout (see pyproject.toml)
    if INSTALLED:
        from .engine import (
            ConvergenceError,
            EngineError,
            Landscape,
            Model,
            ParameterError,
            Status,
            Stopped,
            __version__,
            atlas,
            complexity,
            dynamics,
            hessian,
            message_passing,
            phases,
            simulation,
        )
    else:
        from engine import (
            ConvergenceError,
            EngineError,
            Landscape,
            Model,
            ParameterError,
            Status,
            Stopped,
            __version__,
            atlas,
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
    "Landscape",
    "Model",
    "ParameterError",
    "Status",
    "Stopped",
    "__version__",
    "atlas",
    "complexity",
    "dynamics",
    "hessian",
    "message_passing",
    "phases",
    "simulation",
]


if not TYPE_CHECKING:  # a checker knows the names above, and no others

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        engine = import_module(f"{__name__}.engine" if INSTALLED else "engine")
        if not hasattr(engine, name):
            import_module(f"{engine.__name__}.{name}")
        return getattr(engine, name)


def __dir__() -> list[str]:
    return sorted(__all__)
