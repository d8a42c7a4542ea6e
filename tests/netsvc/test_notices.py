from __future__ import annotations

from typing import Any

from exchange.netsvc.notices import Subscriber, Subscription
from exchange.netsvc.process import Process
from exchange.services.publisher import Subscriber as Known
from exchange.wire.identities import Id, Identity
from tests.netsvc.places import Seed


def known(number: int) -> Any:
    """Return who subscribed, as an exchange tells it."""
    return Known(Id(bytes(19) + bytes([number])), Identity(bytes(16)), "a.*")


def test_a_subscriber_is_its_subscription(here: Process) -> None:
    assert Subscriber(known(1)) == Subscriber(known(1))
    assert Subscriber(known(1)) != Subscriber(known(2))
    assert Subscriber(known(1)) != "other"
    assert len({Subscriber(known(1)), Subscriber(known(1))}) == 1
    assert Subscriber(known(1)).serviceAddress() == (bytes(19) + b"\1").hex()
    assert Subscriber(known(1)).processIdentity() == bytes(16).hex()


def test_a_subscription_says_who_wants_what_of_whom(here: Process) -> None:
    seed = Seed()
    subscription = Subscription(seed.serviceBinding(), Subscriber(known(1)), 1)
    assert (subscription.publisher(), subscription.subscriber()) == (seed.serviceBinding(), Subscriber(known(1)))
    assert (subscription.subject(), subscription.status()) == ("a.*", 1)
