"""An exchange is what services and links attach to in a process."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, ClassVar, NamedTuple

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.endpoints import clientFromString
from twisted.internet.interfaces import IStreamClientEndpoint

from exchange.errors import ConfigurationError, LocalProtocolError
from exchange.net.dialer import Dialer
from exchange.net.links import Links
from exchange.net.retry import RetryPolicy, back_off
from exchange.routing.registry import Change
from exchange.routing.role import Role
from exchange.routing.switch import Switch
from exchange.services.calls import Calls
from exchange.services.holding import Holding, check_times
from exchange.services.invoker import Invoker
from exchange.services.local import LocalPort
from exchange.services.picture import Picture
from exchange.services.presence import Presence
from exchange.services.proxy import Proxy
from exchange.services.service import Service
from exchange.services.watch import Changed, Wanted, Watch
from exchange.wire.dialogue import Terms
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import SECRET_SIZE, Id, Identity, make_id, readable
from exchange.wire.layouts import Kind, is_name
from exchange.wire.limits import SMALLEST_FRAME, Limits

DEFAULT_TIMEOUT = 30.0
USUAL_RETRY = back_off()
FIRST_OWN = 16
"""Numbers below are taken: 0 is `$exchange`."""

SHORTEST_PATIENCE = 1.5
"""The dead-link time, at least, in heartbeats."""


class Outstanding(NamedTuple):
    """What an exchange has not finished; all zero when it is idle.

    Attributes:
        waiting: Calls made here that have no answer yet.
        running: Methods of services here that have not answered yet.
        owed: Calls passed on by the switch and not answered yet.
        links: Connections, in whatever state.
    """

    waiting: int
    running: int
    owed: int
    links: int


class Exchange(MultiService):
    """A process's part in the exchange; a Twisted service: start it, or give it a parent.

    Services are added to it, hubs are dialled by it, calls are made through it. With
    no hub it joins the services of its own process.

    Args:
        reactor: The reactor, or a clock in tests.
        group: The exchange group, which both ends of every link must share.
        heartbeat: Seconds of silence after which a far end is asked for a sign of life.
        dead_after: Seconds of silence after which it is taken for dead.
        limits: What is taken from far ends.
        entropy: Gives random bytes.

    Raises:
        ConfigurationError: A setting cannot be.
    """

    is_hub: ClassVar[bool] = False

    def __init__(
        self,
        reactor: Any,
        group: str = "",
        heartbeat: float = 10.0,
        dead_after: float = 30.0,
        *,
        limits: Limits | None = None,
        entropy: Callable[[int], bytes] = os.urandom,
    ) -> None:
        super().__init__()
        limits = limits or Limits()
        _check_settings(group, heartbeat, dead_after, limits)
        self.reactor = reactor
        terms = Terms(entropy(SECRET_SIZE), self.is_hub, group, limits, heartbeat, dead_after)
        title = self._title(terms.identity)
        self._role = Role(terms.identity, self.is_hub, group, title, limits, self._why_no_hub)
        self._local = LocalPort()
        self._switch = Switch(self._role, self._local, reactor.seconds)
        self._links = Links(reactor, terms, self._switch)
        self._receive = partial(self._switch.receive, self._local)
        self._calls = Calls(self.identity, self._receive, reactor)
        self._invoker = Invoker(self._receive)
        self._picture = Picture(self._switch)
        self._holding = Holding(self._picture, reactor)
        self._numbers = count(FIRST_OWN)
        self._services: dict[Service, Id] = {}
        self._announced: set[Id] = set()
        self._connect_parts()

    @property
    def identity(self) -> Identity:
        """What this exchange is, for as long as it runs: 16 bytes."""
        return self._role.identity

    @property
    def group(self) -> str:
        """Its exchange group."""
        return self._role.group

    @property
    def title(self) -> str:
        """What people call it: ``exchange h7Qkz2aV``."""
        return self._role.title

    def outstanding(self) -> Outstanding:
        """Return what is not finished here."""
        waiting = len(self._calls) + len(self._holding)
        return Outstanding(waiting, len(self._invoker), len(self._switch.debts.owed), len(self._links))

    # Services

    def add(self, service: Service) -> None:
        """Offer a service: it can be called from now on, and is announced to every hub that is linked.

        Raises:
            TypeError: It is no `Service`.
            ValueError: Its name, a group or its audience cannot be one, two of its methods have
                one name, or it was added already.
        """
        given: Any = service
        if not isinstance(given, Service):
            mend = f"; add an instance of it: {given.__name__}()" if isinstance(given, type) else ""
            raise TypeError(f"{given!r} is no service{mend}")
        if service in self._services:
            raise ValueError(f"service '{service.name}' was added to {self.title} already")
        thing = make_id(self.identity, next(self._numbers))
        frame = self._announcement(thing, service)
        service.exports  # noqa: B018 -- raises if there are two of one name
        self._services[service] = thing
        self._invoker.add(thing, service)
        service._exchanges += (self,)
        self._announce(thing, service, frame)

    def remove(self, service: Service) -> None:
        """Withdraw a service; its running methods are cancelled, and their callers told at once.

        Raises:
            ValueError: It is not here.
        """
        if service not in self._services:
            raise ValueError(f"service '{service.name}' is not at {self.title}")
        thing = self._services.pop(service)
        self._withdraw(thing)
        self._invoker.remove(thing)
        service._exchanges = tuple(other for other in service._exchanges if other is not self)

    def announce(self, service: Service) -> None:
        """Announce again what changed about a service that was added.

        Raises:
            ValueError: What it is now cannot be announced.
        """
        thing = self._services[service]
        self._announce(thing, service, self._announcement(thing, service))

    def id_of(self, service: Service) -> Id:
        """Return the id of the instance that a service of this exchange is."""
        return self._services[service]

    # Calls

    def call(
        self,
        to: str | bytes,
        method: str,
        /,
        *args: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        wait: float = 0,
        **kwargs: Any,
    ) -> Deferred[Any]:
        """Call a method of a service, wherever it runs.

        The Deferred always fires: with the result, or with a failure. Cancelling
        it tells the service to stop and forgets the call.

        Args:
            to: A service name, or the id of one instance.
            timeout: Seconds to wait for the answer: 0 is over at once, ``None`` is as long as the service lives.
            wait: Seconds to hold the call if the service is not there yet, before ``timeout`` begins.

        Raises:
            ValueError: ``timeout`` or ``wait`` is below 0.
            ServiceUnavailable: Nobody offers ``to``.
            CallTimeout: No answer in time.
            RemoteError: The method raised.
            CallError: Any of its kinds; see `exchange.errors`.
        """
        if timeout is not None and timeout >= 0 and wait == 0:  # the usual, in few steps
            return self._calls.make(to, method, args, kwargs, timeout)
        return self._call(to, method, args, kwargs, timeout, wait)

    def service(self, name: str | bytes, timeout: float | None = DEFAULT_TIMEOUT, wait: float = 0) -> Proxy:
        """Return a proxy: ``exchange.service("math").multiply(6, 7)`` is a call; every argument is the method's."""
        check_times(timeout, wait)

        def make_call(method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Deferred[Any]:
            return self._call(name, method, args, kwargs, timeout, wait)

        return Proxy(make_call, name if isinstance(name, str) else readable(name))

    def _call(
        self,
        to: str | bytes,
        method: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        timeout: float | None,
        wait: float,
    ) -> Deferred[Any]:
        check_times(timeout, wait)
        if wait == 0:
            return self._calls.make(to, method, args, kwargs, timeout)
        make = partial(self._calls.make, to, method, args, kwargs, timeout)
        return Deferred.fromCoroutine(self._holding.hold(make, to, wait))

    # Who is there

    def watch(
        self,
        name: str | None = None,
        group: str | None = None,
        pattern: str | None = None,
        changed: Changed | None = None,
    ) -> Watch:
        """Watch instances come, go and change, wherever they run.

        Args:
            name: Only those of this name.
            group: Only those in this service group.
            pattern: Only those whose name fits this glob (``*`` and ``?``).
            changed: Is called with each change, first for those that are there already.
        """
        return Watch(self._picture, Wanted(name, group, pattern), changed)

    def instances(self, name: str | None = None, group: str | None = None) -> list[Presence]:
        """Return the instances that are known now; of other processes, once something is watched."""
        wanted = Wanted(name, group, None)
        return [presence for presence in self._picture.instances() if wanted.fits(presence)]

    # Links

    def connect(
        self,
        endpoint: str | IStreamClientEndpoint,
        *others: str | IStreamClientEndpoint,
        retry: RetryPolicy | None = USUAL_RETRY,
    ) -> Dialer:
        """Keep a link to the first of these endpoints that welcomes us, as long as this exchange runs.

        Args:
            endpoint: A Twisted endpoint description such as ``"tcp:localhost:11111"``, or an endpoint.
            others: Further ones, tried in turn.
            retry: Tells how long to wait after how many failures; ``None`` is not to try again.

        Raises:
            ConfigurationError: A description cannot be understood.
        """
        endpoints = [self._endpoint(each) for each in (endpoint, *others)]
        title = " or ".join(str(each) for each in (endpoint, *others))
        dialer = Dialer(endpoints, self._links, title, retry)
        self._picture.expects_hub = True
        dialer.setServiceParent(self)
        return dialer

    def when_linked(self, attempts: int = 0) -> Deferred[None]:
        """Return a Deferred that fires when every hub that is dialled has welcomed us.

        Args:
            attempts: Fail, as the last attempt did, after so many failures; 0 is never.
        """
        each_linked = [dialer.when_linked(attempts) for dialer in self._dialers()]
        linked = DeferredList(each_linked, fireOnOneErrback=True, consumeErrors=True)
        return linked.addCallbacks(lambda _: None, lambda failure: failure.value.subFailure)

    # The life of a Twisted service

    def startService(self) -> None:
        """Dial, listen, and offer what was added."""
        for service, thing in self._services.items():
            self._announce(thing, service, self._announcement(thing, service))
        super().startService()

    async def _stop(self) -> None:
        await MultiService.stopService(self)
        for thing in self._services.values():
            self._withdraw(thing)
            self._invoker.end(thing)
        self._holding.stop(f"{self.title} is stopping")
        await self._links.say_bye("stopped", f"{self.title} is stopping")
        self._calls.stop()

    def stopService(self) -> Deferred[None]:
        """Withdraw everything, say BYE and close; fires when all links are closed."""
        return Deferred.fromCoroutine(self._stop())

    # In here

    def _dialers(self) -> list[Dialer]:
        return [child for child in self if isinstance(child, Dialer)]

    def _why_no_hub(self) -> str:
        if not self.running:
            return f"{self.title} does not run; it is started by startService()"
        return "; ".join(dialer.why_not_linked() for dialer in self._dialers()) or "none is dialled"

    def _title(self, identity: Identity) -> str:
        return f"exchange {readable(identity)}"

    def _connect_parts(self) -> None:
        self._local.handlers = {
            Kind.REQUEST: self._invoker.request,
            Kind.CANCEL: self._invoker.cancel,
            Kind.REPLY: self._calls.answer,
            Kind.FAILURE: self._calls.answer,
            Kind.REPORT: self._picture.report,
        }
        self._switch.watcher = self._changed
        self._switch.hub_watcher = self._picture.hubs_changed

    def _changed(self, change: Change) -> None:
        self._picture.registry_changed(change)

    def _endpoint(self, endpoint: str | IStreamClientEndpoint) -> IStreamClientEndpoint:
        if not isinstance(endpoint, str):
            return endpoint
        try:
            parsed: IStreamClientEndpoint = clientFromString(self.reactor, endpoint)
            return parsed
        except (ValueError, TypeError, KeyError) as error:
            text = f"'{endpoint}' cannot be dialled: {error}; write it as in 'tcp:localhost:11111'"
            raise ConfigurationError(text) from None

    def _announcement(self, thing: Id, service: Service) -> Frame:
        if isinstance(service.groups, str):
            raise ValueError(f"the groups of service '{service.name}' must be a list, not the text {service.groups!r}")
        array = (0, service.name, tuple(service.groups), service.audience, b"", None, (), None)
        try:
            return encode(Kind.ANNOUNCE, thing, array)
        except LocalProtocolError as error:
            raise ValueError(f"service {service.name!r} cannot be announced: {error.text}") from None

    def _announce(self, thing: Id, service: Service, frame: Frame) -> None:
        if service.name and not service.hidden:
            self._announced.add(thing)  # first: whoever is told of it may remove it at once
            try:
                self._receive(frame)
            except LocalProtocolError as error:
                raise ValueError(f"service {service.name!r} cannot be announced: {error.text}") from None

    def _withdraw(self, thing: Id) -> None:
        if thing in self._announced:
            self._announced.remove(thing)
            self._receive(encode(Kind.WITHDRAW, thing, ("withdrawn",)))


def _check_settings(group: str, heartbeat: float, dead_after: float, limits: Limits) -> None:
    if not is_name(group):
        raise ConfigurationError(f"exchange group {group!r} cannot be one: it must be text without control characters")
    if not heartbeat > 0:
        raise ConfigurationError(f"heartbeat must be more than 0 seconds, not {heartbeat}")
    if not dead_after >= SHORTEST_PATIENCE * heartbeat:
        least = f"at least {SHORTEST_PATIENCE} times heartbeat ({heartbeat} seconds)"
        raise ConfigurationError(f"dead-after ({dead_after} seconds) must be {least}")
    if limits.max_frame < SMALLEST_FRAME:
        raise ConfigurationError(f"max-frame must be at least {SMALLEST_FRAME} bytes, not {limits.max_frame}")
