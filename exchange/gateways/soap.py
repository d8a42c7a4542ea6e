"""SOAP over HTTP, versions 1.1 and 1.2: a POST to the path of a service becomes a call.

::

    root = Resource()
    root.putChild(b"soap", SoapGateway(exchange, "web-services"))
    serverFromString(reactor, "tcp:8000").listen(GatewaySite(root, reactor))

Service ``math`` is then at ``/soap/math``, as long as it is in the group, and its WSDL
at ``/soap/math?wsdl``. This needs lxml: ``pip install exchange[soap]``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Unpack

from twisted.web import http
from twisted.web.server import Request

from exchange import Exchange
from exchange.gateways.descriptions import Descriptions
from exchange.gateways.face import Face
from exchange.gateways.jsonrpc_errors import TellError, told_of
from exchange.gateways.refusals import Media, Refusal
from exchange.gateways.selection import Selection
from exchange.gateways.soap_operations import Operations, is_for_wsdl
from exchange.gateways.soap_version import Version
from exchange.gateways.terms import Terms
from exchange.gateways.visit import Visit

ENVELOPES = Media((*(version.media for version in Version), "application/xml"), "+xml")
ONLY_POST = Refusal(http.NOT_ALLOWED, "a service is called by POST; GET its WSDL at ?wsdl")


class SoapGateway(Face):
    """A resource of `twisted.web` that shows services to SOAP.

    Args:
        exchange: As all others but ``tell``, see `Face` and `Settings`.
        tell: What callers are told of a failure.

    Raises:
        ConfigurationError: There is no such choice.
    """

    face: ClassVar[str] = "soap"
    media: ClassVar[Media] = ENVELOPES

    def __init__(
        self,
        exchange: Exchange,
        shown: Selection | str | Iterable[str] = "web-services",
        *,
        tell: TellError = told_of,
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(exchange, shown, **terms)
        self._operations = Operations(Descriptions(exchange, timeout=self.settings.timeout), tell)

    def answer(self, request: Request, visit: Visit) -> Any:
        """Make the call that a request asks for, or show the WSDL."""
        return self._operations.answer(request, visit)

    def refusal_of(self, request: Request, is_shown: bool) -> Refusal | None:
        """Return why a request is refused; one for the WSDL need not bring a document."""
        return refusal_but_of_wsdl(request, super().refusal_of(request, is_shown))


def refusal_but_of_wsdl(request: Request, refusal: Refusal | None) -> Refusal | None:
    """Return ``refusal``, unless the request is a GET and needs no more than to ask for the WSDL."""
    if refusal is not None and refusal.status == http.NOT_ALLOWED:
        return None if is_for_wsdl(request) else ONLY_POST
    return refusal
