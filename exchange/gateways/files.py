"""The files of a folder, for pages that go with a gateway: read only, and nothing but what lies in the folder.

Twisted's own resource sends what is found. What may be found is decided here, for every
request anew: an ordinary file, whose name and whose folders do not begin with a dot,
and which lies in the folder when all symbolic links have been followed.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from math import ceil
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any, ClassVar, Unpack, cast
from urllib.parse import quote_from_bytes

from twisted.web import http
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from twisted.web.static import File

from exchange import ConfigurationError
from exchange.gateways.gate import Gate
from exchange.gateways.refusals import Refusal
from exchange.gateways.terms import Admission, Identified, Settings

INDEX = "index.html"
"""What is sent for a folder, if it is there."""

MOST_RANGES = 8
"""How many parts of a file one request may ask for; of more, it gets the whole."""

NOTHING = Refusal(http.NOT_FOUND, "nothing is here")
CLOSED = Refusal(http.FORBIDDEN, "the gateway may not read this file")
READ_ONLY = Refusal(http.NOT_ALLOWED, "files are read by GET and HEAD", ((b"allow", b"GET, HEAD"),))

UNKNOWN = "application/octet-stream"
KINDS: dict[str, str] = MimeTypes().types_map[True] | {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".md": "text/markdown",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""Content types by the ends of names: those that Python knows, and not those that this machine may know besides."""

IN_UTF_8 = re.compile("text/.*|application/(json|xml|manifest)")
"""The kinds that are text; it must be UTF-8."""

RANGE = re.compile(rb"bytes=\s*(?:\d{1,15}-\d{0,15}|-\d{1,15})(?:\s*,\s*(?:\d{1,15}-\d{0,15}|-\d{1,15}))*")
SUFFIX = re.compile(rb"(?<!\d)-(\d+)")


class Files(Gate):
    """A resource of `twisted.web` that sends the files of a folder. It lists none.

    Args:
        folder: Where they lie.
        terms: Who may read them, and from pages of which other sites; see `Settings`.

    Raises:
        ConfigurationError: There is no such folder.
    """

    face: ClassVar[str] = "files"

    def __init__(self, folder: str | Path, **terms: Unpack[Admission]) -> None:
        super().__init__(Settings(**terms))
        self._folder = os.path.abspath(folder)
        if not os.path.isdir(self._folder):
            raise ConfigurationError(f"there is no folder '{folder}'; make it, or name another")

    def admit(self, request: Request, who: Identified) -> Any:
        """Send a file, or refuse."""
        request.setHeader(b"x-content-type-options", b"nosniff")
        if isinstance(who, Refusal):
            return who.send(request)
        if request.method not in (b"GET", b"HEAD"):
            return READ_ONLY.send(request)
        names = _names(request.postpath or [])
        found = None if names is None else self._found(names)
        if found is None:
            return NOTHING.send(request)
        if os.path.isdir(found):
            return _to_folder(request)
        _tame_range(request, found)
        return Found(found).render_GET(request)

    def _found(self, names: list[str]) -> str | None:
        """Return the path of what a request asks for, if it may have it: a file, or a folder without its slash."""
        folder = os.path.realpath(self._folder)
        path = os.path.realpath(os.path.join(folder, *names))
        is_folder_wanted = bool(names) and not names[-1]
        if not _is_within(folder, path):
            return None
        if not os.path.isdir(path):
            return path if _is_ordinary(path) and not is_folder_wanted else None
        index = os.path.realpath(os.path.join(path, INDEX))
        if not _is_within(folder, index) or not _is_ordinary(index):
            return None
        return index if is_folder_wanted else path


class Found(File):
    """One file that may be sent."""

    childNotFound: Any
    forbidden: Any

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.childNotFound, self.forbidden = Told(NOTHING), Told(CLOSED)
        self.type, self.encoding = kind_of(path), None


class Told(Resource):
    """Tells of a refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self._refusal = refusal

    def render(self, request: Request) -> bytes:
        """Refuse a request."""
        return self._refusal.send(request)


class Rest(Resource):
    """The root of a site: what was put there, and for all other paths one resource that takes them whole."""

    def __init__(self, rest: IResource) -> None:
        super().__init__()
        self._rest = rest

    def getChild(self, path: bytes, request: Request) -> IResource:
        """Return what answers for a path at which nothing was put."""
        prepath, postpath = cast(list[bytes], request.prepath), cast(list[bytes], request.postpath)
        postpath.insert(0, prepath.pop())
        return self._rest


def kind_of(path: str) -> str:
    """Return the content type of a file, by its name."""
    kind = KINDS.get(os.path.splitext(path)[1].lower(), UNKNOWN)
    return f"{kind}; charset=utf-8" if IN_UTF_8.fullmatch(kind) else kind


def _names(segments: Iterable[bytes]) -> list[str] | None:
    """Return the names on the way to a file; the last may be empty. ``None`` if no file could be called so."""
    try:
        names = [segment.decode() for segment in segments]
    except UnicodeDecodeError:
        return None
    wrong = any(name.startswith(".") or set(name) & {"/", "\\", "\0"} for name in names)
    return None if wrong or not all(names[:-1]) else names


def _is_within(folder: str, path: str) -> bool:
    """Return whether a path is that of a folder or leads into it, past no name that begins with a dot."""
    if path == folder:
        return True
    rest = path.removeprefix(os.path.join(folder, ""))
    return rest != path and not any(name.startswith(".") for name in rest.split(os.sep))


def _is_ordinary(path: str) -> bool:
    """Return whether there is a file that can be read without waiting for whoever writes it."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _to_folder(request: Request) -> bytes:
    """Send a request for a folder to where the names in its page are understood."""
    prepath = cast(list[bytes], request.prepath)
    last = [*prepath, *(request.postpath or [])][-1]
    query = request.uri.partition(b"?")[2]
    place = f"./{quote_from_bytes(last, safe='')}/".encode() + (b"?" + query if query else b"")
    request.setResponseCode(http.FOUND)
    request.setHeader(b"location", place)
    return b""


def _tame_range(request: Request, path: str) -> None:
    """Let a request for parts of a file be one that Twisted understands; what is none is for the whole."""
    asked = request.getHeader(b"range")
    if asked is None:
        return
    about = os.stat(path)
    unchanged = request.getHeader(b"if-range") in (None, http.datetimeToString(ceil(about.st_mtime)))
    if not unchanged or not RANGE.fullmatch(asked) or asked.count(b",") >= MOST_RANGES:
        request.requestHeaders.removeHeader(b"range")
        return
    # Twisted takes the last hundred bytes of ten for a place before the first.
    tamed = SUFFIX.sub(lambda each: b"0-" if int(each[1]) > about.st_size else each[0], asked)
    request.requestHeaders.setRawHeaders(b"range", [tamed])
