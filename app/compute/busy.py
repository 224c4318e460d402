"""What is raised when a question is put off: the server is busy, or whoever asked has had his share, or has gone."""

from __future__ import annotations


class PutOffError(Exception):
    """A question is not answered for now, for a reason that concerns whoever asks and nobody else who asks the same."""


class GoneError(PutOffError):
    """Whoever asked has gone: what is done for him is given up."""


class HurryError(PutOffError):
    """Whoever asked looks at it in passing and does not wait: it is left out."""


class BusyError(PutOffError):
    """The server cannot answer now; the text is a sentence for whoever asks.

    Parameters
    ----------
    sentence : str
        What is said.
    retry_after : float
        Seconds after which asking again makes sense.
    """

    status = 503  # of HTTP
    reason = "busy"  # for whoever counts

    def __init__(self, sentence: str, retry_after: float = 5.0) -> None:
        super().__init__(sentence)
        self.sentence, self.retry_after = sentence, retry_after

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.sentence, self.retry_after)


class SpentError(BusyError):
    """Whoever asks has used what he may ask for in so short a time."""

    status, reason = 429, "spent"


class LateError(BusyError):
    """The time that one request may take is over; what has been made until then is kept, and asking again goes on."""

    reason = "late"
