"""An exchange is what services and links attach to in a process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, ClassVar, NamedTuple

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorCore
from twisted.logger import Logger

from exchange.errors import CallError, ConfigurationError
from exchange.net.examination import Credentials
from exchange.net.links import Links
from exchange.net.tls import Tls
from exchange.routing.interest import BUILT_IN
from exchange.routing.notices import SKIPPED
from exchange.routing.registry import Change
from exchange.routing.role import Role
from exchange.routing.switch import Switch
from exchange.services.callbacks import Callbacks
from exchange.services.calling import Calling
from exchange.services.calls import Calls
from exchange.services.declarations import Declarations
from exchange.services.denials import is_denial, told_by
from exchange.services.holding import Holding
from exchange.services.invoker import Invoker, RunCoroutine
from exchange.services.last_hub import LastHub
from exchange.services.linking import Linking
from exchange.services.local import LocalPort
from exchange.services.observing import Observer
from exchange.services.offers import Offers
from exchange.services.picture import Picture
from exchange.services.presence import Presence
from exchange.services.publisher import Publication, Publisher
from exchange.services.repeating import Repeating
from exchange.services.reporting import Reporting
from exchange.services.resending import Resending
from exchange.services.service import Service
from exchange.services.spans import Tracing
from exchange.services.subscriber import Subscriber
from exchange.services.timers import Timers
from exchange.services.waiting import Waiting
from exchange.services.watch import Changed, Wanted, Watch
from exchange.wire.frames import Frame
from exchange.wire.identities import SECRET_SIZE, Id, Identity, make_id, readable
from exchange.wire.layouts import Kind, is_name
from exchange.wire.limits import SMALLEST_FRAME, Limits
from exchange.wire.terms import OPEN_MECHANISM, Terms

FIRST_SUBSCRIPTION = 16
"""Numbers below are taken: 1 is the picture's."""

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


class Exchange(Calling, Linking, Reporting, MultiService):
    """A process's part in the exchange; a Twisted service: start it, or give it a parent.

    Services are added to it, hubs are dialled by it, calls are made through it. With
    no hub it joins the services of its own process.

    Args:
        reactor: The reactor, or a clock in tests.
        group: The exchange group, which both ends of every link must share.
        heartbeat: Seconds of silence after which a far end is asked for a sign of life.
        dead_after: Seconds of silence after which it is taken for dead.
        limits: What is taken from far ends.
        credentials: What hubs are shown that ask who this is.
        tls: Over which endpoints are spoken to that are written as ``"tcp:…"``.
        entropy: Gives random bytes.
        run_coroutine: Runs methods and callbacks that are coroutine functions; for programs on asyncio.

    Raises:
        ConfigurationError: A setting cannot be.
    """

    is_hub: ClassVar[bool] = False
    log = Logger()
    _hub_name = ""

    def __init__(
        self,
        reactor: Any,
        group: str = "",
        heartbeat: float = 10.0,
        dead_after: float = 30.0,
        *,
        limits: Limits | None = None,
        credentials: Credentials | None = None,
        tls: Tls | None = None,
        entropy: Callable[[int], bytes] = os.urandom,
        run_coroutine: RunCoroutine = Deferred.fromCoroutine,
    ) -> None:
        super().__init__()
        limits = limits or Limits()
        _check_settings(group, heartbeat, dead_after, limits)
        self.reactor = reactor
        self._tls = tls
        secret, name = entropy(SECRET_SIZE), self._hub_name
        mechanism = credentials.mechanism if credentials else OPEN_MECHANISM
        terms = Terms(secret, self.is_hub, group, limits, heartbeat, dead_after, name, mechanism)
        title = self._title(terms.identity)
        self._role = Role(terms.identity, self.is_hub, group, title, limits, self._why_no_hub)
        self._local = LocalPort()
        self._switch = Switch(self._role, self._local, reactor.seconds)
        self._links = Links(reactor, terms, self._switch)
        self._links.credentials = credentials
        self._links.endpoint_of = self._parsed
        self._receive = partial(self._switch.receive, self._local)
        self._calls = Calls(self.identity, self._receive, reactor, self._local)
        self._invoker = Invoker(self._receive, reactor, run_coroutine)
        self._callbacks = Callbacks(run_coroutine)
        self._timers = Timers(self.title, reactor, self._callbacks)
        self._picture = Picture(self._switch)
        self._holding = Holding(self._picture, reactor)
        self._offers = Offers(self.identity, self._receive, self.title)
        self._monotonic = _monotonic(reactor)
        clocks = (reactor.seconds, self._monotonic)
        self._publisher = Publisher(self._receive, self._is_known, *clocks, self._callbacks)
        self._subscriber = Subscriber(self._receive, self._new_subscription, self._picture, self._callbacks)
        self._subscription_numbers = count(FIRST_SUBSCRIPTION)
        declarations = Declarations(self._picture, self.describe, reactor)
        self._repeating = Repeating(self._calls, self._holding, declarations, reactor)
        self._last_hub = LastHub(self._switch, reactor.seconds)
        self._resending = Resending(self._calls, self._misses_hub, reactor)
        self._calls.repeat = self._consider
        self.denied: Callable[[str], object] = lambda text: None
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
        """Offer a service: once it is prepared it can be called, and is announced to every hub that is linked.

        What it keeps of its reports in another exchange is kept here too.

        Raises:
            TypeError: It is no `Service`.
            ValueError: Its name, a group or its audience cannot be one, two of its methods have
                one name, it was added already, its description is too large, an annotation
                that it checks cannot be checked, or a hub takes no more services of one process.
        """
        given: Any = service
        if not isinstance(given, Service):
            mend = f"; add an instance of it: {given.__name__}()" if isinstance(given, type) else ""
            raise TypeError(f"{given!r} is no service{mend}")
        thing = self._offers.add(service)
        self._invoker.add(thing, service)
        self._publisher.add(thing, service, [each._published(service) for each in service._exchanges])
        service._exchanges += (self,)
        try:
            self._offers.announce_when(service, self._callbacks.begin(service.prepare))
        except ValueError:
            self.remove(service)
            raise

    def remove(self, service: Service) -> None:
        """Withdraw a service; its running methods are cancelled, and their callers told at once. Its timers end.

        Raises:
            ValueError: It is not here.
        """
        thing = self._offers.remove(service)
        self._invoker.remove(thing)
        self._publisher.remove(thing)
        service._exchanges = tuple(other for other in service._exchanges if other is not self)
        self._timers.end(service)

    def announce(self, service: Service) -> None:
        """Announce again what changed about a service that was added.

        Raises:
            ValueError: What it is now cannot be announced, or it was not added.
        """
        self._offers.announce(service)

    def id_of(self, service: Service) -> Id:
        """Return the id of the instance that a service of this exchange is; raises `ValueError` if it is not here."""
        return self._offers.id_of(service)

    @property
    def timers(self) -> Timers:
        """The timers of its services; see `Service.call_later`."""
        return self._timers

    # Who looks on

    def observe(self, observer: Observer) -> None:
        """Have an `exchange.services.observing.Observer` asked about each call that comes to a service here."""
        self._invoker.observe(observer)

    @property
    def tracing(self) -> Tracing | None:
        """What makes spans of its calls, if anything does; see `exchange.tracing`."""
        return self._calls.tracing

    def use_tracing(self, tracing: Tracing) -> None:
        """Have spans made of the calls that are made here, and of those that come; for `exchange.tracing`.

        Raises:
            RuntimeError: They are already.
        """
        if self._calls.tracing is not None:
            raise RuntimeError(f"{self.title} is traced already: each call would have two spans")
        self._calls.tracing, self._calls.name_of = tracing, self._picture.name_of
        self._invoker.observe(tracing.answer)

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
            changed: Is called with each change, first for those that are there already. It may
                return a Deferred or be a coroutine function; what it raises is logged.

        Raises:
            ValueError: The name, the group or the pattern cannot be one.
        """
        return Watch(self._picture, Wanted(name, group, pattern), changed, self._callbacks)

    def instances(self, name: str | None = None, group: str | None = None) -> list[Presence]:
        """Return the instances that are known now; of other processes, once something is watched."""
        wanted = Wanted(name, group, None)
        return [presence for presence in self._picture.instances() if wanted.fits(presence)]

    # The life of a Twisted service

    def startService(self) -> None:
        """Dial, listen, and offer what was added."""
        self._links.is_leaving = False
        self._timers.resume()
        self._offers.announce_all()
        super().startService()

    async def _stop(self) -> None:
        self._timers.stop()
        await MultiService.stopService(self)
        self._offers.withdraw_all()
        for thing in self._offers.things():
            self._invoker.end(thing)
        self._holding.stop(f"{self.title} is stopping")
        self._resending.stop()
        await self._links.say_bye("stopped", f"{self.title} is stopping")
        self._calls.stop()

    def stopService(self) -> Deferred[None]:
        """End all timers, withdraw everything, say BYE and close; fires when all links are closed."""
        return Deferred.fromCoroutine(self._stop())

    # In here

    def _consider(self, waiting: Waiting, error: CallError) -> Deferred[Any] | None:
        """Return what will come of a call that failed, if it is made again."""
        return self._resending.consider(waiting, error) or self._repeating.consider(waiting, error)

    def _misses_hub(self) -> bool:
        return bool(self.running and not self._links.is_leaving and not self.is_hub and self._last_hub.is_missed)

    def _hubs_changed(self) -> None:
        self._last_hub.hubs_changed()
        self._picture.hubs_changed()

    def _title(self, identity: Identity) -> str:
        return f"exchange {readable(identity)}"

    def _connect_parts(self) -> None:
        handlers: dict[Kind, Callable[[Frame], None]] = {
            Kind.REQUEST: self._invoker.request,
            Kind.CANCEL: self._invoker.cancel,
            Kind.REPLY: self._calls.answer,
            Kind.FAILURE: self._calls.answer,
            Kind.REPORT: self._report,
            Kind.SUBSCRIBE: self._publisher.subscribe,
            Kind.UNSUBSCRIBE: self._publisher.unsubscribe,
        }
        self._local.take(handlers)
        self._switch.watcher = self._changed
        self._switch.hub_watcher = self._hubs_changed

    def _published(self, service: Service) -> Publication:
        return self._publisher.publication(self._offers.id_of(service))

    def _is_known(self, thing: bytes, identity: Identity) -> bool:
        """Whether an instance that lives here is known to an exchange: that is not before it is announced."""
        way = self._switch.registry.way(self._local, thing)
        return way is not None and (identity == self.identity or self._role.tells(way.about.audience))

    def _changed(self, change: Change) -> None:
        self._picture.registry_changed(change)

    def _report(self, frame: Frame) -> None:
        name, subject = frame[2][:2]
        if name != BUILT_IN:
            self._subscriber.report(frame)
        elif subject == SKIPPED:
            self._subscriber.notice(frame)
        elif is_denial(frame):
            told = "{title} is denied something: {text}; the hub's policy would have to grant more"
            self.log.error(told, title=self.title, text=told_by(frame))
            self.denied(told_by(frame))
        else:
            self._picture.report(frame)

    def _new_subscription(self) -> Id:
        return make_id(self.identity, next(self._subscription_numbers))


def _monotonic(reactor: Any) -> Callable[[], float]:
    """Return a clock that only goes forward: of the system, or the only one that a test has."""
    return time.monotonic if IReactorCore.providedBy(reactor) else reactor.seconds


def _check_settings(group: str, heartbeat: float, dead_after: float, limits: Limits) -> None:
    if not is_name(group):
        raise ConfigurationError(f"exchange group {group!r} cannot be one: it must be text without control characters")
    for what, given in (("heartbeat", heartbeat), ("dead-after", dead_after)):
        if not isinstance(given, int | float):
            raise ConfigurationError(f"{what} must be a number of seconds, not {given!r}")
    if not heartbeat > 0:
        raise ConfigurationError(f"heartbeat must be more than 0 seconds, not {heartbeat}")
    if not dead_after >= SHORTEST_PATIENCE * heartbeat:
        least = f"at least {SHORTEST_PATIENCE} times heartbeat ({heartbeat} seconds)"
        raise ConfigurationError(f"dead-after ({dead_after} seconds) must be {least}")
    if limits.max_frame < SMALLEST_FRAME:
        raise ConfigurationError(f"max-frame must be at least {SMALLEST_FRAME} bytes, not {limits.max_frame}")
