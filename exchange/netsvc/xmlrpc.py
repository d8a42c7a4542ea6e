"""The XML-RPC gateway of netsvc: shows services to programs that speak XML-RPC."""

from __future__ import annotations

from functools import partial
from typing import Any
from xmlrpc.client import Fault

from twisted.web.resource import Resource
from twisted.web.server import Request

from exchange import CallError
from exchange.gateways.refusals import MAX_BODY, refusal_of, service_name
from exchange.gateways.xmlrpc import TIMEOUT, Procedures
from exchange.netsvc.failures import failure_of, fault_string
from exchange.netsvc.selection import SERVICE_GROUP, Selection


def fault_of(error: CallError) -> Fault:
    """Return the fault for a call that failed: its number, and one text that programs can take apart."""
    failure = failure_of(error)
    return Fault(failure.error, fault_string(failure))


class RpcGateway(Resource):
    """Shows services to XML-RPC; attach it to an `HttpDaemon`.

    What follows the path at which it is attached is the name of a service, taken whole.
    It serves at once: a service that is not known yet is 404.

    Args:
        selection: A service group, or what ``type`` says; see `exchange.netsvc.selection`.
        type: ``SERVICE_GROUP``, ``SERVICE_REGISTRY``, ``SERVICE_NAME`` or ``SERVICE_ADDRESS``.
        timeout: Seconds for an answer; ``None`` waits as long as the service lives.
    """

    isLeaf = True
    refuses_too_large = True

    def __init__(self, selection: str, type: int = SERVICE_GROUP, timeout: float | None = TIMEOUT) -> None:
        super().__init__()
        self._selection = Selection(selection, type)
        self._timeout = timeout

    def render(self, request: Request) -> Any:
        """Answer a request, or refuse it."""
        binding = self._selection.find(service_name(request))
        refusal = refusal_of(request, binding is not None, MAX_BODY)
        if refusal is not None or binding is None:
            return refusal.send(request) if refusal is not None else b""
        call = partial(binding.through.call, binding.instance.id, timeout=self._timeout)
        return Procedures(call, fault_of).render(request)
