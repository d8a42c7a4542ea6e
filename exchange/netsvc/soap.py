"""The SOAP gateway of netsvc: shows services to programs that speak SOAP, and tells by ``?wsdl`` what they offer.

It needs lxml: ``pip install exchange[soap]``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.web.server import Request

from exchange.gateways.descriptions import Descriptions
from exchange.gateways.refusals import Media, Refusal
from exchange.gateways.soap import ENVELOPES, refusal_but_of_wsdl
from exchange.gateways.soap_operations import Operations
from exchange.gateways.visit import Visit
from exchange.netsvc.binding import Binding
from exchange.netsvc.gateway import Gateway, told_of


class RpcGateway(Gateway):
    """Shows services to SOAP, of the versions 1.1 and 1.2; see `Gateway`."""

    media: ClassVar[Media] = ENVELOPES

    def answer(self, request: Request, visit: Visit, binding: Binding) -> Any:
        """Make the call that a request asks for, or show what there is."""
        return answered_in_soap(request, visit, self.descriptions_of(binding, self.settings.timeout))

    def refusal_of(self, request: Request, is_shown: bool) -> Refusal | None:
        """Return why a request is refused; one that asks what there is need bring nothing."""
        return refusal_but_of_wsdl(request, super().refusal_of(request, is_shown))


def answered_in_soap(request: Request, visit: Visit, descriptions: Descriptions) -> Any:
    """Make the call that an envelope asks for, or show what there is."""
    return Operations(descriptions, told_of, any_namespace=True).answer(request, visit)
