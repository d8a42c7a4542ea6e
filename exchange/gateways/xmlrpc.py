"""XML-RPC over HTTP: a POST to the path of a service becomes a call.

::

    root = Resource()
    root.putChild(b"rpc", XmlRpcGateway(exchange, "web-services"))
    serverFromString(reactor, "tcp:8000").listen(GatewaySite(root, reactor))

Service ``math`` is then at ``/rpc/math``, as long as it is in the group.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar
from warnings import catch_warnings, simplefilter

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from exchange import CallError, Exchange
from exchange.gateways.faults import Faults, fault_of
from exchange.gateways.refusals import MAX_BODY, refusal_of, service_name
from exchange.gateways.selection import Choice, Selection
from exchange.gateways.xmlrpc_reader import read_call
from exchange.gateways.xmlrpc_writer import write_fault, write_result

with catch_warnings():  # the module makes use of a class that Twisted itself deprecates
    simplefilter("ignore", DeprecationWarning)
    from twisted.web.xmlrpc import XMLRPC

TIMEOUT = 30.0


class XmlRpcGateway(Resource):
    """A resource of `twisted.web` that shows services to XML-RPC.

    What follows the path at which it is put is the name of a service, taken whole. In
    a `GatewaySite` a body that is too large is refused while it arrives; in another
    site, when it has arrived.

    Args:
        exchange: Makes the calls.
        shown: The service group that is shown, or several; or a `Selection`, which makes its own choice.
        choice: Which of several instances of a name is called; see `Selection`.
        timeout: Seconds for an answer; ``None`` waits as long as the service lives.
        max_body: Largest body of a request that is taken, in bytes.
        faults: What callers are told of a failure.

    Attributes:
        selection: What is shown now; it also tells when a service is.

    Raises:
        ConfigurationError: There is no such choice.
    """

    isLeaf = True
    refuses_too_large: ClassVar[bool] = True

    def __init__(
        self,
        exchange: Exchange,
        shown: Selection | str | Iterable[str] = "web-services",
        *,
        choice: Choice = "least-owing",
        timeout: float | None = TIMEOUT,
        max_body: int = MAX_BODY,
        faults: Faults = fault_of,
    ) -> None:
        super().__init__()
        self.selection = shown if isinstance(shown, Selection) else Selection(exchange, shown, choice)
        self._call = partial(exchange.call, timeout=timeout)
        self._max_body = max_body
        self._faults = faults

    def render(self, request: Request) -> Any:
        """Answer a request, or refuse it."""
        to = self.selection.find(service_name(request))
        is_current = self.selection.is_current
        refusal = refusal_of(request, to is not None, self._max_body, is_current=is_current)
        if refusal:
            return refusal.send(request)
        return Procedures(partial(self._call, to), self._faults).render_POST(request)


class Procedures(XMLRPC):
    """The methods of one service, as procedures of XML-RPC.

    Args:
        call: Takes the name of a method and its arguments.
        faults: What callers are told of a failure.
    """

    log = Logger()

    def __init__(self, call: Any, faults: Faults) -> None:
        super().__init__(allowNone=True)
        self._call = call
        self._faults = faults

    def lookupProcedure(self, procedurePath: str) -> Any:
        """Return a function that calls a method, whose name is taken whole; whether there is one, the service says."""
        return partial(self._call, procedurePath)

    def render_POST(self, request: Request) -> int:
        """Make the call that a request asks for; a caller who hangs up ends it."""
        content: Any = request.content
        answer = Deferred.fromCoroutine(self._answer(content.read()))
        caller = Caller(request)
        request.notifyFinish().addErrback(caller.hung_up, answer)
        answer.addErrback(self._unexpected, caller).addCallback(caller.send)
        return NOT_DONE_YET

    async def _answer(self, body: bytes) -> bytes:
        try:
            method, args = read_call(body)
            return write_result(await self.lookupProcedure(method)(*args))
        except CallError as error:
            return write_fault(self._faults(error))

    def _unexpected(self, failure: Failure, caller: Caller) -> bytes:
        if caller.is_gone:
            return b""
        self.log.failure("a call could not be made", failure)
        return write_fault(fault_of(CallError("the gateway failed; its log says why")))


class Caller:
    """Whoever waits for the answer to a request, unless they hang up first."""

    def __init__(self, request: Request) -> None:
        self.is_gone = False
        self._request = request

    def hung_up(self, failure: Failure, answer: Deferred[bytes]) -> None:
        """Nobody waits any more: end the call."""
        self.is_gone = True
        answer.cancel()

    def send(self, body: bytes) -> None:
        """Send the answer."""
        if not self.is_gone:
            self._request.setHeader(b"content-type", b"text/xml; charset=utf-8")
            self._request.setHeader(b"content-length", b"%d" % len(body))
            self._request.write(body)
            self._request.finish()
