"""What the page asks the hub for, in JSON; programs may ask for it too.

=========================  ==========================================================================
``GET  live``              a stream of server-sent events: each section of what the hubs tell, when it has changed
``GET  state``             all sections, once
``GET  describe``          what ``?service=`` offers, or one ``&instance=`` of it
``GET  reports``           the reports that ``?service=`` keeps, or all do
``POST call``              call a method: ``{"service", "method", "args", "kwargs"}``
``POST kick``              end a link: ``{"link", "reason"}``
=========================  ==========================================================================

A failure of a call is an answer too: ``{"error": {"kind", "number", "description", ...}}``.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from json import loads
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web import http
from twisted.web.server import NOT_DONE_YET, Request

from exchange import CallError, Exchange
from exchange.gateways.caller import answer_later
from exchange.gateways.dashboard.door import FOREIGN, HUB, Door, Inside
from exchange.gateways.dashboard.figures import Figures
from exchange.gateways.dashboard.poll import Poll
from exchange.gateways.dashboard.questions import Questions
from exchange.gateways.dashboard.viewers import Viewers
from exchange.gateways.jsonrpc_reader import Malformed, read_document
from exchange.gateways.jsonrpc_writer import write_json
from exchange.gateways.refusals import Refusal, too_large
from exchange.gateways.site import GatewaySite

JSON = b"application/json; charset=utf-8"
LARGEST = 2**20
"""Bytes of a question."""

NOTHING = Refusal(http.NOT_FOUND, "nothing is asked by this path")
READ = Refusal(http.NOT_ALLOWED, "this is asked by GET", ((b"allow", b"GET"),))
POSTED = Refusal(http.NOT_ALLOWED, "this is asked by POST", ((b"allow", b"POST"),))
KIND = Refusal(http.UNSUPPORTED_MEDIA_TYPE, "what is posted here must be of the content type application/json")

Asked = Coroutine[Any, Any, dict[str, Any]]


class Api(Inside):
    """Answers the page.

    Args:
        hub: The hub whose page it is.
        clock: The reactor, or a clock in tests.
    """

    refuses_too_large = True

    def __init__(self, door: Door, hub: Exchange, clock: Any) -> None:
        super().__init__(door)
        self._poll = Poll(Figures(hub).read, clock)
        self._viewers = Viewers(self._poll)
        self._questions = Questions(hub, lambda *asked: door.permits(*asked), clock)
        self._reads: dict[str, Callable[[Request, str | None], Asked]] = {
            "state": self._state,
            "describe": self._describe,
            "reports": self._reports,
        }
        self._does: dict[str, Callable[[Request, str | None, dict[str, Any]], Asked]] = {
            "call": self._call,
            "kick": self._kick,
        }

    def answer(self, request: Request, who: str | None) -> Any:
        """Answer a question, or refuse it."""
        name = b"/".join(request.postpath or []).decode("latin-1")
        refusal = self._refusal_of(request, name)
        if refusal is not None:
            return refusal.send(request)
        if name == "live":
            return self._show(request, who)
        if name in self._reads:
            return self._answer_later(request, self._reads[name](request, who))
        said = _said(request)
        if isinstance(said, Refusal):
            return said.send(request)
        return self._answer_later(request, self._does[name](request, who, said))

    @property
    def streams(self) -> int:
        """How many look now."""
        return len(self._viewers)

    def end_streams(self) -> None:
        """End all streams, because the site stops."""
        self._viewers.end_streams()

    def _refusal_of(self, request: Request, name: str) -> Refusal | None:
        # A browser says so of whatever a page of another site has it ask for, which may name no origin.
        if request.getHeader(b"sec-fetch-site") not in (None, b"same-origin", b"none"):
            return FOREIGN
        if name in self._does:
            return None if request.method == b"POST" else POSTED
        if name not in self._reads and name != "live":
            return NOTHING
        return None if request.method == b"GET" else READ

    def _show(self, request: Request, who: str | None) -> Any:
        refusal = self._viewers.admit(request, lambda: self.door.permits(who, "administer", HUB))
        if refusal is not None:
            return refusal.send(request)
        if isinstance(request.site, GatewaySite):
            request.site.endless.add(self)
        return NOT_DONE_YET

    def _answer_later(self, request: Request, asked: Asked) -> int:
        answer = Deferred.fromCoroutine(asked).addErrback(_told_of).addCallback(_written)
        return answer_later(request, answer, JSON, self._unexpected)

    def _unexpected(self, failure: Failure) -> bytes:
        self.log.failure("a question of the page could not be answered", failure)
        return _written({"error": {"kind": "CallError", "number": 50, "description": "the log of the hub says why"}})

    async def _state(self, request: Request, who: str | None) -> dict[str, Any]:
        return {name: loads(text) for name, text in await self._poll.once()}

    async def _describe(self, request: Request, who: str | None) -> dict[str, Any]:
        return await self._questions.describe(who, _argument(request, "service"), _argument(request, "instance"))

    async def _reports(self, request: Request, who: str | None) -> dict[str, Any]:
        return await self._questions.reports(who, _argument(request, "service"))

    async def _call(self, request: Request, who: str | None, said: dict[str, Any]) -> dict[str, Any]:
        return await self._questions.call(who, said, _address_of(request))

    async def _kick(self, request: Request, who: str | None, said: dict[str, Any]) -> dict[str, Any]:
        return await self._questions.kick(who, said, _address_of(request))


def _address_of(request: Request) -> str:
    """Return from where somebody asks; empty over a Unix socket."""
    return str(getattr(request.getClientAddress(), "host", ""))


def _said(request: Request) -> dict[str, Any] | Refusal:
    """Return what was posted, or why it is refused: no form of any page can post this."""
    kind = request.getHeader(b"content-type") or b""
    if kind.partition(b";")[0].strip().lower() != b"application/json":
        return KIND
    content: Any = request.content
    body = content.read(LARGEST + 1)
    if getattr(request, "is_too_large", False) or len(body) > LARGEST:
        return too_large(LARGEST)
    try:
        said = read_document(body)
    except Malformed as error:
        return Refusal(http.BAD_REQUEST, str(error))
    return said if type(said) is dict else Refusal(http.BAD_REQUEST, "what is posted here must be an object")


def _argument(request: Request, name: str) -> str:
    """Return what the query says under a name; nothing if it says that not once, or in no text."""
    args: dict[bytes, list[bytes]] = request.args or {}
    said = args.get(name.encode(), [])
    return said[0].decode("utf-8", "replace") if len(said) == 1 else ""


def _told_of(failure: Failure) -> dict[str, Any]:
    failure.trap(CallError)
    error: Any = failure.value
    return {
        "error": {
            "kind": type(error).__name__,
            "number": error.number,
            "description": str(error),
            "origin": error.origin,
            "details": error.details,
            "delivered": error.delivered,
        }
    }


def _written(said: dict[str, Any]) -> bytes:
    return write_json(said).encode()
