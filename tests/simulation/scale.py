"""How a mesh grows: ``python -m tests.simulation.scale`` prints the figures of docs/explanation/scale.md.

Real switches and real frames; between two ports a list of bytes in the place of a
connection. One hub is looked at, because in a mesh all are alike: it has its share of
the peers, with one service each, is linked with all the others, and learns of theirs.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from time import process_time
from typing import NamedTuple

from exchange.routing.port import Port
from exchange.routing.role import Role
from exchange.routing.switch import Switch
from exchange.services.directory import Directory
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Identity, identity_of, make_id
from exchange.wire.layouts import Kind
from exchange.wire.reader import FrameReader

HUBS = (3, 10, 30, 100)
SERVICES = (1_000, 10_000, 100_000)
GROUPS = ("web-services", "trading")
DIGEST = bytes(32)
LARGEST = 1 << 24


class Line(Port):
    """One end of a connection: counts what is sent, and keeps it if somebody is to hear it."""

    def __init__(self, identity: Identity, is_hub: bool, is_heard: bool = False) -> None:
        self.identity = identity
        self.is_hub = is_hub
        self.attachment = 1
        self.frames = 0
        self.bytes = 0
        self.sent: list[bytes] = []
        self._is_heard = is_heard

    def send(self, frame: Frame) -> None:
        """Count one frame."""
        self.frames += 1
        self.bytes += len(frame[3])
        if self._is_heard:
            self.sent.append(frame[3])

    def prove_alive(self) -> None:
        """Nobody is in doubt here."""


class Hub:
    """A hub with peers that have one service each."""

    def __init__(self, name: str, peers: int) -> None:
        self.identity = _identity(name)
        self.local = Line(self.identity, True)
        self.switch = Switch(Role(self.identity, True), self.local, lambda: 0.0)
        for number in range(peers):
            identity = _identity(f"peer {number} of {name}")
            port = Line(identity, False)
            self.switch.attach(port)
            about = (1, f"service {number % 100}", GROUPS, "*", DIGEST, None, (), None)
            self.switch.receive(port, encode(Kind.ANNOUNCE, make_id(identity, 1), about))

    def tells(self, hub: Identity) -> Line:
        """Return the end of a new link to another hub, with what was told over it."""
        line = Line(hub, True, is_heard=True)
        self.switch.attach(line)
        return line


class Figures(NamedTuple):
    """What it takes one hub to be part of a mesh.

    Attributes:
        heard: Frames that it hears when it joins.
        told: Frames that it tells.
        bytes: Of these together.
        seconds: Of one core, to hear and tell them.
        memory: Bytes that it has then more than a hub that knows nothing.
        loss: Seconds of one core to settle the loss of another hub.
        picture: Seconds of one core to show all to one who watches.
        shown: Bytes of that.
    """

    heard: int
    told: int
    bytes: int
    seconds: float
    memory: int
    loss: float
    picture: float
    shown: int


def measure(hubs: int, services: int) -> Figures:
    """Let one hub join ``hubs - 1`` others, among which it and they share the services."""
    gc.collect()  # what was measured before is not to be cleared away in this one's time
    joining, lines, seconds, heard, size = _join(hubs, services)
    loss = _timed(lambda: joining.switch.detach(lines[-1], "lost"))
    picture, shown = _picture(joining)
    tracemalloc.start()
    known = _join(hubs, services)
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del known
    told = sum(line.frames for line in lines)
    size += sum(line.bytes for line in lines)
    return Figures(heard, told, size, seconds, memory, loss, picture, shown)


def _join(hubs: int, services: int) -> tuple[Hub, list[Line], float, int, int]:
    share = services // hubs
    joining = Hub("joining", services - share * (hubs - 1))
    lines, seconds, heard, size = [], 0.0, 0, 0
    for number in range(hubs - 1):
        other = Hub(f"hub {number}", share)
        told = other.tells(joining.identity)
        line = Line(other.identity, True)
        seconds += _timed(lambda line=line, told=told: _hear(joining.switch, line, told.sent))  # type: ignore[misc]
        lines.append(line)
        heard += told.frames
        size += told.bytes
    return joining, lines, seconds, heard, size


def _hear(switch: Switch, line: Line, sent: list[bytes]) -> None:
    """Attach a link, by which everything is told, and take what comes over it, as much at a time as a socket gives."""
    switch.attach(line)
    reader = FrameReader(LARGEST)
    data = b"".join(sent)
    for start in range(0, len(data), 1 << 16):
        for frame in reader.feed(data[start : start + (1 << 16)]):
            switch.receive(line, frame)


def _picture(hub: Hub) -> tuple[float, int]:
    """Return how long it takes to show everything to one who watches, and how many bytes that is."""
    turns: list[Callable[[], None]] = []
    shown = Line(_identity("watching"), False)
    directory = Directory(hub.identity, hub.switch.registry, shown.send, lambda: 0.0, turns.append)
    wish = encode(Kind.SUBSCRIBE, make_id(shown.identity, 1), ("$exchange", "instance.*", "disconnect", 1))

    def show() -> None:
        directory.subscribe(wish)
        while turns:
            turns.pop()()

    return _timed(show), shown.bytes


def _timed(do: Callable[[], None]) -> float:
    start = process_time()
    do()
    return process_time() - start


def _identity(name: str) -> Identity:
    return identity_of(name.encode().ljust(32))


def _row(hubs: int, services: int, figures: Figures) -> str:
    mesh = services * (hubs - 1)
    cells = [
        f"{hubs}",
        f"{services:,}",
        f"{hubs * (hubs - 1) // 2:,}",
        f"{mesh:,}",
        f"{figures.heard + figures.told:,}",
        f"{figures.bytes / 1e6:,.1f}",
        f"{figures.seconds:.2f}",
        f"{figures.memory / 1e6:,.0f}",
        f"{figures.loss * 1e3:,.1f}",
        f"{figures.picture:.2f}",
        f"{figures.shown / 1e6:,.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    parser = ArgumentParser(prog="make scale")
    parser.add_argument("--hubs", type=int, nargs="+", default=HUBS)
    parser.add_argument("--services", type=int, nargs="+", default=SERVICES)
    options = parser.parse_args(arguments)
    heads = ("hubs", "services", "links", "frames of all hubs", "frames of one that joins", "MB", "s", "memory, MB")
    print(f"| {' | '.join([*heads, 'loss of a hub, ms', 'a picture, s', 'of it, MB'])} |")
    print(f"|{' --: |' * 11}")
    for hubs in options.hubs:
        for services in options.services:
            print(_row(hubs, services, measure(hubs, services)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
