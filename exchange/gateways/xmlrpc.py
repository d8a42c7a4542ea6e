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
from typing import Any, Unpack
from warnings import catch_warnings, simplefilter

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.server import Request

from exchange import CallError, Exchange
from exchange.gateways.caller import answer_later
from exchange.gateways.face import Face
from exchange.gateways.faults import Faults, fault_of
from exchange.gateways.selection import Selection
from exchange.gateways.terms import Terms
from exchange.gateways.visit import Visit
from exchange.gateways.xmlrpc_reader import read_call
from exchange.gateways.xmlrpc_writer import write_fault, write_result

with catch_warnings():  # the module makes use of a class that Twisted itself deprecates
    simplefilter("ignore", DeprecationWarning)
    from twisted.web.xmlrpc import XMLRPC


class XmlRpcGateway(Face):
    """A resource of `twisted.web` that shows services to XML-RPC.

    Args:
        exchange: As all others but ``faults``, see `Face` and `Settings`.
        faults: What callers are told of a failure.

    Raises:
        ConfigurationError: There is no such choice.
    """

    def __init__(
        self,
        exchange: Exchange,
        shown: Selection | str | Iterable[str] = "web-services",
        *,
        faults: Faults = fault_of,
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(exchange, shown, **terms)
        self._faults = faults

    def answer(self, request: Request, visit: Visit) -> int:
        """Make the call that a request asks for."""

        def call(method: str, *args: Any) -> Deferred[Any]:
            return visit.call(method, args)

        return Procedures(call, self._faults).render_POST(request)


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
        return answer_later(request, answer, b"text/xml; charset=utf-8", self._unexpected)

    async def _answer(self, body: bytes) -> bytes:
        try:
            method, args = read_call(body)
            return write_result(await self.lookupProcedure(method)(*args))
        except CallError as error:
            return write_fault(self._faults(error))

    def _unexpected(self, failure: Failure) -> bytes:
        self.log.failure("a call could not be made", failure)
        return write_fault(fault_of(CallError("the gateway failed; its log says why")))
