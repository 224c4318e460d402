"""Where the server listens: one socket, bound before anything is said or started."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from typing import Any, Final

from .settings import MUST, Settings, SettingsError, is_address, variable_of

BACKLOG: Final = 1024  # connections that wait to be accepted


def bound_socket(settings: Settings) -> socket.socket:
    """A socket that listens at the host and port of the settings.

    Raises
    ------
    SettingsError
        If it cannot be had; the sentence names the variable to be changed.
    """
    host, port = variable_of("host"), variable_of("port")
    family, address = _resolved(settings.host, settings.port)
    both = address[0] == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(address, family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except OSError as error:
        raise SettingsError(_why(error.errno, settings, host, port)) from None


def _why(number: int | None, settings: Settings, host: str, port: str) -> str:
    there = f"port {settings.port} of {settings.host}"
    if number == errno.EADDRINUSE:
        return f"{port}: {there} is taken; choose another, such as {port}={settings.port % 65535 + 1}."
    if number == errno.EACCES:
        return f"{port}: {there} is not open to this user; choose one from 1024 on."
    if number in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return f"{host}: {settings.host} is not an address of this machine."
    return f"{host}, {port}: one cannot listen at {there} ({os.strerror(number or 0)})."


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    """Family and address of a host; IPv4 goes before where a name has both."""
    variable = variable_of("host")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise SettingsError(f"{variable}: {host!r} is not known here; it must be {MUST['host']}.") from None
    family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    if ipaddress.ip_address(str(address[0])).is_unspecified and not is_address(host):
        # 0 or 0x0 stand for every address: that must be said in full
        every = f"{variable}: {host!r} would be every address of this machine"
        raise SettingsError(f"{every}; say 0.0.0.0 or :: if that is meant.")
    return family, (address if family == socket.AF_INET6 else address[:2])


def url_of(listening: socket.socket) -> str:
    """The address that a browser takes, of a socket that listens."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
