"""The part of an exchange's public face that is about links: to dial hubs, and to leave in good order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from twisted.internet.defer import Deferred, DeferredList, succeed
from twisted.internet.endpoints import clientFromString
from twisted.internet.interfaces import IAddress, IStreamClientEndpoint

from exchange.errors import ConfigurationError
from exchange.net.dialer import Dialer
from exchange.net.draining import Draining
from exchange.net.endpoint_text import host_in, is_tcp
from exchange.net.examination import Credentials
from exchange.net.link import LinkProtocol
from exchange.net.links import Links
from exchange.net.listener import Listener
from exchange.net.retry import RetryPolicy, back_off
from exchange.net.tls import Tls
from exchange.routing.role import Role
from exchange.services.callbacks import Callbacks, check_callable
from exchange.services.link_change import LinkChange, host_of, opening_of
from exchange.services.picture import Picture
from exchange.services.seconds import seconds_of
from exchange.wire.limits import Limits
from exchange.wire.terms import OPEN_MECHANISM

USUAL_RETRY = back_off()

RENEWED_LIMITS = (
    "soft_limit",
    "hard_limit",
    "max_changes",
    "max_links",
    "max_links_per_address",
    "max_greetings",
    "greeting_time",
    "farewell_time",
)
"""Limits that may change while an exchange runs; the others are told to far ends, or counted by the switch."""

DRAIN_TIME = 30.0
"""Seconds that it may take to leave in good order."""

LONGEST_DRAIN = 86_400.0
"""The wire knows no more."""


class Linking:
    """The links of an exchange, dialled and accepted."""

    reactor: Any
    running: Any
    services: list[Any]
    title: Any
    _callbacks: Callbacks
    _links: Links
    _picture: Picture
    _role: Role
    _tls: Tls | None

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
        self._picture.expects_hub = True
        return self._dial((endpoint, *others), retry)

    def watch_links(self, changed: Callable[[LinkChange], Any]) -> None:
        """Call ``changed`` for each link of ours that is open, and whenever one is opened or closed.

        It may return a Deferred or be a coroutine function; what it raises is logged.
        """
        check_callable(changed, "changed", "a change of a link")
        opened: dict[LinkProtocol, LinkChange] = {}

        def told(link: LinkProtocol, is_open: bool) -> None:
            change = opening_of(link) if is_open else opened.pop(link)._replace(is_open=False)
            if is_open:
                opened[link] = change
            self._callbacks.tell("a callback of watch_links()", changed, change)

        self._links.told.append(told)
        for link in list(self._links.attached):
            told(link, True)

    def admit_if(self, admits: Callable[[str], bool]) -> None:
        """Accept connections only from hosts for which ``admits`` returns true.

        Args:
            admits: Takes the address of a host, in numbers; empty for one that has none. If it
                raises, that is logged, and the host is not let in.
        """
        check_callable(admits, "admits", "the address of a host")

        def checked(address: IAddress | None) -> bool:
            try:
                return bool(admits(host_of(address)))
            except BaseException:
                self._callbacks.raised("the callback of admit_if()")
                return False

        self._links.admits = checked

    def renew(self, credentials: Credentials | None, limits: Limits) -> None:
        """Show these credentials, and keep these limits, over links that are made from now on.

        Of limits these are renewed: ``soft_limit``, ``hard_limit``, ``max_changes``, ``max_links``,
        ``max_links_per_address``, ``max_greetings``, ``greeting_time`` and ``farewell_time``.
        """
        self._links.credentials = credentials
        mechanism = credentials.mechanism if credentials else OPEN_MECHANISM
        new = {name: getattr(limits, name) for name in RENEWED_LIMITS}
        self._links.change(replace(self._role.limits, **new), mechanism)

    def when_linked(self, attempts: int = 0) -> Deferred[None]:
        """Return a Deferred that fires when every hub that is dialled has welcomed us.

        Args:
            attempts: Fail, as the last attempt did, after so many failures; 0 is never.
        """
        each_linked = [dialer.when_linked(attempts) for dialer in self._dialers()]
        linked = DeferredList(each_linked, fireOnOneErrback=True, consumeErrors=True)
        return linked.addCallbacks(lambda _: None, lambda failure: failure.value.subFailure)

    def drain(self, seconds: float = DRAIN_TIME) -> Deferred[None]:
        """Leave in good order; call it before `stopService`, where that may take a while.

        Nothing is dialled or accepted any more, and every far end is asked to begin nothing
        new here. Peers of a hub attach to another that they know, and leave then. What is
        running goes on, may make calls itself, and is answered; then the links end.

        Args:
            seconds: How long it may take. What is still owed then fails, delivered unknown.

        Returns:
            A Deferred that fires when every link has said its farewell; `stopService` waits until all are
            closed. To cancel it is to wait no longer.

        Raises:
            TypeError: ``seconds`` is no number.
            ValueError: It is below 0, or more than a day.
        """
        seconds = seconds_of(seconds, "the time to leave in", 0)
        if seconds > LONGEST_DRAIN:
            raise ValueError(f"the time to leave in must be at most {LONGEST_DRAIN:g} seconds, a day, not {seconds:g}")
        if not self.running:
            return succeed(None)
        self._links.is_leaving = True
        for child in self.services:
            if isinstance(child, Dialer | Listener):
                child.stopService()
        return Draining(self._links, f"{self._role.title} is leaving", seconds).done

    # In here

    def _dial(self, endpoints: Sequence[str | IStreamClientEndpoint], retry: RetryPolicy | None) -> Dialer:
        names = [str(each) for each in endpoints]
        dialer = Dialer([self._endpoint(each) for each in endpoints], self._links, names, retry)
        dialer.setServiceParent(self)
        return dialer

    def _dialers(self) -> list[Dialer]:
        return [child for child in self.services if isinstance(child, Dialer)]

    def _why_no_hub(self) -> str:
        if not self.running:
            return f"{self.title} does not run; it is started by startService()"
        return "; ".join(dialer.why_not_linked() for dialer in self._dialers()) or "none is dialled"

    def _endpoint(self, endpoint: str | IStreamClientEndpoint) -> IStreamClientEndpoint:
        if not isinstance(endpoint, str):
            return endpoint
        try:
            return self._parsed(endpoint)
        except (ValueError, TypeError, KeyError) as error:
            text = f"'{endpoint}' cannot be dialled: {error}; write it as in 'tcp:localhost:11111'"
            raise ConfigurationError(text) from None

    def _parsed(self, text: str) -> IStreamClientEndpoint:
        """Return the endpoint that a description stands for, with TLS over it if we have it."""
        parsed: IStreamClientEndpoint = clientFromString(self.reactor, text)
        if self._tls is None or not is_tcp(text):
            return parsed
        return self._tls.dialling(self.reactor, parsed, host_in(text))
