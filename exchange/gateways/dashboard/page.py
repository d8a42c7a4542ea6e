"""The files of the page: a document, its style, its scripts and its icon, as they lie in ``static``."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from twisted.web import http
from twisted.web.server import Request

from exchange.gateways.dashboard.door import Door, Inside
from exchange.gateways.files import kind_of
from exchange.gateways.refusals import Refusal

FOLDER = Path(__file__).with_name("static")
INDEX = "index.html"

NOTHING = Refusal(http.NOT_FOUND, "nothing is here; the page of the hub is at /")
READ_ONLY = Refusal(http.NOT_ALLOWED, "the page is read by GET and HEAD", ((b"allow", b"GET, HEAD"),))


class Page(Inside):
    """The page, for the root of a site; what is put beside it goes before its files."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._files = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in SUFFIXES}

    def answer(self, request: Request, who: str | None) -> Any:
        """Send one of the files."""
        if request.method not in (b"GET", b"HEAD"):
            return READ_ONLY.send(request)
        name = b"/".join(request.postpath or []).decode("latin-1") or INDEX
        content = self._files.get(name)
        if content is None:
            return NOTHING.send(request)
        request.setHeader(b"cache-control", b"no-cache, private")
        request.setHeader(b"content-type", kind_of(name).encode())
        if request.setETag(b'"%s"' % sha256(content).hexdigest()[:32].encode()) is http.CACHED:
            return b""
        return content


SUFFIXES = frozenset({".html", ".css", ".js", ".svg"})
