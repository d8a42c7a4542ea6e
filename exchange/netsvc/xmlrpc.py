"""The XML-RPC gateway of netsvc: shows services to programs that speak XML-RPC."""

from __future__ import annotations

from typing import Any
from xmlrpc.client import Fault

from twisted.internet.defer import Deferred
from twisted.web.server import Request

from exchange import CallError
from exchange.gateways.visit import Visit
from exchange.gateways.xmlrpc import Procedures
from exchange.netsvc.binding import Binding
from exchange.netsvc.failures import failure_of, fault_string
from exchange.netsvc.gateway import Gateway


def fault_of(error: CallError) -> Fault:
    """Return the fault for a call that failed: its number, and one text that programs can take apart."""
    failure = failure_of(error)
    return Fault(failure.error, fault_string(failure))


class RpcGateway(Gateway):
    """Shows services to XML-RPC; see `Gateway`."""

    def answer(self, request: Request, visit: Visit, binding: Binding) -> Any:
        """Make the call that a request asks for."""
        return answered_in_xmlrpc(request, visit)


def answered_in_xmlrpc(request: Request, visit: Visit) -> int:
    """Make the call that a document of XML-RPC asks for."""

    def call(method: str, *args: Any) -> Deferred[Any]:
        return visit.call(method, args)

    return Procedures(call, fault_of).render_POST(request)
