"""The terms on which services are shown, the same for every protocol: said once, taken by all gateways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TypedDict, get_args

from twisted.internet.defer import Deferred
from twisted.web.server import Request

from exchange.errors import ConfigurationError
from exchange.gateways.refusals import MAX_BODY, Refusal
from exchange.gateways.selection import Choice

TIMEOUT = 30.0

MAX_CALLS = 100
"""Calls that may be outstanding over one connection, unless told otherwise."""

Errors = Literal["redacted", "full"]

Identified = str | Refusal | None
"""The principal who asks, or why the request is refused; ``None`` is anybody, and admitted."""


class Guard(Protocol):
    """Finds out who asks, before anything else is looked at."""

    def identify(self, request: Request) -> Identified | Deferred[Identified]:
        """Return who asks, or why they may not; or a Deferred of that, cancelled if they hang up."""
        ...


class Admission(TypedDict, total=False):
    """What may be told by keyword of who is let in; left out, it is as `Settings` says."""

    guard: Guard | None
    origins: Iterable[str]


class Terms(Admission, total=False):
    """What a gateway may be told by keyword; left out, it is as `Settings` says."""

    choice: Choice
    timeout: float | None
    max_body: int
    max_calls: int
    errors: Errors


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All terms of one gateway.

    Attributes:
        choice: Which of several instances of a name is called; see `Selection`.
        timeout: Seconds for an answer; ``None`` waits as long as the service lives.
        max_body: Largest body of a request that is taken, in bytes.
        max_calls: The most calls that may be outstanding over one connection.
        guard: Finds out who asks; without one, whoever reaches the gateway may call.
        origins: The other web sites whose pages may call, such as ``https://plant.example``.
        errors: Whether those who call are told all of a failure, or what concerns them.

    Raises:
        ConfigurationError: There is no such word for ``errors``.
    """

    choice: Choice = "least-owing"
    timeout: float | None = TIMEOUT
    max_body: int = MAX_BODY
    max_calls: int = MAX_CALLS
    guard: Guard | None = None
    origins: Iterable[str] = ()
    errors: Errors = "redacted"

    def __post_init__(self) -> None:
        if self.errors not in get_args(Errors):  # what is neither would be taken for "full"
            raise ConfigurationError(f"errors must be one of {', '.join(get_args(Errors))}, not {self.errors!r}")
