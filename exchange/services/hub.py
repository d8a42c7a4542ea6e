"""A hub is an exchange that listens and forwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar

from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IStreamClientEndpoint, IStreamServerEndpoint

from exchange.errors import ConfigurationError
from exchange.net.dialer import Dialer
from exchange.net.endpoint_text import is_tcp
from exchange.net.examination import Authenticator, Credentials
from exchange.net.listener import Listener
from exchange.net.rejudging import Judged, judge_anew
from exchange.net.retry import RetryPolicy
from exchange.net.tls import Tls
from exchange.routing.interest import BUILT_IN
from exchange.routing.patterns import compiled
from exchange.routing.policy import Deed, Policy, Rule
from exchange.routing.port import Port
from exchange.routing.registry import Change, Happening
from exchange.services.administration import Administration
from exchange.services.denials import denial_of
from exchange.services.departures import Departures
from exchange.services.directory import Directory
from exchange.services.exchange import Exchange
from exchange.services.held_back import HeldBack
from exchange.services.linking import USUAL_RETRY
from exchange.wire.frames import Frame
from exchange.wire.identities import Identity, make_id, readable
from exchange.wire.layouts import Kind, is_word
from exchange.wire.limits import Limits

PARTING_TIME = 5.0
"""Seconds in which what is under way may end, when a hub parts from another."""


class Hub(Exchange):
    """An exchange that other processes connect to; services may live in it as in any other.

    Args:
        name: What people call it, in failures and logs, here and at the other ends of its links.
        credentials: What other hubs are shown that it joins, and that ask who this is.
        tls: Over which endpoints are spoken to that are written as ``"tcp:…"``; it has a certificate.
        authenticators: By which it finds out who links with it; none, and it does not ask.
        hubs: The principals, as globs, that are believed as hubs; ``*`` is everybody. Left out, it is
            nobody, or whoever is on this machine if there are no authenticators.
        policy: Rules of what principals may do; while there are none, everybody may everything.

    Raises:
        ConfigurationError: A setting cannot be.
    """

    is_hub: ClassVar[bool] = True

    def __init__(
        self,
        reactor: Any,
        name: str = "",
        group: str = "",
        heartbeat: float = 10.0,
        dead_after: float = 30.0,
        *,
        limits: Limits | None = None,
        credentials: Credentials | None = None,
        tls: Tls | None = None,
        authenticators: Iterable[Authenticator] = (),
        hubs: Iterable[str] | None = None,
        policy: Iterable[Rule] = (),
        entropy: Callable[[int], bytes] = os.urandom,
    ) -> None:
        if not is_word(name):
            raise ConfigurationError("the name of a hub must be text of at most 255 bytes without control characters")
        self._hub_name = name
        keywords: dict[str, Any] = {"limits": limits, "credentials": credentials, "tls": tls, "entropy": entropy}
        super().__init__(reactor, group, heartbeat, dead_after, **keywords)
        self._links.authenticators = {each.mechanism: each for each in authenticators}
        self._links.policy = Policy(policy)
        self._links.trusts_hub = _trust_in(hubs, bool(self._links.authenticators))

    def permits(self, principal: str | None, deed: Deed, thing: str) -> bool:
        """Return whether the policy lets somebody do something, as it is now; while there are no rules, all is let.

        Args:
            principal: Who has proved to be that; ``None`` is whoever has proved nothing.
            thing: ``service.method`` of a call, the service group to join, else the name of a service.
        """
        return self._links.policy.ruling_on(principal, deed, thing).is_granted

    def rejudge(
        self, authenticators: Iterable[Authenticator], hubs: Iterable[str] | None, policy: Iterable[Rule]
    ) -> Judged:
        """Let these decide from now on who may link and what they may; those who have linked are judged anew.

        Args:
            authenticators: As the hub was made with, as the others.

        Returns:
            How many links end because of it, and how many are to be made anew.
        """
        self._links.authenticators = {each.mechanism: each for each in authenticators}
        self._links.trusts_hub = _trust_in(hubs, bool(self._links.authenticators))
        return judge_anew(self._links, Policy(policy))

    def listen(self, endpoint: str | IStreamServerEndpoint) -> Listener:
        """Accept links at an endpoint while this hub runs; `startService` raises if it cannot be had.

        Args:
            endpoint: A Twisted endpoint description such as ``"tcp:11111"``, or an endpoint.

        Raises:
            ConfigurationError: The description cannot be understood.
        """
        listener = Listener(self._listening_endpoint(endpoint), self._links)
        listener.setServiceParent(self)
        return listener

    def join(self, endpoint: str | IStreamClientEndpoint, retry: RetryPolicy | None = USUAL_RETRY) -> Dialer:
        """Keep a link to another hub while this one runs, so that what is at either is known at both.

        A hub links with every other of its mesh, for nothing is passed on from hub to hub. Both
        may join each other: one link comes of it, and the other dialer stands by. It does not
        matter which of them is started first.

        Args:
            endpoint: A Twisted endpoint description such as ``"tcp:hostb:11111"``, or an endpoint.
            retry: Tells how long to wait after how many failures; ``None`` is not to try again.

        Raises:
            ConfigurationError: The description cannot be understood.
        """
        return self._dial([endpoint], retry)

    def part_from(self, dialer: Dialer) -> None:
        """Join a hub no more: leave it in good order, and do not dial it again."""
        dialer.disownServiceParent()
        for link in [link for link in self._links.attached if link.dialer is dialer]:
            link.leave(f"{self._role.title} does not join you any more", PARTING_TIME)

    def advertise(self, *endpoints: str) -> None:
        """Tell those who connect from now on where they can dial this hub, or others that are as good.

        They go there when they lose this one, or when it leaves.

        Args:
            endpoints: Descriptions as for `join`, as others would dial them.

        Raises:
            ConfigurationError: One of them cannot be understood.
        """
        for endpoint in endpoints:
            self._endpoint(endpoint)
        self._links.advertised = tuple(endpoints)

    def when_asked_to_drain(self, drained: Callable[[float], Any]) -> None:
        """Have ``drained`` called with the seconds when somebody who may administer this hub asks it to leave.

        Without that, the hub leaves its links, and runs on.
        """
        self._administration.drained = drained

    def _deny(self, port: Port, thing: bytes, text: str) -> None:
        """Tell a far end that it may not have an instance or a subscription."""
        self.log.info("{text}", text=text, link=readable(port.identity), principal=port.principal)
        port.send(denial_of(self.identity, thing, text, self.reactor.seconds()))

    def _listening_endpoint(self, endpoint: str | IStreamServerEndpoint) -> IStreamServerEndpoint:
        if not isinstance(endpoint, str):
            return endpoint
        try:
            parsed: IStreamServerEndpoint = serverFromString(self.reactor, endpoint)
            if self._tls is None or not is_tcp(endpoint):
                return parsed
            return self._tls.listening(self.reactor, parsed)
        except (ValueError, TypeError, KeyError) as error:
            text = f"'{endpoint}' cannot be listened at: {error}; write it as in 'tcp:11111:interface=127.0.0.1'"
            raise ConfigurationError(text) from None

    def _title(self, identity: Identity) -> str:
        return f"hub {self._hub_name} ({readable(identity)})" if self._hub_name else f"hub {readable(identity)}"

    def _connect_parts(self) -> None:
        super()._connect_parts()
        later = partial(self.reactor.callLater, 0)
        registry = self._switch.registry
        shows, may_watch = self._switch.shows, self._switch.may_watch
        self._directory = Directory(
            self.identity, registry, self._receive, self.reactor.seconds, later, shows, may_watch, self._switch.hold
        )
        self._switch.denier = self._deny
        self._departures = Departures()
        self._administration = Administration(
            self._switch, self._links, self._hub_name, self._departures, self.reactor.seconds
        )
        self._administration.drained = self.drain
        for thing in (BUILT_IN, make_id(self.identity, 0)):
            self._invoker.add(thing, self._administration)
        self._held_back = HeldBack(self._tell_change, self.reactor.callLater, self.reactor.seconds)
        self._local.take({Kind.SUBSCRIBE: self._subscribe, Kind.UNSUBSCRIBE: self._unsubscribe})

    def _subscribe(self, frame: Frame) -> None:
        if frame[2][0] == BUILT_IN:
            self._directory.subscribe(frame)
        else:
            self._publisher.subscribe(frame)

    def _unsubscribe(self, frame: Frame) -> None:
        self._directory.unsubscribe(frame)
        self._publisher.unsubscribe(frame)

    def _changed(self, change: Change) -> None:
        self._held_back.changed(change)

    def _tell_change(self, change: Change) -> None:
        super()._changed(change)
        self._directory.changed(change)
        name = change.instance.name
        if change.happening is Happening.CAME:
            self._departures.came(name)
        elif change.happening is Happening.WENT and not self._switch.registry.named(name):
            self._departures.went(name, self.reactor.seconds(), change.reason or "withdrawn")

    async def _stop(self) -> None:
        await super()._stop()
        self._held_back.stop()


def _trust_in(hubs: Iterable[str] | None, asks: bool) -> Callable[[str | None, bool], bool]:
    """Return what tells whether somebody is believed as a hub; who is not asked has no name, which only ``*`` fits."""
    if hubs is None:
        return lambda principal, is_local: is_local and not asks
    patterns = list(hubs)
    fits = [compiled(each) for each in patterns]
    return lambda principal, is_local: any(fit(principal) for fit in fits) if principal else "*" in patterns
