"""Three hosts, each with a hub and a member; cables between them are cut, and mended."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.system.neighbours import NOTICED, HubProcess, Member
from tests.system.netns.bed import Bed, Host

pytestmark = pytest.mark.system

PORT = 11111
NAMES = "abc"


class Site:
    """One host of the mesh, and what runs there."""

    def __init__(self, host: Host, joins: list[str]) -> None:
        self.host = host
        self._joins = joins
        self.start()

    def start(self) -> None:
        """Start hub and member; again, after the host has vanished."""
        self.hub = HubProcess(self.host.start, PORT, *self._joins, address=self.host.address)
        self.member = Member(self.host.start, self.host.name, self.hub.endpoint)


Mesh = dict[str, Site]


@pytest.fixture
def mesh(bed: Bed) -> Mesh:
    hosts = [bed.host(name) for name in NAMES]
    endpoints = {host.name: f"tcp:{host.address}:{PORT}" for host in hosts}
    sites = {host.name: Site(host, [each for name, each in endpoints.items() if name != host.name]) for host in hosts}
    is_whole(sites)
    look(sites)
    return sites


def look(mesh: Mesh) -> None:
    """What was said so far counts no more."""
    for site in mesh.values():
        site.member.look()


def is_whole(mesh: Mesh) -> None:
    """Wait until all know all exactly once and each can call each, over one link between each two hubs."""
    for site in mesh.values():
        site.member.knows(*NAMES)
    for site in mesh.values():
        before = site.member.process.count
        for name in NAMES:
            site.member.say(f"call {name} who")
            site.member.process.wait_for(f"result {name} who {name}", after=before)
        site.hub.has_links(3)


def changes(member: Member, name: str) -> list[str]:
    """Return what a member has said of the comings and goings of another."""
    return [line.strip() for line in member.lines if line.startswith((f"came {name}", f"went {name}"))]


@pytest.mark.parametrize(
    ("sends", "hears"),
    [(False, False), (True, False), (False, True)],
    ids=["both ways", "hears nothing", "is not heard"],
)
def test_a_partition_of_two_and_one_goes_on_in_both_parts_and_heals(mesh: Mesh, sends: bool, hears: bool) -> None:
    a, b, c = (mesh[name].member for name in NAMES)
    mesh["c"].host.cut(sends=sends, hears=hears)
    for member in (a, b):
        member.expect("went c lost", timeout=NOTICED)
        member.knows("a", "b")
    c.expect("went a lost", "went b lost", timeout=NOTICED)
    c.knows("c")
    for caller, name in ((a, "b"), (b, "a"), (c, "c")):
        caller.say(f"call {name} who")
        caller.expect(f"result {name} who {name}")

    mesh["c"].host.mend()
    is_whole(mesh)
    for member, name in ((a, "c"), (b, "c"), (c, "a"), (c, "b")):
        assert changes(member, name) == [f"went {name} lost", f"came {name}"]
    for member, name in ((a, "b"), (b, "a")):
        assert changes(member, name) == []


def test_calls_in_flight_between_hubs_when_a_cable_is_cut_each_end_with_delivered_unknown(mesh: Mesh) -> None:
    a, b, c = (mesh[name].member for name in NAMES)
    a.say("calls 10 c never")
    c.say("calls 10 a never")
    b.say("calls 10 a never")
    c.expect_times(10, "asked")
    a.expect_times(20, "asked")

    mesh["c"].host.cut()
    a.say("calls 10 c who")
    for method in ("never", "who"):
        a.expect_times(10, f"failed c {method} ServiceWithdrawn delivered=None", timeout=NOTICED)
    c.expect_times(10, "failed a never ServiceWithdrawn delivered=None", timeout=NOTICED)
    for member in (a, c):
        member.expect_times(10, "cancelled")

    mesh["c"].host.mend()
    is_whole(mesh)
    assert (a.said("asked"), c.said("asked")) == (20, 10), "nothing ran twice"
    assert [line for line in b.lines if line.startswith("failed")] == [], "b has lost nothing"


def test_a_host_that_vanishes_takes_its_own_with_it_and_comes_back_as_another(mesh: Mesh) -> None:
    a, b = mesh["a"].member, mesh["b"].member
    a.say("call b never")
    a.say("call c never")
    b.expect("asked")
    mesh["c"].member.expect("asked")
    mesh["c"].host.vanish()
    for member in (a, b):
        member.expect("went c lost", timeout=NOTICED)
        member.knows("a", "b")
    a.expect("failed c never ServiceWithdrawn delivered=None")

    mesh["c"].host.mend()
    mesh["c"].start()
    is_whole(mesh)
    assert b.said("asked") == 1
    assert "cancelled" not in b.lines, "what a has asked of b goes on"
    for member in (a, b):
        assert changes(member, "c") == ["went c lost", "came c"]


def test_a_cable_that_comes_and_goes_leaves_all_known_once(mesh: Mesh) -> None:
    a, c = mesh["a"].member, mesh["c"].member
    ways: list[tuple[bool, bool, Callable[[], None]]] = [
        (False, False, lambda: a.expect("went c lost", timeout=NOTICED)),
        (True, False, lambda: c.expect("went a lost", timeout=NOTICED)),
        (False, True, lambda: a.expect("went c lost", timeout=NOTICED)),
        (False, False, lambda: a.expect("changed c suspected", timeout=NOTICED)),
    ]
    for sends, hears, noticed in ways:
        look(mesh)
        mesh["c"].host.cut(sends=sends, hears=hears)
        noticed()
        mesh["c"].host.mend()
        is_whole(mesh)


def test_a_report_that_is_kept_reaches_the_other_part_when_the_partition_heals(mesh: Mesh) -> None:
    a, c = mesh["a"].member, mesh["c"].member
    c.say("hear a")
    c.expect("hears a")
    a.say("call a tell one")
    c.expect("heard a news one (live)")
    mesh["c"].host.cut()
    c.expect("went a lost", timeout=NOTICED)
    a.say("call a tell two")
    mesh["c"].host.mend()
    c.expect("heard a news two (kept)")
    is_whole(mesh)
    a.say("call a tell three")
    c.expect("heard a news three (live)")
    assert [line.split()[3] for line in c.lines if line.startswith("heard")] == ["one", "two", "three"]
