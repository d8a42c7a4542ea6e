"""The gate of a resource: from where a page that asks has come, and who asks, before anything else is looked at."""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web import http
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from exchange.gateways.origins import Origins
from exchange.gateways.refusals import Refusal
from exchange.gateways.terms import Identified, Settings

BROKEN = Refusal(http.INTERNAL_SERVER_ERROR, "who asks could not be found out; the log of the gateway says why")
HUNG_UP = Refusal(http.BAD_REQUEST, "")


class Gate(Resource):
    """A resource of `twisted.web` that admits requests on terms; subclasses answer them.

    Args:
        settings: The terms.

    Attributes:
        face: As what requests are counted that it answers.
    """

    isLeaf = True
    face: ClassVar[str] = "other"
    log = Logger()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self._origins = Origins(settings.origins, has_logins=settings.guard is not None)

    def render(self, request: Request) -> Any:
        """Answer a request, or refuse it."""
        answered = self._origins.answered(request)
        if answered is not None:
            return answered
        guard = self.settings.guard
        who = guard.identify(request) if guard is not None else None
        if isinstance(who, Deferred):
            return self._admit_later(request, who)
        return self.admit(request, who)

    def admit(self, request: Request, who: Identified) -> Any:
        """Answer a request, or refuse it; known is who asks, or that they may not."""
        raise NotImplementedError

    def _admit_later(self, request: Request, who: Deferred[Identified]) -> int:
        """Go on when it is known who asks, unless they hang up."""
        request.notifyFinish().addErrback(lambda _: who.cancel())
        who.addErrback(self._not_identified).addCallback(self._go_on, request)
        who.addErrback(lambda failure: request.processingFailed(failure) and None)  # as if it had been at once
        return NOT_DONE_YET

    def _not_identified(self, failure: Failure) -> Refusal | None:
        if failure.check(CancelledError):
            return HUNG_UP
        self.log.failure("who asks could not be found out", failure)
        return BROKEN

    def _go_on(self, who: Identified, request: Request) -> None:
        if who is HUNG_UP:
            return
        body = self.admit(request, who)
        if body is not NOT_DONE_YET:
            if not request.responseHeaders.hasHeader(b"content-length"):
                request.setHeader(b"content-length", b"%d" % len(body))
            request.write(body)
            request.finish()
