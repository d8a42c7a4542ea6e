"""What both ends of a dialogue bring to it, and what one knows of the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from exchange.wire.identities import Identity, identity_of
from exchange.wire.limits import Limits
from exchange.wire.liveness import tick_every

VERSIONS = (1,)
"""The versions of the wire that this code speaks."""

OPEN_MECHANISM = "open"
"""The mechanism of those who show no credentials."""


class Reason(NamedTuple):
    """Why a dialogue ended: a code of the wire specification, and words for people."""

    code: str
    text: str
    by_far_end: bool
    identity: Identity | None = None
    """Of the far end, if it said so."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an exchange brings to every dialogue of its own.

    ``heartbeat`` is the silence in seconds after which the far end is asked for a
    sign of life, ``dead_after`` the silence after which it is taken for dead. ``name`` is
    what people call a hub, ``mechanism`` how the dialling side proves who it is, ``versions``
    which versions of the wire this end speaks.
    """

    secret: bytes
    is_hub: bool = False
    group: str = ""
    limits: Limits = field(default_factory=Limits)
    heartbeat: float = 10.0
    dead_after: float = 30.0
    name: str = ""
    mechanism: str = OPEN_MECHANISM
    versions: tuple[int, ...] = VERSIONS

    @property
    def identity(self) -> Identity:
        """The identity that the secret stands for."""
        return identity_of(self.secret)

    @property
    def tick_every(self) -> float:
        """How often, in seconds, a dialogue wants `Dialogue.tick`."""
        return tick_every(self.heartbeat)


class FarEnd(NamedTuple):
    """What the far end said of itself in the greeting."""

    identity: Identity
    is_hub: bool
    group: str
    attachment: int
    mechanism: str
    max_frame: int
    takes: Limits
    name: str = ""
    """What people call it, if it is a hub that said so."""
