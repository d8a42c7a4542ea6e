"""What all gateways have in common that stand in a site: which service a request is for, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from twisted.web.resource import Resource
from twisted.web.server import Request

from exchange import Exchange
from exchange.gateways.refusals import MAX_BODY, XML, Media, refusal_of, service_name
from exchange.gateways.selection import Choice, Selection

TIMEOUT = 30.0


class Face(Resource):
    """A resource of `twisted.web` that shows services; subclasses speak a protocol.

    What follows the path at which it is put is the name of a service, taken whole. In
    a `GatewaySite` a body that is too large is refused while it arrives; in another
    site, when it has arrived.

    Args:
        exchange: Makes the calls.
        shown: The service group that is shown, or several; or a `Selection`, which makes its own choice.
        choice: Which of several instances of a name is called; see `Selection`.
        timeout: Seconds for an answer; ``None`` waits as long as the service lives.
        max_body: Largest body of a request that is taken, in bytes.

    Attributes:
        selection: What is shown now; it also tells when a service is.

    Raises:
        ConfigurationError: There is no such choice.
    """

    isLeaf = True
    refuses_too_large: ClassVar[bool] = True
    media: ClassVar[Media] = XML

    def __init__(
        self,
        exchange: Exchange,
        shown: Selection | str | Iterable[str] = "web-services",
        *,
        choice: Choice = "least-owing",
        timeout: float | None = TIMEOUT,
        max_body: int = MAX_BODY,
    ) -> None:
        super().__init__()
        self.selection = shown if isinstance(shown, Selection) else Selection(exchange, shown, choice)
        self._exchange = exchange
        self._timeout = timeout
        self._max_body = max_body

    def render(self, request: Request) -> Any:
        """Answer a request, or refuse it."""
        to = self.selection.find(service_name(request))
        is_current = self.selection.is_current
        refusal = refusal_of(request, to is not None, self._max_body, is_current=is_current, media=self.media)
        if refusal or to is None:
            return refusal.send(request) if refusal else b""
        return self.answer(request, to)

    def answer(self, request: Request, to: str | bytes) -> Any:
        """Answer a request that was not refused.

        Args:
            to: What is to be called: the name of a service, or the id of an instance.
        """
        raise NotImplementedError
