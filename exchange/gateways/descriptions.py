"""What services offer, remembered: a gateway needs to know with each call, and asks once.

A description is known by its digest, which every instance announces. So it is asked for
when a digest is seen for the first time, and as soon as an instance offers something
else, the next call hears of that; nothing has to be thrown away.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from exchange import Description, Exchange, PresenceChange

MOST_REMEMBERED = 256

UNKNOWN = b""
"""The digest of what is not known, or of instances of one name that offer different things."""

Wanted = tuple[str | bytes, bytes]
"""Who is asked, and the digest of what they offer."""


class Descriptions:
    """What the services of an exchange offer; gateways of a process may share it.

    Args:
        exchange: Where they are asked.
        limit: How many descriptions are remembered; those longest not asked for are forgotten.
        timeout: Seconds for an answer.
    """

    def __init__(self, exchange: Exchange, limit: int = MOST_REMEMBERED, timeout: float | None = 30.0) -> None:
        self._exchange = exchange
        self._limit = limit
        self._timeout = timeout
        self._remembered: OrderedDict[bytes, Description] = OrderedDict()
        self._asked: dict[Wanted, _Question] = {}
        self._digests: dict[str | bytes, bytes] = {}
        self._named: dict[str, dict[bytes, bytes]] = {}
        self._watch = exchange.watch(changed=self._changed)

    def known(self, to: str | bytes) -> Description | None:
        """Return what a service offers, if that need not be asked for.

        Args:
            to: The name of a service, or the id of an instance.
        """
        digest = self._digests.get(to, UNKNOWN)
        description = self._remembered.get(digest)
        if description is not None:
            self._remembered.move_to_end(digest)
        return description

    def of(self, to: str | bytes) -> Deferred[Description]:
        """Return a Deferred of what a service offers, or of a failure as of a call.

        To cancel it is to wait no longer; others who wait for the same are not disturbed.
        """
        answer: Deferred[Description] = Deferred(self._given_up)
        description = self.known(to)
        if description is not None:
            answer.callback(description)
            return answer
        wanted = to, self._digests.get(to, UNKNOWN)
        if wanted in self._asked:
            self._asked[wanted].waiting.append(answer)
        else:
            question = self._asked[wanted] = _Question(self._exchange.describe(to, self._timeout), [answer])
            question.asked.addBoth(self._answered, wanted)
        return answer

    def one_of(self, to: str | bytes) -> str | bytes:
        """Return what to call so that what is known of it fits whoever takes the call.

        That is ``to``, unless the instances of a name offer different things, as when a
        newer program takes the place of an older; then it is one of them, in turn.
        """
        named = self._named.get(to, {}) if isinstance(to, str) else {}
        if len(named) < 2 or self._digests[to] != UNKNOWN:
            return to
        first = next(iter(named))
        named[first] = named.pop(first)
        return first

    def _changed(self, change: PresenceChange) -> None:
        thing, name, digest = change.instance.id, change.instance.name, change.instance.digest
        named = self._named.setdefault(name, {})
        if change.kind == "went":
            named.pop(thing, None)
            self._digests.pop(thing, None)
        else:
            named[thing] = self._digests[thing] = digest
        different = set(named.values())
        self._digests[name] = different.pop() if len(different) == 1 else UNKNOWN
        if not named:
            del self._named[name], self._digests[name]

    def _answered(self, answer: Description | Failure, wanted: Wanted) -> None:
        question = self._asked.pop(wanted)
        if not isinstance(answer, Failure):
            self._remembered[answer.digest] = answer
            while len(self._remembered) > self._limit:
                self._remembered.popitem(last=False)
        for each in question.waiting:
            if each.called:  # given up because of what another was told just now
                continue
            if isinstance(answer, Failure):
                each.errback(answer)
            else:
                each.callback(answer)

    def _given_up(self, answer: Deferred[Description]) -> None:
        for question in list(self._asked.values()):
            if answer in question.waiting:
                question.waiting.remove(answer)
                if not question.waiting:
                    question.asked.cancel()


class _Question(NamedTuple):
    """A question that was asked, and those who wait for the answer."""

    asked: Deferred[Description]
    waiting: list[Deferred[Description]]
