"""The cards of the page, one module each; `DECK` has one line for each."""

from typing import Final

from . import compare, flow, landscape, phase, sentence, spectrum
from .deck import Deck

DECK: Final = Deck(
    (
        phase.CARD,
        flow.CARD,
        spectrum.CARD,
        landscape.CARD,
        sentence.CARD,
        compare.CARD,
    )
)
