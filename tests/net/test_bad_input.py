"""Bad input: it ends the link that it came over, with a reason, and no other link notices."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from msgpack import packb

from exchange import Hub
from exchange.testing import Network
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id, identity_of, make_id
from exchange.wire.layouts import Kind
from exchange.wire.reader import FrameReader
from tests.logbook import Logbook
from tests.net.faults import AFTER, BEFORE, OTHER, announcement, frame_of, request
from tests.net.stranger import Door, Stranger
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy

Connect = Callable[..., Stranger]


@pytest.fixture
def witness(network: Network, hub: Hub) -> Iterator[Callable[[], None]]:
    """A caller of another link, who must not notice anything; call it to look."""
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    sleepy = Sleepy()
    callee.add(sleepy)
    network.settle()
    kept = Outcome(caller.call("sleepy", "sleep"))
    network.settle()

    def look() -> None:
        assert kept.is_open, f"a call of another link ended: {kept.error}"
        assert network.result(caller.call("math", "multiply", 6, 7)) == 42

    look()
    yield look
    look()
    sleepy.asleep[0].callback("well")
    network.settle()
    assert kept.value == "well"


# Before the greeting is over


@pytest.mark.parametrize("what", BEFORE)
def test_what_is_no_greeting_ends_the_link_and_the_reason_is_named(
    what: str, stranger: Connect, witness: Any, hub: Hub
) -> None:
    said, code, text = BEFORE[what]
    links = hub.outstanding().links
    bad = stranger()
    bad.say(said)
    heard = bad.bye()
    assert heard[0] == code
    assert text in heard[1]
    bad.leave()
    assert hub.outstanding().links == links


GREETINGS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a version of the future": (
        {"versions": (7, 8)},
        "version",
        "this hub speaks version 1 of the wire, not 7, 8; upgrade this hub",
    ),
    "another group": ({"group": "plant"}, "group", "this hub is in exchange group '', not 'plant'"),
    "another mechanism": (
        {"mechanism": "scram"},
        "mechanism",
        "this hub knows the mechanism 'open' only, not 'scram'",
    ),
}


@pytest.mark.parametrize("what", GREETINGS)
def test_a_greeting_that_cannot_be_accepted_is_answered_with_the_reason(
    what: str, stranger: Connect, witness: Any
) -> None:
    changes, code, text = GREETINGS[what]
    bad = stranger()
    bad.greet(**changes)
    assert bad.bye() == (code, text)


@pytest.mark.parametrize(("field", "value"), [("role", "king"), ("secret", b"short"), ("versions", []), ("group", "$")])
def test_a_greeting_with_a_field_that_cannot_be_is_told_which(
    field: str, value: Any, stranger: Connect, witness: Any
) -> None:
    bad = stranger()
    fields = {"versions": [1], "role": "peer", "group": "", "secret": bad.secret, "attachment": 1} | {field: value}
    bad.say(frame_of(Kind.HELLO, packb([*fields.values(), "open", {}])))
    code, text = bad.bye()
    assert code == "protocol"
    assert f"{field}' of HELLO must be" in text


def test_an_exchange_that_shows_our_own_secret_is_told_that_it_is_us(network: Network, logbook: Logbook) -> None:
    hub = network.hub()
    bad = Stranger(Door(hub))
    bad.greet(secret=hub._links.terms.secret)
    assert bad.bye() == ("yourself", "this is yourself")
    bad.leave()


def test_who_says_nothing_is_told_bye_after_ten_seconds(network: Network, stranger: Connect, witness: Any) -> None:
    bad = stranger()
    network.clock.advance(9)
    assert bad.heard() == []
    network.clock.advance(2)
    assert bad.bye() == ("greeting", "no greeting within 10 seconds")
    network.clock.advance(1.5)
    assert bad.is_aborted


def test_who_greets_byte_by_byte_has_no_longer(network: Network, stranger: Connect) -> None:
    bad = stranger()
    hello = bad.hello()[3]
    for at in range(11):
        bad.say(hello[at : at + 1])
        network.clock.advance(1)
    assert bad.bye()[0] == "greeting"


def test_who_says_hello_and_never_ready_has_no_longer(network: Network, stranger: Connect) -> None:
    bad = stranger()
    bad.say(bad.hello())
    bad.heard()
    network.clock.advance(11)
    assert bad.bye()[0] == "greeting"


# After the greeting


@pytest.mark.parametrize("what", AFTER)
def test_what_breaks_a_rule_ends_the_link_and_the_reason_is_named(
    what: str, stranger: Connect, witness: Any, hub: Hub
) -> None:
    make, code, text = AFTER[what]
    links, owed = hub.outstanding().links, hub.outstanding().owed
    bad = stranger()
    bad.greet()
    bad.say(make(bad))
    heard = bad.bye()
    assert heard[0] == code
    assert text in heard[1]
    bad.leave()
    assert (hub.outstanding().links, hub.outstanding().owed) == (links, owed)


def test_an_answer_to_somebody_elses_call_reaches_nobody(network: Network, hub: Hub, stranger: Connect) -> None:
    caller, callee, sleepy = network.peer(), network.peer(), Sleepy()
    callee.add(sleepy)
    network.settle()
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    call = make_id(caller.identity, 1)
    bad = stranger()
    bad.greet()
    bad.say(encode(Kind.REPLY, call, (), b"\xa4mine"))
    bad.say(encode(Kind.FAILURE, call, (50, False), b""))
    network.settle()
    assert answer.is_open
    assert bad.heard() == [], "it may have been an answer that came too late, so the link stays"
    sleepy.asleep[0].callback("true")
    network.settle()
    assert answer.value == "true"


def test_a_far_end_that_closes_in_the_middle_of_a_frame_leaves_nothing(
    hub: Hub, stranger: Connect, witness: Any
) -> None:
    before = hub.outstanding()
    bad = stranger()
    bad.greet()
    bad.announce("forge")
    bad.say(request(bad.make(1))[3][:-1])
    bad.leave(cleanly=False)
    assert hub.outstanding() == before
    assert sorted(presence.name for presence in hub.instances()) == ["math", "sleepy"]


def test_a_body_that_cannot_be_decoded_ends_the_call_and_not_the_link(hub: Hub, stranger: Connect) -> None:
    hub.add(Math())
    peer = stranger()
    peer.greet()
    peer.say(request(peer.make(1), body=b"\xc1"), request(peer.make(2), body=b""), request(peer.make(3)))
    heard = [(Kind(kind).name, array) for kind, _, array, _ in peer.heard()]
    assert heard == [("FAILURE", (54, False)), ("FAILURE", (54, False)), ("REPLY", ())]


# Much of it


def test_the_memory_of_a_hub_does_not_grow_with_bad_links(
    network: Network, hub: Hub, stranger: Connect, witness: Any, logbook: Logbook
) -> None:
    door = Door(hub)
    faults = [said for said, _, _ in BEFORE.values()]
    laters = [make for make, _, _ in AFTER.values()]

    def batch(number: int) -> None:
        for index, fault in enumerate(faults):
            bad = Stranger(door, f"early {number} {index}")
            bad.say(fault)
            bad.leave()
        for index, make in enumerate(laters):
            bad = Stranger(door, f"late {number} {index}")
            bad.greet()
            bad.announce("forge", 5)
            bad.say(make(bad))
            bad.leave()
        logbook.forget()

    for number in range(5):
        batch(number)
    gc.collect()
    before = len(gc.get_objects())
    for number in range(5, 25):
        batch(number)
    gc.collect()
    links = 20 * (len(faults) + len(laters))
    grown = len(gc.get_objects()) - before
    assert grown < 3 * links, f"{grown} objects are left of {links} links"


def valid_frames(peer: Stranger, other: Id) -> list[bytes]:
    """Return a frame of each kind as a peer may send it, and some that others may."""
    call = peer.make(7)
    frames = [
        encode(Kind.PING, b"", (3,)),
        encode(Kind.PONG, b"", (3,)),
        encode(Kind.LEAVING, b"", ("moving", 5)),
        encode(Kind.BYE, b"", ("stopped", "good night", peer.identity)),
        encode(Kind.CHALLENGE, b"", (b"abc",)),
        encode(Kind.PROOF, b"", (b"abc",)),
        encode(Kind.READY),
        encode(Kind.WELCOME, b"", (1, peer.identity, None, {"max-frame": 131_072}, ("tcp:localhost:1",))),
        peer.hello(),
        announcement(peer.make(1)),
        encode(Kind.WITHDRAW, peer.make(1), ("withdrawn",)),
        encode(Kind.SUBSCRIBE, peer.make(1), ("$exchange", "instance.*", "latest", 1)),
        encode(Kind.UNSUBSCRIBE, peer.make(1)),
        request(call),
        request(peer.make(8), other),
        request(peer.make(9), "sleepy", None, b"\x92\x90\x80"),
        encode(Kind.REPLY, call, (), b"\x05"),
        encode(Kind.FAILURE, call, (57, True), b"\x94\xa1a\xa1b\xa1c\xa1d"),
        encode(Kind.CANCEL, call),
        encode(Kind.REPORT, peer.make(1), ("forge", "hot", None, False, False), b"\x01"),
        encode(Kind.REPORT, peer.make(1), ("forge", "hot", other, True, False), b"\x01"),
    ]
    return [frame[3] for frame in frames]


def mutated(raw: bytes, random: Random) -> bytes:
    """Return a frame with something wrong; its size mostly fits, so that the rest is looked at."""
    data = bytearray(raw)
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        at = random.randrange(4 if len(data) > 4 else 0, max(5, len(data))) if data else 0
        match random.randrange(6):
            case 0 | 1 if at < len(data):
                data[at] = random.randrange(256)
            case 2 if at < len(data):
                data[at] ^= 1 << random.randrange(8)
            case 3:
                data[at:at] = random.randbytes(random.randrange(1, 9))
            case 4:
                del data[at : at + random.randrange(1, 9)]
            case _:
                data[4:5] = bytes([random.choice(list(Kind))])
    if random.random() < 0.97:
        data[:4] = max(0, len(data) - 4).to_bytes(4, "big")
    return bytes(data)


MUTATIONS = 100_000


@pytest.mark.heavy
def test_a_hub_serves_on_after_a_hundred_thousand_mutated_frames(
    network: Network, hub: Hub, witness: Any, logbook: Logbook
) -> None:
    door = Door(hub)
    random = Random(2)
    before = hub.outstanding()
    fed = links = 0
    samples: list[bytes] = []
    while fed < MUTATIONS:
        bad = Stranger(door, "mutant")
        if random.random() < 0.9:
            bad.greet()
        samples = samples or valid_frames(bad, make_id(OTHER, 16))
        links += 1
        while fed < MUTATIONS and not bad.is_closed and Kind.BYE not in [frame[0] for frame in bad.heard()]:
            fed += 1
            bad.say(mutated(random.choice(samples), random))
        bad.leave()
        if links % 1_000 == 0:
            network.settle()
            logbook.forget()
    network.settle()
    assert links > 1_000, "some frames were wrong enough to end their link"
    assert fed / links > 1.1, "and others were not"
    assert hub.outstanding() == before
    assert sorted(presence.name for presence in hub.instances()) == ["math", "sleepy"]


def test_a_peer_survives_what_a_hub_may_say(network: Network, logbook: Logbook) -> None:
    """A hub is believed, but nonsense from one ends its link only; the peer serves its own process and dials again."""
    hub = network.hub()
    peer = network.peer()
    peer.add(Math())
    peer.watch()
    network.settle()
    random = Random(3)
    (far,) = (transport for transport in network._places[hub].transports if transport.protocol)
    port = far.protocol
    samples = [
        encode(
            Kind.REPORT, make_id(hub.identity, 0), ("$exchange", subject, make_id(peer.identity, 1), True, True), body
        )[3]
        for subject in ("", "instance." + make_id(OTHER, 5).hex(), "instance.xx", "instance.00", "weather")
        for body in (
            b"",
            b"\xc1",
            b"\x01",
            b"\x91\x01",
            b"\x94\x91\x01\x00\x00\x00",
            b"\x94\x81\xa4name\x01\x00\x00\x00",
        )
    ]
    samples += [request(make_id(OTHER, 3), "math")[3], request(make_id(peer.identity, 3), "math")[3]]
    for sample in samples:
        port.transport.write(sample)
    network.settle()
    assert hub.outstanding().links == 1, "what is merely not understood does not end a link"
    for number in range(300):
        transports = [transport for transport in network._places[hub].transports if transport.protocol]
        if transports:
            transports[0].write(mutated(samples[number % len(samples)], random))
        network.clock.advance(0.25)
    assert network.result(peer.call("math", "multiply", 6, 7)) == 42
    network.clock.advance(40)
    assert network.result(peer.when_linked()) is None


def test_the_mutations_are_of_frames_that_are_valid() -> None:
    """Else the hundred thousand would show little."""

    class Speaker:
        secret = b"s" * 32
        identity = identity_of(secret)

        def make(self, number: int) -> Id:
            return make_id(self.identity, number)

        def hello(self) -> Frame:
            return Stranger.hello(self)  # type: ignore[arg-type]

    samples = valid_frames(Speaker(), make_id(OTHER, 16))  # type: ignore[arg-type]
    reader = FrameReader(1 << 16)
    assert len(reader.feed(b"".join(samples))) == len(samples)
    assert {sample[4] for sample in samples} == set(Kind)
