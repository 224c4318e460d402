"""What the environment may say: ``PORT``, ``HOST`` and ``SADDLESURF_*``."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import gettempdir

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base) / "saddlesurf"
    try:
        return Path.home() / ".cache" / "saddlesurf"
    except RuntimeError:  # no home, as in some containers
        return Path(gettempdir()) / "saddlesurf"


class Settings(BaseSettings):
    """Settings of one server process; every field can be set in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="SADDLESURF_", frozen=True, extra="ignore", populate_by_name=True
    )

    host: str = Field(
        "127.0.0.1",
        validation_alias=AliasChoices("HOST", "SADDLESURF_HOST"),
        description="Address to listen on.",
    )
    port: int = Field(
        8050,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("PORT", "SADDLESURF_PORT"),
        description="Port to listen on.",
    )
    cache_folder: Path = Field(
        default_factory=_default_cache_folder, description="Folder of the cache on disk; made when missing."
    )
    cache_entries: int = Field(2000, ge=1, description="Results kept on disk at most.")
    cache_memory: int = Field(
        256 * 2**20, ge=2**20, description="Bytes of results kept in memory at most, per process."
    )
    frame_ancestors: str = Field(
        "'self'", description="Who may embed the page: the value of the CSP directive frame-ancestors."
    )
    url_prefix: str = Field(
        "/",
        pattern=r"^/(.*/)?$",
        description="Path under which a prefix-stripping proxy shows the page, such as /saddlesurf/.",
    )
    threads: int = Field(16, ge=1, le=256, description="Threads of the web server.")
    scheduler: str | None = Field(
        None,
        description="Address of a Dask scheduler that does long work (extra `cluster`); by default own threads.",
    )
    warm_up: bool = Field(True, description="Load or compile every kernel in the background at start.")
