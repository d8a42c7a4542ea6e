"""The end of a bridge: a port behind which is another exchange of this process, in another group.

A bridge has two ends, one at the switch of each exchange. What one switch sends to its
end enters the other switch from the other end, at once: a call as a new call, a
subscription as one for each instance that it is about, a report as it came. What the
other exchange sees and this group may see too, this end announces; everything else
that it does is about these instances, which it asks for by their ids.
"""

from __future__ import annotations

from collections.abc import Callable

from exchange.errors import CallError, LocalProtocolError, WayGone
from exchange.routing.bridged_subscriptions import BridgedSubscriptions
from exchange.routing.notices import is_notice
from exchange.routing.port import Port
from exchange.routing.registry import About
from exchange.routing.switch import Switch
from exchange.wire.failures import failure_of
from exchange.wire.frames import Frame, body_of, encode, renamed
from exchange.wire.identities import Id, make_id
from exchange.wire.layouts import Kind


class BridgeEnd(Port):
    """One end of a bridge.

    Args:
        switch: That of the exchange at which this end is.
        new_call: Returns the id of a new call of that exchange.
        new_subscription: Returns the id of a new subscription of that exchange.

    Attributes:
        other: The other end.
        offers: What this end announces, by the ids of the instances.
    """

    is_bridge = True

    def __init__(self, switch: Switch, new_call: Callable[[], bytes], new_subscription: Callable[[], bytes]) -> None:
        super().__init__()
        self.identity = switch.role.identity
        self.other = self
        self.offers: dict[bytes, About] = {}
        self._switch = switch
        self._new_call = new_call
        self._calls: dict[bytes, bytes] = {}
        self._asked: dict[bytes, bytes] = {}
        self._subscriptions = BridgedSubscriptions(
            new_subscription, self._enter, lambda service: self.other.offered(service)
        )
        self._handlers: dict[int, Callable[[Frame], None]] = {
            Kind.REQUEST: self._request,
            Kind.CANCEL: self._cancel,
            Kind.REPLY: self._answer,
            Kind.FAILURE: self._answer,
            Kind.SUBSCRIBE: self._subscribe,
            Kind.UNSUBSCRIBE: self._unsubscribe,
            Kind.REPORT: self._report,
        }

    def __len__(self) -> int:
        return len(self.offers) + len(self._calls) + len(self._asked) + len(self._subscriptions)

    def join(self, other: BridgeEnd) -> None:
        """Attach this end and the other, which are one bridge from now on."""
        self.other, other.other = other, self
        for end in (self, other):
            end._switch.attach(end)

    def part(self, text: str) -> None:
        """Detach both ends: the bridge is no more."""
        for end in (self, self.other):
            end._switch.detach(end, text)

    # What this end offers

    def offer(self, thing: Id, about: About) -> None:
        """Announce here an instance that the other exchange sees; again, when something about it has changed."""
        before = self.offers.get(thing)
        if before == about:
            return
        self.offers[thing] = about
        announced = (0, *about, self.identity)
        if not self._enter(encode(Kind.ANNOUNCE, thing, announced)):
            del self.offers[thing]
        elif before and before.path != about.path:
            self.other._subscriptions.renew(thing, about.name)
        else:
            self.other._subscriptions.add(thing, about.name)

    def withdraw(self, thing: bytes, reason: str) -> None:
        """Announce an instance no more."""
        about = self.offers.pop(thing, None)
        if about is not None:
            self.other._subscriptions.remove(thing, about.name)
            self._enter(encode(Kind.WITHDRAW, thing, (reason,)))

    def offered(self, service: str | bytes) -> list[bytes]:
        """Return the instances that this end announces of a service, or of one id."""
        if isinstance(service, bytes):
            return [service] if service in self.offers else []
        return [instance.id for instance in self._switch.registry.named(service) if instance.id in self.offers]

    def follows(self, thing: bytes, path: tuple[str, ...]) -> bool:
        """Whether what this end asks for has come to this group by that path, and what comes back does too.

        So a way that leads over several bridges grows shorter at each, and never comes round.
        """
        about = self.other.offers.get(thing)
        return about is not None and about.path[:-1] == path

    # What comes from the switch

    def send(self, frame: Frame) -> None:
        """Let a frame enter the other exchange, as far as it is for there."""
        self._handlers[frame[0]](frame)

    def _enter(self, frame: Frame) -> bool:
        """Give a frame to the switch of this end; return whether it was taken."""
        try:
            self._switch.receive(self, frame)
        except LocalProtocolError:
            self._switch.counters.unexpected += 1
            return False
        return True

    def _request(self, frame: Frame) -> None:
        _, call, (thing, method, principal), raw = frame
        other = self.other
        if thing not in self.offers:
            self._fail(call, WayGone("the way over a bridge is gone", delivered=False))
            return
        there = other._next_call()
        self._calls[call] = there
        other._asked[there] = call
        if not other._enter(encode(Kind.REQUEST, there, (thing, method, principal), body_of(raw))):
            self._forget(call)
            self._fail(call, CallError("the call cannot be passed on over a bridge", delivered=False))

    def _fail(self, call: bytes, error: CallError) -> None:
        self._enter(failure_of(call, error))

    def _cancel(self, frame: Frame) -> None:
        there = self._forget(frame[1])
        if there is not None:
            self.other._enter(encode(Kind.CANCEL, there))

    def _answer(self, frame: Frame) -> None:
        call = self._asked.get(frame[1])
        if call is not None:
            self.other._forget(call)
            self.other._enter(renamed(frame, call))

    def _forget(self, call: bytes) -> bytes | None:
        there = self._calls.pop(call, None)
        if there is not None:
            del self.other._asked[there]
        return there

    def _next_call(self) -> bytes:
        while True:
            call = self._new_call()
            if call not in self._asked:
                return call

    def _subscribe(self, frame: Frame) -> None:
        self.other._subscriptions.begin(frame[1], frame[2])

    def _unsubscribe(self, frame: Frame) -> None:
        self.other._subscriptions.end(frame[1])

    def _report(self, frame: Frame) -> None:
        _, thing, (name, subject, to, retained, kept), raw = frame
        other = self.other
        if is_notice(name, subject):
            thing = make_id(other.identity, 0)
        elif thing not in other.offers:
            return
        if to is not None:
            wanted = self._subscriptions.origin(to)
            if wanted is None:
                return
            frame = encode(Kind.REPORT, thing, (name, subject, wanted, retained, kept), body_of(raw))
        other._enter(frame)
