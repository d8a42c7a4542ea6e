"""A link: one live connection between two exchanges, and a port of the switch.

It carries bytes between transport, dialogue and switch and decides nothing itself.
What is queued is written when 32 frames are waiting, and whatever is left when the
turn ends. While the transport has enough, frames wait in a backlog; above the soft
limit the link is congested, above the hard limit it is ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IPushProducer
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from exchange.errors import LinkRefused, ProtocolError
from exchange.net.attributes import OF_A_LINK
from exchange.net.complaints import Complaints
from exchange.net.congestion import Congestion
from exchange.net.departure import Departure
from exchange.net.fairness import FULL_READ
from exchange.net.farewell import Farewell
from exchange.net.flood import Flood
from exchange.net.greeting import Greeting
from exchange.net.links import Links
from exchange.net.outlet import Outlet
from exchange.net.pace import Pace
from exchange.net.proof import Proof
from exchange.net.reading import Reading
from exchange.net.surroundings import address_of, hasten
from exchange.net.telling import Telling
from exchange.net.traffic import Traffic
from exchange.net.wording import about_link, loss_of, place_of
from exchange.routing.port import Port
from exchange.wire.dialogue import Dialogue
from exchange.wire.frames import Frame
from exchange.wire.identities import Identity
from exchange.wire.steps import State

FRAMES_PER_WRITE = 32


class Stage(Enum):
    """How the switch sees a link."""

    GREETING = "greeting"
    ATTACHED = "attached"
    DETACHED = "detached"


# To name a member of an enumeration costs more than to look up a dictionary.
_GREETING, _ATTACHED, _DETACHED = Stage.GREETING, Stage.ATTACHED, Stage.DETACHED
_OPEN, _CLOSING, _CLOSED = State.OPEN, State.CLOSING, State.CLOSED


@implementer(IPushProducer)
class LinkProtocol(Protocol, Port):
    """One end of a link.

    Attributes:
        opened: At the dialling side: fires when the greeting is over, or fails with `LinkRefused`.
        ending: Fires when the far end is leaving, or the connection is gone.
        closed: Fires when the connection is gone.
        address: The host at the far end, in numbers.
        place: Where that is, for people.
        congestion: What waits while the transport has enough.
        is_dialled: Whether we dialled it.
        since: When it was attached, or else made.
        reading: Whether it takes what comes.
        traffic: How much it has carried.
        is_paused: Whether the transport has enough for now.
        dialer: Who dialled it, and dials again when it is lost; ``None`` if we accepted it.
    """

    __slots__ = OF_A_LINK
    log = Logger()

    def __init__(self, links: Links, dialling: bool, attachment: int = 0) -> None:
        super().__init__()
        now = links.reactor.seconds()
        self.opened: Deferred[None] = Deferred()
        self.ending: Deferred[None] = Deferred()
        self.closed: Deferred[None] = Deferred()
        self._links = links
        self._switch = links.switch
        self._turn = links.turn
        self._dialogue = Dialogue(links.terms, dialling, now, attachment)
        self._reader = self._dialogue.reader
        self._holds = False
        self._stage = Stage.GREETING
        self._queue: list[bytes] = []
        self.congestion = Congestion(self, links)
        self._touched = False
        self.is_paused = False
        self._greeting = Greeting(self, self._dialogue, links, self._attach)
        self.reading = Reading(self)
        self._pace, self._is_paced = Pace(self, self._dialogue, links.terms), False
        self._many = FULL_READ
        self._flood = Flood(self, links.terms.dead_after / 4)
        self._farewell = Farewell(self, links.terms.limits.farewell_time)
        self._proof = Proof(self, self._dialogue)
        self._timers: list[IDelayedCall] = []
        self.attachment = attachment
        self.dialer: Any = None
        self._complaints = Complaints(self)
        self.traffic = Traffic()
        self.place = ""
        self.since = now
        self.is_dialled = dialling
        self._departure: Departure | None = None
        self._telling: Telling | None = None

    # The transport calls

    def connectionMade(self) -> None:
        """Say HELLO, if it is us who dialled."""
        transport: Any = self.transport
        hasten(transport)
        self._outlet = Outlet(transport)
        self.place = place_of(transport.getPeer())
        self.address = address_of(transport)
        transport.registerProducer(self, True)
        self._links.add(self, is_accepted=not self._dialogue.dialling)
        self.settle()

    def dataReceived(self, data: bytes) -> None:
        """Give bytes to the dialogue, and the frames that come of it to the switch."""
        turn = self._turn
        turn.begin()
        try:
            if self.suspected:
                self._switch.note_suspected(self, False)
            frames = self._dialogue.receive(data)
            self.traffic.bytes_in += len(data)
            self.traffic.frames_in += len(frames)
            if self._stage is _GREETING:
                self._greeting.go_on(bool(frames))
            self._switch.receive_all(self, frames)
            if len(data) >= self._many:
                self._links.fairness.note(self, len(data), len(frames))
            if self.changing or self._is_paced:
                self._pace.note(len(data), frames)
            if self._reader.unfinished or self._holds:
                self._note_unfinished(bool(frames) or self._reader.control)
            if self._reader.control:
                self._flood.mind(self._dialogue.words)
                self._proof.heard()
        except ProtocolError as error:
            self._dialogue.bye(error.code, error.text)
        finally:
            try:  # after traffic alone there is nothing to settle
                if self._reader.control or self._dialogue.state is not _OPEN or self._departure is not None:
                    self.settle()
            finally:
                turn.end()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Settle everything about this link."""
        self._dialogue.lost(loss_of(reason, self.transport))
        self._detach()
        for timer in self._timers:
            if timer.active():
                timer.cancel()
        self._links.discard(self)
        self.congestion.tell_resumed()
        self._tell_ending()
        self.closed.callback(None)

    def pauseProducing(self) -> None:
        """The transport has enough for now."""
        self.is_paused = True

    def resumeProducing(self) -> None:
        """The transport wants more: give it what waits, until it has enough again."""
        self.is_paused = False
        self.congestion.go_on()
        self.flush()
        if not self.is_paused:
            self.go_on_telling()
            self.congestion.tell_resumed()

    def when_resumed(self) -> Deferred[None]:
        """Return a Deferred that fires when nothing waits any more, or the link is gone."""
        return self.congestion.when_resumed()

    def stopProducing(self) -> None:
        """The transport will take no more; `connectionLost` follows."""
        self._queue.clear()
        self.congestion.clear()

    # The switch calls

    def send(self, frame: Frame) -> None:
        """Queue one frame."""
        self._queue.append(frame[3])
        if len(self._queue) >= FRAMES_PER_WRITE:
            self.flush()
        elif not self._touched:
            self._touched = True
            self._turn.touch(self)

    def tell_all(self, frames: Iterator[Frame]) -> None:
        """Send all of these as the link drains, and whatever else is sent meanwhile between them."""
        self._telling = Telling(self, frames)
        self.go_on_telling()

    def go_on_telling(self) -> None:
        """Send more of what there is to tell."""
        if self._telling is not None and (not self.is_attached or self._telling.go_on()):
            self._telling = None

    def note_full(self) -> None:
        """Say once for all that waits what is to be done about it."""
        self._complaints.note_full(self.takes)

    def note_too_large(self, frame: Frame) -> None:
        """Say it of the first that is heard live, and of the first that is kept for who comes late."""
        self._complaints.note_too_large(frame, self.max_frame)

    def prove_alive(self) -> None:
        """Ask for a sign of life, and give up if none comes within a second."""
        self._proof.demand()

    def hold(self, go_on: Callable[[], None]) -> bool:
        """Whether it has enough for now; then ``go_on`` is called once it has not, or is gone."""
        if self.is_paused:
            self.when_resumed().addCallback(lambda _: go_on())
        return self.is_paused

    # Whoever owns the link calls

    def read_at_most(self, size: int) -> None:
        """Read so many bytes at once, at most."""
        self._many = min(size, self._pace.most, FULL_READ)
        self.reading.take(min(size, self._pace.most))

    def write_all(self, frames: list[bytes]) -> None:
        """Give the transport frames, whether it has enough or not."""
        data = b"".join(frames)
        self.traffic.frames_out += len(frames)
        self.traffic.bytes_out += len(data)
        self._outlet.write(data)

    def flush(self) -> None:
        """Write what is queued, or let it wait if the transport has enough."""
        self._touched = False
        if self.is_paused:
            self.congestion.hold_back(self._queue)
        elif self._queue:
            queue, self._queue = self._queue, []
            self.write_all(queue)
        if self._departure is not None:
            self._departure.go_on_soon()

    def tick(self, now: float) -> None:
        """Time passed: the far end may be asked for a sign of life, suspected, or dead."""
        self._pace.tick()
        self._dialogue.tick(now)
        if self._dialogue.far_is_suspected and not self.suspected and self._stage is _ATTACHED:
            self._switch.note_suspected(self, True)
        self.settle()

    @property
    def other_endpoints(self) -> tuple[str, ...]:
        """Where else the far end said that it, or one as good, can be dialled."""
        return self._dialogue.endpoints

    @property
    def leaving_time(self) -> float:
        """How many seconds the far end said it would stay, when it said LEAVING."""
        return self._dialogue.leaving_time

    def leave(self, text: str, seconds: float, waits: bool = False) -> None:
        """Ask the far end to begin nothing new, and end the link when nothing is owed, or when the time is over (R12).

        Args:
            waits: Whether the far end shall say that it leaves too, before the link ends.
        """
        if self._stage is _ATTACHED and self._departure is None:
            now = self._links.reactor.seconds()
            self._departure = Departure(self, self._dialogue, self._switch, text, seconds, waits, now)
            self.settle()

    def ask(self) -> Deferred[None]:
        """Ask for a sign of life; return a Deferred that fires when it came, and never if the link is lost."""
        return self._proof.ask()

    def say_bye(self, code: str, text: str) -> None:
        """End the link with a reason."""
        self._dialogue.bye(code, text)
        self.settle()

    def give_way(self) -> None:
        """End the greeting at once, for another that wants to begin."""
        self.say_bye("greeting", "too many are greeting, and you were the first to begin")
        self._farewell.close(is_mutual=False)

    @property
    def is_closing(self) -> bool:
        """Whether its connection is being closed."""
        return self._farewell.is_closing

    @property
    def now(self) -> float:
        """The time, in seconds."""
        return float(self._links.reactor.seconds())

    def later(self, seconds: float, do: Callable[..., None], *args: Any) -> None:
        """Do something after so many seconds, if the link is still there."""
        self._timers = [timer for timer in self._timers if timer.active()]
        self._timers.append(self._links.reactor.callLater(seconds, do, *args))

    @property
    def far_identity(self) -> Identity | None:
        """Who is at the far end, if it has said so, be it in its BYE."""
        return self._dialogue.far_identity

    # In here

    def _note_unfinished(self, is_new: bool) -> None:
        unfinished = self._reader.unfinished
        self._holds = unfinished > 0
        self._links.unfinished.note(self, unfinished, is_new)

    def _attach(self) -> None:
        dialogue, far = self._dialogue, self._dialogue.far
        assert far is not None
        self.identity = far.identity
        self.is_hub, self.name, self.principal = far.is_hub, far.name, dialogue.principal
        if not dialogue.dialling and not far.is_hub:
            self.grant = self._links.policy.grant_of(self.principal, self.now)
            self._is_paced = self._pace.begin()
        self.max_frame, self.takes, self.wire, self.since = far.max_frame, far.takes, dialogue.version, self.now
        self._stage = Stage.ATTACHED
        self._links.greeted(self)
        self._take_words()
        self._greeting.opened()
        who = f" as {self.principal!r}" if self.principal else ""
        self.log.info("link {way} opened{who}", who=who, far_is_hub=far.is_hub, **self.about())
        self._switch.attach(self)
        self._links.tell(self, True)
        if dialogue.dialling:
            self.opened.callback(None)

    def _detach(self) -> None:
        stage, self._stage = self._stage, Stage.DETACHED
        self._reader.forget()
        self._telling = None
        self._links.detached(self)
        reason = self._dialogue.reason
        if stage is Stage.DETACHED or reason is None:
            return
        end = "closed" if stage is Stage.ATTACHED else "was not made"
        text = "link {way} {end}: {reason} ({code})"
        if reason.code != "joined":  # a dialer that stands by asks for ever, and says so itself
            self.log.info(text, end=end, reason=reason.text, code=reason.code, **self.about())
        if stage is Stage.ATTACHED:
            left = self._dialogue.far_is_leaving and reason.by_far_end and reason.code == "left"
            self._switch.detach(self, reason.text, left)
            self._links.tell(self, False)
        elif self._dialogue.dialling:
            self.opened.errback(LinkRefused(reason.code, reason.text))
        self._greeting.lost()

    def about(self) -> dict[str, str | None]:
        """Return how the log names this link, as the fields of an event."""
        return about_link(self._dialogue, self.place)

    def settle(self) -> None:
        """Do what the state of the dialogue asks for, and write what it has to say."""
        dialogue = self._dialogue
        if self._departure:
            self._departure.go_on(self._links.reactor.seconds())
        self._take_words()
        if dialogue.far_is_leaving and not self.leaving:
            self._switch.note_leaving(self)
            self._tell_ending()
        if dialogue.state is _CLOSING and self._stage is not _DETACHED:
            self._detach()
            self.flush()
            self._farewell.close_slowly()
        elif dialogue.state is _CLOSED:
            self._detach()
            self._farewell.close(is_mutual=bool(dialogue.reason and dialogue.reason.by_far_end))

    def _tell_ending(self) -> None:
        if not self.ending.called:
            self.ending.callback(None)

    def _take_words(self) -> None:
        words = self._dialogue.to_write()
        if words:
            self._queue.extend(words)
            self.flush()
