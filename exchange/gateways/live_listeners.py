"""Those who listen to live reports: each with what they hear, and with a stream, or for a while without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.logger import Logger
from twisted.web import http
from twisted.web.server import Request

from exchange import PresenceChange
from exchange.gateways.live_hearing import Hearing
from exchange.gateways.live_stream import Stream
from exchange.gateways.refusals import RETRY_AFTER, TOO_MANY_REQUESTS, Refusal

FULL = Refusal(http.SERVICE_UNAVAILABLE, "as many listen here as may; try again later")
TOO_MANY_OF_ONE = Refusal(
    TOO_MANY_REQUESTS,
    "as many listen from your address as may; end one of them first",
    ((b"retry-after", b"%d" % RETRY_AFTER),),
)


class Listener:
    """Whoever listens.

    Args:
        known_by: A word that nobody can guess, by which they come back.
        linger: Seconds for which what is reported is kept for them when they have hung up.
        over: Is called when they are not expected back.

    Attributes:
        address: Where they listen from; empty if they do not at the moment.
    """

    log = Logger()
    hearing: Hearing

    def __init__(self, known_by: str, linger: float, over: Callable[[Listener], None]) -> None:
        self.known_by = known_by
        self.address: str | None = None
        self._linger = linger
        self._over = over
        self._stream: Stream | None = None
        self._clock: Any = None
        self._timer: Any = None

    @property
    def has_stream(self) -> bool:
        """Whether something can be written to them now."""
        return self._stream is not None

    @property
    def is_waited_for(self) -> bool:
        """Whether they have hung up, and may come back."""
        return self._timer is not None

    def came(self) -> None:
        """There is something to write."""
        if self._stream is not None:
            self._stream.go_on()

    def listen(self, request: Request, address: str, heartbeat: float, *first: str) -> None:
        """Write to a request from now on, in place of another that may still stand.

        Args:
            first: Entries that stand before all others.
        """
        before, self._stream = self._stream, None
        if before is not None:
            before.end()
        self._wait_no_more()
        self.address = address
        site: Any = request.site
        self._clock = site.reactor
        self._stream = Stream(request, self.hearing.backlog, self.known_by, heartbeat, self._left)
        self._stream.begin(*first)

    def changed(self, change: PresenceChange, is_shown: bool) -> None:
        """An instance of some service came, went, or is shown or not shown any more."""
        if change.instance.name == self.hearing.wish.name:
            try:
                self.hearing.changed(change, is_shown)
            except ValueError as error:
                self.log.warn("a stream of live reports ends: {error}", error=error)
                self.stop()

    def stop(self) -> None:
        """Expect them back no more."""
        self._wait_no_more()
        self.hearing.stop()
        self._over(self)
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.end()

    def _left(self, stream: Stream) -> None:
        if stream is not self._stream:
            return
        self._stream = None
        self.address = None
        if self.hearing.backlog.heard and self._linger:
            self._timer = self._clock.callLater(self._linger, self.stop)
        else:
            self.stop()

    def _wait_no_more(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None and timer.active():
            timer.cancel()


class Listeners:
    """All who listen at one gateway.

    Args:
        most: How many there may be.
        most_of_one: How many of one address.
    """

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._known: dict[str, Listener] = {}

    def __len__(self) -> int:
        return len(self._known)

    @property
    def streams(self) -> int:
        """How many of them have a stream now."""
        return sum(each.has_stream for each in self._known.values())

    def get(self, known_by: str) -> Listener | None:
        """Return who listens, or may come back, by their word."""
        return self._known.get(known_by)

    def refusal(self, address: str) -> Refusal | None:
        """Return why nobody else may listen from an address; of those waited for, the first makes room for them."""
        if address and sum(each.address == address for each in self._known.values()) >= self._most_of_one:
            return TOO_MANY_OF_ONE
        if len(self._known) >= self._most:
            waited_for = next((each for each in self._known.values() if each.is_waited_for), None)
            if waited_for is None:
                return FULL
            waited_for.stop()
        return None

    def add(self, listener: Listener) -> None:
        """Somebody begins to listen."""
        self._known[listener.known_by] = listener

    def remove(self, listener: Listener) -> None:
        """Somebody is not expected back."""
        self._known.pop(listener.known_by, None)

    def changed(self, change: PresenceChange, is_shown: bool) -> None:
        """An instance of some service came, went, or is shown or not shown any more."""
        for listener in list(self._known.values()):
            listener.changed(change, is_shown)

    def stop(self) -> None:
        """End all streams, and expect nobody back."""
        for listener in list(self._known.values()):
            listener.stop()
