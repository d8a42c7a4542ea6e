"""A real hub and real sockets: whatever a far end sends, only its own link ends."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id, Identity, identity_of, make_id
from exchange.wire.layouts import Kind
from exchange.wire.limits import KIB, MIB
from exchange.wire.reader import FrameReader
from tests.net.faults import AFTER, BEFORE, request
from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, free_port

pytestmark = pytest.mark.system

numbers = count(1)


class RawLink:
    """One connection to the hub, spoken over in bytes."""

    def __init__(self, port: int) -> None:
        self.secret = f"raw {next(numbers)}".encode().ljust(32)
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._reader = FrameReader(64 * MIB)
        self._frames: list[Frame] = []

    @property
    def identity(self) -> Identity:
        return identity_of(self.secret)

    def make(self, number: int) -> Id:
        """Return the id of a thing that this end made."""
        return make_id(self.identity, number)

    def hello(self) -> Frame:
        """Return a greeting."""
        return encode(Kind.HELLO, b"", ((1,), "peer", "", self.secret, 1, "open", {}))

    def say(self, *said: Frame | bytes) -> None:
        """Send frames or bytes."""
        self.socket.sendall(b"".join(each if isinstance(each, bytes) else each[3] for each in said))

    def greet(self) -> None:
        """Open the link."""
        self.say(self.hello())
        assert self.hears()[0] == Kind.WELCOME
        self.say(encode(Kind.READY))

    def announce(self, name: str) -> None:
        """Offer a service."""
        self.say(encode(Kind.ANNOUNCE, self.make(16), (1, name, (), "*", b"", None, (), None)))

    def hears(self) -> Frame:
        """Return the next frame; PINGs are answered and not returned."""
        while True:
            while not self._frames:
                data = self.socket.recv(256 * KIB)
                assert data, "the hub closed the connection without a word"
                self._frames = self._reader.feed(data)
            frame = self._frames.pop(0)
            if frame[0] != Kind.PING:
                return frame
            self.say(encode(Kind.PONG, b"", frame[2]))

    def hears_bye(self) -> tuple[str, str]:
        """Return code and text of the BYE that comes next, and make sure that the hub closes after it."""
        frame = self.hears()
        assert frame[0] == Kind.BYE, f"no BYE came, but {frame}"
        assert self._frames == []
        self.socket.shutdown(socket.SHUT_WR)
        assert self.socket.recv(1) == b""
        return frame[2][0], frame[2][1]

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()


class Witness:
    """A caller and a service, on links of their own, who must not notice anything."""

    def __init__(self, port: int) -> None:
        self.caller, self.callee = RawLink(port), RawLink(port)
        for link in (self.caller, self.callee):
            link.greet()
        self.callee.announce("math")
        self.callee.say(encode(Kind.PING, b"", (1,)))
        assert self.callee.hears()[0] == Kind.PONG, "now the hub knows the service"
        self._number = 0

    def look(self) -> None:
        """Make a call from one end to the other and back."""
        self._number += 1
        call = self.caller.make(self._number)
        self.caller.say(request(call))
        frame = self.callee.hears()
        assert frame[:2] == (Kind.REQUEST, call)
        self.callee.say(encode(Kind.REPLY, call, (), b"\x2a"))
        answer = self.caller.hears()
        assert (answer[:2], answer[3][-1:]) == ((Kind.REPLY, call), b"\x2a")

    def close(self) -> None:
        self.caller.close()
        self.callee.close()


class Site:
    """A hub that is a process of its own, and the links to it."""

    def __init__(self, hub: Process, port: int) -> None:
        self.hub = hub
        self.port = port
        self.witness = Witness(port)
        self._links: list[RawLink] = []

    def connect(self) -> RawLink:
        """Return a new connection."""
        self._links.append(RawLink(self.port))
        return self._links[-1]

    def memory(self) -> int:
        """Return how many bytes the hub has in memory."""
        pages = int(Path(f"/proc/{self.hub.pid}/statm").read_text().split()[1])
        return pages * 4096

    def close(self) -> None:
        for link in self._links:
            link.close()
        self.witness.close()


Started = Callable[..., Site]


@pytest.fixture
def start(process: StartProcess) -> Iterator[Started]:
    """Start a hub with options, and connect the witness."""
    sites: list[Site] = []

    def started(*options: str) -> Site:
        port = free_port()
        hub = process("twistd", "-n", "exchange", "--port", str(port), *options, ready="exchange serves: ")
        sites.append(Site(hub, port))
        return sites[-1]

    yield started
    for site in sites:
        site.close()


def test_what_is_no_greeting_ends_its_link_and_the_reason_is_read_from_the_socket(start: Started) -> None:
    site = start()
    for what, (said, code, text) in BEFORE.items():
        bad = site.connect()
        bad.say(said)
        heard = bad.hears_bye()
        assert heard[0] == code, what
        assert text in heard[1], what
        site.witness.look()


def test_what_breaks_a_rule_ends_its_link_and_the_reason_is_read_from_the_socket(start: Started) -> None:
    site = start()
    for what, (make, code, text) in AFTER.items():
        if what == "a call twice":
            continue  # it needs a service that does not answer: the test after this one
        bad = site.connect()
        bad.greet()
        bad.say(make(bad))
        heard = bad.hears_bye()
        assert heard[0] == code, what
        assert text in heard[1], what
        site.witness.look()


def test_a_call_twice_ends_its_link_and_what_it_asked_for_is_cancelled(start: Started) -> None:
    site = start()
    site.witness.look()
    bad, callee = site.connect(), site.witness.callee
    bad.greet()
    bad.say(request(bad.make(1)))
    assert callee.hears()[:2] == (Kind.REQUEST, bad.make(1))
    bad.say(request(bad.make(1)))
    assert bad.hears_bye()[0] == "protocol"
    assert callee.hears()[:2] == (Kind.CANCEL, bad.make(1))
    site.witness.look()


def test_who_says_nothing_is_told_bye_when_the_time_for_greeting_is_over(start: Started) -> None:
    site = start("--greeting-time", "1")
    silent, slow = site.connect(), site.connect()
    slow.say(slow.hello()[3][:5])
    assert silent.hears_bye() == ("greeting", "no greeting within 1 seconds")
    assert slow.hears_bye() == ("greeting", "no greeting within 1 seconds")
    site.witness.look()


def test_who_closes_in_the_middle_of_a_frame_is_forgotten(start: Started) -> None:
    site = start()
    for length in (1, 4, 7, 20, 30):
        bad = site.connect()
        bad.greet()
        bad.say(request(bad.make(1))[3][:length])
        bad.close()
        site.witness.look()


def test_who_stays_after_our_bye_is_closed(start: Started) -> None:
    site = start("--farewell-time", "0.5")
    bad = site.connect()
    bad.say(b"GET / HTTP/1.1\r\n\r\n")
    assert bad.hears()[0] == Kind.BYE
    assert bad.socket.recv(1) == b"", "the hub has nothing more to say"
    closed = select.poll()
    closed.register(bad.socket, 0)  # nothing but the end of both directions
    assert closed.poll(PATIENCE * 1_000) != []
    site.witness.look()


def test_an_answer_to_somebody_elses_call_reaches_nobody(start: Started) -> None:
    site = start()
    site.witness.look()
    bad, caller, callee = site.connect(), site.witness.caller, site.witness.callee
    bad.greet()
    call = caller.make(9_000)
    caller.say(request(call))
    assert callee.hears()[:2] == (Kind.REQUEST, call)
    bad.say(encode(Kind.REPLY, call, (), b"\x00"), encode(Kind.PING, b"", (1,)))
    assert bad.hears()[0] == Kind.PONG
    callee.say(encode(Kind.REPLY, call, (), b"\x2a"))
    assert caller.hears()[3][-1:] == b"\x2a"


def test_two_hundred_bad_links_leave_no_memory_behind_while_others_call(start: Started) -> None:
    site = start()
    site.witness.look()
    is_over = threading.Event()
    rounds: list[int] = []

    def call() -> None:
        while not is_over.is_set():
            site.witness.look()
            rounds.append(1)

    calling = threading.Thread(target=call)
    calling.start()
    try:
        faults = [said for said, _, _ in BEFORE.values()]
        laters = [make for what, (make, _, _) in AFTER.items() if what != "a call twice"]
        trouble(site, faults, laters, 60)
        before = site.memory()
        trouble(site, faults, laters, 200)
        grown = site.memory() - before
    finally:
        is_over.set()
        calling.join(PATIENCE)
    assert grown < 2 * MIB
    assert len(rounds) > 200
    site.witness.look()


def trouble(site: Site, faults: list[bytes], laters: list[Any], times: int) -> None:
    """Make so many bad links, each in its way."""
    for number in range(times):
        bad = RawLink(site.port)
        if number % 2:
            bad.greet()
            bad.announce("forge")
            bad.say(laters[number // 2 % len(laters)](bad))
        else:
            bad.say(faults[number // 2 % len(faults)])
        bad.hears_bye()
        bad.close()


def test_large_frames_that_never_end_are_given_back(start: Started) -> None:
    site = start()
    site.witness.look()
    before = site.memory()
    for _ in range(20):
        bad = site.connect()
        bad.greet()
        bad.say((12 * MIB).to_bytes(4, "big") + bytes([Kind.REPLY, 0, 0, 20]) + bytes(8 * MIB))
        bad.close()
        site.witness.look()
    assert site.memory() - before < 40 * MIB


def test_a_service_that_reads_nothing_is_overloaded_and_costs_the_hub_no_more_than_its_limit(start: Started) -> None:
    site = start("--soft-limit", str(2 * MIB), "--hard-limit", str(8 * MIB))
    site.witness.look()
    before = site.memory()
    deaf, caller = site.connect(), site.connect()
    deaf.greet()
    deaf.announce("deaf")
    caller.greet()
    deaf.say(encode(Kind.PING, b"", (1,)))
    assert deaf.hears()[0] == Kind.PONG
    for number in range(1, 400):
        caller.say(request(caller.make(number), "deaf", body=bytes(100 * KIB)))
    heard = caller.hears()
    assert (Kind(heard[0]), heard[2]) == (Kind.FAILURE, (41, False))
    site.witness.look()
    assert site.memory() - before < 24 * MIB, "of 40 that were sent"


def test_a_caller_that_reads_nothing_is_ended_above_the_hard_limit_and_its_calls_are_cancelled(start: Started) -> None:
    site = start("--soft-limit", str(MIB), "--hard-limit", str(4 * MIB))
    site.witness.look()
    before = site.memory()
    deaf, callee = site.connect(), site.connect()
    deaf.greet()
    callee.greet()
    callee.announce("generous")
    callee.say(encode(Kind.PING, b"", (1,)))
    assert callee.hears()[0] == Kind.PONG
    calls = [deaf.make(number) for number in range(1, 301)]
    deaf.say(*[request(call, "generous") for call in calls])
    for _ in calls:
        frame = callee.hears()
        if frame[0] == Kind.CANCEL:
            break
        callee.say(encode(Kind.REPLY, frame[1], (), bytes(100 * KIB)))
    while frame[0] != Kind.CANCEL:
        frame = callee.hears()
    site.witness.look()
    assert site.memory() - before < 24 * MIB
