"""The dialogue: the rules of one link, from the greeting to the farewell.

No input or output happens here. The owner gives it what came and the time, and
takes from it what must go out::

    frames = dialogue.receive(data)      bytes came; traffic frames for the switch
    chunks = dialogue.to_write()         bytes that must go out now
    dialogue.tick(now)                   time passed; may ping, may give up

States and transitions are data (`exchange.wire.steps`). The greeting of a dialling and of an
accepting side::

    dialling                              accepting
    NEW       HELLO ------------------>   NEW
    GREETING  <------------- CHALLENGE    GREETING   at most four rounds, if the
              PROOF ------------------>              mechanism needs them
              <--------------- WELCOME
    OPEN      READY ------------------>   OPEN

A hub that dials says READY only when its owner has decided for the link; until then it
is WELCOMED. Traffic does not pass through the table: while OPEN or LEAVING it goes straight to
the switch; before, it ends the link. Losing the connection is an ordinary step in
every state. Any byte is a sign of life, also part of a frame.
"""

from __future__ import annotations

from typing import Any

from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Identity, identity_of
from exchange.wire.layouts import FIRST_TRAFFIC, Kind
from exchange.wire.limits import LARGEST_GREETING, LONGEST_TEXT, taken_by
from exchange.wire.liveness import Liveness, Verdict
from exchange.wire.reader import FrameReader
from exchange.wire.steps import SPEAKING, STEPS, State
from exchange.wire.terms import OPEN_MECHANISM, FarEnd, Reason, Terms

MOST_ROUNDS = 4
"""Challenges in one greeting."""


class Dialogue:
    """One link's rules, seen from one of its ends.

    Attributes:
        state: How far it has come.
        far: What the far end is; known from HELLO or WELCOME on.
        version: Of the wire, the highest that both ends speak; known from then on, and 0 before.
        principal: Who the accepting side takes the dialling side for; set by WELCOME.
        endpoints: Other endpoints that WELCOME named.
        reason: Why it ended; set with CLOSING or CLOSED.
        far_is_leaving: Whether the far end asked to begin nothing new here.
        leaving_time: For how many seconds it said it would stay then.
        last_pong: The number of the last PONG.
        reader: What came goes through it, and what is unfinished waits in it.
        words: How many words, that is no traffic, were in what came last, if there were any.
    """

    def __init__(self, terms: Terms, dialling: bool, now: float, attachment: int = 0) -> None:
        self.terms = terms
        self.dialling = dialling
        self.state = State.NEW
        self.far: FarEnd | None = None
        self.version = 0
        self.principal: str | None = None
        self.endpoints: tuple[str, ...] = ()
        self.reason: Reason | None = None
        self.far_is_leaving = False
        self.leaving_time = 0.0
        self.last_pong = 0
        self.reader = FrameReader(LARGEST_GREETING)
        self.words = 0
        self._attachment = attachment
        self._out: list[bytes] = []
        self._welcomed = False
        self._rounds = 0
        self._is_challenged = False
        self._told: bytes | None = None
        self._pings = 0
        self._asked: int | None = None
        self._liveness = Liveness(terms.heartbeat, terms.dead_after, now)
        self._now = now
        self._until = now + terms.limits.greeting_time
        if dialling:
            self._greet()

    @property
    def is_open(self) -> bool:
        """Whether traffic may pass."""
        return self.state in SPEAKING

    @property
    def awaits_answer(self) -> bool:
        """Whether a HELLO or a PROOF came that `accept`, `challenge` or `bye` must answer."""
        is_our_turn = not self._welcomed and not self._is_challenged
        return not self.dialling and self.state is State.GREETING and is_our_turn

    @property
    def awaits_proof(self) -> bool:
        """Whether a CHALLENGE came that `prove` or `bye` must answer."""
        return self.dialling and self.state is State.GREETING and self._is_challenged

    @property
    def awaits_ready(self) -> bool:
        """Whether a WELCOME came that `ready` or `bye` must answer; only a hub's dialogue waits for that."""
        return self.state is State.WELCOMED

    @property
    def far_identity(self) -> Identity | None:
        """Who is at the far end, if it has said so, be it in its BYE."""
        return self.far.identity if self.far else self.reason.identity if self.reason else None

    @property
    def far_is_suspected(self) -> bool:
        """Whether the far end has owed a sign of life for long; it ends with any byte."""
        return self._liveness.suspected and not self._liveness.heard

    # What comes in

    def receive(self, data: bytes) -> list[Frame]:
        """Take bytes as they came; return the traffic frames among them.

        Afterwards look at `awaits_answer`, `awaits_ready` and `state`, and write what `to_write` gives.
        """
        self._liveness.heard = True
        if self.state in (State.CLOSING, State.CLOSED):
            return []
        frames = self.reader.feed(data)
        if self.reader.control or not self.is_open:
            frames = self._sort(frames)
        fault = self.reader.fault
        if fault is not None:
            self.bye(fault.code, fault.text)
        return frames

    def to_write(self) -> list[bytes]:
        """Return what must go out now, in order, before any traffic queued later."""
        if self._asked is not None:
            self._answer_ping()
        out, self._out = self._out, []
        return out

    def lost(self, text: str) -> None:
        """The connection is gone."""
        self._close(Reason("lost", _short(text), True))

    def tick(self, now: float) -> None:
        """Time passed: ask for a sign of life, or give up. Call it every `Terms.tick_every` seconds."""
        self._now = now
        if self.is_open:
            verdict = self._liveness.tick(now)
            if verdict is Verdict.ASK:
                self.ping()
            elif verdict is Verdict.DEAD:
                self._close(Reason("silent", f"nothing was heard for {self.terms.dead_after:g} seconds", False))
        elif now < self._until:
            return
        elif self.state is State.CLOSING:
            self.state = State.CLOSED
        else:
            self.bye("greeting", f"no greeting within {self.terms.limits.greeting_time:g} seconds")

    def excuse(self, now: float) -> None:
        """Count no silence up to ``now``: we did not read."""
        self._liveness.excuse(now)

    def take_told(self) -> bytes | None:
        """Return what the last CHALLENGE or PROOF held; ``None`` if none came since the last time."""
        told, self._told = self._told, None
        return told

    # What goes out

    def challenge(self, data: bytes) -> None:
        """Answer HELLO or PROOF with CHALLENGE. Call it only while `awaits_answer`, and at most `MOST_ROUNDS` times."""
        self._rounds += 1
        self._is_challenged = True
        self._say(Kind.CHALLENGE, (data,))

    def prove(self, data: bytes) -> None:
        """Answer CHALLENGE with PROOF. Call it only while `awaits_proof`."""
        self._is_challenged = False
        self._say(Kind.PROOF, (data,))

    def accept(self, principal: str | None = None, endpoints: tuple[str, ...] = ()) -> None:
        """Answer HELLO with WELCOME. Call it only while `awaits_answer`."""
        self._welcomed = True
        self.reader.largest = self.terms.limits.max_frame  # what follows READY may come together with it
        self.principal = principal
        limits = self.terms.limits.told()
        self._say(Kind.WELCOME, (self.version, self.terms.identity, principal, limits, endpoints, *self._name()))

    def ready(self) -> None:
        """Answer WELCOME with READY: the link is open. Call it only while `awaits_ready`."""
        self.state = State.OPEN
        self._say(Kind.READY, ())

    def leave(self, text: str, seconds: float) -> None:
        """Ask the far end to begin nothing new over this link; traffic goes on."""
        if self.is_open:
            self.state = State.LEAVING
            self._say(Kind.LEAVING, (_short(text), seconds))

    def ping(self) -> int:
        """Ask for a sign of life; `last_pong` will have this number when it came."""
        self._pings += 1
        self._say(Kind.PING, (self._pings,))
        return self._pings

    def bye(self, code: str, text: str) -> None:
        """Say why, and say nothing more. Close when the far end did, or `tick` says CLOSED."""
        if self.state in (State.CLOSING, State.CLOSED):
            return
        text = _short(text)
        self._say(Kind.BYE, (code, text, self.terms.identity))
        self.state = State.CLOSING
        self.reason = Reason(code, text, False)
        self._until = self._now + self.terms.limits.farewell_time

    # The steps

    def _sort(self, frames: list[Frame]) -> list[Frame]:
        traffic = []
        for frame in frames:
            if self.state in (State.CLOSING, State.CLOSED):
                break
            if frame[0] < FIRST_TRAFFIC:
                self._step(Kind(frame[0]), frame[2])
            elif self.is_open:
                traffic.append(frame)
            else:
                self.bye("protocol", f"{Kind(frame[0]).name} before the greeting was over")
        self.words = len(frames) - len(traffic)
        return traffic

    def _step(self, kind: Kind, array: tuple[Any, ...]) -> None:
        state = STEPS.get((self.dialling, self.state, kind))
        if state is None or (kind is Kind.READY and not self._welcomed):
            self.bye("protocol", f"{kind.name} is not allowed while the link is {self.state.value}")
            return
        self.state = state
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, *array)

    def _greet(self) -> None:
        self.state = State.GREETING
        terms = self.terms
        role = "hub" if terms.is_hub else "peer"
        limits = {"max-frame": terms.limits.max_frame}
        about = (terms.versions, role, terms.group, terms.secret, self._attachment, terms.mechanism, limits)
        self._say(Kind.HELLO, about + self._name())

    def _name(self) -> tuple[str, ...]:
        return (self.terms.name,) if self.terms.name else ()

    def _on_hello(
        self,
        versions: tuple[int, ...],
        role: str,
        group: str,
        secret: bytes,
        attachment: int,
        mechanism: str,
        limits: dict[str, int],
        name: str,
    ) -> None:
        takes = taken_by(limits)
        self.far = FarEnd(
            identity_of(secret), role == "hub", group, attachment, mechanism, takes.max_frame, takes, name
        )
        self.version = max({*versions} & {*self.terms.versions}, default=0)
        if not self.version:
            self.bye("version", f"this hub {_strange(self.terms.versions, versions, 'this hub', 'who dials it')}")
        elif self.far.identity == self.terms.identity:
            self.bye("yourself", "this is yourself")
        elif group != self.terms.group:
            self.bye("group", f"this hub is in exchange group '{self.terms.group}', not '{group}'")

    def _on_challenge(self, data: bytes) -> None:
        self._rounds += 1
        if self.terms.mechanism == OPEN_MECHANISM:
            self.bye("mechanism", f"mechanism '{OPEN_MECHANISM}' has no proof to answer a challenge with")
        elif self._is_challenged or self._rounds > MOST_ROUNDS:
            self.bye("protocol", f"a challenge before the last was answered, or more than {MOST_ROUNDS}")
        else:
            self._is_challenged, self._told = True, data

    def _on_proof(self, data: bytes) -> None:
        if not self._is_challenged:
            self.bye("mechanism", "no challenge was made")
        else:
            self._is_challenged, self._told = False, data

    def _on_welcome(
        self,
        version: int,
        identity: Identity,
        principal: str | None,
        limits: dict[str, int],
        endpoints: tuple[str, ...],
        name: str,
    ) -> None:
        self.reader.largest = self.terms.limits.max_frame
        takes = taken_by(limits)
        self.far = FarEnd(identity, True, self.terms.group, 0, "", takes.max_frame, takes, name)
        self.principal = principal
        self.endpoints = endpoints
        self.version = version if version in self.terms.versions else 0
        if not self.version:
            self.bye("version", f"this exchange {_strange(self.terms.versions, (version,), 'it', 'the hub')}")
        elif identity == self.terms.identity:
            self.bye("yourself", "this is yourself")
        elif not self.terms.is_hub:
            self.ready()

    def _on_leaving(self, text: str, seconds: float) -> None:
        self.far_is_leaving = True
        self.leaving_time = seconds

    def _on_ping(self, number: int) -> None:
        """Answer it with what is written next: one PONG answers all PINGs of a read, so that a flood is little work."""
        self._asked = number

    def _answer_ping(self) -> None:
        number, self._asked = self._asked, None
        self._say(Kind.PONG, (number,))

    def _on_pong(self, number: int) -> None:
        if number <= self._pings:
            self.last_pong = number

    def _on_bye(self, code: str, text: str, identity: Identity | None) -> None:
        self._close(Reason(code, text, True, identity))

    def _close(self, reason: Reason) -> None:
        self.state = State.CLOSED
        if self.reason is None:
            self.reason = reason

    def _say(self, kind: Kind, array: tuple[Any, ...]) -> None:
        if self._asked is not None:
            self._answer_ping()
        if self.state not in (State.CLOSING, State.CLOSED):
            self._out.append(encode(kind, b"", array)[-1])


_HANDLERS: dict[Kind, Any] = {
    Kind.HELLO: Dialogue._on_hello,
    Kind.CHALLENGE: Dialogue._on_challenge,
    Kind.PROOF: Dialogue._on_proof,
    Kind.WELCOME: Dialogue._on_welcome,
    Kind.LEAVING: Dialogue._on_leaving,
    Kind.BYE: Dialogue._on_bye,
    Kind.PING: Dialogue._on_ping,
    Kind.PONG: Dialogue._on_pong,
}


def _strange(ours: tuple[int, ...], theirs: tuple[int, ...], us: str, them: str) -> str:
    """Return what is told of two ends with no version in common, and which of the two is the older."""
    spoken, unknown = (", ".join(map(str, versions)) for versions in (ours, theirs))
    return f"speaks version {spoken} of the wire, not {unknown}; upgrade {us if max(theirs) > max(ours) else them}"


def _short(text: str) -> str:
    """Return ``text`` as a frame may carry it."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain.encode("utf-8", "replace")[:LONGEST_TEXT].decode("utf-8", "ignore")
