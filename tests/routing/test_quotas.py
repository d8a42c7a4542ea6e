"""What a switch counts of each principal and of each link, and what it denies."""

from __future__ import annotations

import pytest

from exchange.routing.policy import Policy, Rule
from exchange.routing.switch import COST_OF_DENIAL
from exchange.wire.frames import Frame
from tests.routing.recorder import (
    Recorder,
    Story,
    announce,
    subscribe,
    unsubscribe,
    withdraw,
)

EVERYTHING = ("*",)
TWO_OF_EACH = Rule(offer=EVERYTHING, subscribe=EVERYTHING, watch=EVERYTHING, max_instances=2, max_subscriptions=2)


class Limited(Story):
    """A hub whose principals may have two of everything."""

    def __init__(self) -> None:
        super().__init__("hub", True)
        self.policy = Policy([TWO_OF_EACH])
        self.denied: list[str] = []
        self.switch.denier = lambda port, thing, text: self.denied.append(text)


@pytest.fixture
def story() -> Limited:
    return Limited()


def press(story: Limited, name: str = "press", attachment: int = 1) -> Recorder:
    """Return a link of the principal ``press``."""
    port = Recorder(name, attachment=attachment)
    port.grant = story.policy.grant_of("press")
    story.switch.attach(port)
    return port


def offer(port: Recorder, number: int, name: str = "news") -> Frame:
    return announce(port.make(number), name, attachment=port.attachment)


def want(port: Recorder, number: int) -> Frame:
    return subscribe(port.make(number), "feed", port.attachment)


def test_one_service_more_than_a_principal_may_have_is_denied_and_nothing_else_is_lost(story: Limited) -> None:
    one, other = press(story), press(story, "press too")
    story.receive(one, offer(one, 1, "a"))
    story.receive(other, offer(other, 1, "b"), offer(other, 2, "c"))
    assert story.names() == ["a", "b"]
    assert story.denied == ["principal 'press' may offer 2 services at most here, on all links together"]

    story.receive(one, withdraw(one.make(1)))
    story.receive(other, offer(other, 2, "c"))
    assert story.names() == ["b", "c"]


def test_a_link_that_is_gone_has_nothing_any_more(story: Limited) -> None:
    one, other = press(story), press(story, "press too")
    story.receive(one, offer(one, 1, "a"), offer(one, 2, "b"), want(one, 3), want(one, 4))
    story.switch.detach(one, "lost")
    story.receive(other, offer(other, 1, "c"), offer(other, 2, "d"), want(other, 3), want(other, 4))
    assert story.names() == ["c", "d"]
    assert story.denied == []


def test_who_comes_again_by_another_link_is_told_nothing_twice(story: Limited) -> None:
    old, new = press(story), press(story, attachment=2)
    for link in (old, new):
        story.receive(link, offer(link, 1, "a"), offer(link, 2, "b"), want(link, 3), want(link, 4))
    story.switch.detach(old, "lost")
    story.receive(new, offer(new, 5, "c"), want(new, 6))
    assert story.names() == ["a", "b"]
    assert len(story.denied) == 2


def test_one_subscription_more_than_a_principal_may_have_is_denied(story: Limited) -> None:
    one, other = press(story), press(story, "press too")
    story.receive(one, want(one, 1))
    story.receive(other, want(other, 1), want(other, 2), subscribe(other.make(3)))
    assert story.denied == ["principal 'press' may hold 2 subscriptions at most here, on all links together"]
    story.receive(one, unsubscribe(one.make(1)))
    story.receive(other, want(other, 2))
    assert len(story.denied) == 1


def test_what_is_new_is_bounded_by_its_number_and_every_change_of_it_is_counted(story: Limited) -> None:
    port = story.attach("churner")
    story.receive(port, offer(port, 1), want(port, 2))
    assert port.changing == 0
    story.receive(port, offer(port, 1), want(port, 2))
    assert port.changing == 2
    story.receive(port, withdraw(port.make(1)), unsubscribe(port.make(2)))
    assert port.changing == 4
    story.receive(port, withdraw(port.make(1)), unsubscribe(port.make(2)))
    assert port.changing == 6, "what is not there costs too"


def test_a_denial_counts_as_many(story: Limited) -> None:
    port = press(story)
    for number in (1, 2, 3):
        story.receive(port, offer(port, number))
    assert port.changing == COST_OF_DENIAL
