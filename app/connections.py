"""How connections are held: by one thread for all, which hands whole requests to the threads that answer.

The server is waitress. A connection costs no thread while it is idle, sends slowly or reads slowly; here is what bounds
them: the size of a request, the time in which one must have come, and the number of connections, beyond which those go
that have done nothing for the longest time.
"""

from __future__ import annotations

import select
import socket
import sys
import time as clock
from collections.abc import Callable
from typing import Any, Final

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge, RequestHeaderFieldsTooLarge

from .callbacks.errors import TOO_LARGE, TOO_LONG
from .settings import Settings

LARGEST_HEAD: Final = 32 * 2**10  # bytes of a request before its body
SWALLOWED: Final = (
    8 * 2**20
)  # bytes of a request that is refused: read, not kept, so that its sender hears why
IDLE: Final = 75  # seconds that a connection is kept between requests
BUFFER: Final = (
    64 * 2**10
)  # bytes of a connection held in memory each way; what is larger lies in a temporary file
HAS_POLL: Final = hasattr(select, "poll")

LONG_HEAD: Final = "The request's headers are too long: at most {} bytes are read."
NOT_HTTP: Final = "This is no request that can be read."


class _LineTooLong(BadRequest):  # type: ignore[misc]
    code, reason = 414, "URI Too Long"


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """One request as it comes; one that is too large is read to its end but not kept."""

    header_plus: bytes
    error: Any
    expect_continue: bool
    path = ""  # waitress names it, also of what has been refused before it was read
    completed: bool
    _is_swallowing = False
    _swallowed = 0
    _tail = b""

    def received(self, data: bytes) -> int:
        """Take what has come and return how many bytes of it belong to this request."""
        if self._is_swallowing:
            return self._swallow(data)
        if self.body_rcv is None and not self.completed:
            longest = self.adj.longest_line
            begun = (self.header_plus + data[: longest + 3]).lstrip()[: longest + 1]
            if len(begun) > longest and b"\n" not in begun:
                return self._refuse(_LineTooLong(TOO_LONG.format(longest)), data)
        taken: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = RequestEntityTooLarge(TOO_LARGE.format(self.adj.max_request_body_size - 1))
            if not self.chunked and not self.expect_continue and self.content_length <= SWALLOWED:
                self.completed, self._is_swallowing = False, True
        elif isinstance(self.error, RequestHeaderFieldsTooLarge):
            self.error = RequestHeaderFieldsTooLarge(LONG_HEAD.format(self.adj.max_request_header_size))
        elif self.error is not None and type(self.error) is BadRequest:
            self.error = BadRequest(NOT_HTTP)
        if self.error is not None:
            self.expect_continue = False  # it is not to go on
        return taken

    def _refuse(self, error: Error, data: bytes) -> int:
        self.parse_header(b"GET / HTTP/1.0\r\n")
        self.error, self.header_plus, self._is_swallowing = error, b"", True
        return self._swallow(data)

    def _swallow(self, data: bytes) -> int:
        """Read on: to the end of the body, or of the headers where there is no length yet."""
        if self.content_length:
            taken = min(len(data), int(self.content_length) - self._swallowed)
            is_over = self._swallowed + taken >= self.content_length
        else:
            seen = self._tail + data
            taken, is_over = len(data), b"\r\n\r\n" in seen
            self._tail = seen[-3:]
        self._swallowed += taken
        self.completed = is_over or self._swallowed >= SWALLOWED
        return taken


class _Refusal(ErrorTask):  # type: ignore[misc]
    """The answer to what is no request: its sentence, and the headers of every answer."""

    def execute(self) -> None:
        error = self.request.error
        body = f"{error.body}\n".encode()
        self.channel.server.refused(error.code, error.body)
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection; knows since when it has not sent a whole request."""

    parser_class, error_task_class = Parser, _Refusal

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.since = clock.monotonic()

    def received(self, data: bytes) -> bool:
        """Take what has come."""
        before = self.request
        taken: bool = super().received(data)
        if self.request is not before:
            self.since = clock.monotonic()
        return taken

    @property
    def is_at_work(self) -> bool:
        """Whether a whole request of it waits for its answer."""
        return bool(self.requests)


class Reception(TcpWSGIServer):  # type: ignore[misc]
    """The server: accepts connections, reads requests, has them answered by threads, and stops when it is told.

    Parameters
    ----------
    application : WSGI application
        What answers.
    listening : socket
        Bound already; closed when the server stops.
    settings : Settings
        Threads and limits.
    refused : callable
        Told of every refusal: status and sentence.
    """

    channel_class = Channel

    def __init__(
        self,
        application: Any,
        listening: socket.socket,
        settings: Settings,
        refused: Callable[[int, str], None] = lambda _code, _sentence: None,
    ) -> None:
        self.limit = connections_at_most(settings.connections)
        self.refused, self._receive_within = refused, settings.receive_within
        self.is_stopping = False
        adjustments = Adjustments(
            threads=settings.threads,
            connection_limit=2**31,  # ours closes idle ones instead of accepting no more
            channel_timeout=IDLE,
            cleanup_interval=1,
            max_request_header_size=LARGEST_HEAD,
            max_request_body_size=settings.largest_body + 1,
            inbuf_overflow=BUFFER,
            outbuf_overflow=BUFFER,
            channel_request_lookahead=1,  # so that who leaves is noticed while he is served
            log_socket_errors=False,
            ident=None,
            clear_untrusted_proxy_headers=False,  # app.main believes as many proxies as it is told
        )
        adjustments.longest_line = settings.longest_line
        place = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(
            application, map={}, _sock=listening, adj=adjustments, sockinfo=place, bind_socket=False
        )

    def handle_accept(self) -> None:
        """Accept a connection; where there are too many, the one goes that has done nothing for the longest time."""
        super().handle_accept()
        if len(self.active_channels) > self.limit:
            idle = [channel for channel in self.active_channels.values() if not channel.is_at_work]
            if idle:  # else all are being answered, which ends
                min(idle, key=lambda channel: channel.since).handle_close()

    def maintenance(self, now: float) -> None:
        """Close connections that have been idle, or have not sent a whole request, for too long."""
        super().maintenance(now)
        late = clock.monotonic() - self._receive_within
        for channel in self.active_channels.values():
            if not channel.is_at_work and channel.request is not None and channel.since < late:
                channel.will_close = True

    def stop(self) -> None:
        """Accept nothing more, answer what has come, and end; may be called by a signal's handler."""
        self.is_stopping = True
        self.pull_trigger()

    def run(self, patience: float) -> None:
        """Serve until `stop` is called, then at most so many seconds more for what is being answered."""
        while not self.is_stopping:
            wasyncore.loop(timeout=1, use_poll=HAS_POLL, map=self._map, count=1)
        self.accepting = False
        self.del_channel()
        self.socket.close()
        end = clock.monotonic() + patience
        while clock.monotonic() < end:
            for channel in list(self.active_channels.values()):
                if not channel.is_at_work and not channel.total_outbufs_len:
                    channel.handle_close()
            if not self.active_channels:
                return
            wasyncore.loop(timeout=0.05, use_poll=HAS_POLL, map=self._map, count=1)
        for channel in list(self.active_channels.values()):
            channel.handle_close()


def connections_at_most(wanted: int) -> int:
    """So many connections as are wanted, or as this process may have: each may need three files."""
    if sys.platform == "win32":
        return min(wanted, 400)  # select takes 512
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    several = 4 * wanted if most == resource.RLIM_INFINITY else min(4 * wanted, most)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < several:
        resource.setrlimit(resource.RLIMIT_NOFILE, (several, most))
        soft = several
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, max(soft // 4, 8))
