"""The engine's public door."""

from .errors import ConvergenceError, EngineError, ParameterError, Status, Stopped
from .landscape import Landscape
from .model import Model

__version__ = "0.1.0"

__all__ = [
    "ConvergenceError",
    "EngineError",
    "Landscape",
    "Model",
    "ParameterError",
    "Status",
    "Stopped",
    "__version__",
]
