"""Notices that a link left something out reach the subscription that they are for, and nobody can forge them."""

from __future__ import annotations

import pytest

from exchange.errors import LocalProtocolError
from exchange.routing.notices import SKIPPED, is_notice
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import make_id
from exchange.wire.layouts import Kind
from tests.routing.recorder import Recorder, Story, a_hub, announce, identity, subscribe, unsubscribe


def notice(sender: str, to: bytes) -> Frame:
    """Return the notice of an exchange to a subscription."""
    return encode(Kind.REPORT, make_id(identity(sender), 0), ("$exchange", SKIPPED, to, False, False), b"\x94")


@pytest.fixture
def story() -> Story:
    return a_hub()


def reader_of_feed(story: Story) -> tuple[Recorder, Recorder, bytes]:
    """Return a publisher, a peer that subscribed to it, and the subscription."""
    publisher, reader = story.attach_with("publisher", "feed"), story.attach("reader")
    wanted = reader.make(1)
    story.receive(reader, subscribe(wanted, "feed", pattern="*"))
    publisher.taken()
    return publisher, reader, wanted


def test_a_notice_is_known_by_its_service_and_its_subject() -> None:
    assert is_notice("$exchange", "skipped")
    assert not is_notice("$exchange", "instance.00")
    assert not is_notice("feed", "skipped")


def test_what_a_publishers_link_left_out_is_told_to_the_subscription(story: Story) -> None:
    publisher, reader, wanted = reader_of_feed(story)
    story.receive(publisher, notice("publisher", wanted))
    assert reader.taken() == [notice("publisher", wanted)]


def test_what_a_hub_left_out_is_passed_on_to_a_peer_and_to_no_hub(story: Story) -> None:
    _, reader, wanted = reader_of_feed(story)
    oslo, far = story.attach("oslo", is_hub=True), story.attach("far", is_hub=True)
    story.receive(far, announce(far.make(1), "feed"), subscribe(far.make(2), "feed"))
    story.receive(oslo, notice("oslo", wanted), notice("oslo", far.make(2)))
    assert reader.taken() == [notice("oslo", wanted)]
    assert notice("oslo", far.make(2)) not in far.taken()
    assert story.switch.counters.unexpected == 1


def test_one_whose_subscription_is_over_is_dropped(story: Story) -> None:
    publisher, reader, wanted = reader_of_feed(story)
    story.receive(reader, unsubscribe(wanted))
    story.receive(publisher, notice("publisher", wanted))
    assert reader.taken() == []
    assert story.switch.counters.unexpected == 1


def test_a_peer_that_does_not_serve_the_subscription_tells_it_nothing(story: Story) -> None:
    _, reader, wanted = reader_of_feed(story)
    stranger = story.attach("stranger")
    story.receive(stranger, notice("stranger", wanted))
    assert reader.taken() == []
    assert story.switch.counters.unexpected == 1


def test_a_peer_that_speaks_for_another_exchange_has_forged_it(story: Story) -> None:
    publisher, _, wanted = reader_of_feed(story)
    with pytest.raises(LocalProtocolError, match="another's link") as caught:
        story.receive(publisher, notice("reader", wanted))
    assert caught.value.code == "forged"


def test_one_that_is_for_nobody_in_particular_is_no_notice_and_forged(story: Story) -> None:
    publisher, _, _ = reader_of_feed(story)
    array = ("$exchange", SKIPPED, None, False, False)
    with pytest.raises(LocalProtocolError, match="no instance"):
        story.receive(publisher, encode(Kind.REPORT, make_id(publisher.identity, 0), array, b"\x94"))
