"""What is said when the server has as much to do as it may."""

from __future__ import annotations


class BusyError(Exception):
    """A question is put off: the server is busy; the text is a sentence for whoever asks.

    Parameters
    ----------
    sentence : str
        What is said.
    retry_after : float
        Seconds after which asking again makes sense.
    """

    def __init__(self, sentence: str, retry_after: float = 5.0) -> None:
        super().__init__(sentence)
        self.sentence, self.retry_after = sentence, retry_after

    def __reduce__(self) -> tuple[object, ...]:
        return BusyError, (self.sentence, self.retry_after)
