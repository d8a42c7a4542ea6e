"""JSON-RPC over HTTP: a POST to the path of a service becomes a call, or several.

::

    root = Resource()
    root.putChild(b"jsonrpc", JsonRpcGateway(exchange, "web-services"))
    serverFromString(reactor, "tcp:8000").listen(GatewaySite(root, reactor))

Service ``math`` is then at ``/jsonrpc/math``, as long as it is in the group.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Unpack

from twisted.web.server import Request

from exchange import Exchange
from exchange.gateways.descriptions import Descriptions
from exchange.gateways.face import Face
from exchange.gateways.jsonrpc_calls import MAX_BATCH, MAX_RESULTS, PATIENCE, JsonRpcCalls
from exchange.gateways.jsonrpc_errors import TellError, told_of
from exchange.gateways.refusals import JSON, Media
from exchange.gateways.selection import Selection
from exchange.gateways.terms import Terms
from exchange.gateways.visit import Visit


class JsonRpcGateway(Face):
    """A resource of `twisted.web` that shows services to JSON-RPC.

    Args:
        exchange: As all others but these, see `Face` and `Settings`.
        max_batch: The most requests that one batch may hold.
        max_results: Bytes that all answers to one batch may have together.
        tell: What callers are told of a failure.

    Raises:
        ConfigurationError: There is no such choice.
    """

    face: ClassVar[str] = "jsonrpc"
    media: ClassVar[Media] = JSON

    def __init__(
        self,
        exchange: Exchange,
        shown: Selection | str | Iterable[str] = "web-services",
        *,
        max_batch: int = MAX_BATCH,
        max_results: int = MAX_RESULTS,
        tell: TellError = told_of,
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(exchange, shown, **terms)
        self._descriptions = Descriptions(exchange, timeout=PATIENCE)
        self._calls = JsonRpcCalls(max_batch=max_batch, max_results=max_results, tell=tell)

    def answer(self, request: Request, visit: Visit) -> int:
        """Make the calls that a request asks for; a caller who hangs up ends those that were to be answered."""
        return self._calls.answer(request, visit, self._descriptions)
