"""The phase diagram: its lines, its regions in words, and where a model lies in it."""

from .bayes import BayesLines, BayesPhase, bayes_lines
from .classification import Classification, classify
from .glass import Critical, mode_coupling_temperature, state_following_temperature, static_temperature
from .langevin import is_langevin_boundary, paramagnet_line
from .lines import (
    amp_line,
    decay_line,
    good_well_line,
    gradient_flow_line,
    langevin_line,
    mirror_line,
    trivialization_line,
    typical_line,
)
from .regions import ANNEALED_NOTE, Phase
from .signal_order import SignalOrderLines, signal_order_lines
from .threshold import threshold_multiplier, threshold_overlap, threshold_response
from .trust import OptimalTrust, optimal_trust, trust_line

__all__ = [
    "ANNEALED_NOTE",
    "BayesLines",
    "BayesPhase",
    "Classification",
    "Critical",
    "OptimalTrust",
    "Phase",
    "SignalOrderLines",
    "amp_line",
    "bayes_lines",
    "classify",
    "decay_line",
    "good_well_line",
    "gradient_flow_line",
    "is_langevin_boundary",
    "langevin_line",
    "mirror_line",
    "mode_coupling_temperature",
    "optimal_trust",
    "paramagnet_line",
    "signal_order_lines",
    "state_following_temperature",
    "static_temperature",
    "threshold_multiplier",
    "threshold_overlap",
    "threshold_response",
    "trivialization_line",
    "trust_line",
    "typical_line",
]
