"""What ``Dockerfile``, ``compose.yaml``, ``Procfile`` and ``deploy/server.env`` say, read as their programs do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
SETTING = re.compile(r"#?([A-Z_]+)=(.*)")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions: the word in capitals and what follows it, continued lines as one."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if line.strip() and not line.startswith("#"))
    return [
        (found[1], found[2].strip())
        for line in re.sub(r"\\\n\s*", " ", text).splitlines()
        if (found := re.fullmatch(r"([A-Z]+) (.*)", line))
    ]


def command_of_the_image(word: str = "CMD") -> list[str]:
    """The words of its CMD, or of its HEALTHCHECK."""
    (said,) = [rest for name, rest in instructions() if name == word]
    found: list[str] = json.loads(said[said.index("[") :])
    return found


def image_variables() -> dict[str, str]:
    """What its ENV lines say, those of ARG put in."""
    found: dict[str, str] = {}
    for name, rest in instructions():
        for variable, value in re.findall(r"(\w+)=(\S+)", rest) if name in ("ENV", "ARG") else ():
            found[variable] = found.get(variable, "") if value == f"${{{variable}}}" else value
    return found


def compose() -> dict[str, Any]:
    """`compose.yaml`, its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def processes() -> Mapping[str, str]:
    """The Procfile's commands, which a shell reads."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)


def server_settings() -> Iterator[tuple[str, str, bool]]:
    """Each setting of `deploy/server.env`: variable, value, and whether it is in force (else it is a default)."""
    for line in (ROOT / "deploy" / "server.env").read_text(encoding="utf-8").splitlines():
        if found := SETTING.fullmatch(line):
            yield found[1], found[2], not line.startswith("#")
        else:
            assert not line or line.startswith("# ") or line == "#", line
