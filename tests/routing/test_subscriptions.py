"""Who wants the reports of which service."""

from __future__ import annotations

import pytest

from exchange.errors import LocalProtocolError
from exchange.routing.subscriptions import Subscriptions
from exchange.wire.frames import encode
from exchange.wire.identities import make_id
from exchange.wire.layouts import Kind
from tests.routing.recorder import Recorder, identity, subscribe

THING = make_id(identity("subscriber"), 1)


def test_a_subscription_is_known_by_its_id_and_by_its_port() -> None:
    subscriptions, port = Subscriptions(), Recorder("subscriber")

    assert subscriptions.add(port, subscribe(THING, "feed"))
    way = subscriptions.in_use(THING)
    assert way is not None
    assert (way.port, way.service) == (port, "feed")
    assert subscriptions.way(port, THING) is way
    assert subscriptions.from_port(port) == [way]
    assert (len(subscriptions), subscriptions.count_from(port)) == (1, 1)


def test_nobody_and_nothing_is_subscribed_before() -> None:
    subscriptions, port = Subscriptions(), Recorder("subscriber")

    assert subscriptions.in_use(THING) is None
    assert subscriptions.in_use(None) is None
    assert subscriptions.way(port, THING) is None
    assert (subscriptions.from_port(port), subscriptions.count_from(port)) == ([], 0)


def test_the_same_from_the_same_port_by_the_same_attachment_is_nothing_new() -> None:
    subscriptions, port = Subscriptions(), Recorder("subscriber")
    subscriptions.add(port, subscribe(THING, attachment=1))

    assert not subscriptions.add(port, subscribe(THING, attachment=1))
    assert subscriptions.add(port, subscribe(THING, attachment=2))
    assert len(subscriptions) == 1


def test_reports_go_along_the_newest_attachment_of_the_subscriber() -> None:
    for first, second in [(1, 2), (2, 1)]:
        subscriptions, ports = Subscriptions(), {1: Recorder("subscriber"), 2: Recorder("subscriber")}
        subscriptions.add(ports[first], subscribe(THING, attachment=first))
        subscriptions.add(ports[second], subscribe(THING, attachment=second))

        way = subscriptions.in_use(THING)
        assert way is not None
        assert way.port is ports[2]


def test_of_equal_attachments_our_own_newest_link_is_in_use() -> None:
    subscriptions, older, newer = Subscriptions(), Recorder("rome", attachment=1), Recorder("oslo", attachment=2)
    subscriptions.add(newer, subscribe(THING))
    subscriptions.add(older, subscribe(THING))

    way = subscriptions.in_use(THING)
    assert way is not None
    assert way.port is newer


def test_of_ways_that_are_equal_the_port_of_the_lowest_identity_is_in_use() -> None:
    subscriptions, ports = Subscriptions(), [Recorder("rome"), Recorder("oslo"), Recorder("bonn")]
    for port in ports:
        subscriptions.add(port, subscribe(THING))

    way = subscriptions.in_use(THING)
    assert way is not None
    assert way.port is min(ports, key=lambda port: port.identity)


def test_a_subscription_ends_with_its_last_way() -> None:
    subscriptions, one, two = Subscriptions(), Recorder("one"), Recorder("two")
    subscriptions.add(one, subscribe(THING))
    subscriptions.add(two, subscribe(THING))
    subscriptions.add(two, subscribe(make_id(identity("subscriber"), 2)))

    gone = subscriptions.remove(one, THING)
    assert gone is not None
    assert gone.port is one
    assert subscriptions.in_use(THING) is not None
    subscriptions.remove(two, THING)
    assert subscriptions.in_use(THING) is None
    assert (subscriptions.count_from(one), subscriptions.count_from(two)) == (0, 1)


def test_what_did_not_come_from_a_port_cannot_be_removed_by_it() -> None:
    subscriptions, one, two = Subscriptions(), Recorder("one"), Recorder("two")
    subscriptions.add(one, subscribe(THING))
    subscriptions.add(two, subscribe(make_id(identity("subscriber"), 2)))

    assert subscriptions.remove(two, THING) is None
    assert subscriptions.remove(Recorder("three"), THING) is None
    assert subscriptions.count_from(one) == 1


def test_what_came_with_a_subscription_and_is_none_of_its_fields_is_not_kept() -> None:
    subscriptions, port = Subscriptions(), Recorder("subscriber")
    array = ("feed", "instance.*", "latest", 1)
    subscriptions.add(port, encode(Kind.SUBSCRIBE, THING, array, bytes(1_000_000)))

    way = subscriptions.in_use(THING)
    assert way is not None
    assert way.frame == encode(Kind.SUBSCRIBE, THING, array)
    assert 0 < port.keeping < 1_000
    subscriptions.remove(port, THING)
    assert port.keeping == 0


def test_a_subscription_told_again_weighs_what_it_is_now() -> None:
    subscriptions, port = Subscriptions(), Recorder("subscriber")
    for overflow in ("disconnect", "latest"):
        subscriptions.add(port, encode(Kind.SUBSCRIBE, THING, ("feed", "*", overflow, 1)))

    assert port.keeping == len("feed" + "*" + "latest")


@pytest.mark.parametrize("other", [("$exchange", "a"), ("feed", "b")])
@pytest.mark.parametrize("by", ["the same link", "another link"])
def test_a_subscription_never_changes_its_service_or_its_pattern(other: tuple[str, str], by: str) -> None:
    subscriptions, port, newer = Subscriptions(), Recorder("subscriber"), Recorder("subscriber", attachment=2)
    subscriptions.add(port, encode(Kind.SUBSCRIBE, THING, ("feed", "a", "latest", 1)))
    before, kept = subscriptions.from_port(port), port.keeping

    with pytest.raises(LocalProtocolError, match="cannot change its service or its pattern") as caught:
        subscriptions.add(
            port if by == "the same link" else newer, encode(Kind.SUBSCRIBE, THING, (*other, "latest", 2))
        )
    assert caught.value.code == "protocol"
    assert (subscriptions.from_port(port), port.keeping) == (before, kept)
    assert (subscriptions.from_port(newer), newer.keeping) == ([], 0)
