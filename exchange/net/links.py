"""The links of one exchange, and what they share: terms, switch, clock, turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, DeferredList, succeed
from twisted.internet.endpoints import clientFromString
from twisted.internet.interfaces import IAddress, IStreamClientEndpoint
from twisted.internet.task import LoopingCall

from exchange.net.arrivals import Arrivals
from exchange.net.examination import Authenticator, Credentials
from exchange.net.examining import Doubts
from exchange.net.fairness import Fairness
from exchange.net.surroundings import is_local
from exchange.net.traffic import Traffic
from exchange.net.turn import Turn
from exchange.net.unfinished import Unfinished
from exchange.routing.joins import Joins
from exchange.routing.policy import Policy
from exchange.routing.switch import Switch
from exchange.wire.identities import Identity
from exchange.wire.limits import Limits
from exchange.wire.terms import FarEnd, Terms

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol

MOST_UNFINISHED = 16
"""So many of the largest frames may be under way to us at one time, over all links; of smaller ones more."""

MOST_OF_ONE = 4
"""Links that one far exchange may have: those that it lost may not have been noticed when it comes back."""


class Links:
    """All links of an exchange, in whatever state.

    Attributes:
        reactor: Gives the time and makes the timers.
        admits: Whether connections from an address are accepted.
        arrivals: How many far ends have made, and from where.
        attached: Those that are attached to the switch.
        told: Are called with each link when it is attached, and when it is no more.
        refused: How many were one too many.
        is_leaving: Whether all are being ended in good order.
        unfinished: What they hold of frames that have not wholly come.
        joins: Which links to other hubs stay, if we are a hub.
        advertised: Endpoints that those are told of who connect to us, if we are a hub.
        authenticators: By which we find out who a far end is, by their mechanisms; none, and we do not ask.
        credentials: By which we prove who we are; ``None`` if we do not.
        doubts: What is remembered of those who failed to prove who they are.
        fairness: Which links flood, and are read less.
        policy: What peers may do that link with us.
        proved: What those said of themselves that we let in.
        trusts_hub: Whether somebody may be believed as a hub: takes the principal, and whether it is on this machine.
        endpoint_of: Returns the endpoint that a description stands for; raises `ValueError` or others if it is none.
    """

    def __init__(self, reactor: Any, terms: Terms, switch: Switch) -> None:
        self.reactor = reactor
        self.terms = terms
        self.switch = switch
        self.turn = Turn(reactor)
        self.joins = Joins(terms.identity)
        self.unfinished = Unfinished(MOST_UNFINISHED * terms.limits.max_frame)
        self._links: dict[LinkProtocol, None] = {}  # in order, so that tests go the same way every time
        self._greeting: dict[LinkProtocol, None] = {}  # the oldest first
        self._accepted: dict[Identity, set[LinkProtocol]] = {}
        self._attachment = 0
        self._gone = Traffic()
        self.refused = 0
        self.is_leaving = False
        self._ticking = LoopingCall(self._tick)
        self._ticking.clock = reactor
        self._all_gone: Deferred[None] | None = None
        self.admits: Callable[[IAddress | None], bool] = lambda address: True
        self.arrivals = Arrivals(terms.limits)
        self.attached: dict[LinkProtocol, None] = {}
        self.proved: dict[LinkProtocol, FarEnd] = {}
        self.advertised: tuple[str, ...] = ()
        self.endpoint_of: Callable[[str], IStreamClientEndpoint] = partial(clientFromString, reactor)
        self.told: list[Callable[[LinkProtocol, bool], None]] = []
        self.authenticators: dict[str, Authenticator] = {}
        self.credentials: Credentials | None = None
        self.doubts = Doubts(reactor.seconds)
        self.policy = Policy(())
        self.fairness = Fairness(reactor.seconds, lambda: len(self.attached))
        self.trusts_hub: Callable[[str | None, bool], bool] = lambda principal, is_local: True

    def __len__(self) -> int:
        return len(self._links)

    def change(self, limits: Limits, mechanism: str) -> None:
        """Link from now on by other limits, and name another mechanism; links that there are stay as they are."""
        self.terms = replace(self.terms, limits=limits, mechanism=mechanism)
        self.arrivals.limits = limits

    def make_room(self, address: bytes) -> bool:
        """Return whether one more may come, be it to be told that it is too many.

        The greeting that began first is ended if there are as many as there may be. Whoever
        means to greet is done in a moment; to refuse those who come would let some who say
        nothing keep everybody out.
        """
        if self.arrivals.refusal_of(address) is not None:
            return not self.arrivals.is_pressing
        if len(self._greeting) >= self.terms.limits.max_greetings:
            next(iter(self._greeting)).give_way()
        return True

    def next_attachment(self) -> int:
        """Return the number of a link that is about to be made; each is higher than the one before."""
        self._attachment += 1
        return self._attachment

    def add(self, link: LinkProtocol, is_accepted: bool) -> None:
        """A connection was made, by the far end if it was accepted."""
        self._links[link] = None
        if not self._ticking.running:
            self._ticking.start(self.terms.tick_every, now=False)
        refusal = self.arrivals.refusal_of(link.address) if is_accepted else None
        if refusal is not None:
            self.refused += 1
            self.arrivals.refuse(link)
            link.say_bye("limit", refusal)
        elif is_accepted:
            self._greeting[link] = None

    def refusal_of(self, link: LinkProtocol, principal: str | None, far: FarEnd) -> tuple[str, str] | None:
        """Return code and words for somebody who proved who they are, and may not be what they say they are."""
        if any(other.principal != principal for other in self._accepted.get(link.identity, ())):
            return "denied", "an exchange of this identity is linked, and it is somebody else's"
        self.proved[link] = far
        if far.is_hub and not self.is_trusted(link, principal, far.mechanism):
            who = f"principal '{principal}'" if principal else "somebody unknown on another machine"
            return "role", f"{who} is not among those that are believed as hubs here"
        return None

    def is_trusted(self, link: LinkProtocol, principal: str | None, mechanism: str) -> bool:
        """Whether somebody is believed as a hub: whoever it lets in, it speaks for."""
        authenticator = self.authenticators.get(mechanism)
        proves = authenticator is None or authenticator.proves_hubs
        return proves and self.trusts_hub(principal, is_local(link.transport))

    def admit(self, link: LinkProtocol) -> str | None:
        """Count one more link of the far exchange, until `detached`, or return why it may not be."""
        accepted = self._accepted.setdefault(link.identity, set())
        if len(accepted) >= MOST_OF_ONE:
            return f"you have {MOST_OF_ONE} links to this hub already"
        refusal = self.arrivals.come(link)
        if refusal is None:
            accepted.add(link)
        return refusal

    def detached(self, link: LinkProtocol) -> None:
        """Nothing more comes of a link."""
        self.greeted(link)
        self.unfinished.forget(link)
        self.fairness.forget(link)
        self.proved.pop(link, None)
        accepted = self._accepted.get(link.identity, set())
        accepted.discard(link)
        if not accepted:
            self._accepted.pop(link.identity, None)

    def greeted(self, link: LinkProtocol) -> None:
        """The greeting of a link is over, whatever came of it."""
        self._greeting.pop(link, None)

    def tell(self, link: LinkProtocol, is_attached: bool) -> None:
        """A link was attached to the switch, or is no more."""
        if is_attached:
            self.attached[link] = None
        else:
            self.attached.pop(link, None)
        for told in list(self.told):
            told(link, is_attached)

    @property
    def greetings(self) -> int:
        """How many links are in their greeting that far ends have begun."""
        return len(self._greeting)

    def carried(self) -> Traffic:
        """Return what all links together have carried, those that are gone among them."""
        return Traffic().add([self._gone, *(link.traffic for link in self._links)])

    def discard(self, link: LinkProtocol) -> None:
        """A connection is gone."""
        if self._links.pop(link, self) is not self:
            self._gone.add([link.traffic])
        self.arrivals.go(link)
        if not self._links:
            if self._ticking.running:
                self._ticking.stop()
            gone, self._all_gone = self._all_gone, None
            if gone:
                gone.callback(None)

    def when_written(self) -> Deferred[None]:
        """Return a Deferred that fires when no link holds back what was queued so far."""
        held_back = [link.when_resumed() for link in self._links if link.is_paused]
        if not held_back:
            return succeed(None)
        return DeferredList(held_back).addCallback(lambda _: None)

    def refuse_greeting(self, code: str, text: str) -> None:
        """End those links with BYE that are not attached."""
        for link in [link for link in self._links if link not in self.attached]:
            link.say_bye(code, text)

    def say_bye(self, code: str, text: str) -> Deferred[None]:
        """End all links with BYE; fires when the last connection is closed."""
        for link in list(self._links):
            link.say_bye(code, text)
        if not self._links:
            return succeed(None)
        if self._all_gone is None:
            self._all_gone = Deferred()
        return self._all_gone

    def _tick(self) -> None:
        now = self.reactor.seconds()
        self.fairness.tick(now)
        for link in list(self._links):
            link.tick(now)
