"""Three hosts, each with a hub and a member; cables between them are cut, and mended."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.system.neighbours import NOTICED, QUICK, HubProcess, Member
from tests.system.netns.bed import Bed, Host
from tests.system.processes import AT_ONCE, PATIENCE

pytestmark = pytest.mark.system

PORT = 11111
PATIENT = ("--heartbeat", "60", "--dead-after", "180")
NAMES = "abc"


class Site:
    """One host of the mesh, and what runs there."""

    def __init__(self, host: Host, joins: list[str], liveness: tuple[str, ...] = QUICK) -> None:
        self.host = host
        self._joins = joins
        self._liveness = liveness
        self.start_hub()

    def start(self) -> None:
        """Start hub and member again, after the host has vanished."""
        self.start_hub()
        self.start_member()

    def start_hub(self) -> None:
        """Start the hub; it is not waited for, so that others may start meanwhile."""
        where = self.host.address
        self.hub = HubProcess(self.host.start, PORT, *self._joins, address=where, liveness=self._liveness, ready="")

    def start_member(self) -> None:
        """Start the member, once the hub serves."""
        self.hub.is_ready()
        self.member = Member(self.host.start, self.host.name, self.hub.endpoint, ready="")


Mesh = dict[str, Site]


@pytest.fixture
def mesh(bed: Bed) -> Mesh:
    """Three hubs that notice a silence in the same time."""
    return started(bed)


def started(bed: Bed, **liveness: tuple[str, ...]) -> Mesh:
    """Start a mesh, each hub with these options, and wait until it is whole."""
    hosts = [bed.host(name) for name in NAMES]
    endpoints = {host.name: f"tcp:{host.address}:{PORT}" for host in hosts}
    mesh: Mesh = {}
    for host in hosts:
        others = [each for name, each in endpoints.items() if name != host.name]
        mesh[host.name] = Site(host, others, liveness.get(host.name, QUICK))
    for site in mesh.values():
        site.start_member()
    is_whole(mesh)
    look(mesh)
    return mesh


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


@pytest.mark.parametrize("is_mutual", [True, False], ids=["both", "one"])
def test_two_hubs_that_lose_one_another_are_both_there_for_a_third(mesh: Mesh, is_mutual: bool) -> None:
    a, b, c = (mesh[name].member for name in NAMES)
    mesh["a"].host.ignore(mesh["c"].host)
    if is_mutual:
        mesh["c"].host.ignore(mesh["a"].host)
    a.expect("went c lost", timeout=NOTICED)
    c.expect("went a lost", timeout=NOTICED)
    a.knows("a", "b")
    b.knows("a", "b", "c")
    c.knows("b", "c")
    for caller, name in ((a, "b"), (b, "a"), (b, "c"), (c, "b")):
        caller.say(f"call {name} who")
        caller.expect(f"result {name} who {name}")

    mesh["a"].host.mend()
    mesh["c"].host.mend()
    is_whole(mesh)
    assert [changes(b, name) for name in NAMES] == [[], [], []]
    assert (changes(a, "c"), changes(c, "a")) == (["went c lost", "came c"], ["went a lost", "came a"])


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


def test_a_hub_that_was_replaced_while_its_cable_was_cut_is_not_mistaken_for_the_old_one(mesh: Mesh) -> None:
    mesh["c"].host.vanish()
    mesh["c"].host.mend()
    mesh["c"].start()
    for name in "ab":
        mesh[name].member.expect("went c lost", "came c", timeout=NOTICED)
    is_whole(mesh)
    for name in "ab":
        assert sorted(changes(mesh[name].member, "c")) == ["came c", "went c lost"]


def test_a_hub_that_comes_back_before_the_others_have_noticed_is_linked_at_once(bed: Bed) -> None:
    mesh = started(bed, a=PATIENT, b=PATIENT)
    mesh["c"].host.cut()
    mesh["c"].member.expect("went a lost", "went b lost", timeout=NOTICED)
    for name in "ab":
        assert changes(mesh[name].member, "c") == []

    mesh["c"].host.mend()
    mesh["c"].member.expect("came a", "came b", timeout=PATIENCE / 2)
    is_whole(mesh)


def test_a_cable_that_comes_and_goes_leaves_all_known_once(mesh: Mesh) -> None:
    a, c = mesh["a"].member, mesh["c"].member
    ways: list[tuple[bool, bool, Callable[[], None]]] = [
        (False, False, lambda: a.expect("went c lost", timeout=NOTICED)),
        (True, False, lambda: c.expect("went a lost", timeout=NOTICED)),
        (False, True, lambda: a.expect("went c lost", timeout=NOTICED)),
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


def test_a_member_that_knows_two_hubs_goes_to_the_other_when_the_cable_of_its_own_is_cut(bed: Bed, mesh: Mesh) -> None:
    dan = Member(bed.host("d").start, "dan", mesh["a"].hub.endpoint, mesh["b"].hub.endpoint)
    dan.knows(*NAMES, "dan")
    dan.say("hear b")
    dan.expect("hears b")
    dan.say("call b never")
    mesh["b"].member.expect("asked")
    mesh["b"].member.say("call b tell one")
    dan.expect("heard b news one (live)")
    dan.look()
    look(mesh)

    mesh["a"].host.cut()
    mesh["b"].member.say("call b tell two")
    dan.expect("unlinked", "failed b never LinkLost delivered=None", timeout=NOTICED)
    dan.expect("linked", timeout=AT_ONCE)
    mesh["b"].member.expect("cancelled", timeout=NOTICED)
    dan.expect("heard b news two (kept)")
    for site in (mesh["b"], mesh["c"]):
        site.member.knows("b", "c", "dan")
        site.member.ask("call dan who", "result dan who dan")
    dan.ask("call c who", "result c who c")
    dan.knows("b", "c", "dan")
    mesh["b"].member.say("call b tell three")
    dan.expect("heard b news three (live)")

    mesh["a"].host.mend()
    for member in (dan, *(site.member for site in mesh.values())):
        member.knows(*NAMES, "dan")
    assert mesh["b"].member.process.lines.count("asked") == 1
