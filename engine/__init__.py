"""The engine's public door."""

from .errors import ConvergenceError, EngineError, ParameterError, Status, Stopped
from .model import Model

__version__ = "0.1.0"

__all__ = ["ConvergenceError", "EngineError", "Model", "ParameterError", "Status", "Stopped", "__version__"]
