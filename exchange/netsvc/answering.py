"""Answering: the methods that a service lets others call, and the ways to answer later, or otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from exchange.netsvc.arity import Callback
from exchange.netsvc.codes import SERVER_METHOD_UNAVAILABLE
from exchange.netsvc.failures import ServiceFailure, standard_failure
from exchange.netsvc.offer import Offer
from exchange.netsvc.records import AtHand
from exchange.netsvc.request import DelayedResponse, Request
from exchange.netsvc.suspended import Suspended


class Answering:
    """What a `Service` does for those who call it."""

    _netsvc_at_hand: AtHand
    _netsvc_offer: Offer
    _netsvc_suspended: Suspended

    def exportMethod(self, method: Callable[..., Any], methodName: str | None = None) -> None:
        """Let others call ``method``, under its own name or another; the last of one name counts.

        It may return its result, or a Deferred of it, or be a coroutine function.

        Raises:
            TypeError: It cannot be called, or has no name of its own and none was given.
        """
        self._netsvc_offer.offer(method, methodName)

    def exportedMethods(self) -> list[str]:
        """Return the names under which others may call methods."""
        return list(self._netsvc_offer.methods)

    def lookupMethod(self, methodName: str) -> Callable[..., Any] | None:
        """Return the method that was exported under a name; ``None`` if none was."""
        return self._netsvc_offer.methods.get(methodName)

    def executeMethod(self, methodName: str, method: Callable[..., Any], params: tuple[Any, ...]) -> Any:
        """Run an exported method, its arguments having been counted. Override it to do something before or after."""
        return method(*params)

    def invalidMethod(self, methodName: str, params: tuple[Any, ...]) -> Any:
        """Refuse a call of what is not exported. Override it to return a result instead.

        Raises:
            ServiceFailure: 55, ``Method Unavailable``.
        """
        raise standard_failure(SERVER_METHOD_UNAVAILABLE)

    def abortResponse(self, error: int, description: str, origin: str = "", details: str = "") -> NoReturn:
        """End the method that runs: its caller is told these four things.

        Raises:
            ServiceFailure: Always.
        """
        raise ServiceFailure(error, description, origin, details)

    # Answers that come later

    def suspendResponse(self, callback: Callback | None = None) -> NoReturn:
        """Leave the method without an answer; `resumeResponse` gives it.

        Args:
            callback: Is called then, with the id of the conversation if it takes an argument; what
                it returns is the answer, ``None`` without one. It may suspend again.

        Raises:
            DelayedResponse: Always; it ends the method.
            RuntimeError: No method runs, or it was called by `LocalService`.
        """
        self._netsvc_suspended.park(self._netsvc_request(), callback or _nothing)
        raise DelayedResponse

    def resumeResponse(self, id: str) -> None:
        """Have a suspended request answered, in a later turn; one that nobody waits for any more is ignored."""
        self._netsvc_suspended.resume(id)

    def delayResponse(self) -> NoReturn:
        """Leave the method without an answer; keep `currentRequest` before, and answer by its ``sendResponse``.

        Raises:
            DelayedResponse: Always; it ends the method.
        """
        raise DelayedResponse

    def returnResponse(self, result: Any = None) -> NoReturn:
        """Answer with ``result``, and leave the method.

        Raises:
            DelayedResponse: Always; it ends the method.
            RuntimeError: No method runs, or it was called by `LocalService`.
        """
        self._netsvc_request().sendResponse(result)
        raise DelayedResponse

    def deliverResponse(self, id: str, result: Any = None) -> None:
        """Answer a suspended request, without its callback."""
        request = self._netsvc_suspended.take(id)
        if request is not None:
            request.sendResponse(result)

    def abandonResponse(self, id: str) -> None:
        """Never answer a suspended request: its caller waits until its own time is up."""
        self._netsvc_suspended.take(id)

    def cancelResponse(self, id: str, error: int, description: str, origin: str = "", details: str = "") -> None:
        """Answer a suspended request by a failure."""
        request = self._netsvc_suspended.take(id)
        if request is not None:
            request.sendFailure(error, description, origin, details)

    def cancelAllResponses(self, error: int, description: str, origin: str = "", details: str = "") -> None:
        """Answer all suspended requests by a failure."""
        for id in self._netsvc_suspended.ids():
            self.cancelResponse(id, error, description, origin, details)

    def sendResponse(self, request: Request, result: Any) -> None:
        """Answer a request that was kept; see `Request.sendResponse`."""
        request.sendResponse(result)

    def sendFailure(self, request: Request, error: int, description: str, origin: str = "", details: str = "") -> None:
        """Answer a request that was kept by a failure; see `Request.sendFailure`."""
        request.sendFailure(error, description, origin, details)

    def _netsvc_request(self) -> Request:
        record = self._netsvc_at_hand.record
        if not isinstance(record, Request) or record.is_local:
            raise RuntimeError("only a method that was called through the exchange can answer later")
        return record


def _nothing() -> None:
    """Answer with nothing."""
