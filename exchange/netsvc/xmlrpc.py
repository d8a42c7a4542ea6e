"""The XML-RPC gateway of netsvc: shows services to programs that speak XML-RPC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xmlrpc.client import Fault

from twisted.internet.defer import Deferred
from twisted.web.resource import Resource
from twisted.web.server import Request

from exchange import CallError
from exchange.gateways.refusals import MAX_BODY, refusal_of, service_name
from exchange.gateways.terms import TIMEOUT
from exchange.gateways.xmlrpc import Procedures
from exchange.netsvc.binding import Binding
from exchange.netsvc.failures import failure_of, fault_string
from exchange.netsvc.guarded import Guarded
from exchange.netsvc.login import challenge, login_of
from exchange.netsvc.process import current
from exchange.netsvc.selection import SERVICE_GROUP, Selection

REMOTE_ADDR = "REMOTE_ADDR"


def fault_of(error: CallError) -> Fault:
    """Return the fault for a call that failed: its number, and one text that programs can take apart."""
    failure = failure_of(error)
    return Fault(failure.error, fault_string(failure))


class RpcGateway(Guarded, Resource):
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
        self._loop = current().loop

    def authorise(self, login: str, password: str) -> bool:
        """Tell whether somebody may call, by what HTTP Basic says of them; for subclasses. An error is a no.

        Both are empty if they say nothing. Who may is asked again with each request.
        """
        return True

    def render(self, request: Request) -> Any:
        """Answer a request, or refuse it."""
        login = login_of(request)
        if login is None or not self._loop.guard(self, self.authorise, *login):
            return challenge(request)
        binding = self._selection.find(service_name(request))
        refusal = refusal_of(request, binding is not None, MAX_BODY)
        if refusal is not None or binding is None:
            return refusal.send(request) if refusal is not None else b""
        return Procedures(self._call_of(request, binding, login[0]), fault_of).render(request)

    def _call_of(self, request: Request, binding: Binding, user: str) -> Callable[..., Deferred[Any]]:
        """Return what calls a method for a request; its service sees where that came from, and who was let in."""
        knows_users = type(self).authorise is not RpcGateway.authorise
        properties = {REMOTE_ADDR: str(getattr(request.getClientAddress(), "host", ""))}

        def call(method: str, *args: Any) -> Deferred[Any]:
            return binding.through.call_for(
                None,
                binding.instance.id,
                method,
                args,
                self._timeout,
                user=user if knows_users else None,
                properties=properties,
            )

        return call
