"""The gateway of netsvc that speaks several protocols at one place, as the content type of a request says.

XML is XML-RPC, or SOAP if the type or a header ``SOAPAction`` says so; all else is
JSON-RPC. A content type is a media type, whose parameters and spelling do not count.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

from twisted.web import http
from twisted.web.server import Request

from exchange.gateways.jsonrpc_calls import PATIENCE, JsonRpcCalls
from exchange.gateways.refusals import XML, Media, Refusal
from exchange.gateways.terms import TIMEOUT
from exchange.gateways.visit import Visit
from exchange.netsvc.binding import Binding
from exchange.netsvc.gateway import ANYTHING, Gateway, told_of
from exchange.netsvc.selection import SERVICE_GROUP
from exchange.netsvc.xmlrpc import answered_in_xmlrpc

SOAP = "application/soap+xml"
NET_RPC = "application/x-rpc"

NO_NET_RPC = Refusal(
    http.UNSUPPORTED_MEDIA_TYPE, "NET-RPC is spoken no more; call by XML-RPC, JSON-RPC or SOAP, or by exchange itself"
)
NO_SOAP = Refusal(http.UNSUPPORTED_MEDIA_TYPE, "SOAP needs lxml where this gateway runs: pip install 'exchange[soap]'")
SEVERAL = Refusal(http.BAD_REQUEST, "a request has one content type, and this names several")


class RpcGateway(Gateway):
    """Shows services to XML-RPC, JSON-RPC and, where lxml is installed, SOAP; see `Gateway`."""

    media: ClassVar[Media] = ANYTHING

    def __init__(self, selection: str, type: int = SERVICE_GROUP, timeout: float | None = TIMEOUT) -> None:
        super().__init__(selection, type, timeout)
        self._json = JsonRpcCalls(tell=told_of)
        self._soap: Any = import_module("exchange.netsvc.soap") if find_spec("lxml") is not None else None

    def answer(self, request: Request, visit: Visit, binding: Binding) -> Any:
        """Make the calls that a request asks for, in the protocol that it is written in."""
        if self._is_for_soap(request):
            return self._soap.answered_in_soap(request, visit, self.descriptions_of(binding, self.settings.timeout))
        if any(map(XML.takes, _kinds(request))):
            return answered_in_xmlrpc(request, visit)
        return self._json.answer(request, visit, self.descriptions_of(binding, PATIENCE))

    def refusal_of(self, request: Request, is_shown: bool) -> Refusal | None:
        """Return why a request is refused; one that asks for a WSDL need bring nothing."""
        refusal = super().refusal_of(request, is_shown)
        if self._soap is not None:
            refusal = self._soap.refusal_but_of_wsdl(request, refusal)
        if refusal is not None:
            return refusal
        kinds = _kinds(request)
        if len(kinds) > 1:
            return SEVERAL
        if NET_RPC in kinds:
            return NO_NET_RPC
        return NO_SOAP if self._is_for_soap(request) and self._soap is None else None

    def _is_for_soap(self, request: Request) -> bool:
        kinds = _kinds(request)
        acts = any(map(XML.takes, kinds)) and request.requestHeaders.hasHeader(b"soapaction")
        return acts or SOAP in kinds or request.method != b"POST"


def _kinds(request: Request) -> set[str]:
    """Return the media types that a request names; usually one."""
    named = request.requestHeaders.getRawHeaders(b"content-type", [])
    return {kind.decode("latin-1").partition(";")[0].strip().lower() for kind in named}
