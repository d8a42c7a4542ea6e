"""A stream: an answer over HTTP that does not end, to which entries are written as fast as the far end reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IPushProducer
from twisted.web.server import Request
from zope.interface import implementer

from exchange.gateways.live_backlog import Backlog
from exchange.gateways.live_text import GAP, KIND, SIGN_OF_LIFE, retry_after, told, with_id

RETRY = 2.0
"""Seconds after which a browser is to come back when it has lost the connection."""

PIECE = 2**14
"""Characters that are written at once; the transport holds us up when it has enough."""

LONGEST_PAUSE = 60.0
"""Seconds for which a far end may read nothing at all."""

LONGEST = 3600.0
"""Seconds after which a stream ends, and whoever listens comes back and shows anew who they are."""


@implementer(IPushProducer)
class Stream:
    """Writes what a backlog holds to whoever made a request, until they hang up.

    Args:
        known_by: What its ids begin with.
        heartbeat: Seconds of silence until a sign of life is written.
        over: Is called when it has ended, however that came.
    """

    def __init__(
        self, request: Request, backlog: Backlog, known_by: str, heartbeat: float, over: Callable[[Stream], None]
    ) -> None:
        self._request = request
        self._backlog = backlog
        self._known_by = known_by
        self._over = over
        site: Any = request.site
        self._clock: Any = site.reactor
        self._began = self._spoke = self._clock.seconds()
        self._paused: float | None = None
        self._is_over = False
        self._heartbeat = heartbeat
        self._timer: Any = None

    def begin(self, *first: str) -> None:
        """Begin the answer, and write what there is.

        Args:
            first: Entries that stand before those of the backlog.
        """
        head = {b"content-type": KIND, b"cache-control": b"no-store", b"x-accel-buffering": b"no"}
        for name, value in head.items():
            self._request.setHeader(name, value)
        self._request.notifyFinish().addBoth(lambda _: self._ended())
        self._request.registerProducer(self, True)
        self._request.write(retry_after(RETRY) + "".join(first).encode())
        self._timer = self._clock.callLater(self._heartbeat, self._tick)
        self.go_on()

    def go_on(self) -> None:
        """Write what there is, unless the far end is to read first."""
        while not self._is_over and self._paused is None:
            missed, entries = self._backlog.take(PIECE)
            if not entries and not missed:
                return
            texts = [told(GAP, missed=missed)] if missed else []
            texts += [with_id(f"{self._known_by}-{number}", entry) for number, entry in entries]
            self._spoke = self._clock.seconds()
            self._request.write("".join(texts).encode())

    def end(self) -> None:
        """End the answer in good order; a browser comes back."""
        if not self._is_over:
            self._request.unregisterProducer()
            self._request.finish()

    def pauseProducing(self) -> None:
        """The far end reads too slowly: write nothing for now."""
        self._paused = self._clock.seconds()

    def resumeProducing(self) -> None:
        """The far end has read: go on."""
        self._paused = None
        self.go_on()

    def stopProducing(self) -> None:
        """The connection is gone, of which we hear otherwise too."""

    def _tick(self) -> None:
        now = self._clock.seconds()
        if self._paused is not None and now - self._paused >= LONGEST_PAUSE:
            transport: Any = self._request.transport
            transport.abortConnection()
            self._ended()
            return
        if now - self._began >= LONGEST:
            self.end()
            return
        if self._paused is None and now - self._spoke >= self._heartbeat:
            self._spoke = now
            self._request.write(SIGN_OF_LIFE)
        silence = now - self._spoke if self._paused is None else 0.0
        self._timer = self._clock.callLater(self._heartbeat - silence, self._tick)

    def _ended(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._over(self)
