"""What all gateways have in common that stand in a site: who asks, for which service, and what is refused.

What is looked at, in this order: where a page that asks comes from, who asks (`gate`),
whether there is such a service, and then the request itself (`refusals`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Unpack

from twisted.web.server import Request

from exchange import Exchange
from exchange.gateways.gate import Gate
from exchange.gateways.refusals import TOO_MANY_REQUESTS, XML, Media, Refusal, refusal_of, service_name
from exchange.gateways.selection import Selection
from exchange.gateways.terms import Identified, Settings, Terms
from exchange.gateways.traces import begin_trace
from exchange.gateways.visit import Outstanding, Visit

BUSY = Refusal(TOO_MANY_REQUESTS, "this connection has as many calls outstanding as it may have")


class Face(Gate):
    """A resource of `twisted.web` that shows services; subclasses speak a protocol.

    What follows the path at which it is put is the name of a service, taken whole. In
    a `GatewaySite` a body that is too large is refused while it arrives; in another
    site, when it has arrived.

    Args:
        exchange: Makes the calls.
        shown: The service group that is shown, or several; or a `Selection`, which makes its own choice.
        terms: See `Settings`.

    Attributes:
        selection: What is shown now; it also tells when a service is.
        settings: The terms.

    Raises:
        ConfigurationError: There is no such choice, or one of the terms cannot be kept.
    """

    refuses_too_large: ClassVar[bool] = True
    media: ClassVar[Media] = XML

    def __init__(
        self,
        exchange: Exchange,
        shown: Selection | str | Iterable[str] = "web-services",
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(Settings(**terms))
        self.selection = shown if isinstance(shown, Selection) else Selection(exchange, shown, self.settings.choice)
        self._exchange = exchange
        self._outstanding = Outstanding(self.settings.max_calls)

    def render(self, request: Request) -> Any:
        """Answer a request, or refuse it."""
        begin_trace(self._exchange, request)
        return super().render(request)

    def admit(self, request: Request, who: Identified) -> Any:
        """Answer a request to a service, or refuse it."""
        if isinstance(who, Refusal):
            return who.send(request)
        to = self.selection.find(service_name(request))
        refusal = self.refusal_of(request, to is not None)
        if refusal is None and self._outstanding.is_full(request.channel):
            refusal = BUSY
        if refusal is not None or to is None:
            return refusal.send(request) if refusal is not None else b""
        return self.answer(request, Visit(self._exchange, request, to, who, self.settings, self._outstanding))

    def answer(self, request: Request, visit: Visit) -> Any:
        """Answer a request that was not refused.

        Args:
            visit: Makes the calls.
        """
        raise NotImplementedError

    def refusal_of(self, request: Request, is_shown: bool) -> Refusal | None:
        """Return why a request is refused, whoever asks; a subclass may take more than documents."""
        is_current = is_shown or self.selection.is_current
        return refusal_of(request, is_shown, self.settings.max_body, is_current=is_current, media=self.media)
