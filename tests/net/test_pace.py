"""Who is too fast is read more slowly, and loses nothing by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exchange import Limits, Rule, Service, method
from exchange.net.pace import LEAST_READ, MOST_READ
from exchange.testing import Network
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind
from tests.net.stranger import Door, Stranger

EVERYTHING = ("*",)
FREE: dict[str, Any] = {"offer": EVERYTHING, "join": EVERYTHING, "call": EVERYTHING, "subscribe": EVERYTHING}
CHANGES, AT_ONCE = 10, 100


def is_read(stranger: Stranger) -> bool:
    return stranger.transport.producerState == "producing"


def calls(stranger: Stranger, count: int) -> list[Frame]:
    return [encode(Kind.REQUEST, stranger.make(number), ("nobody", "m", None)) for number in range(1, count + 1)]


@pytest.fixture
def guests(network: Network) -> Iterator[Callable[..., tuple[Stranger, ...]]]:
    """Connect strangers to a hub with these limits: ``guests("mallory", "ann", policy=[…])``."""

    def connect(*names: str, **settings: Any) -> tuple[Stranger, ...]:
        door = Door(network.hub("rome", **settings))
        strangers = tuple(Stranger(door, name) for name in names)
        for each in strangers:
            each.greet()
        left.extend(strangers)
        return strangers

    left: list[Stranger] = []
    yield connect
    for each in left:
        each.leave()


def test_who_calls_too_often_is_not_read_until_so_many_calls_would_be_right(
    network: Network, guests: Callable[..., tuple[Stranger, ...]]
) -> None:
    (mallory,) = guests("mallory", policy=[Rule(**FREE, calls_per_second=10)])
    mallory.say(*calls(mallory, 10))
    assert is_read(mallory)
    mallory.say(*calls(mallory, 5))
    assert not is_read(mallory)
    network.clock.advance(0.4)
    assert not is_read(mallory)
    network.clock.advance(0.2)
    assert is_read(mallory)
    answered = [frame for frame in mallory.heard() if frame[0] == Kind.FAILURE]
    assert len(answered) == 15, "each was answered"


def test_the_links_of_one_principal_share_its_bytes(
    network: Network, guests: Callable[..., tuple[Stranger, ...]]
) -> None:
    one, other = guests("one", "other", policy=[Rule(**FREE, bytes_per_second=1_000)])
    one.say(*calls(one, 40))
    assert not is_read(one)
    assert is_read(other)
    other.say(*calls(other, 1))
    assert not is_read(other)


def test_who_is_not_limited_and_who_is_no_rule_s_are_read_as_ever(guests: Callable[..., tuple[Stranger, ...]]) -> None:
    rules = [Rule(principal=("press",), calls_per_second=1), Rule(**FREE)]
    (ann,) = guests("ann", policy=rules)
    ann.say(*calls(ann, 500))
    assert is_read(ann)


@pytest.mark.parametrize(
    ("quota", "most"),
    [
        ({"calls_per_second": 1}, LEAST_READ),
        ({"calls_per_second": 640}, 10_240),
        ({"calls_per_second": 10_000, "bytes_per_second": 40_000}, 10_000),
        ({"bytes_per_second": 10_000_000}, MOST_READ),
        ({"max_instances": 1}, MOST_READ),
    ],
)
def test_of_whoever_may_send_little_little_is_read_at_once(network: Network, quota: dict[str, Any], most: int) -> None:
    hub = network.hub("rome", policy=[Rule(**FREE, **quota)])
    network.peer()
    (link,) = hub._links.attached
    assert link._pace.most == most


def test_a_link_that_announces_and_withdraws_in_a_loop_is_read_more_slowly(
    network: Network, guests: Callable[..., tuple[Stranger, ...]]
) -> None:
    mallory, ann = guests("mallory", "ann", limits=Limits(max_changes=CHANGES, max_instances=AT_ONCE))
    thing = mallory.make(1)
    fields = (1, "churn", (), "*", b"", None, (), None)
    loop = [encode(Kind.ANNOUNCE, thing, fields), encode(Kind.WITHDRAW, thing, ("withdrawn",))]
    for _ in range(AT_ONCE):
        mallory.say(*loop)
    assert is_read(mallory)
    mallory.say(*loop)
    assert not is_read(mallory)
    assert is_read(ann)
    network.clock.advance(1 / CHANGES + 0.01)
    assert is_read(mallory)


def test_all_that_there_may_be_is_told_at_once(guests: Callable[..., tuple[Stranger, ...]]) -> None:
    (ann,) = guests("ann", limits=Limits(max_changes=1))
    fields = (1, "many", (), "*", b"", None, (), None)
    ann.say(*(encode(Kind.ANNOUNCE, ann.make(number), fields) for number in range(500)))
    assert is_read(ann)


def test_a_link_that_is_not_read_for_long_lives_and_knows_that_we_do(
    network: Network, guests: Callable[..., tuple[Stranger, ...]]
) -> None:
    (mallory,) = guests("mallory", policy=[Rule(**FREE, calls_per_second=1)])
    mallory.say(*calls(mallory, 100))
    mallory.heard()
    for _ in range(9):
        network.clock.advance(10)
        assert Kind.PING in [frame[0] for frame in mallory.heard()]
    assert not is_read(mallory)
    network.clock.advance(10)
    assert is_read(mallory)


class Counter(Service):
    """Counts its calls."""

    name = "counter"

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    @method
    def one(self) -> int:
        """Count one more."""
        self.count += 1
        return self.count


def test_every_call_of_who_is_too_fast_is_answered_as_fast_as_it_may_be(network: Network) -> None:
    hub = network.hub("rome", policy=[Rule(**FREE, watch=EVERYTHING, calls_per_second=20)])
    counter = Counter()
    hub.add(counter)
    caller = network.peer()
    network.settle()
    results = []
    began = network.clock.seconds()
    for _ in range(100):
        caller.call("counter", "one", timeout=None).addCallback(
            lambda count: results.append((count, network.clock.seconds() - began))
        )
        network.clock.advance(0.01)
    network.clock.advance(10)
    assert [count for count, _ in results] == list(range(1, 101))
    assert results[-1][1] == pytest.approx(4, abs=0.3)
