"""Whoever waits for the answer to a request: they get it, unless they hang up, which ends what they asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web import http
from twisted.web.server import NOT_DONE_YET, Request


class Losable(Request):
    """A request that says in fewer steps than `notifyFinish` that whoever made it is gone.

    Attributes:
        when_lost: Is called if they are gone before they are answered.
    """

    when_lost: Callable[[Failure], object] | None = None

    def connectionLost(self, reason: Failure) -> None:
        """Nobody waits for the answer any more."""
        super().connectionLost(reason)
        lost, self.when_lost = self.when_lost, None
        if lost is not None:
            lost(reason)


def answer_later(request: Request, answer: Deferred[bytes], kind: bytes, unexpected: Callable[[Failure], bytes]) -> int:
    """Have a request answered when ``answer`` fires, and ``answer`` cancelled if the caller hangs up.

    Args:
        kind: The content type of the answer.
        unexpected: Returns the body of the answer to a request that failed.
    """
    caller = Caller(request, kind)
    if isinstance(request, Losable):
        request.when_lost = partial(caller.hung_up, answer=answer)
    else:
        request.notifyFinish().addErrback(caller.hung_up, answer)
    answer.addCallbacks(caller.send, caller.failed, errbackArgs=(unexpected,))
    return NOT_DONE_YET


class Caller:
    """Whoever waits for the answer to a request, unless they hang up first."""

    def __init__(self, request: Request, kind: bytes) -> None:
        self.is_gone = False
        self._request = request
        self._kind = kind

    def hung_up(self, failure: Failure, answer: Deferred[bytes]) -> None:
        """Nobody waits any more: end the call."""
        self.is_gone = True
        answer.cancel()

    def failed(self, failure: Failure, unexpected: Callable[[Failure], bytes]) -> None:
        """Send what is to be told of a failure, if anybody is to hear of it."""
        if not self.is_gone:
            self.send(unexpected(failure))

    def send(self, body: bytes) -> None:
        """Send the answer; an empty one is that there is none."""
        if self.is_gone:
            return
        if body:
            self._request.setHeader(b"content-type", self._kind)
            self._request.setHeader(b"content-length", b"%d" % len(body))
            self._request.write(body)
        else:
            self._request.setResponseCode(http.NO_CONTENT)
        self._request.finish()
