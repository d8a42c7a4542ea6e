"""One hub, and cables that are cut: nobody is told, the heartbeat notices, and what was lost comes back by itself."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.system.neighbours import NOTICED, HubProcess, Member
from tests.system.netns.bed import Bed, Host

pytestmark = pytest.mark.system

PORT = 11111


class Story(NamedTuple):
    """A hub on a host with a member of its own, and another member on a host at the other end of a cable."""

    far: Host
    near_member: Member
    far_member: Member


@pytest.fixture
def story(bed: Bed) -> Story:
    near, far = bed.host("near"), bed.host("far")
    hub = HubProcess(near.start, PORT, address=near.address)
    members = [Member(host.start, name, hub.endpoint, ready="") for host, name in ((near, "ann"), (far, "bob"))]
    for member in members:
        member.knows("ann", "bob")
        member.look()
    return Story(far, *members)


@pytest.mark.parametrize(
    ("sends", "hears"),
    [(False, False), (True, False), (False, True)],
    ids=["both ways", "hears nothing", "is not heard"],
)
def test_a_half_open_link_is_noticed_at_both_ends_and_made_anew(story: Story, sends: bool, hears: bool) -> None:
    story.far.cut(sends=sends, hears=hears)
    story.near_member.expect("went bob lost", timeout=NOTICED)
    story.far_member.expect("went ann lost", "unlinked", timeout=NOTICED)
    story.near_member.knows("ann")
    story.far_member.knows("bob")

    story.far.mend()
    story.near_member.expect("came bob")
    story.far_member.expect("came ann")
    story.near_member.knows("ann", "bob")
    story.far_member.knows("ann", "bob")
    story.near_member.ask("call bob who", "result bob who bob")
    story.far_member.ask("call ann who", "result ann who ann")


def test_a_far_end_that_is_silent_is_suspected_before_it_is_given_up(story: Story) -> None:
    story.far.cut()
    story.near_member.expect("went bob lost", timeout=NOTICED)
    changes = [line for line in story.near_member.lines if "bob" in line]
    assert changes == ["changed bob suspected", "went bob lost"]


def test_a_cable_that_was_cut_for_a_moment_only_costs_nothing(story: Story) -> None:
    story.far.cut()
    story.near_member.say("call bob who")
    story.far.has_lost(2)  # what is not acknowledged was sent again by the kernel, and lost again
    story.far.mend()
    story.near_member.expect("result bob who bob")
    for member in (story.near_member, story.far_member):
        member.knows("ann", "bob")
        assert [line for line in member.lines if line.startswith(("went", "unlinked"))] == []


def test_calls_in_flight_when_a_cable_is_cut_each_end_with_delivered_unknown(story: Story) -> None:
    for member, other in ((story.near_member, "bob"), (story.far_member, "ann")):
        member.say(f"calls 20 {other} never")
    for member in (story.near_member, story.far_member):
        member.expect_times(20, "asked")
    story.far.cut()
    story.near_member.say("calls 20 bob who")
    story.far_member.say("calls 20 ann who")

    for member, other, error in (
        (story.near_member, "bob", "ServiceWithdrawn"),
        (story.far_member, "ann", "LinkLost"),
    ):
        for method in ("never", "who"):
            member.expect_times(20, f"failed {other} {method} {error} delivered=None", timeout=NOTICED)
        member.expect_times(20, "cancelled", timeout=NOTICED)

    story.far.mend()
    story.near_member.expect("came bob")
    story.near_member.ask("call bob who", "result bob who bob")
    for member in (story.near_member, story.far_member):
        assert member.process.lines.count("asked") == 20, "nothing ran twice"


def test_a_report_that_is_kept_reaches_who_was_cut_off_when_it_was_published(story: Story) -> None:
    story.far_member.ask("hear ann", "hears ann")
    story.near_member.ask("call ann tell one", "result ann tell None")
    story.far_member.expect("heard ann news one (live)")

    story.far.cut()
    story.near_member.ask("call ann tell two", "result ann tell None")
    story.far_member.expect("went ann lost", timeout=NOTICED)
    story.far.mend()
    story.far_member.expect("heard ann news two (kept)")
    story.near_member.ask("call ann tell three", "result ann tell None")
    story.far_member.expect("heard ann news three (live)")
    heard = [line for line in story.far_member.lines if line.startswith("heard")]
    assert [line.split()[3] for line in heard] == ["one", "two", "three"]


def test_a_host_that_vanishes_takes_its_own_with_it_and_nothing_else(story: Story) -> None:
    story.near_member.say("call bob never")
    story.far_member.expect("asked")
    story.far.vanish()
    story.near_member.expect("went bob lost", "failed bob never ServiceWithdrawn delivered=None", timeout=NOTICED)
    story.near_member.ask("call ann who", "result ann who ann")
    story.near_member.knows("ann")
