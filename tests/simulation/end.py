"""One end of a simulated link: a real dialogue, and for a transport a queue in each direction.

It is to the simulation what ``exchange/net/link.py`` is to the real thing. What is
written stands in the inbox of the far end until the simulation lets it be delivered,
one write at a time.
"""

from __future__ import annotations

from collections import deque
from enum import Enum

from exchange.errors import ProtocolError
from exchange.routing.port import Port
from exchange.routing.switch import Switch
from exchange.wire.dialogue import Dialogue, State, Terms
from exchange.wire.frames import Frame
from exchange.wire.layouts import Kind
from tests.simulation.ledger import Broken

USUAL_ENDS = {"lost", "left", "stopped", "replaced"}
"""Why links between honest exchanges end."""


class Stage(Enum):
    """How the switch sees an end."""

    GREETING = "greeting"
    ATTACHED = "attached"
    GONE = "gone"


class End(Port):
    """A port of a switch, and what comes in for it.

    Attributes:
        far: The other end.
        inbox: What was written at the other end and is on its way.
        is_cut: Whether nothing more gets through; neither end has noticed yet.
        is_rogue: Whether something forged was written here.
        replaces: The link to leave when this one is proved.
    """

    def __init__(self, switch: Switch, terms: Terms, dialling: bool, attachment: int = 0) -> None:
        self.far: End = self
        self.inbox: deque[bytes] = deque()
        self.is_cut = False
        self.is_rogue = False
        self.replaces: End | None = None
        self.stage = Stage.GREETING
        self.attachment = attachment
        self._switch = switch
        self._dialogue = Dialogue(terms, dialling, 0.0, attachment)
        self._proof = 0
        self._asked_when_leaving: int | None = None

    @property
    def is_attached(self) -> bool:
        """Whether it is a port of the switch now."""
        return self.stage is Stage.ATTACHED

    @property
    def is_in_doubt(self) -> bool:
        """Whether it was asked for a sign of life and none came yet."""
        return self.is_attached and self._proof > self._dialogue.last_pong

    @property
    def can_see_loss(self) -> bool:
        """Whether the connection is gone for this end, if it looks."""
        return self.stage is not Stage.GONE and (self.is_cut or (self.far.stage is Stage.GONE and not self.inbox))

    # The switch calls

    def send(self, frame: Frame) -> None:
        """Put a frame on its way."""
        if frame[0] == Kind.REQUEST and self.is_attached and (self.leaving or self.congested):
            raise Broken("a request was sent to a port that is leaving or congested")
        self.write(frame[3])

    def prove_alive(self) -> None:
        """Ask the far end for a sign of life."""
        self._proof = self._dialogue.ping()
        self._take_words()

    # The simulation calls

    def write(self, data: bytes) -> None:
        """Put bytes on their way, as long as there is one."""
        if not self.is_cut and self.stage is not Stage.GONE and self.far.stage is not Stage.GONE:
            self.far.inbox.append(data)

    def deliver(self) -> None:
        """Take the next of what was written at the far end."""
        data = self.inbox.popleft()
        try:
            frames = self._dialogue.receive(data)
            self._greet()
            for frame in frames:
                if self.is_attached:
                    self._switch.receive(self, frame)
        except ProtocolError as error:
            if not self.far.is_rogue:
                raise Broken(f"an honest exchange broke a rule: {error.text}") from error
            self._dialogue.bye(error.code, error.text)
        self.settle()

    def see_loss(self) -> None:
        """Notice that the connection is gone."""
        self._dialogue.lost("the connection was cut")
        self.settle()

    def give_up(self) -> None:
        """A second has passed without the sign of life that was asked for."""
        self.say_bye("replaced", "no sign of life")

    def leave(self, politely: bool) -> None:
        """Begin to leave (R12); who is not polite does not wait for what is on its way to here."""
        if self.is_attached and self._asked_when_leaving is None:
            self._switch.note_leaving(self)
            self._dialogue.leave("moving on", 5)
            self._asked_when_leaving = self._dialogue.ping() if politely else 0
            self.settle()

    def say_bye(self, code: str, text: str) -> None:
        """End the link."""
        self._dialogue.bye(code, text)
        self.settle()

    def die(self) -> None:
        """The process of this end is gone, and has noticed nothing."""
        self.stage = Stage.GONE
        self.inbox.clear()

    def settle(self) -> None:
        """Do what the state of the dialogue asks for; call it after every step."""
        self._take_words()
        if self._dialogue.far_is_leaving and not self.leaving:
            self._switch.note_leaving(self)
        if self.replaces and self.is_attached and not self.is_in_doubt:
            self.replaces.leave(politely=True)
            self.replaces = None
        if self._has_left():
            self._dialogue.bye("left", "goodbye")
            self._take_words()
        if self._dialogue.state in (State.CLOSING, State.CLOSED) and self.stage is not Stage.GONE:
            self._go()

    def _has_left(self) -> bool:
        asked = self._asked_when_leaving
        is_heard = asked is not None and self._dialogue.last_pong >= asked
        return is_heard and self.is_attached and not self.owing and not self.asking

    def _greet(self) -> None:
        far = self._dialogue.far
        if self.stage is not Stage.GREETING or far is None:
            return
        if self._dialogue.awaits_answer:
            self.attachment = far.attachment
            self._dialogue.accept()
        elif self._dialogue.is_open:
            self.identity = far.identity
            self.is_hub = far.is_hub
            self.stage = Stage.ATTACHED
            self._take_words()
            self._switch.attach(self)
            if self.replaces:
                self.prove_alive()

    def _go(self) -> None:
        was_attached, reason = self.is_attached, self._dialogue.reason
        assert reason is not None
        self.stage = Stage.GONE
        self.inbox.clear()
        if reason.code not in USUAL_ENDS and not self.is_rogue and not self.far.is_rogue:
            raise Broken(f"a link between honest exchanges ended with: {reason.text} ({reason.code})")
        if was_attached:
            left = self._dialogue.far_is_leaving and reason.by_far_end and reason.code == "left"
            self._switch.detach(self, reason.text, left)

    def _take_words(self) -> None:
        for data in self._dialogue.to_write():
            self.write(data)


def join(dialling: End, accepting: End) -> None:
    """Make two ends one link."""
    dialling.far, accepting.far = accepting, dialling
    dialling.settle()


def cut(end: End, here: int, there: int) -> None:
    """Cut a link: of what is on its way, so many writes still arrive at each end."""
    for side, arrive in ((end, here), (end.far, there)):
        side.is_cut = True
        while len(side.inbox) > arrive:
            side.inbox.pop()
