"""Live reports over HTTP: a GET of the path of a service becomes a stream of server-sent events.

::

    root = Resource()
    root.putChild(b"live", LiveGateway(exchange, "web-services"))
    serverFromString(reactor, "tcp:8000").listen(GatewaySite(root, reactor))

The reports of service ``feed`` on the subjects ``nyse.*`` are then at
``/live/feed?subject=nyse.*``, for the EventSource of any browser.
"""

from __future__ import annotations

from collections.abc import Iterable
from secrets import token_urlsafe
from typing import Any, ClassVar, Unpack

from twisted.web import http
from twisted.web.server import NOT_DONE_YET, Request

from exchange import ConfigurationError, Exchange
from exchange.gateways.face import Face
from exchange.gateways.live_backlog import MOST_UNWRITTEN, Backlog
from exchange.gateways.live_hearing import Hearing
from exchange.gateways.live_listeners import Listener, Listeners
from exchange.gateways.live_text import GAP, Wording, told
from exchange.gateways.live_wish import Wish, seen_of, wish_of
from exchange.gateways.refusals import Refusal, absence, service_name, too_large
from exchange.gateways.selection import Selection
from exchange.gateways.site import GatewaySite
from exchange.gateways.terms import Terms
from exchange.gateways.visit import Visit

HEARTBEAT = 15.0
LINGER = 10.0
MOST_STREAMS = 500
MOST_STREAMS_OF_ONE = 50
"""Half of the connections that a site takes, so that there is room for calls."""

READ_ONLY = Refusal(http.NOT_ALLOWED, "reports are listened to by GET", ((b"allow", b"GET"),))


class LiveGateway(Face):
    """A resource of `twisted.web` that lets browsers listen to the reports of services.

    Args:
        exchange: As all others but these, see `Face`.
        heartbeat: Seconds of silence until a comment is written, which shows that the connection stands.
        max_streams: How many may listen at one time.
        max_streams_per_address: How many of one address.
        max_waiting: Bytes that may wait for one listener; who reads more slowly misses reports, and is told so.
        linger: Seconds for which reports are kept for a listener who has lost the connection.

    Raises:
        ConfigurationError: There is no such choice, or one of the terms cannot be kept.
    """

    face: ClassVar[str] = "live"

    def __init__(
        self,
        exchange: Exchange,
        shown: Selection | str | Iterable[str] = "web-services",
        *,
        heartbeat: float = HEARTBEAT,
        max_streams: int = MOST_STREAMS,
        max_streams_per_address: int = MOST_STREAMS_OF_ONE,
        max_waiting: int = MOST_UNWRITTEN,
        linger: float = LINGER,
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(exchange, shown, **terms)
        if heartbeat <= 0:
            raise ConfigurationError(f"heartbeat must be above 0, not {heartbeat}")
        self._heartbeat = heartbeat
        self._max_waiting = max_waiting
        self._linger = linger
        self._wording = Wording()
        self._listeners = Listeners(max_streams, max_streams_per_address)
        self.selection.observe(self._listeners.changed)

    def refusal_of(self, request: Request, is_shown: bool) -> Refusal | None:
        """Return why a request is refused, whoever asks."""
        if not is_shown:
            return absence(self.selection.is_current)
        if request.method != b"GET":
            return READ_ONLY
        return too_large(self.settings.max_body) if getattr(request, "is_too_large", False) else None

    def answer(self, request: Request, visit: Visit) -> Any:
        """Let whoever asks listen; who comes back goes on where they were."""
        wish = wish_of(request, self.selection.named(service_name(request)), visit.user)
        if isinstance(wish, Refusal):
            return wish.send(request)
        address = str(getattr(request.getClientAddress(), "host", ""))
        seen = seen_of(request)
        listener = self._listeners.get(seen.known_by) if seen else None
        if listener is not None and seen is not None and listener.hearing.wish == wish:
            if listener.hearing.backlog.go_back(seen.number):
                listener.listen(request, address, self._heartbeat)
                return NOT_DONE_YET
            listener.stop()
        begun = self._listeners.refusal(address) or self._begin(wish)
        if isinstance(begun, Refusal):
            return begun.send(request)
        self._end_with(request)
        begun.listen(request, address, self._heartbeat, *([told(GAP, missed=None)] if seen else []))
        return NOT_DONE_YET

    @property
    def streams(self) -> int:
        """How many listen now."""
        return self._listeners.streams

    def end_streams(self) -> None:
        """End all streams, because the site stops; who listens comes back when there is one again."""
        self._listeners.stop()

    def _begin(self, wish: Wish) -> Listener | Refusal:
        listener = Listener(token_urlsafe(12), self._linger, self._listeners.remove)
        instances = self.selection.instances(wish.name)
        backlog = Backlog(self._max_waiting)
        try:
            listener.hearing = Hearing(self._exchange, wish, instances, backlog, self._wording, listener.came)
        except ValueError as error:
            self.log.warn("nobody else can listen: {error}", error=error)
            return Refusal(http.SERVICE_UNAVAILABLE, "the gateway cannot subscribe to more; try again later")
        self._listeners.add(listener)
        return listener

    def _end_with(self, request: Request) -> None:
        if isinstance(request.site, GatewaySite):
            request.site.endless.add(self)
