"""Three hubs that are joined, each a process of its own: they are as one, and losing one costs only its own members."""

from __future__ import annotations

import signal

import pytest

from tests.system.conftest import StartProcess
from tests.system.neighbours import SERVES, HubProcess, Member
from tests.system.processes import free_port

pytestmark = pytest.mark.system

NAMES = "abc"


class Mesh:
    """Three hubs on this machine, each of which joins the two others, and a member at each."""

    def __init__(self, process: StartProcess) -> None:
        self._process = process
        self._ports = {name: free_port() for name in NAMES}
        self.hubs: dict[str, HubProcess] = {}
        self.members: dict[str, Member] = {}

    def start_hub(self, name: str, ready: str = SERVES) -> None:
        """Start a hub, or start it again."""
        joins = [f"tcp:127.0.0.1:{port}" for other, port in self._ports.items() if other != name]
        self.hubs[name] = HubProcess(self._process, self._ports[name], *joins, ready=ready)

    def start_member(self, name: str) -> None:
        """Start the member at a hub."""
        self.members[name] = Member(self._process, name, self.hubs[name].endpoint)

    def is_known(self, names: str = NAMES, by: str = "") -> None:
        """Wait until these members know exactly these, and look away from all that they have said before."""
        for name in by or names:
            self.members[name].knows(*names)
            self.members[name].look()


@pytest.fixture
def mesh(process: StartProcess) -> Mesh:
    return Mesh(process)


@pytest.fixture
def joined(mesh: Mesh) -> Mesh:
    """A mesh in which all is known."""
    for name in NAMES:
        mesh.start_hub(name)
        mesh.start_member(name)
    mesh.is_known()
    return mesh


@pytest.mark.parametrize("order", ["abc", "cab", "bca"])
def test_hubs_that_are_started_one_after_the_other_in_any_order_know_everything_once(mesh: Mesh, order: str) -> None:
    for name in order:
        mesh.start_hub(name)
        mesh.start_member(name)
    mesh.is_known()
    for name, member in mesh.members.items():
        for other in NAMES:
            member.ask(f"call {other} who", f"result {other} who {other}")
        mesh.hubs[name].has_links(3)


def test_hubs_that_are_started_in_the_same_moment_end_with_one_link_between_each_two(mesh: Mesh) -> None:
    for name in NAMES:
        mesh.start_hub(name, ready="")
    for name in NAMES:
        mesh.hubs[name].process.wait_for(SERVES)
        mesh.start_member(name)
    mesh.is_known()
    for hub in mesh.hubs.values():
        hub.has_links(3)


def test_a_report_is_heard_once_at_every_hub_also_by_who_comes_late(joined: Mesh) -> None:
    early, late = joined.members["b"], joined.members["c"]
    early.ask("hear a", "hears a")
    joined.members["b"].ask("call a tell one", "result a tell None")
    early.expect("heard a news one (live)")

    late.ask("hear a", "hears a")
    joined.members["a"].ask("call a tell two", "result a tell None")
    for member in (early, late):
        member.expect("heard a news two (live)")
    heard = [[line for line in member.process.lines if line.startswith("heard")] for member in (early, late)]
    assert heard == [
        ["heard a news one (live)", "heard a news two (live)"],
        ["heard a news one (kept)", "heard a news two (live)"],
    ]


def test_a_hub_that_is_killed_costs_only_those_whose_only_hub_it_was(joined: Mesh) -> None:
    a, b, c = (joined.members[name] for name in NAMES)
    b.say("call c never")
    c.expect("asked")
    b.say("call a never")
    a.expect("asked")
    a.say("call b never")
    b.expect("asked")

    joined.hubs["a"].process.signal(signal.SIGKILL)
    b.expect("went a lost", "failed a never ServiceWithdrawn delivered=None", "cancelled")
    c.expect("went a lost")
    a.expect("went b lost", "went c lost", "failed b never LinkLost delivered=None", "cancelled")
    joined.is_known("bc")
    joined.is_known("a")
    b.ask("call c who", "result c who c")
    c.ask("call b who", "result b who b")
    assert "cancelled" not in c.process.lines, "what b has asked of c goes on"

    joined.start_hub("a")
    joined.is_known()
    a.ask("call c who", "result c who c")
    c.ask("call a who", "result a who a")
    assert "failed c never" not in b.process.output
    for member in (b, c):
        assert [line for line in member.process.lines if line.startswith(("went", "came a"))] == [
            "came a ",
            "went a lost",
            "came a ",
        ]


def test_a_caller_that_is_killed_has_its_calls_cancelled_behind_the_other_hub(joined: Mesh) -> None:
    joined.members["c"].say("calls 5 a never")
    joined.members["a"].expect_times(5, "asked")
    joined.members["c"].process.signal(signal.SIGKILL)
    joined.members["a"].expect_times(5, "cancelled")
    joined.is_known("ab")


def test_a_callee_that_is_killed_fails_the_calls_of_who_is_behind_another_hub(joined: Mesh) -> None:
    joined.members["c"].say("calls 5 a never")
    joined.members["a"].expect_times(5, "asked")
    joined.members["a"].process.signal(signal.SIGKILL)
    joined.members["c"].expect_times(5, "failed a never ServiceWithdrawn delivered=None")
    joined.is_known("bc")
