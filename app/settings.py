"""What the environment may say: ``PORT``, ``HOST`` and ``SADDLESURF_*``.

What is empty is unset. What others put there under the same names (`injected`) is passed over. Anything else that
cannot be used is a `SettingsError`: one sentence, which names the variable.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import socket
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

log = logging.getLogger(__name__)

PREFIX: Final = "SADDLESURF_"
SHORT: Final[Mapping[str, str]] = {"host": "HOST", "port": "PORT"}  # also read; the longer name goes before
LONGEST_SHOWN: Final = 60

#: What a variable must be, for the sentence of a wrong one.
MUST: Final[Mapping[str, str]] = {
    "host": "an address such as 127.0.0.1 or ::1, or a name that stands for one",
    "port": "a whole number from 0 to 65535",
    "cache_folder": "a folder; a user who has no home cannot begin it with ~",
    "cache": "an address such as redis://127.0.0.1:6379/0, with the extra installed: pip install 'saddlesurf[redis]'",
    "cache_disk": "a whole number of bytes from 1048576 on",
    "cache_memory": "a whole number of bytes from 1048576 on",
    "memory": "a whole number of bytes from 536870912 on",
    "frame_ancestors": "what the CSP directive frame-ancestors takes, such as 'self' https://example.org",
    "url_prefix": "a path such as /saddlesurf/, of letters, digits and -._~",
    "threads": "a whole number from 1 to 256",
    "slots": "a whole number from 1 to 256",
    "deadline": "a number of seconds from 1 to 600",
    "rate": "a number a second from 1 to 100000",
    "proxies": "a whole number from 0 to 8",
    "connections": "a whole number from 8 to 10000",
    "receive_within": "a number of seconds from 1 to 600",
    "longest_line": "a whole number of bytes from 1024 to 16384",
    "largest_body": "a whole number of bytes from 16384 to 16777216",
    "scheduler": "an address such as tcp://127.0.0.1:8786",
    "warm_up": "true or false",
    "metrics": "true or false",
}
TRIPLET: Final = re.compile(
    r"\w+-[\w.]+-(?:[\w.]+-)?[\w.]+"
)  # x86_64-conda-linux-gnu, arm64-apple-darwin20.0.0
LINK: Final = re.compile(r"(?:tcp|udp|sctp)://", re.IGNORECASE)
NAME: Final = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]{1,63})*\.?"
)

REDIS: Final = re.compile(
    r"rediss?://(?:[^@/?#\s]*@)?(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d+)?(?:/\d*)?|unix:///[^?#\s]+(?:\?db=\d+)?"
)
SECRET: Final = re.compile(r"(?<=//)[^@/]*(?=@)")  # of an address: whoever is named there, and the password

#: What was a variable once, and what has taken its place.
RETIRED: Final[Mapping[str, str]] = {"cache_entries": "cache_disk"}


class SettingsError(ValueError):
    """A setting cannot be used; the text says which, why, and what is allowed."""


def variables_of(name: str) -> tuple[str, ...]:
    """The variables that a field is read from; the first that says something counts."""
    own = PREFIX + name.upper()
    return (own, SHORT[name]) if name in SHORT else (own,)


def injected(variable: str, value: str) -> str:
    """Who else puts such a value under that name; empty if nobody is known to.

    conda says in ``HOST`` for which machine it builds, some shells how this one is called; container orchestrators say
    in ``<SERVICE>_PORT`` where a service of that name is.
    """
    if variable.endswith("PORT") and LINK.match(value):
        return "a container orchestrator's"
    if variable != "HOST":
        return ""
    if TRIPLET.fullmatch(value) and re.search(r"conda|linux|darwin|apple|mingw|msvc|gnu|musl", value):
        return "a compiler's"
    own = socket.gethostname()
    is_own = value in (own, own.split(".")[0]) and value != "localhost"
    return "this machine's own name, set by a shell," if is_own else ""


def _default_cache_folder() -> Path | None:
    base = os.path.expanduser(os.environ.get("XDG_CACHE_HOME", "").strip() or "~/.cache")
    return (
        Path(base) / "saddlesurf" if os.path.isabs(base) else None
    )  # None: nobody's home, as in some containers


class _Environment(PydanticBaseSettingsSource):
    """The variables, under their exact names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """What the environment says of one field, or None."""
        del field
        return _said(field_name)[1] or None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """All that the environment says."""
        said = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in said.items() if value is not None}


class Settings(BaseSettings):
    """Settings of one server process; every field can be set in the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8050, ge=0, le=65535, description="Port to listen on; 0: any that is free.")
    cache_folder: Path | None = Field(
        default_factory=_default_cache_folder,
        description="Folder of the cache on disk; made when missing. Without one results are kept in memory alone.",
    )
    cache: str | None = Field(
        None,
        description="Address of a Redis that holds the results in place of the folder (extra `redis`).",
    )
    cache_disk: int = Field(2**30, ge=2**20, description="Bytes of results kept in the folder at most.")
    cache_memory: int = Field(
        256 * 2**20, ge=2**20, description="Bytes of results kept in memory at most, per process."
    )
    memory: int = Field(
        2 * 2**30,
        ge=2**29,
        description="Bytes that the runs of real instances may take at once, per process; others wait for them.",
    )
    frame_ancestors: str = Field(
        "'self'",
        pattern=r"^[\x21-\x2b\x2d-\x3a\x3c-\x7e ]+$",
        description="Who may embed the page: the value of the CSP directive frame-ancestors.",
    )
    url_prefix: str = Field(
        "/", description="Path under which a prefix-stripping proxy shows the page, such as /saddlesurf/."
    )
    threads: int = Field(
        48, ge=1, le=256, description="Threads of the web server; most of them wait for slots."
    )
    slots: int | None = Field(
        None, ge=1, le=256, description="Computations at once, per process; by default as many as cores."
    )
    deadline: float = Field(
        15.0, ge=1, le=600, description="Seconds after which a request is answered with what is there."
    )
    rate: float = Field(
        40.0,
        ge=1,
        le=100_000,
        description="Requests a second that may compute something, of each client; five seconds' worth at once.",
    )
    proxies: int = Field(
        0,
        ge=0,
        le=8,
        description="Proxies in front: what so many have added to X-Forwarded-For and -Proto is believed.",
    )
    connections: int = Field(
        500,
        ge=8,
        le=10_000,
        description="Connections held at once; beyond them the longest idle ones are closed.",
    )
    receive_within: float = Field(
        30.0, ge=1, le=600, description="Seconds in which a whole request must have come."
    )
    longest_line: int = Field(8192, ge=1024, le=16384, description="Bytes of a request's first line at most.")
    largest_body: int = Field(2**18, ge=2**14, le=2**24, description="Bytes of a request's body at most.")
    scheduler: str | None = Field(
        None,
        description="Address of a Dask scheduler that does long work (extra `cluster`); by default own threads.",
    )
    warm_up: bool = Field(True, description="Load or compile every kernel in the background at start.")
    metrics: bool = Field(True, description="Answer at /metrics, in Prometheus's format.")

    @field_validator("host")
    @classmethod
    def _host(cls, value: str) -> str:
        bare = value[1:-1] if value.startswith("[") and value.endswith("]") else value
        if is_address(bare) or NAME.fullmatch(bare):
            return bare
        raise ValueError(MUST["host"])

    @field_validator("cache")
    @classmethod
    def _cache(cls, value: str | None) -> str | None:
        if value is None or (REDIS.fullmatch(value) and has_port(value) and find_spec("redis")):
            return value
        raise ValueError(MUST["cache"])

    @field_validator("cache_folder", mode="before")
    @classmethod
    def _cache_folder(cls, value: str | Path | None) -> Path | None:
        if value is None:
            return None
        folder = os.path.expanduser(value)
        if folder.startswith("~"):  # of a user who is unknown, or has no home
            raise ValueError(MUST["cache_folder"])
        return Path(folder)

    @field_validator("url_prefix")
    @classmethod
    def _url_prefix(cls, value: str) -> str:
        inside = value.strip("/")
        if not inside:
            return "/"
        if not re.fullmatch(r"[\w.~-]+(?:/[\w.~-]+)*", inside, re.ASCII) or {".", ".."} & set(
            inside.split("/")
        ):
            raise ValueError(MUST["url_prefix"])
        return f"/{inside}/"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is said in the call, then the environment as it is read here."""
        del env_settings, dotenv_settings, file_secret_settings
        return init_settings, _Environment(settings_cls)


def read_settings() -> Settings:
    """The settings that the environment says.

    Raises
    ------
    SettingsError
        If a variable says something that cannot be used.
    """
    for old, new in RETIRED.items():
        if os.environ.get(PREFIX + old.upper(), "").strip():
            log.warning("%s is heeded no more: see %s, in bytes.", PREFIX + old.upper(), PREFIX + new.upper())
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(" ".join(_sentence(str(wrong["loc"][0])) for wrong in error.errors())) from None


def variable_of(name: str) -> str:
    """The variable that a field has been read from, or the one to be set if it has not."""
    return _said(name)[0] or variables_of(name)[-1]


def _said(name: str) -> tuple[str, str]:
    """The variable of a field that counts and what it says; both empty if none does."""
    for variable in variables_of(name):
        value = os.environ.get(variable, "").strip()
        others = injected(variable, value) if value else ""
        if value and not others:
            return variable, value
        if others:
            told = log.warning if others.startswith("this machine") else log.info
            sentence = "%s=%s is taken for %s and passed over; %s is always heeded."
            told(sentence, variable, value, others, PREFIX + name.upper())
    return "", ""


def _sentence(name: str) -> str:
    variable, value = _said(name)
    value = SECRET.sub("…", value)
    shown = value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "…"
    return f"{variable} must be {MUST[name]}; it is {shown!r}."


def has_port(address: str) -> bool:
    """Whether the port of an address, if it names one, can be one."""
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address, with or without a zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
