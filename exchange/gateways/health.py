"""``/healthz`` and ``/readyz``: whether a process lives, and whether it may be sent work; for those who look after it.

Everybody may ask, so nothing is told but ok, or a word for why not.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from twisted.web import http
from twisted.web.resource import Resource
from twisted.web.server import Request

from exchange.gateways.refusals import RETRY_AFTER, Refusal

ONLY_GET = Refusal(http.NOT_ALLOWED, "health is read by GET", ((b"allow", b"GET, HEAD"),))
OK = "ok"


class HealthPage(Resource):
    """A resource of `twisted.web` that answers 200 and ``ok``, or 503 and a word for why not.

    As JSON, if that is asked for: ``{"status": "ok"}``, ``{"status": "unready", "reason": "draining"}``.

    Args:
        why_not: Returns the word, or ``None`` if all is well. That it is asked at all shows that the
            reactor turns, and left out that is all that is looked at.
    """

    isLeaf = True
    face = "health"

    def __init__(self, why_not: Callable[[], str | None] = lambda: None) -> None:
        super().__init__()
        self._why_not = why_not

    def render(self, request: Request) -> bytes:
        """Answer, whoever asks."""
        if request.method not in (b"GET", b"HEAD"):
            return ONLY_GET.send(request)
        reason = self._why_not()
        if reason is not None:
            request.setResponseCode(http.SERVICE_UNAVAILABLE)
            request.setHeader(b"retry-after", b"%d" % RETRY_AFTER)
        as_json = b"application/json" in (request.getHeader(b"accept") or b"")
        body = (_json_of(reason) if as_json else f"{reason or OK}\n").encode()
        request.setHeader(b"content-type", b"application/json" if as_json else b"text/plain; charset=utf-8")
        request.setHeader(b"cache-control", b"no-store")
        request.setHeader(b"x-content-type-options", b"nosniff")
        request.setHeader(b"content-length", b"%d" % len(body))
        return body if request.method == b"GET" else b""


def _json_of(reason: str | None) -> str:
    return json.dumps({"status": OK} if reason is None else {"status": "unready", "reason": reason}) + "\n"
