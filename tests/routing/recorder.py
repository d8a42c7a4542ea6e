"""A port that records, a switch to attach it to, and short words for the frames of the stories."""

from __future__ import annotations

from typing import Any

from exchange.routing.port import Port
from exchange.routing.registry import Change
from exchange.routing.role import Role
from exchange.routing.switch import Switch
from exchange.wire.failures import error_of
from exchange.wire.frames import SIZE_SIZE, Frame, encode
from exchange.wire.identities import Id, Identity, identity_of, make_id
from exchange.wire.layouts import Kind
from exchange.wire.limits import Limits


class Recorder(Port):
    """Keeps the frames that it is given."""

    def __init__(self, name: str, is_hub: bool = False, attachment: int = 0) -> None:
        self.identity = identity(name)
        self.is_hub = is_hub
        self.attachment = attachment
        self.frames: list[Frame] = []
        self.proofs = 0
        self.fulls = 0
        self.too_large: list[Frame] = []

    def send(self, frame: Frame) -> None:
        self.frames.append(frame)

    def note_full(self) -> None:
        super().note_full()
        self.fulls += 1

    def note_too_large(self, frame: Frame) -> None:
        super().note_too_large(frame)
        self.too_large.append(frame)

    def prove_alive(self) -> None:
        self.proofs += 1

    def taken(self) -> list[Frame]:
        """Return the frames that came since the last time."""
        frames, self.frames = self.frames, []
        return frames

    def make(self, number: int) -> Id:
        """Return the id of a thing that the far end made."""
        return make_id(self.identity, number)


class Story:
    """A switch with a local port, a clock, and what its watcher was told."""

    def __init__(self, name: str, is_hub: bool, group: str = "", limits: Limits | None = None) -> None:
        self.now = 0.0
        self.told: list[tuple[str, str, str]] = []
        self.local = Recorder(name)
        role = Role(identity(name), is_hub, group, f"{'hub' if is_hub else 'peer'} {name}", limits or Limits())
        self.switch = Switch(role, self.local, lambda: self.now)
        self.switch.watcher = self._watch

    def _watch(self, change: Change) -> None:
        self.told.append((change.happening.value, change.instance.name, change.reason))

    def attach(self, name: str, is_hub: bool = False, attachment: int = 1) -> Recorder:
        """Return the port of a new link to the exchange of this name."""
        port = Recorder(name, is_hub, attachment)
        self.switch.attach(port)
        return port

    def attach_with(self, name: str, service: str, number: int = 1, attachment: int = 1) -> Recorder:
        """Return the port of a new peer that has announced one service."""
        port = self.attach(name, attachment=attachment)
        self.switch.receive(port, announce(port.make(number), service, attachment=attachment))
        return port

    def receive(self, port: Port, *frames: Frame) -> None:
        """Let frames come from a port, in this order."""
        for frame in frames:
            self.switch.receive(port, frame)

    def names(self) -> list[str]:
        """Return the names of the instances that are known."""
        return sorted(instance.name for instance in self.switch.registry)


def a_hub(group: str = "", limits: Limits | None = None) -> Story:
    """Return a switch that forwards."""
    return Story("hub", True, group, limits)


def a_peer(group: str = "", limits: Limits | None = None) -> Story:
    """Return a switch that does not forward."""
    return Story("peer", False, group, limits)


def identity(name: str) -> Identity:
    """Return the identity of the exchange that the story calls so."""
    return identity_of(name.encode().ljust(32))


def announce(thing: bytes, name: str, **other: Any) -> Frame:
    """Return an ANNOUNCE; ``other`` names those of its fields that are not as usual."""
    fields = {"attachment": 0, "name": name, "groups": (), "audience": "*", "digest": b"", "principal": None}
    fields |= {"path": (), "by": None} | other
    return encode(Kind.ANNOUNCE, thing, tuple(fields.values()))


def withdraw(thing: bytes, reason: str = "withdrawn") -> Frame:
    """Return a WITHDRAW."""
    return encode(Kind.WITHDRAW, thing, (reason,))


def request(call: bytes, to: str | bytes, method: str = "multiply", body: bytes = b"", principal: Any = None) -> Frame:
    """Return a REQUEST."""
    return encode(Kind.REQUEST, call, (to, method, principal), body)


def reply(call: bytes, body: bytes = b"") -> Frame:
    """Return a REPLY."""
    return encode(Kind.REPLY, call, (), body)


def cancel(call: bytes) -> Frame:
    """Return a CANCEL."""
    return encode(Kind.CANCEL, call)


def subscribe(
    thing: bytes, service: str | bytes = "$exchange", attachment: int = 0, pattern: str = "instance.*"
) -> Frame:
    """Return a SUBSCRIBE."""
    return encode(Kind.SUBSCRIBE, thing, (service, pattern, "latest", attachment))


def unsubscribe(thing: bytes) -> Frame:
    """Return an UNSUBSCRIBE."""
    return encode(Kind.UNSUBSCRIBE, thing)


def report(instance: bytes, name: str, to: bytes | None, body: bytes = b"") -> Frame:
    """Return a REPORT."""
    return encode(Kind.REPORT, instance, (name, "instance.1", to, True, True), body)


def said(frames: list[Frame]) -> list[tuple[str, bytes]]:
    """Return the kinds and ids of frames."""
    return [(Kind(frame[0]).name, frame[1]) for frame in frames]


def failure(frames: list[Frame]) -> tuple[str, bool | None]:
    """Return the class and ``delivered`` of the one FAILURE that came."""
    assert [frame[0] for frame in frames] == [Kind.FAILURE]
    error = error_of(frames[0])
    return type(error).__name__, error.delivered


def size_of(frame: Frame) -> int:
    """Return how large a frame is by the measure of a link's limit."""
    return len(frame[3]) - SIZE_SIZE


def a_call(story: Story) -> tuple[Recorder, Recorder, bytes]:
    """Return caller and callee at a hub, and a call that the callee owes the answer of."""
    callee, caller = story.attach_with("callee", "math"), story.attach("caller")
    call = caller.make(1)
    story.receive(caller, request(call, "math"))
    callee.taken()
    return caller, callee, call


def nothing_is_owed(story: Story, *ports: Recorder) -> bool:
    counts = [count for port in (story.local, *ports) for count in (port.owing, port.asking)]
    return not story.switch.debts.owed and not any(counts)
