"""The dialer keeps one link, to the first of several endpoints that welcomes us.

It is a loop of its own because Twisted's ``ClientService`` has no step for a
connection that is lost while it is being prepared, which every refused greeting is
(see ``docs/decisions/0002-own-dialer.md``).
"""

from __future__ import annotations

from collections.abc import Sequence

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IAddress, IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.errors import LinkRefused
from exchange.net.carrier import carried, link_of
from exchange.net.endpoints import EndpointsInTurn
from exchange.net.link import LinkProtocol
from exchange.net.links import Links
from exchange.net.moving import Moving
from exchange.net.retry import SLOWEST, RetryPolicy, is_permanent
from exchange.net.standby import is_linked, stand_by
from exchange.net.wording import reason_of
from exchange.wire.identities import Identity


class LinkFactory(Factory):
    """Makes our end of each link that we dial."""

    noisy = False
    gathers = True

    def __init__(self, links: Links, dialer: Dialer) -> None:
        self._links = links
        self._dialer = dialer

    def buildProtocol(self, address: IAddress | None) -> Protocol:
        """Return our end of a new link, with an attachment higher than that of the last."""
        link = LinkProtocol(self._links, dialling=True, attachment=self._links.next_attachment())
        link.dialer = self._dialer
        return carried(link)


class Dialer(Service):
    """A Twisted service that keeps one link while it runs, and makes it anew when it is lost.

    Args:
        names: What is dialled, for the log.
        retry: Tells how long to wait after how many failures; ``None`` is to give up at the first.
    """

    log = Logger()

    def __init__(
        self, endpoints: Sequence[IStreamClientEndpoint], links: Links, names: Sequence[str], retry: RetryPolicy | None
    ) -> None:
        self._endpoint = EndpointsInTurn(endpoints, names, links.reactor, links.endpoint_of)
        self._links = links
        self._title = " or ".join(names)
        self._retry = retry
        self._life: Deferred[None] | None = None
        self._turns = 0
        self._moving = Moving()
        self._waiting: list[tuple[Deferred[None], int]] = []
        self._failures = 0
        self._refusals = 0
        self._rival: Identity | None = None
        self._gave_up: Failure | None = None
        self._last_reason = ""

    def why_not_linked(self) -> str:
        """Return what is dialled, and why there is no link now, as far as that is known."""
        return f"{self._title}: {self._last_reason or 'no answer yet'}"

    def when_linked(self, attempts: int = 0) -> Deferred[None]:
        """Return a Deferred that fires when a hub has welcomed us, or need not, because it is linked otherwise.

        Args:
            attempts: How many may fail before it fails as the last did; 0 is any number. When
                nothing is tried again, the first failure is the last.
        """
        waiting: Deferred[None] = Deferred()
        if self._is_linked or self._stands_by or not len(self._endpoint):
            waiting.callback(None)
        elif self._gave_up:
            waiting.errback(self._gave_up)
        else:
            self._waiting.append((waiting, attempts and self._failures + attempts))
        return waiting

    def startService(self) -> None:
        """Begin to dial."""
        super().startService()
        self._failures = self._refusals = 0
        self._gave_up = None
        self._turns += 1
        self._life = Deferred.fromCoroutine(self._keep_linked(self._turns))
        self._life.addErrback(self._ended)

    def stopService(self) -> None:
        """Dial no more. An open link stays until its exchange ends it."""
        super().stopService()
        self._rival = None
        self._turns += 1
        life, self._life = self._life, None
        if life:
            life.cancel()

    async def _keep_linked(self, turn: int) -> None:
        while len(self._endpoint):
            link: LinkProtocol | None = None
            try:
                is_moving = self._is_linked
                connected = await self._endpoint.connect(LinkFactory(self._links, self), elsewhere=is_moving)
                link = await link_of(connected)
                await link.opened
                self._linked(link)
                self._check(turn)
                await link.ending
                if not self._is_to_move(link):
                    await link.closed
                    self._lost()
            except CancelledError:
                raise
            except LinkRefused as refusal:
                self._refused(refusal, link.far_identity if link else None)
            except Exception:
                self._moving.tries_at_once = 0  # every endpoint was tried
                self._failed(Failure())
            self._check(turn)
            if self._retry is None:
                return
            if self._moving.is_next_at_once():
                continue
            is_slow = self._rival or self._refusals >= len(self._endpoint)
            await stand_by(self._links, self._retry(SLOWEST if is_slow else self._failures), self._rival)

    def _check(self, turn: int) -> None:
        """End a life that was cancelled by somebody whom it told something: it did not wait, so nothing ended it."""
        if turn != self._turns:
            raise CancelledError

    def _ended(self, failure: Failure) -> None:
        if not failure.check(CancelledError):
            self.log.failure("the dialer of {title} ended", failure, title=self._title)

    @property
    def _is_linked(self) -> bool:
        return bool(self.running and self._moving.is_linked)

    @property
    def _stands_by(self) -> bool:
        """Whether another link to the same hub serves in place of ours."""
        return self._rival is not None and is_linked(self._links, self._rival)

    @property
    def _others(self) -> int:
        """How many endpoints may serve when the hub at one of them is lost; what is not made anew has none."""
        return 0 if self._retry is None else len(self._endpoint) - 1

    def _is_to_move(self, link: LinkProtocol) -> bool:
        """Whether another link is to be made while ``link`` is still there; a hub stays until the other hub goes."""
        return not self._links.terms.is_hub and self._moving.is_to_move(link, self._others)

    def _linked(self, link: LinkProtocol) -> None:
        self._moving.opened(link, self._links.reactor.seconds())
        self._endpoint.tell(link.other_endpoints)
        self._failures = self._refusals = 0
        self._rival = None
        self._tell_linked()

    def _tell_linked(self) -> None:
        waiting, self._waiting = self._waiting, []
        for each, _ in waiting:
            each.callback(None)

    def _lost(self) -> None:
        self._moving.lost(self._links.reactor.seconds(), self._others)
        self._last_reason = "the link was lost"
        if self._retry is None:
            self._gave_up = Failure(LinkRefused("lost", f"the link to {self._title} was lost, and is not made anew"))

    def _refused(self, refusal: LinkRefused, far: Identity | None) -> None:
        """A far end said BYE: it may be linked already, or be ourselves, or want something else of us."""
        if refusal.code == "joined":
            self._stand_by(far)
        elif refusal.code == "yourself":
            self._endpoint.leave_out()
            self.log.info("{title} leads to ourselves, and is dialled no more", title=self._title)
            if not len(self._endpoint):
                self._tell_linked()
        else:
            self._refusals += is_permanent(refusal.code)
            self._failed(Failure(refusal))

    def _stand_by(self, far: Identity | None) -> None:
        """Another link to that hub serves; ours is wanted when that one is lost, which it may be already."""
        before, self._rival = self._rival, far if is_linked(self._links, far) else None
        self._failures = 0 if self._rival else self._failures + 1
        self._last_reason = "the hubs have joined by another link"
        if self._rival:
            self._tell_linked()
        if self._rival and self._rival != before:
            self.log.info("{title} is linked already; its dialer stands by", title=self._title)

    def _failed(self, failure: Failure) -> None:
        self._rival = None
        self._failures += 1
        self._last_reason = reason_of(failure.value)
        gives_up = self._retry is None
        if gives_up:
            self._gave_up = failure
        if self._failures == 1:
            text = "cannot link to {title}: {why}; {next}"
            then = "giving up" if gives_up else "trying again"
            self.log.warn(text, title=self._title, why=self._last_reason, next=then)
        waiting, self._waiting = self._waiting, []
        for each, last in waiting:
            if gives_up or (last and self._failures >= last):
                each.errback(failure)
            else:
                self._waiting.append((each, last))
