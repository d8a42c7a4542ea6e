"""What a gateway refuses before it looks at a body, and the HTTP status of each refusal.

The order is fixed: an unknown service is 404 whatever else is wrong, or 503 while nobody
can know which services there are; and only then is asked for the HTTP method, the kind of the body, and its length.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from os import SEEK_END
from typing import Any, NamedTuple

from twisted.web import http
from twisted.web.http_headers import Headers
from twisted.web.server import Request

MAX_BODY = 2**20
"""Largest body of a request, in bytes, unless told otherwise."""

TOO_MANY_REQUESTS = 429
HEAD_TOO_LARGE = 431
REASONS = {TOO_MANY_REQUESTS: b"Too Many Requests", HEAD_TOO_LARGE: b"Request Header Fields Too Large"}
"""Of RFC 6585; Twisted has no names for them."""

RETRY_AFTER = 5
"""Seconds after which it is worth asking again, when the gateway has no hub."""


class Media(NamedTuple):
    """What a document is called: its content types, and how those end that are made of it."""

    kinds: tuple[str, ...]
    suffix: str

    def takes(self, kind: str) -> bool:
        """Whether ``kind``, in small letters, is one of them."""
        return kind in self.kinds or kind.endswith(self.suffix)


XML = Media(("text/xml", "application/xml"), "+xml")
JSON = Media(("application/json", "application/json-rpc", "application/jsonrequest"), "+json")


class Refusal(NamedTuple):
    """Why a request is refused: a status, a sentence for people, and what else its head is to say."""

    status: int
    text: str
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def reason(self) -> bytes:
        """The words that stand after the status."""
        return REASONS.get(self.status) or http.RESPONSES.get(self.status, b"Refused")

    def send(self, request: Request) -> bytes:
        """Return the body of the answer, having set its head."""
        request.setResponseCode(self.status, self.reason)
        return self.fill(request.responseHeaders)

    def fill(self, headers: Headers) -> bytes:
        """Return the body of an answer, having set its headers."""
        body = f"{self.text}\n".encode()
        headers.setRawHeaders(b"content-type", [b"text/plain; charset=utf-8"])
        if self.status == http.NOT_ALLOWED and b"allow" not in dict(self.headers):
            headers.setRawHeaders(b"allow", [b"POST"])
        if self.status == http.SERVICE_UNAVAILABLE:
            headers.setRawHeaders(b"retry-after", [b"%d" % RETRY_AFTER])
        for name, value in self.headers:
            headers.addRawHeader(name, value)
        headers.setRawHeaders(b"content-length", [b"%d" % len(body)])
        return body


def service_name(request: Request) -> str:
    """Return the name of the service that a request is for: the rest of its path, taken whole.

    It is empty, which no service is called, if the rest is not text.
    """
    try:
        return b"/".join(request.postpath or []).decode()
    except UnicodeDecodeError:
        return ""


def refusal_of(
    request: Request, is_shown: bool, max_body: int, *, is_current: bool = True, media: Media = XML
) -> Refusal | None:
    """Return why a request that should bring a document to a service is refused, if it is.

    Args:
        is_current: Whether a service that is not shown is not there, as far as anybody can know.
        media: What the document must be.
    """
    if not is_shown:
        return absence(is_current)
    if request.method != b"POST":
        return Refusal(http.NOT_ALLOWED, "a service is called by POST")
    if not all(map(media.takes, _kinds(request))):
        return Refusal(http.BAD_REQUEST, f"the content type must be {' or '.join(media.kinds)}")
    if _coding(request) not in ("", "identity"):
        return Refusal(http.UNSUPPORTED_MEDIA_TYPE, "the content encoding must be identity")
    if not _has_length(request):
        return Refusal(http.BAD_REQUEST, "the body must come with a Content-Length, or in chunks")
    if getattr(request, "is_too_large", False) or _size(request) > max_body:
        return too_large(max_body)
    return None


def absence(is_current: bool) -> Refusal:
    """Return the refusal of a request for a service that is not shown, as far as anybody can know."""
    if not is_current:
        return Refusal(http.SERVICE_UNAVAILABLE, "this gateway has no hub at the moment; it is trying again")
    return Refusal(
        http.NOT_FOUND,
        "no service of this name is shown here; is it running, and in the group or audience that is shown?",
    )


def too_large(max_body: int) -> Refusal:
    """Return the refusal of a body that is larger than ``max_body``."""
    return Refusal(http.REQUEST_ENTITY_TOO_LARGE, f"the body may have {max_body} bytes at most")


def _kinds(request: Request) -> Iterable[str]:
    """Return what the body is said to be, less the parameters; nothing if nothing is said of it."""
    return _kinds_in(tuple(request.requestHeaders.getRawHeaders(b"content-type", ())))


@lru_cache(maxsize=256)
def _kinds_in(values: tuple[bytes, ...]) -> frozenset[str]:
    return frozenset(value.decode("latin-1").partition(";")[0].strip().lower() for value in values)


def _coding(request: Request) -> str:
    values = request.requestHeaders.getRawHeaders(b"content-encoding", ())
    return b",".join(values).decode("latin-1").strip().lower() if values else ""


def _has_length(request: Request) -> bool:
    headers = request.requestHeaders
    return headers.hasHeader(b"content-length") or headers.hasHeader(b"transfer-encoding")


def _size(request: Request) -> int:
    content: Any = request.content
    size: int = content.seek(0, SEEK_END)
    content.seek(0)
    return size
