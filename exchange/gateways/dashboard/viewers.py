"""Those who look: each has a stream of server-sent events, and is told what has changed.

An event is a section, whole. Whoever reads too slowly misses nothing that matters: of each
section only the last is kept for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IPushProducer
from twisted.web import http
from twisted.web.server import Request
from zope.interface import implementer

from exchange.gateways.dashboard.poll import Poll, Section
from exchange.gateways.live_stream import LONGEST_PAUSE, RETRY
from exchange.gateways.live_text import KIND, retry_after, written
from exchange.gateways.refusals import Refusal

MOST_VIEWERS = 50

LONGEST = 900.0
"""Seconds after which a stream ends, and whoever looks comes back and shows anew who they are."""

SILENCE = 15.0
"""Seconds after which a sign of life is written, though nothing has changed."""

FULL = Refusal(http.SERVICE_UNAVAILABLE, f"{MOST_VIEWERS} look at this hub, which are the most; try again later")

LOOK = "look"
"""The event that ends what is told at one time."""


@implementer(IPushProducer)
class Viewer:
    """One who looks.

    Args:
        may_look: Whether they may look still.
        left: Is called when they look no more.
    """

    def __init__(
        self, request: Request, poll: Poll, may_look: Callable[[], bool], left: Callable[[Viewer], None]
    ) -> None:
        self._request = request
        self._may_look = may_look
        self._poll = poll
        self._left = left
        site: Any = request.site
        self._clock: Any = site.reactor
        self._began = self._spoke = self._clock.seconds()
        self._paused: float | None = None
        self._is_over = False
        self._known: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        request.setHeader(b"content-type", KIND)
        request.setHeader(b"x-accel-buffering", b"no")
        request.notifyFinish().addBoth(lambda _: self._end())
        request.registerProducer(self, True)
        request.write(retry_after(RETRY))
        poll.look(self.seen)

    def seen(self, sections: list[Section]) -> None:
        """The hubs have told something; write what is new of it."""
        if self._is_over:
            return
        now = self._clock.seconds()
        if self._paused is not None and now - self._paused >= LONGEST_PAUSE:
            transport: Any = self._request.transport
            transport.abortConnection()
            self._end()
        elif now - self._began >= LONGEST or not self._may_look():
            self.end()  # whoever looks on comes back, and shows anew who they are
        else:
            self._waiting |= {name: text for name, text in sections if self._known.get(name) != text}
            self._write()

    def end(self) -> None:
        """End the stream in good order; a browser comes back."""
        if not self._is_over:
            self._request.unregisterProducer()
            self._request.finish()

    def pauseProducing(self) -> None:
        """The far end reads too slowly: write nothing for now."""
        self._paused = self._clock.seconds()

    def resumeProducing(self) -> None:
        """The far end has read: go on."""
        self._paused = None
        if not self._is_over:
            self._write()

    def stopProducing(self) -> None:
        """The connection is gone, of which we hear otherwise too."""

    def _write(self) -> None:
        if self._paused is not None:
            return
        now = self._clock.seconds()
        texts = []
        for name, text in self._waiting.items():
            if self._known.get(name) != text:
                texts.append(written(text, name))
                self._known[name] = text
        self._waiting.clear()
        if texts or now - self._spoke >= SILENCE:
            self._spoke = now
            self._request.write("".join([*texts, written("{}", LOOK)]).encode())

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._poll.look_away(self.seen)
            self._left(self)


class Viewers:
    """All who look at one hub."""

    def __init__(self, poll: Poll) -> None:
        self._poll = poll
        self._looking: set[Viewer] = set()

    def __len__(self) -> int:
        return len(self._looking)

    def admit(self, request: Request, may_look: Callable[[], bool] = lambda: True) -> Refusal | None:
        """Begin a stream for a request, or return why it is refused.

        Args:
            may_look: Whether whoever asks may look; asked whenever they are told something.
        """
        if len(self._looking) >= MOST_VIEWERS:
            return FULL
        viewer = Viewer(request, self._poll, may_look, self._looking.discard)
        self._looking.add(viewer)
        return None

    def end_streams(self) -> None:
        """End all streams, because the site stops."""
        for viewer in list(self._looking):
            viewer.end()
