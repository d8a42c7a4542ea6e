"""The JSON-RPC gateway of netsvc: shows services to programs that speak JSON-RPC, of the forms 1.0 and 2.0."""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.web.server import Request

from exchange.gateways.jsonrpc_calls import PATIENCE, JsonRpcCalls
from exchange.gateways.refusals import Media
from exchange.gateways.terms import TIMEOUT
from exchange.gateways.visit import Visit
from exchange.netsvc.binding import Binding
from exchange.netsvc.gateway import ANYTHING, Gateway, told_of
from exchange.netsvc.selection import SERVICE_GROUP


class RpcGateway(Gateway):
    """Shows services to JSON-RPC; see `Gateway`. Whatever the content type is, as of old, it must be JSON."""

    media: ClassVar[Media] = ANYTHING

    def __init__(self, selection: str, type: int = SERVICE_GROUP, timeout: float | None = TIMEOUT) -> None:
        super().__init__(selection, type, timeout)
        self._calls = JsonRpcCalls(tell=told_of)

    def answer(self, request: Request, visit: Visit, binding: Binding) -> Any:
        """Make the calls that a request asks for."""
        return self._calls.answer(request, visit, self.descriptions_of(binding, PATIENCE))
