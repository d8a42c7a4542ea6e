"""The local side of a simulated exchange: a caller, a callee, and the port before them.

Everything they do is written in the ledger. The name of a method says how it ends:
``reply``, ``fail`` and ``refuse`` at once, ``wait`` when the simulation finishes it,
``ask`` with the answer of a call of its own, which its body names. A body begins with the
id that the call has in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable

from exchange.errors import CallError, MethodUnavailable, RemoteError, WayGone
from exchange.routing.port import Port
from exchange.wire.failures import error_of, failure_of
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.identities import ID_SIZE, Identity, make_id
from exchange.wire.layouts import Kind
from tests.simulation.ledger import Ledger

Then = Callable[[bool], None]
"""What a caller does next; is told whether there is a result."""


class LocalPort(Port):
    """Hands each frame to who takes its kind."""

    def __init__(self) -> None:
        self.handlers: dict[int, Callable[[Frame], None]] = {}

    def send(self, frame: Frame) -> None:
        """Hand one frame over, at once."""
        self.handlers[frame[0]](frame)


class Caller:
    """The calls that one exchange makes.

    Attributes:
        waiting: What each call is waited for; for reading.
    """

    def __init__(self, identity: Identity, group: str, ledger: Ledger, send: Callable[[Frame], None]) -> None:
        self.waiting: dict[bytes, Then] = {}
        self._identity = identity
        self._group = group
        self._ledger = ledger
        self._send = send
        self._number = 0

    def call(self, to: str | bytes, method: str, body: bytes = b"", then: Then = lambda is_result: None) -> bytes:
        """Make a call; it may have ended when this returns."""
        call = self.new_id()
        self._ledger.begun(call, self._group)
        self.waiting[call] = then
        self._send(encode(Kind.REQUEST, call, (to, method, None), call + body))
        return call

    def new_id(self) -> bytes:
        """Return the id of a new call, or of one that a bridge passes on."""
        self._number += 1
        return make_id(self._identity, self._number)

    def answer(self, frame: Frame) -> None:
        """Take a REPLY or a FAILURE."""
        call = frame[1]
        then = self.waiting.pop(call, None)
        if frame[0] == Kind.REPLY:
            self._ledger.replied(call, bytes(body_of(frame[3])))
        else:
            error = error_of(frame)
            self._ledger.failed(call, type(error).__name__, error.delivered)
        if then:
            then(frame[0] == Kind.REPLY)

    def give_up(self, call: bytes, why: str) -> None:
        """Wait no longer, and tell the callee."""
        if self.waiting.pop(call, None):
            self._ledger.gave_up(call, why)
            self._send(encode(Kind.CANCEL, call))

    def die(self) -> None:
        """The process is gone."""
        for call in self.waiting:
            self._ledger.gave_up(call, "died")


class Callee:
    """The methods that run in one exchange.

    Attributes:
        instances: The ids of those services that are here.
        running: Of each call that runs, the instance, what it is in the ledger, and the call that its
            method waits for.
    """

    def __init__(self, caller: Caller, ledger: Ledger, send: Callable[[Frame], None]) -> None:
        self.instances: set[bytes] = set()
        self.running: dict[bytes, tuple[bytes, bytes, bytes | None]] = {}
        self._caller = caller
        self._ledger = ledger
        self._send = send

    def request(self, frame: Frame) -> None:
        """Run a method."""
        _, call, (to, method, _), raw = frame
        if to not in self.instances:
            self._send(failure_of(call, WayGone("withdrawn before", delivered=False)))
        elif method == "refuse":
            self._send(failure_of(call, MethodUnavailable("no such method", delivered=False)))
        else:
            body = bytes(body_of(raw))
            self._ledger.ran(body[:ID_SIZE], to)
            self.running[call] = (to, body[:ID_SIZE], None)
            if method == "ask":
                self._ask(call, *body[ID_SIZE:].decode().split())
            elif method != "wait":
                self.finish(call, method == "reply")

    def finish(self, call: bytes, has_result: bool) -> None:
        """Let a method that runs return or raise."""
        runs = self.running.pop(call, None)
        if runs:
            raised = RemoteError("the method raised", delivered=True)
            self._send(encode(Kind.REPLY, call, (), runs[1]) if has_result else failure_of(call, raised))

    def stop(self, call: bytes, error: CallError | None) -> None:
        """Stop a method that runs, and its own call; its caller hears ``error``, if anything."""
        _, _, asked = self.running.pop(call, (b"", b"", None))
        if asked:
            self._caller.give_up(asked, "cancelled")
        if error:
            self._send(failure_of(call, error))

    def cancel(self, frame: Frame) -> None:
        """Stop a method; nobody waits for its answer."""
        self.stop(frame[1], None)

    def _ask(self, call: bytes, to: str, method: str) -> None:
        asked = self._caller.call(to, method, then=lambda is_result: self.finish(call, is_result))
        if call in self.running and asked in self._caller.waiting:
            self.running[call] = (*self.running[call][:2], asked)
