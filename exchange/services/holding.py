"""Calls that are held at the caller until their service appears."""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import inf
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError

from exchange.errors import CallError, LinkLost, ServiceUnavailable, ServiceWithdrawn
from exchange.services.picture import Picture
from exchange.services.presence import Presence, PresenceChange
from exchange.wire.telling import shown

PAUSE = 0.25
"""Seconds after which a call is tried again, whose service seems to be there and is not."""

MOST = sys.float_info.max
"""What a clock can count to; for ever, which is infinite, may be given too."""


class Holding:
    """Makes a call as soon as its service can be reached, or gives up in time."""

    def __init__(self, picture: Picture, reactor: Any) -> None:
        self._picture = picture
        self._reactor = reactor
        self._held: dict[Deferred[None], None] = {}

    def __len__(self) -> int:
        return len(self._held)

    async def hold(self, make: Callable[[], Deferred[Any]], to: str | bytes, wait: float) -> Any:
        """Return what the call gives.

        Args:
            make: Makes the call; may be called again if it was not delivered.
            wait: Seconds for the service to appear.

        Raises:
            ServiceUnavailable: It did not.
        """
        until = self._reactor.seconds() + wait
        while True:
            try:
                return await make()
            except CallError as error:
                left = until - self._reactor.seconds()
                if left <= 0 or not _may_appear(error):
                    raise
            await self._appearance(to, left)

    async def _appearance(self, to: str | bytes, seconds: float) -> None:
        """Wait until the service seems to have come, at most for ``seconds``."""
        came: Deferred[None] = Deferred()

        def observe(change: PresenceChange | None) -> None:
            if change and change.kind == "came" and _is(change.instance, to) and not came.called:
                came.callback(None)

        self._picture.observe(observe)
        is_there = any(_is(presence, to) for presence in self._picture.instances())
        came.addTimeout(min(seconds, PAUSE) if is_there else seconds, self._reactor)
        self._held[came] = None
        try:
            await came
        except TimeoutError:
            return
        finally:
            del self._held[came]
            self._picture.ignore(observe)

    def stop(self, text: str) -> None:
        """Hold nothing any longer; the callers are told ``text``."""
        for came in list(self._held):
            error = ServiceUnavailable(text, delivered=False)
            error.received = True
            came.errback(error)


def _may_appear(error: CallError) -> bool:
    """Whether a call failed because nobody was there, and was certainly not delivered."""
    return error.delivered is False and isinstance(error, ServiceUnavailable | LinkLost | ServiceWithdrawn)


def _is(presence: Presence, to: str | bytes) -> bool:
    return to in (presence.name, presence.id)


def check_times(timeout: float | None, wait: float) -> None:
    """Make sure that a call can wait as long as this.

    Raises:
        TypeError: One is no number.
        ValueError: One is below 0, or beyond what a clock can count.
    """
    if timeout is not None:
        _check("timeout", timeout, "at least 0, or None")
    _check("wait", wait, "at least 0")


def _check(what: str, given: Any, rule: str) -> None:
    is_number = isinstance(given, int | float)
    if not is_number or not (0 <= given <= MOST or given == inf):
        kind = ValueError if is_number else TypeError
        raise kind(f"{what} must be a number of seconds, {rule}, not {shown(given)}")
