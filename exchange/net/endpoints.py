"""The endpoints of one dialer, tried in turn: those that it was given, and those that its hub has told of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import TimeoutError
from twisted.internet.interfaces import IProtocolFactory, IStreamClientEndpoint
from twisted.logger import Logger

CONNECT_TIME = 3.0
"""Seconds for an endpoint to answer while there are others to try."""

TOLD_KINDS = ("tcp:", "tls:")
"""Only what is elsewhere can be told: a path or a program would be one of this machine."""

MOST_TOLD = 16


class EndpointsInTurn:
    """Several endpoints as one: each connection begins with the one after the last that was tried.

    Args:
        names: What the endpoints were given as, so that none of them is told anew.
        endpoint_of: Returns the endpoint that a description stands for.
    """

    log = Logger()

    def __init__(
        self,
        endpoints: Sequence[IStreamClientEndpoint],
        names: Sequence[str],
        reactor: Any,
        endpoint_of: Callable[[str], IStreamClientEndpoint],
    ) -> None:
        self._endpoints = list(endpoints)
        self._given = list(endpoints)
        self._names = set(names)
        self._told: dict[str, IStreamClientEndpoint] = {}
        self._reactor = reactor
        self._endpoint_of = endpoint_of
        self._next = 0
        self._last: IStreamClientEndpoint | None = None

    def __len__(self) -> int:
        return len(self._endpoints)

    def leave_out(self) -> None:
        """Try the one that was tried last no more."""
        self._next = (self._next - 1) % len(self._endpoints)
        left_out = self._endpoints.pop(self._next)
        self._given = [endpoint for endpoint in self._given if endpoint is not left_out]
        self._next %= len(self._endpoints) or 1

    def tell(self, told: Sequence[str]) -> None:
        """Take these in besides those that were given, and in place of those that were told before."""
        kept = {text: endpoint for text, endpoint in self._told.items() if text in told or endpoint is self._last}
        new = [text for text in told[:MOST_TOLD] if text.startswith(TOLD_KINDS) and text not in {*self._names, *kept}]
        found = {text: self._endpoint(text) for text in new}
        self._told = kept | {text: endpoint for text, endpoint in found.items() if endpoint is not None}
        self._endpoints = [*self._given, *self._told.values()]
        if self._last in self._endpoints:
            self._next = (self._endpoints.index(self._last) + 1) % len(self._endpoints)

    def _endpoint(self, text: str) -> IStreamClientEndpoint | None:
        try:
            return self._endpoint_of(text)
        except Exception as error:
            self.log.warn("the hub tells of '{text}', which cannot be dialled: {error}", text=text, error=error)
            return None

    async def connect(self, factory: IProtocolFactory, elsewhere: bool = False) -> Any:
        """Connect to the next that answers; raises what the last raised when none does.

        Args:
            elsewhere: Whether the one that answered last is not to be tried.
        """
        for left in range(len(self._endpoints) - elsewhere, 0, -1):
            endpoint = self._take(self._last if elsewhere else None)
            try:
                connected = await self._connect(endpoint, factory)
            except Exception:
                if left == 1:
                    raise
            else:
                self._last = endpoint
                return connected
        raise AssertionError("a dialer needs an endpoint")

    def _take(self, but: IStreamClientEndpoint | None) -> IStreamClientEndpoint:
        endpoint = self._endpoints[self._next]
        self._next = (self._next + 1) % len(self._endpoints)
        return self._take(None) if endpoint is but else endpoint

    def _connect(self, endpoint: IStreamClientEndpoint, factory: IProtocolFactory) -> Deferred[Any]:
        connecting = endpoint.connect(factory)
        return connecting if len(self) == 1 else connecting.addTimeout(CONNECT_TIME, self._reactor, _nobody_answers)


def _nobody_answers(result: Any, seconds: float) -> None:
    raise TimeoutError
