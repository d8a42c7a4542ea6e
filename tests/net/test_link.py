"""Links: from the greeting to the farewell, and what is written when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import ISSLTransport, ITCPTransport, IUNIXTransport
from twisted.internet.testing import StringTransport
from zope.interface import directlyProvides

from exchange import Exchange, Hub, Limits, LinkLost, LinkRefused, Overloaded, ServiceWithdrawn, WayGone
from exchange.memory import Place, WayTo
from exchange.net.flood import MANY_WORDS
from exchange.net.link import FRAMES_PER_WRITE, LinkProtocol
from exchange.net.links import Links
from exchange.routing.port import Port
from exchange.routing.role import Role
from exchange.routing.switch import Switch
from exchange.testing import Network
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import make_id, readable
from exchange.wire.layouts import Kind
from exchange.wire.limits import KIB
from exchange.wire.terms import Terms
from tests.logbook import Logbook
from tests.net.stranger import Stranger
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy

Connect = Callable[..., Stranger]


def kinds(frames: list[Frame]) -> list[str]:
    return [Kind(frame[0]).name for frame in frames]


def request(call: bytes, to: str = "math", name: str = "multiply", body: bytes = b"\x92\x92\x06\x07\x80") -> Frame:
    return encode(Kind.REQUEST, call, (to, name, None), body)


# The greeting


def test_a_peer_that_greets_is_welcome_and_may_call(hub: Hub, stranger: Connect) -> None:
    hub.add(Math())
    peer = stranger()
    assert kinds(peer.greet()) == ["WELCOME"]
    peer.say(request(peer.make(1)))
    assert [(frame[0], frame[1], frame[3][-1:]) for frame in peer.heard()] == [(Kind.REPLY, peer.make(1), b"\x2a")]


def test_all_that_a_peer_says_with_ready_is_heard(hub: Hub, stranger: Connect) -> None:
    hub.add(Math())
    peer = stranger()
    peer.say(peer.hello())
    peer.say(encode(Kind.READY), request(peer.make(1)), request(peer.make(2)))
    assert kinds(peer.heard()) == ["WELCOME", "REPLY", "REPLY"]


def test_a_hub_does_not_count_as_linked_who_only_said_hello(hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.say(peer.hello())
    assert hub.outstanding().links == 1
    peer.leave()
    assert hub.outstanding().links == 0


def test_the_log_has_a_line_when_a_link_opens_and_one_with_the_reason_when_it_closes(
    hub: Hub, stranger: Connect, logbook: Logbook
) -> None:
    peer = stranger()
    peer.greet()
    peer.say(encode(Kind.BYE, b"", ("stopped", "going home", None)))
    opened, closed = logbook.lines("link from ")
    assert opened == f"link from {readable(peer.identity)} at tcp:127.0.0.1:54321 opened"
    assert closed == f"link from {readable(peer.identity)} at tcp:127.0.0.1:54321 closed: going home (stopped)"


def test_the_log_of_a_hub_says_that_a_link_was_not_made_and_why(hub: Hub, stranger: Connect, logbook: Logbook) -> None:
    peer = stranger()
    peer.greet(group="office")
    (line,) = logbook.lines("link from ")
    text = "was not made: this hub is in exchange group '', not 'office' (group)"
    assert line == f"link from {readable(peer.identity)} at tcp:127.0.0.1:54321 {text}"


# The farewell


def test_after_our_bye_the_far_end_has_a_second_to_close(network: Network, hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet()
    peer.say(b"\xff" * 8)
    assert peer.bye()[0] == "too-large"
    network.clock.advance(0.75)
    assert not peer.is_closed
    network.clock.advance(0.5)
    assert peer.is_aborted


def test_a_far_end_that_said_bye_is_closed_when_all_is_written(network: Network, hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet()
    peer.say(encode(Kind.BYE, b"", ("stopped", "", None)))
    assert peer.is_closed
    assert not peer.is_aborted


def test_a_far_end_that_said_bye_and_reads_nothing_is_not_waited_for(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    peer = stranger()
    peer.greet()
    peer.say(encode(Kind.BYE, b"", ("stopped", "", None)))
    network.clock.advance(1.25)
    assert peer.is_aborted


def test_nothing_is_heard_after_a_bye(hub: Hub, stranger: Connect) -> None:
    hub.add(Math())
    peer = stranger()
    peer.greet()
    peer.say(encode(Kind.BYE, b"", ("stopped", "", None)), request(peer.make(1)))
    peer.say(request(peer.make(2)))
    assert peer.heard() == []


def test_what_came_before_a_bye_in_the_same_read_is_heard(hub: Hub, stranger: Connect) -> None:
    sleepy = Sleepy()
    hub.add(sleepy)
    peer = stranger()
    peer.greet()
    peer.say(request(peer.make(1), "sleepy", "sleep", b"\x92\x90\x80"), encode(Kind.BYE, b"", ("stopped", "", None)))
    assert len(sleepy.asleep) == 1
    assert sleepy.cancelled == 1, "and what it owes to one who is gone is cancelled"


def test_what_came_before_a_fault_in_the_same_read_is_heard(hub: Hub, stranger: Connect) -> None:
    hub.add(Math())
    peer = stranger()
    peer.greet()
    peer.say(request(peer.make(1)), b"\xff" * 8)
    assert kinds(peer.heard()) == ["REPLY", "BYE"]


# Who is there


def test_an_exchange_that_comes_back_before_its_old_link_was_noticed_dead_replaces_it(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    old, new = stranger("plant"), stranger("plant")
    old.greet(attachment=1)
    old.announce("press")
    new.greet(attachment=2)
    new.announce("press", attachment=2)
    assert kinds(old.heard()) == ["PING"], "the old link must prove that it lives"

    network.clock.advance(1)

    assert old.bye()[0] == "replaced"
    assert [presence.name for presence in hub.instances()] == ["press"]
    caller = network.peer()
    answer = caller.call("press", "go")
    network.settle()
    assert kinds(new.heard()) == ["REQUEST"]
    new.leave()
    with pytest.raises(ServiceWithdrawn):
        network.result(answer)


def test_two_links_of_one_exchange_stay_if_both_live(network: Network, hub: Hub, stranger: Connect) -> None:
    old, new = stranger("plant"), stranger("plant")
    old.greet(attachment=1)
    new.greet(attachment=2)
    (ping,) = old.heard()
    old.say(encode(Kind.PONG, b"", ping[2]))
    network.clock.advance(3)
    assert old.heard() == []
    assert not old.is_closed


def test_a_pong_that_answers_no_ping_proves_nothing(network: Network, hub: Hub, stranger: Connect) -> None:
    old, new = stranger("plant"), stranger("plant")
    old.greet(attachment=1)
    new.greet(attachment=2)
    old.say(encode(Kind.PONG, b"", (99,)))
    network.clock.advance(1)
    assert old.bye()[0] == "replaced"


def pong(peer: Stranger) -> int:
    """Answer the last PING that came; return how many there were."""
    pings = [frame for frame in peer.heard() if frame[0] == Kind.PING]
    if pings:
        peer.say(encode(Kind.PONG, b"", pings[-1][2]))
    return len(pings)


def test_a_link_that_is_in_doubt_often_proves_that_it_lives_once_a_second(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    old = stranger("plant")
    old.greet(attachment=1)
    for attachment in range(2, 50):
        new = stranger("plant")
        new.greet(attachment=attachment)
        new.leave()
    assert pong(old) == 1
    network.clock.advance(1)
    assert pong(old) == 1, "others came since it was asked"
    network.clock.advance(1)
    assert pong(old) == 0, "and none since then"
    assert not old.is_closed


def test_a_link_that_dies_while_it_proves_that_it_lived_is_replaced_a_second_later(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    old = stranger("plant")
    old.greet(attachment=1)
    stranger("plant").greet(attachment=2)
    assert pong(old) == 1
    network.clock.advance(0.5)
    stranger("plant").greet(attachment=3)
    network.clock.advance(0.5)
    assert kinds(old.heard()) == ["PING"]
    network.clock.advance(1)
    assert old.bye()[0] == "replaced"


def test_a_link_keeps_no_timer_that_has_run_out(network: Network, hub: Hub, stranger: Connect) -> None:
    old = stranger("plant")
    old.greet(attachment=1)
    (port,) = hub._switch._ports[old.identity]
    for attachment in range(2, 12):
        new = stranger("plant")
        new.greet(attachment=attachment)
        new.leave()
        assert pong(old) == 1
        network.clock.advance(1)
    assert isinstance(port, LinkProtocol)
    assert len(port._timers) == 1


def test_nobody_takes_over_a_link_without_the_secret(network: Network, hub: Hub, stranger: Connect) -> None:
    """Whoever has only read the identity cannot greet with it, nor speak about what it made."""
    owner, thief = stranger("owner"), stranger("thief")
    owner.greet(attachment=1)
    owner.announce("vault")
    assert kinds(thief.greet(secret=owner.identity.ljust(32), attachment=9)) == ["WELCOME"]
    thief.say(encode(Kind.ANNOUNCE, owner.make(1), (9, "vault", (), "*", b"", None, (), None)))

    assert thief.bye()[0] == "forged"
    network.clock.advance(2)
    assert owner.heard() == [], "the owner is not even asked"
    assert [presence.id for presence in hub.instances()] == [owner.make(1)]


# Silence


def test_a_far_end_is_asked_after_ten_seconds_and_dead_after_thirty(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    peer = stranger()
    peer.greet()
    network.clock.advance(9)
    assert peer.heard() == []
    network.clock.advance(2)
    assert kinds(peer.heard()) == ["PING"]
    network.clock.advance(17)
    assert not peer.is_closed
    network.clock.advance(2)
    assert peer.is_aborted


def test_a_far_end_that_answers_pings_lives_for_ever(network: Network, hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet()
    for _ in range(60):
        network.clock.advance(2)
        for ping in peer.heard():
            peer.say(encode(Kind.PONG, b"", ping[2]))
    assert not peer.is_closed


def test_a_far_end_is_suspected_from_seventeen_seconds_of_silence_until_its_next_byte(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    peer = stranger()
    peer.greet()
    peer.announce("math")
    told: list[tuple[str, bool]] = []
    hub.watch(name="math", changed=lambda change: told.append((change.kind, change.instance.suspected)))
    network.clock.advance(16)
    assert told == [("came", False)]
    network.clock.advance(2)
    assert told[1:] == [("changed", True)]
    network.clock.advance(5)
    peer.say(encode(Kind.REPLY, peer.make(1), (), bytes(100))[3][:1])
    assert told[2:] == [("changed", False)]
    network.clock.advance(16)
    assert told[3:] == []
    network.clock.advance(15)
    assert told[3:] == [("changed", True), ("went", True)]


def test_part_of_a_frame_is_a_sign_of_life(network: Network, hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet()
    reply = encode(Kind.REPLY, peer.make(1), (), bytes(100))[3]
    for at in range(100):
        network.clock.advance(1)
        peer.say(reply[at : at + 1])
    assert peer.heard() == []


def test_a_ping_is_answered_with_its_number(hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet()
    peer.say(encode(Kind.PING, b"", (7,)))
    assert [(Kind(frame[0]), frame[2]) for frame in peer.heard()] == [(Kind.PONG, (7,))]


def pings(count: int) -> bytes:
    return encode(Kind.PING, b"", (1,))[3] * count


def test_a_flood_of_pings_is_answered_once_and_read_on_only_after_a_while(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    """So that it takes no more than a small part of the time of a hub."""
    hub.add(Math())
    peer = stranger()
    peer.greet()
    peer.say(pings(5_000), request(peer.make(1)))
    assert kinds(peer.heard()) == ["REPLY", "PONG"]
    assert peer.transport.producerState == "paused"
    network.clock.advance(0.4)
    assert peer.transport.producerState == "paused"
    network.clock.advance(0.2)
    assert peer.transport.producerState == "producing"


def test_as_many_pings_as_an_honest_far_end_may_send_are_no_flood(hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet()
    peer.say(pings(MANY_WORDS))
    assert peer.transport.producerState == "producing"


def test_a_flood_that_ends_with_bye_is_not_read_on(network: Network, hub: Hub, stranger: Connect) -> None:
    peer, other = stranger("one"), stranger("other")
    for each in (peer, other):
        each.greet()
    peer.say(pings(1_000), encode(Kind.BYE, b"", ("stopped", "", None)))
    other.say(pings(1_000))
    other.say(encode(Kind.BYE, b"", ("stopped", "", None)))
    assert peer.is_closed
    assert other.is_closed
    network.clock.advance(0.5)
    assert other.transport.producerState == "paused"


# What is written when


class Writes(StringTransport):
    """Counts how often it was written to."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.enough = False
        self._link: Any = None

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        super().registerProducer(producer, streaming)
        self._link = producer

    def write(self, data: bytes) -> None:
        self.writes += 1
        super().write(data)
        if self.enough:
            self._link.pauseProducing()


class Halved(Writes):
    """Can close one half, as TCP does."""

    def __init__(self, *interfaces: Any) -> None:
        super().__init__()
        directlyProvides(self, *interfaces)
        self.said: list[str] = []

    def setTcpNoDelay(self, enabled: bool) -> None:
        self.said.append("no delay")

    def setTcpKeepAlive(self, enabled: bool) -> None:
        self.said.append("keep alive")

    def loseWriteConnection(self) -> None:
        self.said.append("half closed")


@pytest.fixture
def link(clock: Any) -> Callable[..., LinkProtocol]:
    """Make a hub's end of an open link over a transport."""

    def make(transport: Any, limits: Limits | None = None) -> LinkProtocol:
        terms = Terms(bytes(32), True, "", limits or Limits())
        local = Port()
        switch = Switch(Role(terms.identity, True, "", "hub", terms.limits), local, clock.seconds)
        made = LinkProtocol(Links(clock, terms, switch), dialling=False)
        made.makeConnection(transport)
        greeting = encode(Kind.HELLO, b"", ((1,), "peer", "", b"p" * 32, 1, "open", {}))
        made.dataReceived(greeting[3])
        made.dataReceived(encode(Kind.READY)[3])
        transport.clear()
        transport.writes = 0
        return made

    return make


def a_frame(size: int = 100) -> Frame:
    return encode(Kind.REPLY, make_id(b"i" * 16, 1), (), bytes(size))  # type: ignore[arg-type]


def test_frames_are_written_together_in_the_next_round(link: Any, clock: Any) -> None:
    transport = Writes()
    port = link(transport)
    for _ in range(FRAMES_PER_WRITE - 1):
        port.send(a_frame())
    assert transport.writes == 0
    clock.advance(0)
    assert transport.writes == 1
    assert transport.value() == a_frame()[3] * (FRAMES_PER_WRITE - 1)


def test_so_many_frames_are_written_at_once(link: Any, clock: Any) -> None:
    transport = Writes()
    port = link(transport)
    for _ in range(2 * FRAMES_PER_WRITE):
        port.send(a_frame())
    assert transport.writes == 2


def test_nothing_is_written_while_the_transport_has_enough(link: Any, clock: Any) -> None:
    transport = Writes()
    port = link(transport)
    port.pauseProducing()
    for _ in range(3 * FRAMES_PER_WRITE):
        port.send(a_frame())
    clock.advance(0)
    assert transport.writes == 0
    port.resumeProducing()
    assert transport.value() == a_frame()[3] * (3 * FRAMES_PER_WRITE)


def test_a_transport_is_given_no_more_of_a_backlog_than_it_takes(link: Any, clock: Any) -> None:
    transport = Writes()
    port = link(transport, Limits(soft_limit=200 * KIB))
    port.pauseProducing()
    for _ in range(10):
        port.send(a_frame(50 * KIB))
        clock.advance(0)
    assert port.congested
    transport.enough = True
    written = []
    for _ in range(5):
        port.resumeProducing()
        written.append(len(transport.value()) // (50 * KIB))
    assert written == [2, 4, 6, 8, 10]


def test_a_link_is_congested_until_its_backlog_is_below_the_soft_limit_again(link: Any, clock: Any) -> None:
    transport = Writes()
    port = link(transport, Limits(soft_limit=200 * KIB))
    port.pauseProducing()
    for _ in range(10):
        port.send(a_frame(50 * KIB))
        clock.advance(0)
    transport.enough = True
    congested = []
    for _ in range(5):
        port.resumeProducing()
        congested.append(port.congested)
    assert congested == [True, True, True, False, False]


def test_order_is_kept_through_a_backlog(link: Any, clock: Any) -> None:
    transport = Writes()
    port = link(transport)
    frames = [a_frame(size) for size in range(1, 200)]
    transport.enough = True
    for number, frame in enumerate(frames):
        port.send(frame)
        if number % 7 == 0:
            port.resumeProducing()
        if number % 5 == 0:
            clock.advance(0)
    transport.enough = False
    port.resumeProducing()
    clock.advance(0)
    assert transport.value() == b"".join(frame[3] for frame in frames)


def test_above_the_hard_limit_a_link_is_ended_and_what_waited_is_dropped(link: Any, clock: Any) -> None:
    transport = Writes()
    port = link(transport, Limits(soft_limit=KIB, hard_limit=10 * KIB))
    port.pauseProducing()
    for _ in range(FRAMES_PER_WRITE):
        port.send(a_frame(KIB))
    port.resumeProducing()
    assert transport.value() == encode(Kind.BYE, b"", transport_bye(transport))[3]
    clock.advance(1)
    assert transport.disconnected


def transport_bye(transport: StringTransport) -> tuple[Any, ...]:
    return ("slow", f"more than {10 * KIB} bytes are waiting for you", Terms(bytes(32)).identity)


def test_a_flood_of_pings_by_one_who_does_not_read_ends_the_link(link: Any, clock: Any) -> None:
    transport = Writes()
    port = link(transport, Limits(soft_limit=KIB, hard_limit=10 * KIB))
    port.pauseProducing()
    for number in range(2_000):
        port.dataReceived(encode(Kind.PING, b"", (number,))[3])
    port.resumeProducing()
    assert transport.value().startswith(encode(Kind.BYE, b"", transport_bye(transport))[3])


def test_a_transport_that_stops_takes_nothing_with_it(link: Any, clock: Any) -> None:
    transport = Writes()
    port = link(transport)
    port.pauseProducing()
    port.send(a_frame())
    clock.advance(0)
    port.stopProducing()
    port.resumeProducing()
    assert transport.writes == 0


# Transports of several sorts


def test_tcp_is_told_not_to_delay_and_closed_for_writing_first(link: Any, clock: Any) -> None:
    transport = Halved(ITCPTransport)
    port = link(transport)
    port.say_bye("stopped", "")
    assert transport.said == ["no delay", "keep alive", "half closed"]
    clock.advance(1)
    assert transport.disconnected


def test_a_unix_socket_knows_no_delay_to_switch_off(link: Any, clock: Any) -> None:
    transport = Halved(ITCPTransport, IUNIXTransport)
    link(transport)
    assert transport.said == []


def test_tls_is_not_closed_for_writing_because_its_bye_may_still_be_inside(link: Any, clock: Any) -> None:
    transport = Halved(ITCPTransport, ISSLTransport)
    port = link(transport)
    port.say_bye("stopped", "")
    assert "half closed" not in transport.said
    clock.advance(1)
    assert transport.disconnected


def test_a_transport_has_no_producer_when_it_is_told_to_close(link: Any, clock: Any) -> None:
    """One of TLS would wait for ever until it has none."""
    transport = Writes()
    port = link(transport)
    port.dataReceived(encode(Kind.BYE, b"", ("stopped", "", None))[3])
    assert transport.producer is None
    assert transport.disconnecting


# A far end that reads nothing, in the whole stack


def flooded(network: Network, count: int) -> tuple[Exchange, list[Outcome]]:
    """Return a caller, and what becomes of its calls with 10 KiB each to a service that reads nothing."""
    caller, callee = network.peer(), network.peer()
    callee.add(Sleepy())
    network.settle()
    network.stall(callee)
    outcomes = [Outcome(caller.call("sleepy", "dream", "x" * 10_000, timeout=None)) for _ in range(count)]
    network.settle()
    return caller, outcomes


def test_a_service_that_reads_nothing_is_overloaded_above_the_soft_limit(network: Network) -> None:
    network.hub(limits=Limits(soft_limit=100_000, hard_limit=10_000_000))
    _, outcomes = flooded(network, 100)
    refused = [outcome.error for outcome in outcomes if not outcome.is_open]
    assert 50 < len(refused) < 95
    assert {type(error) for error in refused} == {Overloaded}
    assert {error.delivered for error in refused} == {False}
    assert "every instance of 'sleepy' has more to do" in str(refused[0])


def test_others_are_not_disturbed_by_one_that_reads_nothing(network: Network) -> None:
    network.hub(limits=Limits(soft_limit=100_000, hard_limit=10_000_000))
    caller, _ = flooded(network, 100)
    quick = network.peer()
    quick.add(Math())
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


def test_a_service_that_reads_again_can_be_called_again(network: Network) -> None:
    hub = network.hub(limits=Limits(soft_limit=100_000, hard_limit=10_000_000))
    caller, callee = network.peer(), network.peer()
    sleepy = Sleepy()
    callee.add(sleepy)
    network.settle()
    network.stall(callee)
    outcomes = [Outcome(caller.call("sleepy", "dream", "x" * 60_000)) for _ in range(10)]
    network.settle()
    delivered = [outcome for outcome in outcomes if outcome.is_open]
    assert 1 < len(delivered) < 10

    network.restore(callee)
    network.settle()

    assert len(sleepy.asleep) == len(delivered)
    last = caller.call("sleepy", "sleep")
    network.settle()
    sleepy.asleep[-1].callback("morning")
    assert network.result(last) == "morning"
    assert hub.outstanding().owed == len(delivered)


def test_a_link_above_the_hard_limit_is_lost_and_its_callers_are_told(network: Network) -> None:
    hub = network.hub(limits=Limits(soft_limit=10_000_000, hard_limit=200_000))
    caller, outcomes = flooded(network, 60)
    lost = [outcome.error for outcome in outcomes[:20]]
    assert {type(error) for error in lost} == {ServiceWithdrawn}
    assert {error.delivered for error in lost} == {None}
    assert "lost while it owed the answer: more than 200000 bytes are waiting" in str(lost[0])
    assert hub.outstanding().owed == 0
    network.clock.advance(6)
    late = [outcome for outcome in outcomes if outcome.is_open]
    assert hub.outstanding().owed == len(late) > 0, "the others were sent again, when it was back"

    quick = network.peer()
    quick.add(Math())
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


def test_a_peer_whose_hub_reads_nothing_refuses_its_own_calls(network: Network) -> None:
    hub = network.hub()
    caller = network.peer(limits=Limits(soft_limit=50_000))
    network.stall(hub)
    outcomes = [Outcome(caller.call("math", "echo", "x" * 10_000)) for _ in range(2 * FRAMES_PER_WRITE)]
    network.settle()
    refused = Outcome(caller.call("math", "echo", 1)).error
    assert isinstance(refused, Overloaded)
    assert "more to say than its link to the hub can carry" in str(refused)
    assert refused.delivered is False
    network.cut(hub)
    assert isinstance(outcomes[0].error, LinkLost)
    assert outcomes[0].error.delivered is None


# Leaving


def test_one_who_is_leaving_is_asked_nothing_more_and_may_still_answer(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    caller, leaver = network.peer(), stranger()
    leaver.greet()
    leaver.announce("press")
    first = Outcome(caller.call("press", "go"))
    network.settle()
    ((_, call, _, _),) = leaver.heard()
    leaver.say(encode(Kind.LEAVING, b"", ("moving house", 5)))
    second = Outcome(caller.call("press", "go"))
    network.settle()
    assert leaver.heard() == []
    network.clock.advance(6)
    assert isinstance(second.error, WayGone)
    assert second.error.delivered is False
    leaver.say(encode(Kind.REPLY, call, (), b"\x2a"))
    network.settle()
    assert first.value == 42


def test_what_one_owes_who_left_in_good_order_was_not_delivered_and_is_sent_again(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    caller, leaver = network.peer(), stranger()
    leaver.greet()
    leaver.announce("press")
    answer = Outcome(caller.call("press", "go"))
    network.settle()
    leaver.say(encode(Kind.LEAVING, b"", ("", 5)), encode(Kind.BYE, b"", ("left", "moved house", None)))
    network.clock.advance(6)
    assert isinstance(answer.error, WayGone)
    assert answer.error.delivered is False


def test_whoever_watches_is_told_that_one_left_in_good_order(network: Network, hub: Hub, stranger: Connect) -> None:
    watcher, leaver = network.peer(), stranger()
    told: list[tuple[str, str]] = []
    watcher.watch(name="press", changed=lambda change: told.append((change.kind, change.reason)))
    network.settle()
    leaver.greet()
    leaver.announce("press")
    leaver.say(encode(Kind.LEAVING, b"", ("", 5)), encode(Kind.BYE, b"", ("left", "moved house", None)))
    network.settle()
    assert told == [("came", ""), ("went", "drained")]


@pytest.mark.parametrize(
    "said",
    [
        [encode(Kind.BYE, b"", ("left", "", None))],
        [encode(Kind.LEAVING, b"", ("", 5)), encode(Kind.BYE, b"", ("stopped", "", None))],
    ],
    ids=["left without a word before", "stopped while leaving"],
)
def test_what_one_owes_who_went_otherwise_may_have_been_delivered(
    network: Network, hub: Hub, stranger: Connect, said: list[Frame]
) -> None:
    caller, leaver = network.peer(), stranger()
    leaver.greet()
    leaver.announce("press")
    answer = Outcome(caller.call("press", "go"))
    network.settle()
    leaver.say(*said)
    network.settle()
    assert answer.error.delivered is None


def test_a_connection_that_breaks_while_greeting_is_a_refused_link(network: Network, hub: Hub) -> None:
    place = Place(network._moves)
    endpoint = WayTo(place, network._places[hub])
    peer = Exchange(network.clock)
    peer.connect(endpoint, retry=None)
    peer.startService()
    linked = Outcome(peer.when_linked())
    for transport in list(place.transports):
        transport.lose(ConnectionLost())
    network.settle()
    assert isinstance(linked.error, LinkRefused)
    assert linked.error.code == "lost"
    network.result(peer.stopService())
