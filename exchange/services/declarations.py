"""Declarations: whether a method may run twice, as the authors of all its instances declared it.

What instances offer is known by the digest that is announced of them: who changes what
it offers announces another one, and is asked anew. One decision serves all calls that
fail in one moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime

from exchange.errors import CallError
from exchange.services.description import Description
from exchange.services.picture import Picture
from exchange.services.watch import Wanted, Watch
from exchange.wire.identities import Id

Describe = Callable[[Id, float], Deferred[Description]]
"""Asks one instance what it offers; takes its id, and the seconds to find out."""

PATIENCE = 1.0
"""Seconds to find out, before nobody can tell."""

MOST_KNOWN = 1_024
"""Digests of which it is known which methods are idempotent."""

NONE: frozenset[str] = frozenset()


class Declarations:
    """Finds out whether a method is idempotent wherever it may have run, and wherever it may run now."""

    def __init__(self, picture: Picture, describe: Describe, reactor: IReactorTime) -> None:
        self._picture = picture
        self._describe = describe
        self._reactor = reactor
        self._known: dict[bytes, frozenset[str]] = {}
        self._decisions: dict[tuple[str, str, bytes], Decision] = {}

    def allow(self, name: str, method: str, offered: bytes) -> Deferred[bool]:
        """Return a Deferred of whether a method of a service may run twice; it does not fail.

        Args:
            offered: The digest of the instance on which it may have run.
        """
        key = (name, method, offered)
        decision = self._decisions.get(key)
        if decision is None:
            decision = self._decisions[key] = Decision()
            decided = Deferred.fromCoroutine(self._decide(name, method, offered))
            decided.addCallback(decision.take).addCallback(lambda _: self._reactor.callLater(0, self._forget, key))
        return decision.wait()

    async def _decide(self, name: str, method: str, offered: bytes) -> bool:
        until = self._reactor.seconds() + PATIENCE
        watch = Watch(self._picture, Wanted(name, None, None), None)
        known: dict[bytes, frozenset[str]] = {}
        try:
            await watch.complete.addTimeout(PATIENCE, self._reactor)
            while True:
                there = {presence.digest: presence.id for presence in watch.instances}
                new = next((digest for digest in (*there, offered) if digest not in known), None)
                if new is None:
                    return bool(there)
                known[new] = await self._idempotent(new, there, until)
                if method not in known[new]:
                    return False
        except (TimeoutError, CallError):
            return False
        finally:
            watch.cancel()

    async def _idempotent(self, digest: bytes, there: Mapping[bytes, Id], until: float) -> frozenset[str]:
        """Return the idempotent methods of those of whom a digest is announced; none if nobody is left to tell."""
        known, seconds = self._known.get(digest), until - self._reactor.seconds()
        if known is not None or not digest or digest not in there or seconds <= 0:
            return known or NONE
        description = await self._describe(there[digest], seconds)
        if not any((each.id, each.digest) == (there[digest], digest) for each in self._picture.instances()):
            return NONE  # it offers something else since it was asked
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        methods = self._known[digest] = frozenset(each.name for each in description.methods.values() if each.idempotent)
        return methods

    def _forget(self, key: tuple[str, str, bytes]) -> None:
        del self._decisions[key]


class Decision:
    """What several wait for."""

    def __init__(self) -> None:
        self._is_allowed: bool | None = None
        self._waiting: list[Deferred[bool]] = []

    def wait(self) -> Deferred[bool]:
        """Return a Deferred of it; to cancel one disturbs no other."""
        told: Deferred[bool] = Deferred()
        if self._is_allowed is None:
            self._waiting.append(told)
        else:
            told.callback(self._is_allowed)
        return told

    def take(self, is_allowed: bool) -> None:
        """It is decided: tell all who wait."""
        self._is_allowed = is_allowed
        for told in self._waiting:
            told.callback(is_allowed)
