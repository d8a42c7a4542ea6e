"""The door: who may look at a hub and do something there, the same for its page and all that stands beside it.

Whoever comes in has proved who they are, if the hub asks anybody, and may administer it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from twisted.internet.defer import Deferred
from twisted.web import http
from twisted.web.resource import IResource
from twisted.web.server import Request

from exchange.gateways.dashboard.hosts import Hosts
from exchange.gateways.gate import Gate
from exchange.gateways.refusals import Refusal
from exchange.gateways.terms import Guard, Identified, Settings

HUB = "$exchange"
"""The service that a hub itself is."""

Deed = Literal["administer", "call", "watch", "subscribe"]
Permits = Callable[[str | None, Deed, str], bool]
"""Whether a principal may do something with a service, or with ``service.method``, by the policy of the hub."""

HEADERS = {
    b"content-security-policy": (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        b"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
    ),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cache-control": b"no-store",
}

FOREIGN = Refusal(http.FORBIDDEN, "pages of other sites may not ask here")


class Door:
    """Who may come in; a `Guard` of itself.

    Attributes:
        guard: Finds out who asks; without one, nobody is asked.
        permits: Whether they may do something.
        hosts: By which names they may come.
    """

    def __init__(self, guard: Guard | None, permits: Permits, hosts: Hosts) -> None:
        self.guard = guard
        self.permits = permits
        self.hosts = hosts

    def take_over(self, other: Door) -> None:
        """Let those in, from now on, whom another door lets in."""
        self.guard, self.permits, self.hosts = other.guard, other.permits, other.hosts

    def identify(self, request: Request) -> Identified | Deferred[Identified]:
        """Return who asks, or why they may not; or a Deferred of that."""
        return None if self.guard is None else self.guard.identify(request)


def permits_all(principal: str | None, deed: Deed, thing: str) -> bool:
    """Let everybody do everything."""
    return True


class Inside(Gate):
    """A resource of `twisted.web` behind the door; subclasses answer whoever came in."""

    face: ClassVar[str] = "page"

    def __init__(self, door: Door) -> None:
        super().__init__(Settings(guard=door))
        self.door = door

    def render(self, request: Request) -> Any:
        """Answer a request, or refuse it."""
        for name, value in HEADERS.items():
            request.setHeader(name, value)
        refusal = self.door.hosts.refusal_of(request)
        return super().render(request) if refusal is None else refusal.send(request)

    def admit(self, request: Request, who: Identified) -> Any:
        """Answer whoever may administer the hub."""
        if isinstance(who, Refusal):
            return who.send(request)
        if not self.door.permits(who, "administer", HUB):
            return _denied(who).send(request)
        return self.answer(request, who)

    def answer(self, request: Request, who: str | None) -> Any:
        """Answer a request that was not refused."""
        raise NotImplementedError


class Guarded(Inside):
    """Puts another resource behind the door, a leaf."""

    def __init__(self, door: Door, resource: IResource) -> None:
        super().__init__(door)
        self._resource = resource

    def answer(self, request: Request, who: str | None) -> Any:
        """Have the resource answer."""
        return self._resource.render(request)


def _denied(who: str | None) -> Refusal:
    name = f"principal '{who}'" if who else "whoever has not proved who they are"
    return Refusal(
        http.FORBIDDEN, f"{name} may not administer '{HUB}' here; a rule of the policy would have to grant it"
    )
