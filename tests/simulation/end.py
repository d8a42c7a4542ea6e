"""One end of a simulated link: a real dialogue, and for a transport a queue in each direction.

It is to the simulation what ``exchange/net/link.py`` is to the real thing. What is
written stands in the inbox of the far end until the simulation lets it be delivered,
one write at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from exchange.errors import ProtocolError
from exchange.routing.backlog import Backlog
from exchange.routing.interest import BUILT_IN
from exchange.routing.joins import Joins
from exchange.routing.leaving import Leaving, Step
from exchange.routing.notices import COUNT, SKIPPED
from exchange.routing.port import Port
from exchange.wire.dialogue import Dialogue
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import IDENTITY_SIZE, Identity, make_id
from exchange.wire.layouts import Kind
from exchange.wire.steps import State
from exchange.wire.terms import FarEnd
from exchange.wire.values import encode_value
from tests.simulation.ledger import Broken

if TYPE_CHECKING:
    from tests.simulation.exchanges import SimulatedExchange

USUAL_ENDS = {"lost", "left", "stopped", "replaced", "joined", "slow"}
"""Why links between honest exchanges end."""


FORWARDED = {Kind.ANNOUNCE, Kind.WITHDRAW, Kind.SUBSCRIBE, Kind.REQUEST, Kind.REPORT}
"""What a hub passes on to those who did not ask."""


class Stage(Enum):
    """How the switch sees an end."""

    GREETING = "greeting"
    ATTACHED = "attached"
    GONE = "gone"


class End(Port):
    """A port of a switch, and what comes in for it.

    Attributes:
        owner: The exchange whose end it is.
        far: The other end.
        inbox: What was written at the other end and is on its way.
        is_cut: Whether nothing that is written here gets through any more.
        is_paused: Whether nothing arrives here for now.
        is_rogue: Whether something forged was written here.
        replaces: The link to leave when this one is proved.
        timers: What it means to do when a second is over.
        is_attached: Whether it is a port of the switch now.
        is_telling: Whether it has not said yet all that there is to tell to a new link.
        notices: How many reports it left out, for those who heard of it.
    """

    def __init__(self, owner: SimulatedExchange, dialling: bool, attachment: int = 0) -> None:
        self.owner = owner
        self.far: End = self
        self.inbox: deque[bytes] = deque()
        self.is_cut = False
        self.is_paused = False
        self.is_rogue = False
        self.replaces: End | None = None
        self.stage, self.is_attached = Stage.GREETING, False
        self.attachment = attachment
        self.dialling = dialling
        self.timers: list[Callable[[], None]] = []
        self._switch = owner.switch
        self._dialogue = Dialogue(owner.terms, dialling, 0.0, attachment)
        self._joins: Joins | None = None
        self._asked: dict[int, int] = {}
        self.is_telling = False
        self._to_tell: Iterator[Frame] = iter(())
        self._proof = 0
        self._leaving: Leaving | None = None
        self._backlog: Backlog | None = None
        self._is_too_slow = False
        self.notices = 0

    @property
    def is_in_doubt(self) -> bool:
        """Whether it was asked for a sign of life and none came yet."""
        return self.is_attached and self._proof > self._dialogue.last_pong

    @property
    def is_tested(self) -> bool:
        """Whether it was ever asked for a sign of life because there is a newer link."""
        return self._proof > 0

    @property
    def can_deliver(self) -> bool:
        """Whether something can arrive here now."""
        return bool(self.inbox) and not self.is_paused

    @property
    def can_see_loss(self) -> bool:
        """Whether the connection is gone for this end, if it looks; of silence in one direction both hear in time."""
        is_silent = self.is_cut or self.far.is_cut
        return self.stage is not Stage.GONE and (is_silent or (self.far.stage is Stage.GONE and not self.inbox))

    @property
    def is_leaving(self) -> bool:
        """Whether it began to leave itself."""
        return self._leaving is not None

    # The switch calls

    def send(self, frame: Frame) -> None:
        """Put a frame on its way."""
        if frame[0] == Kind.REQUEST and self.is_attached and (self.leaving or self.congested):
            raise Broken("a request was sent to a port that is leaving or congested")
        source = self.owner.hears_from
        if source and source.is_hub and self.is_hub and frame[:3] == self.owner.hears and frame[0] in FORWARDED:
            raise Broken(f"{self.owner.name} passed a {Kind(frame[0]).name} on from hub to hub")
        self.write(frame[3])

    def tell_all(self, frames: Iterator[Frame]) -> None:
        """Send all of these, each when the simulation lets it go; what else is sent may be sent before."""
        self._to_tell = frames
        self.is_telling = True

    def prove_alive(self) -> None:
        """Ask the far end for a sign of life."""
        self._proof = self._dialogue.ping()
        self._take_words()

    # The simulation calls

    def write(self, data: bytes) -> None:
        """Put bytes on their way, as long as there is one; or let them wait."""
        if self._backlog is None:
            self._put(data)
        elif self.stage is not Stage.GONE and not self._backlog.add([data]):
            self._is_too_slow = True

    def congest(self, soft_limit: int) -> None:
        """The connection takes no more for now; above so many bytes not all waits that is said."""
        self.congested = True
        self._backlog = Backlog(soft_limit, self._switch.wishes_of(self))

    def relieve(self) -> None:
        """The connection takes all again: what waited goes out, and those are told who lost something."""
        backlog, self._backlog, self.congested = self._backlog, None, False
        if backlog is None:
            return
        while portion := backlog.take():
            for data in portion:
                self._put(data)
        for subscription, count in backlog.skipped.items() if self.is_attached else ():
            self.notices += count
            self.send(notice(self.owner.terms.identity, subscription, count))

    def _put(self, data: bytes) -> None:
        if not self.is_cut and self.stage is not Stage.GONE and self.far.stage is not Stage.GONE:
            self.far.inbox.append(self.owner.writes(data))

    def deliver(self) -> None:
        """Take the next of what was written at the far end."""
        self.owner.is_touched = True
        data = self.inbox.popleft()
        try:
            frames = self._dialogue.receive(data)
            self._greet()
            for frame in frames:
                if self.is_attached:
                    self._hear(frame)
            self._heard()
        except ProtocolError as error:
            if not self.far.is_rogue:
                raise Broken(f"an honest exchange broke a rule: {error.text}") from error
            self._dialogue.bye(error.code, error.text)
        self.settle()

    def _hear(self, frame: Frame) -> None:
        owner = self.owner
        owner.hears_from, owner.hears = self, frame[:3]
        self._switch.receive(self, frame)
        owner.hears_from = None
        if frame[0] == Kind.ANNOUNCE and self.is_hub and not frame[2][6]:
            for end in owner.ends_to(frame[1][:IDENTITY_SIZE]):
                if end.attachment < frame[2][0] and not end.is_tested and not end.is_hub:
                    raise Broken(f"{owner.name} heard of a newer link of its peer, and did not test its own")

    def go_on_telling(self) -> None:
        """Send the next of what there is to tell."""
        frame = next(self._to_tell, None)
        if frame is None:
            self.is_telling = False
        else:
            self.tell(frame)

    def see_loss(self) -> None:
        """Notice that the connection is gone."""
        self.owner.is_touched = True
        self._dialogue.lost("the connection was cut")
        self.settle()

    def give_up(self) -> None:
        """A second has passed without the sign of life that was asked for."""
        self.say_bye("replaced", "no sign of life")

    def leave(self, politely: bool, waits: bool = False) -> None:
        """Begin to leave (R12).

        Args:
            politely: Whether it waits until everything has arrived that is on its way to here.
            waits: Whether it waits for the far end to leave too.
        """
        if self.is_attached and self._leaving is None:
            self.owner.is_touched = True
            self._dialogue.leave("moving on", 5)
            self._leaving = Leaving(self, self._dialogue.ping() if politely else 0, 1.0, waits)
            self.settle()

    def hurry(self) -> None:
        """The seconds of leaving are over."""
        self.owner.is_touched = True
        if self._leaving:
            self._go_on_leaving(1.0)
        else:
            self._dialogue.bye("stopped", "time is over")
        self.settle()

    def wait_in_vain(self) -> None:
        """A second is over."""
        self.owner.is_touched = True
        timers, self.timers = self.timers, []
        for timer in timers:
            timer()

    def say_bye(self, code: str, text: str) -> None:
        """End the link."""
        self.owner.is_touched = True
        self._dialogue.bye(code, text)
        self.settle()

    # The joins of a hub call

    def go_on(self) -> None:
        """The link is decided for: say WELCOME, or READY and be attached."""
        if self.dialling:
            self._dialogue.ready()
            self._attach()
        else:
            self._dialogue.accept()
            self._take_words()

    def refuse(self) -> None:
        """Another link to this hub is there, and alive."""
        self.say_bye("joined", "by another link")

    def give_way(self) -> None:
        """Another link takes the place of this one."""
        self.say_bye("replaced", "by another link")

    def ask(self, number: int, is_open: bool) -> None:
        """Ask for a sign of life, which before READY is READY itself."""
        if is_open:
            self._asked[self._dialogue.ping()] = number
            self._take_words()
        self.timers.append(partial(self.owner.joins.overdue, self, number))

    # The exchange calls

    def die(self) -> None:
        """The process of this end is gone, and has noticed nothing."""
        self.stage, self.is_attached, self.is_telling = Stage.GONE, False, False
        self.inbox.clear()

    def settle(self) -> None:
        """Do what the state of the dialogue asks for; call it after every step."""
        if self._is_too_slow:
            self._is_too_slow, self._backlog = False, None
            self._dialogue.bye("slow", "too much waits")
        self._take_words()
        if self._dialogue.far_is_leaving and not self.leaving:
            self._switch.note_leaving(self)
        if self.replaces and self.is_attached and not self.is_in_doubt:
            self.replaces.leave(politely=True)
            self.replaces = None
        self._go_on_leaving(0.0)
        if self._dialogue.state in (State.CLOSING, State.CLOSED) and self.stage is not Stage.GONE:
            self._go()

    def _go_on_leaving(self, now: float) -> None:
        if self._leaving is None or not self.is_attached or not self._dialogue.is_open:
            return
        step = self._leaving.step(now, self._dialogue.last_pong, self._dialogue.far_is_leaving)
        if step is Step.LEFT:
            self._dialogue.bye("left", "goodbye")
        elif step is Step.GIVE_UP:
            self._switch.give_up(self, "time is over")
            self._dialogue.bye("stopped", "time is over")
        self._take_words()

    def _greet(self) -> None:
        dialogue, far = self._dialogue, self._dialogue.far
        if self.stage is not Stage.GREETING or far is None:
            return
        if self.owner.is_stopping:
            dialogue.bye("stopped", "going away")
        elif dialogue.awaits_ready or (dialogue.awaits_answer and far.is_hub):
            self._join(far)
        elif dialogue.awaits_answer:
            self.attachment = far.attachment
            dialogue.accept()
        elif dialogue.is_open:
            self._attach()

    def _join(self, far: FarEnd) -> None:
        if self._joins is None:
            self.identity = far.identity
            self.attachment = far.attachment or self.attachment
            self._joins = self.owner.joins
            self._joins.came(self)

    def _heard(self) -> None:
        """Words came: the PONG that the joins wait for may be among them."""
        for ping in [ping for ping in self._asked if ping <= self._dialogue.last_pong]:
            self.owner.joins.answered(self, self._asked.pop(ping))

    def _attach(self) -> None:
        far = self._dialogue.far
        assert far is not None
        self.identity, self.is_hub = far.identity, far.is_hub
        self.stage, self.is_attached = Stage.ATTACHED, True
        self._take_words()
        if self._joins is not None:
            self._joins.opened(self)
        self._switch.attach(self)
        if self.replaces:
            self.prove_alive()

    def _go(self) -> None:
        was_attached, reason = self.stage is Stage.ATTACHED, self._dialogue.reason
        assert reason is not None
        self.stage, self.is_attached, self.is_telling = Stage.GONE, False, False
        self._backlog = None
        self.inbox.clear()
        if reason.code not in USUAL_ENDS and not self.is_rogue and not self.far.is_rogue:
            raise Broken(f"a link between honest exchanges ended with: {reason.text} ({reason.code})")
        if was_attached:
            left = self._dialogue.far_is_leaving and reason.by_far_end and reason.code == "left"
            self._switch.detach(self, reason.text, left)
        if self._joins is not None:
            self._joins.lost(self)

    def _take_words(self) -> None:
        for data in self._dialogue.to_write():
            self.write(data)


def notice(identity: Identity, subscription: bytes, count: int) -> Frame:
    """Return what tells a subscription how many reports were left out."""
    body = encode_value([{COUNT: count}, 0, 0.0, 0], 0, "content")
    return encode(Kind.REPORT, make_id(identity, 0), (BUILT_IN, SKIPPED, subscription, False, False), body)


def join(dialling: End, accepting: End) -> None:
    """Make two ends one link."""
    dialling.far, accepting.far = accepting, dialling
    dialling.settle()


def cut(end: End, here: int, there: int) -> None:
    """Cut a link: of what is on its way, so many writes still arrive at each end."""
    cut_one_way(end, there)
    cut_one_way(end.far, here)


def cut_one_way(end: End, there: int) -> None:
    """Let nothing more through that is written at ``end``; so many of what it wrote still arrive."""
    end.is_cut = True
    while len(end.far.inbox) > there:
        end.far.inbox.pop()
