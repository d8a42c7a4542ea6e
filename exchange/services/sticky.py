"""Sticky choice: the same instance of a name for as long as it is there.

Who calls first by which proxy must not decide on whom all load falls. So each proxy
draws its own instance: that with the highest hash of its id together with the proxy's
own name, which no two proxies share. One in our own process comes before all others, as
in any call by name (R7). How much each instance owes is the hub's to know, and would be
another one a moment later.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from itertools import count
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError

from exchange.errors import CallTimeout
from exchange.services.picture import Picture
from exchange.services.presence import PresenceChange
from exchange.wire.identities import Id, Identity

Make = Callable[[str | Id, float | None], Deferred[Any]]
"""Makes a call; takes whom to call, and the seconds to wait for the answer."""

_numbers = count(1)


class Sticky:
    """Chooses an instance when it is first asked, and another only when that one is gone.

    Args:
        own: The identity of this exchange.
        is_linked: Whether a hub is linked, so that who is there will be known in a moment.
    """

    def __init__(self, picture: Picture, name: str, own: Identity, is_linked: Callable[[], bool], reactor: Any) -> None:
        self._picture = picture
        self._name = name
        self._own = own
        self._is_linked = is_linked
        self._reactor = reactor
        self._salt = own + next(_numbers).to_bytes(8, "big")
        self._chosen: Id | None = None
        picture.begin()

    def call(self, make: Make, timeout: float | None) -> Deferred[Any]:
        """Make a call to the instance; if it is not known yet who is there, when it is."""
        chosen = self._choose()
        if chosen is None and self._is_coming():
            return Deferred.fromCoroutine(self._call_later(make, timeout))
        return make(chosen or self._chosen or self._name, timeout)

    async def _call_later(self, make: Make, timeout: float | None) -> Any:
        started = self._reactor.seconds()
        await self._picture_settled(timeout)
        left = None if timeout is None else max(0.0, started + timeout - self._reactor.seconds())
        return await make(self._choose() or self._chosen or self._name, left)

    async def _picture_settled(self, timeout: float | None) -> None:
        settled: Deferred[None] = Deferred()

        def observe(change: PresenceChange | None) -> None:
            if not self._is_coming() and not settled.called:
                settled.callback(None)

        self._picture.observe(observe)
        try:
            await (settled if timeout is None else settled.addTimeout(timeout, self._reactor))
        except TimeoutError:
            text = f"the instances of '{self._name}' were not known within {timeout:g} seconds"
            error = CallTimeout(text, delivered=False)
            error.received = True
            raise error from None
        finally:
            self._picture.ignore(observe)

    def _is_coming(self) -> bool:
        return self._is_linked() and not self._picture.is_complete

    def _choose(self) -> Id | None:
        """Return the instance, if it is there; another, if it is certain that it is not."""
        there = [presence.id for presence in self._picture.instances() if presence.name == self._name]
        if self._chosen in there:
            return self._chosen
        own = [thing for thing in there if thing.startswith(self._own)]
        if not own and not self._picture.is_complete:
            return None
        self._chosen = max(own or there, key=self._rank, default=None)
        return self._chosen

    def _rank(self, thing: Id) -> bytes:
        return sha256(self._salt + thing).digest()
