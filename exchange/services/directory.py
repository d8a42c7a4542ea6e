"""The directory is `$exchange`, the service that every hub has: it reports who is there (R11).

A report on the subject ``instance.`` and the id, in hexadecimal, says what is
announced of an instance, or why it went. A new subscriber gets the present ones,
marked as retained, and then an empty subject: the first picture is whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchange.routing.interest import BUILT_IN
from exchange.routing.patterns import matches
from exchange.routing.registry import Change, Happening, Registry
from exchange.services.presence import content_of, presence_of, subject_of
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Identity, make_id
from exchange.wire.layouts import Kind
from exchange.wire.values import encode_value

WHOLE = ""
"""The subject that ends the first picture."""

ADDRESSED = 0
"""The number of a report that is for one subscriber only."""


class Directory:
    """Reports the registry of one hub to those who subscribed.

    Args:
        send: Takes the REPORT frames.
        clock: Gives the time, in seconds since 1970.
    """

    def __init__(
        self, identity: Identity, registry: Registry, send: Callable[[Frame], None], clock: Callable[[], float]
    ) -> None:
        self._id = make_id(identity, 0)
        self._registry = registry
        self._send = send
        self._clock = clock
        self._patterns: dict[bytes, str] = {}

    def subscribe(self, frame: Frame) -> None:
        """Take a subscriber in, and show it what is there."""
        subscription, pattern = frame[1], frame[2][1]
        self._patterns[subscription] = pattern
        for instance in list(self._registry):
            subject = subject_of(instance.id)
            if matches(pattern, subject):
                content = content_of(presence_of(instance))
                self._report(subscription, subject, self._body(content, None), retained=True)
        self._report(subscription, WHOLE, self._body(None, 0), retained=False)

    def unsubscribe(self, frame: Frame) -> None:
        """Report no more to a subscriber."""
        self._patterns.pop(frame[1], None)

    def changed(self, change: Change) -> None:
        """Report what became of an instance to all who subscribed."""
        instance = change.instance
        subject = subject_of(instance.id)
        if change.happening is Happening.WENT:
            body = self._body({"reason": change.reason}, 0)
        else:
            body = self._body(content_of(presence_of(instance)), None)
        for subscription, pattern in list(self._patterns.items()):
            if matches(pattern, subject):
                self._report(subscription, subject, body, retained=False)

    def _body(self, content: Any, remaining: float | None) -> bytes:
        return encode_value([content, ADDRESSED, self._clock(), remaining], 0, "content")

    def _report(self, subscription: bytes, subject: str, body: bytes, retained: bool) -> None:
        self._send(encode(Kind.REPORT, self._id, (BUILT_IN, subject, subscription, retained), body))
