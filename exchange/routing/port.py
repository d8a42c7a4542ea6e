"""A port is where a switch can send a frame: a link, or the local port.

The base class holds what the switch must know of each and counts about it; what
becomes of a frame is the business of those who inherit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from zope.interface import implementer

from exchange.interfaces import IPort
from exchange.routing.allotment import Allotment
from exchange.routing.allowance import Allowance
from exchange.routing.policy import Grant
from exchange.wire.frames import Frame
from exchange.wire.identities import Identity, title_of
from exchange.wire.limits import Limits

if TYPE_CHECKING:
    from exchange.routing.usage import Accounts

UNLIMITED = 1 << 62


@implementer(IPort)
class Port:
    """What is common to all ports.

    Attributes:
        identity: Of the exchange at the far end; of our own, at the local port.
        is_hub: Whether the far end forwards.
        name: What people call the far end, if it is a hub that said so.
        is_bridge: Whether it is the end of a bridge to another exchange of this process. What comes from
            there is never our own: it does not serve the local port.
        principal: Who the far end has proved to be.
        grant: What the far end may; ``None`` is everything.
        speaks_as: At the local port, the principal under which calls are made: as the hub knows us.
        is_attached: Whether it is part of a switch; that says so itself.
        is_peer: Whether the far end is attached and a peer: no hub, no bridge, and not this process.
        attachment: The number of the link by which the far end is attached.
        max_frame: Largest frame that the far end takes, in bytes after the size.
        takes: What else the far end takes, as it said in its greeting.
        allowance: How much a hub may be told of; ``None``, as much as there is.
        congested: Whether to refuse requests for now, because it cannot keep up.
        leaving: Whether the far end asked to begin nothing new here.
        suspected: Whether it has owed a sign of life for long.
        owing: Calls that it owes the answer of.
        asking: Calls that it made and that are not answered.
        keeping: The weight of the instances and subscriptions that it told of.
        watching: Subscriptions to `$exchange` that came from it.
        accounts: What its far end calls, by name and id, if that is counted here: at a hub, unless it is one.
        changing: How often something that it had told of was changed, taken back or denied, since somebody looked.
    """

    identity: Identity = Identity(b"")
    is_hub: bool = False
    name: str = ""
    is_bridge: bool = False
    principal: str | None = None
    grant: Grant | None = None
    speaks_as: str | None = None
    is_attached: bool = False
    is_peer: bool = False
    attachment: int = 0
    max_frame: int = UNLIMITED
    takes: Limits = Limits()
    allowance: Allowance | None = None
    congested: bool = False
    leaving: bool = False
    suspected: bool = False
    owing: int = 0
    asking: int = 0
    keeping: int = 0
    watching: int = 0
    accounts: Accounts | None = None
    changing: int = 0

    def __init__(self) -> None:
        # Looked at for every frame, and what an instance has itself is found sooner than what its class has.
        self.is_hub, self.is_bridge, self.principal = self.is_hub, self.is_bridge, self.principal
        self.grant = self.grant
        self.is_attached, self.is_peer, self.max_frame = self.is_attached, self.is_peer, self.max_frame
        self.congested, self.leaving, self.suspected = self.congested, self.leaving, self.suspected
        self.accounts = self.accounts
        self.owing, self.asking, self.changing = self.owing, self.asking, self.changing

    @property
    def allotment(self) -> Allotment | None:
        """How much the far end may use, together with the other links of its principal, if that is limited."""
        return None if self.grant is None else self.grant.allotment

    @property
    def title(self) -> str:
        """How failures call the far end: ``hub rome (h7Qkz2aV)``."""
        return f"{'hub' if self.is_hub else 'exchange'} {title_of(self.identity, self.name)}"

    def send(self, frame: Frame) -> None:
        """Queue one frame; never blocks, never raises for a lost link."""
        raise AssertionError("every port says what becomes of a frame")

    def tell(self, frame: Frame) -> None:
        """Send what a hub keeps of instances and subscriptions, as far as it has room for them."""
        if self.allowance is None:
            self.send(frame)
            return
        was_full = bool(self.allowance.waiting)
        for each in self.allowance.pass_on(frame):
            self.send(each)
        if self.allowance.waiting and not was_full:
            self.note_full()

    def tell_all(self, frames: Iterator[Frame]) -> None:
        """Tell all of these, in their order; a link takes each when it has sent what went before."""
        for frame in frames:
            self.tell(frame)

    def hold(self, go_on: Callable[[], None]) -> bool:
        """Whether it has enough for now, so that ``go_on`` will be called when it wants more; only a link ever has."""
        return False

    def note_full(self) -> None:
        """The far end has no room for all that it should be told of; the rest waits."""

    def note_too_large(self, frame: Frame) -> None:
        """A report was not sent, because the far end does not take so large a frame."""

    def follows(self, thing: bytes, path: tuple[str, ...]) -> bool:
        """Whether a bridge passes on what is about an instance that has come by this path, and not by another."""
        raise AssertionError("only the end of a bridge follows a path")

    def prove_alive(self) -> None:
        """Ask the far end for a sign of life, and be detached if none comes within a second."""
        raise AssertionError("only a link can be in doubt")
