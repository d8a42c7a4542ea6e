"""What is in the field goes on working: a frozen speaker of version 1 of the wire beside hubs and members of today.

`tests.versions.wire_1` was written from the specification alone and is never changed. It is a peer of a hub of today,
and a hub that is joined to one, with a member of today at each.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from tests.system.conftest import StartProcess
from tests.system.neighbours import HubProcess, Member
from tests.system.processes import free_port
from tests.versions.wire_1 import Failed, Hub, Peer, Speaker

pytestmark = pytest.mark.system

Connect = Callable[[int], Peer]


def multiply(x: int, y: int) -> int:
    return x * y


def divide(x: int, y: int) -> float:
    return x / y


def never() -> object:
    return NotImplemented


@pytest.fixture(scope="module")
def port(lasting_process: StartProcess) -> int:
    """Where a hub of today listens."""
    number = free_port()
    HubProcess(lasting_process, number)
    return number


@pytest.fixture(scope="module")
def member(port: int, lasting_process: StartProcess) -> Member:
    """A process of today at that hub, which offers the service ``a``."""
    return Member(lasting_process, "a", f"tcp:127.0.0.1:{port}")


@pytest.fixture
def old() -> Iterator[Connect]:
    """Connect a process of version 1: ``old(port)``; at its end nothing may have come that version 1 does not have."""
    speakers: list[Speaker] = []

    def connect(port: int) -> Peer:
        peer = Peer()
        speakers.append(peer)
        peer.dial(port)
        assert peer.links, peer.said
        return peer

    yield connect
    for each in speakers:
        each.close()
        assert each.faults == []


@pytest.fixture
def old_hub(port: int) -> Iterator[Hub]:
    """A hub of version 1 that has joined the hub of today."""
    hub = Hub("old")
    assert hub.dial(port).is_open, hub.said
    yield hub
    hub.close()
    assert hub.faults == []


def test_a_process_of_version_1_speaks_version_1_to_a_hub_of_today(port: int, old: Connect) -> None:
    assert old(port).link.version == 1


def test_it_calls_what_a_process_of_today_offers(port: int, member: Member, old: Connect) -> None:
    peer = old(port)
    assert peer.call("a", "who") == "a"
    assert peer.call("a", "$ping") is None
    with pytest.raises(Failed, match="55, False, 'MethodUnavailable'"):
        peer.call("a", "whose")
    with pytest.raises(Failed, match="46, False, 'ServiceUnavailable'"):
        peer.call("nobody", "who")


def test_it_stops_what_it_has_called(port: int, member: Member, old: Connect) -> None:
    peer = old(port)
    member.look()
    call = peer.ask("a", "never")
    member.expect("asked")
    peer.cancel(call)
    member.expect("cancelled")


def test_what_it_offers_is_called_from_a_process_of_today(port: int, member: Member, old: Connect) -> None:
    peer = old(port)
    peer.offer("math", multiply=lambda x, y: int(x) * int(y), divide=divide)
    member.expect("came math")
    member.ask("call math multiply 6 7", "result math multiply 42")
    member.ask("call math divide 6 0", "failed math divide RemoteError delivered=True")
    member.ask("call math no_such", "failed math no_such MethodUnavailable delivered=False")


def test_calls_that_it_owes_fail_when_it_goes(port: int, member: Member, old: Connect) -> None:
    peer = old(port)
    peer.offer("slow", never=never)
    member.expect("came slow")
    member.say("call slow never")
    peer.wait(lambda: peer.asked)
    peer.close()
    member.expect("failed slow never ServiceWithdrawn delivered=None", "went slow lost")


def test_it_hears_reports_of_today_also_those_that_were_kept(port: int, member: Member, old: Connect) -> None:
    peer = old(port)
    peer.call("a", "tell", "before")
    subscription = peer.subscribe("a", "n?ws")
    heard = peer.reports[subscription]
    peer.wait(lambda: ("", None, False) in heard)
    peer.call("a", "tell", "after")
    peer.wait(lambda: ("news", "after", False) in heard)
    assert [each for each in heard if each[0]] == [("news", "before", True), ("news", "after", False)]

    peer.unsubscribe(subscription)
    peer.call("a", "tell", "unheard")
    assert peer.call("a", "who") == "a"
    assert heard[-1] == ("news", "after", False)


def test_its_reports_are_heard_today_also_those_that_were_kept(port: int, member: Member, old: Connect) -> None:
    peer = old(port)
    feed = peer.offer("feed")
    peer.publish(feed, "nyse", "early", keep=True)
    member.expect("came feed")
    member.ask("hear feed", "heard feed nyse early (kept)")
    peer.wait(lambda: peer.wanted)
    peer.publish(feed, "nyse", "late")
    member.expect("heard feed nyse late (live)")


def test_it_sees_who_is_there_who_comes_and_who_goes(port: int, member: Member, old: Connect) -> None:
    peer, other = old(port), old(port)
    watch = peer.watch()
    assert "a" in peer.present(watch)
    lamp = other.offer("lamp", groups=("lights",))
    peer.wait(lambda: peer.present(watch).get("lamp") == ["lights"])
    other.withdraw(lamp)
    peer.wait(lambda: "lamp" not in peer.present(watch))
    member.expect("came lamp", "went lamp withdrawn")


def test_a_hub_of_today_that_leaves_waits_for_what_a_process_of_version_1_is_owed(
    process: StartProcess, old: Connect
) -> None:
    """It knows no other hub, so it stays until the last answer has come."""
    number = free_port()
    hub = HubProcess(process, number)
    caller, callee = old(number), old(number)
    callee.offer("slow", never=never)
    caller.wait(lambda: "slow" in caller.present(caller.watch()))
    call = caller.ask("slow", "never")
    callee.wait(lambda: callee.asked)

    hub.process.signal(signal.SIGTERM)
    callee.wait(lambda: callee.link.is_leaving)
    callee.reply(callee.asked[0], "at last")
    assert caller.answer(call) == "at last"
    for each in (caller, callee):
        each.wait(lambda: all(not peer.links for peer in (caller, callee)))
        assert [code for code, _ in each.said] == ["left"]
    assert hub.process.wait() == -signal.SIGTERM


def test_without_version_1_in_what_it_speaks_it_is_refused_in_words(port: int) -> None:
    peer = Peer()
    peer.dial(port, versions=(2, 3))
    assert peer.said == [("version", "this hub speaks version 1 of the wire, not 2, 3; upgrade this hub")]


def test_a_hub_of_version_1_joins_one_of_today_and_members_of_today_at_both_are_as_one(
    member: Member, old_hub: Hub, process: StartProcess
) -> None:
    there = Member(process, "b", f"tcp:127.0.0.1:{old_hub.port}")
    member.expect("came b")
    there.knows("a", "b")
    there.ask("call a who", "result a who a")
    member.ask("call b who", "result b who b")
    there.ask("call a whose", "failed a whose MethodUnavailable delivered=False")

    there.ask("hear a", "hears a")
    member.ask("call a tell one", "result a tell None")
    there.expect("heard a news one (live)")
    member.ask("hear b", "hears b")
    there.ask("call b tell two", "result b tell None")
    member.expect("heard b news two (live)")

    there.say("call a never")
    member.expect("asked")
    there.process.signal(signal.SIGKILL)
    member.expect("cancelled", "went b lost")


def test_processes_of_version_1_at_a_hub_of_version_1_reach_those_of_today(
    member: Member, old_hub: Hub, old: Connect
) -> None:
    peer = old(old_hub.port)
    peer.offer("lamp", on=lambda: "bright")
    member.expect("came lamp")
    member.ask("call lamp on", "result lamp on bright")
    assert peer.call("a", "who") == "a"
    peer.close()
    member.expect("went lamp lost")


def test_a_hub_of_today_joins_one_of_version_1(process: StartProcess, old: Connect) -> None:
    hub = Hub("old")
    try:
        number = free_port()
        HubProcess(process, number, f"tcp:127.0.0.1:{hub.port}")
        hub.wait(lambda: any(link.is_hub and link.is_open for link in hub.links))
        one, other = old(hub.port), old(number)
        one.offer("math", multiply=multiply)
        other.wait(lambda: "math" in other.present(other.watch()))
        assert other.call("math", "multiply", 6, 7) == 42
    finally:
        hub.close()
    assert hub.faults == []
