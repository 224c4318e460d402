"""Whatever is the same for every visitor, compressed once: our files, those of Dash's components, Dash's own pages.

Each content is compressed at its first use for each encoding that a browser takes, and kept in memory. An address that
names its content (ours a digest, Dash's components the time of their file) may be kept for a year without asking; every
other one has an ETag, and is asked for again: that of an older page, or of a server beside this one that is upgraded.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import pkgutil
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Final

import brotli
import flask
from dash import Dash
from dash.fingerprint import check_fingerprint
from flask_compress import Compress
from flask_compress.compat import compression  # zstd is in the standard library from 3.14 on

#: In the order in which they are preferred where a browser does not mind: zstd is unpacked in a third of the time. The
#: levels are those at which plotly.js, which is two thirds of a visit, takes 0.2 to 0.4 s once.
ENCODINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "zstd": lambda content: compression.zstd.compress(content, 12),
    "br": lambda content: brotli.compress(content, quality=7),
    "gzip": lambda content: gzip.compress(content, 6, mtime=0),
}
SMALL: Final = 500  # bytes: what is not worth packing
PACKED: Final = (
    "text/html",
    "text/plain",
    "text/csv",
    "application/json",
)  # of what is made for each request
A_YEAR: Final = 31536000  # seconds
OWN: Final = "/assets/"
COMPONENTS: Final = "/_dash-component-suites/"
PAGES: Final = ("/", "/_dash-layout", "/_dash-dependencies")
DIGEST: Final = re.compile(r"[0-9a-f]{16}")
TYPES: Final = {".mjs": "text/javascript", ".js": "text/javascript"}  # not what a system says of them


class Finished(flask.Response):
    """An answer that has its encoding already."""


class Content:
    """Bytes that do not change, and what becomes of them in each encoding, made when it is first asked for.

    Parameters
    ----------
    plain : bytes
        The bytes.
    mimetype : str
        What they are.
    """

    def __init__(self, plain: bytes, mimetype: str) -> None:
        self.mimetype: Final = mimetype
        self.digest: Final = hashlib.sha256(plain).hexdigest()[:16]
        self._packed = {"": plain}
        self._lock = Lock()

    def packed(self, encoding: str) -> bytes:
        """The bytes in an encoding of `ENCODINGS`, or as they are."""
        with self._lock:  # whoever comes meanwhile waits for the first
            if encoding not in self._packed:
                self._packed[encoding] = ENCODINGS[encoding](self._packed[""])
            return self._packed[encoding]

    def answer(self, *, forever: bool = False) -> Finished:
        """Answer the present request with it, or with 304 where the browser has it.

        Parameters
        ----------
        forever : bool
            Whether the address will never have another content.
        """
        request = flask.request
        quality = request.accept_encodings.quality
        best = max(ENCODINGS, key=quality)
        encoding = best if quality(best) > 0 and len(self._packed[""]) >= SMALL else ""
        response = Finished(self.packed(encoding), mimetype=self.mimetype)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if forever else "no-cache"
        response.set_etag(f"{self.digest}-{encoding or 'plain'}")
        response.make_conditional(request)
        return response


class Assets:
    """The files and pages of an application.

    Parameters
    ----------
    folder : Path
        Our files: read now, so that page and server are of one make as long as the server runs.

    Attributes
    ----------
    path : str
        Where they are to be found, without slashes around it; it names their content.
    """

    def __init__(self, folder: Path) -> None:
        files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
        self._own = {name: Content(file.read_bytes(), _type(name)) for name, file in sorted(files.items())}
        said = "".join(f"{name} {content.digest}\n" for name, content in self._own.items())
        self._digest = hashlib.sha256(said.encode()).hexdigest()[:16]
        self.path: Final = f"{OWN.strip('/')}/{self._digest}"
        self._components: dict[tuple[str, str], tuple[Content, int] | None] = {}
        self._lock = Lock()

    def register(self, app: Dash) -> None:
        """Answer for an application what stands here, before Dash does; what it answers is compressed each time."""
        server: flask.Flask = app.server
        server.config["COMPRESS_REGISTER"] = False
        server.config["COMPRESS_MIMETYPES"] = PACKED
        compress = Compress(server).after_request

        @server.after_request
        def pack(response: flask.Response) -> flask.Response:
            return response if isinstance(response, Finished) else compress(response)

        @server.before_request
        def files() -> flask.Response | None:
            path = flask.request.path
            if flask.request.method not in ("GET", "HEAD"):
                return None
            if path.startswith(OWN):
                return self._our_file(path.removeprefix(OWN))
            if path.startswith(COMPONENTS):
                return self._component(app.registered_paths, path.removeprefix(COMPONENTS))
            return None

        for name in PAGES:
            server.view_functions[name] = _once(server.view_functions[name])

    def _our_file(self, path: str) -> flask.Response | None:
        digest, _, name = path.partition("/")
        if not DIGEST.fullmatch(digest):
            digest, name = "", path
        content = self._own.get(name)
        return None if content is None else content.answer(forever=digest == self._digest)

    def _component(self, known: Mapping[str, set[str]], path: str) -> flask.Response | None:
        package, _, said = path.partition("/")
        name, has_fingerprint = check_fingerprint(said)
        if not name.endswith(".js") or name not in known.get(package, ()):  # so few that all may be kept
            return None
        with self._lock:
            if (package, name) not in self._components:
                self._components[package, name] = _read(package, name)
            found = self._components[package, name]
        if found is None:
            return None
        content, time = found
        return content.answer(forever=has_fingerprint and f"m{time}." in said)


def _once(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view of Dash's that is asked once and gives everybody the same.

    The index has a signed number for each visit, by which Dash tells whose a background callback is: here are none.
    """
    kept: list[Content] = []
    lock = Lock()

    def answer(*arguments: Any, **options: Any) -> Any:
        with lock:
            if not kept:
                response = flask.make_response(view(*arguments, **options))
                if response.status_code != 200:
                    return response
                kept.append(Content(response.get_data(), response.mimetype or "text/html"))
        return kept[0].answer()

    return answer


def _read(package: str, name: str) -> tuple[Content, int] | None:
    """A file of a package and when it was made; None if it is not there."""
    try:
        plain = pkgutil.get_data(package, name)
        place = sys.modules[package].__file__
        time = int((Path(str(place)).parent / name).stat().st_mtime)
    except (OSError, KeyError):
        return None
    return None if plain is None else (Content(plain, _type(name)), time)


def _type(name: str) -> str:
    suffix = Path(name).suffix
    return TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
