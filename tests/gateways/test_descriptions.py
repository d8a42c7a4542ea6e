"""What services offer is asked for once, and again as soon as they offer something else."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred

from exchange import Description, Exchange, Hub, Service, ServiceUnavailable, method
from exchange.gateways.descriptions import Descriptions
from exchange.testing import Network
from tests.gateways.conftest import Math, offering


class Newer(Math):
    """The same service, a version later."""

    @method
    def divide_exactly(self, x: int, y: int) -> int:
        """Return the whole quotient."""
        return x // y


class Counting(Descriptions):
    """Counts how often a service was asked."""

    def __init__(self, exchange: Exchange, **settings: Any) -> None:
        super().__init__(exchange, **settings)
        self.asked: list[str | bytes] = []
        describe = exchange.describe

        def counted(to: str | bytes, timeout: float | None = None) -> Deferred[Description]:
            self.asked.append(to)
            return describe(to, timeout)

        exchange.describe = counted  # type: ignore[method-assign]


@pytest.fixture
def descriptions(network: Network, hub: Hub) -> Counting:
    made = Counting(network.peer())
    network.settle()
    return made


def test_a_service_is_asked_once(network: Network, descriptions: Counting, math: Math) -> None:
    assert descriptions.known("math") is None

    first = network.result(descriptions.of("math"))

    assert first.digest == math.digest
    assert network.result(descriptions.of("math")) is first is descriptions.known("math")
    assert descriptions.asked == ["math"]


def test_all_who_ask_at_the_same_time_share_one_question(network: Network, descriptions: Counting, math: Math) -> None:
    answers = [descriptions.of("math") for _ in range(5)]

    assert {network.result(answer).digest for answer in answers} == {math.digest}
    assert descriptions.asked == ["math"]


def test_an_instance_is_known_by_what_its_name_is_known_for(
    network: Network, descriptions: Counting, math: Math
) -> None:
    (instance,) = descriptions._exchange.instances("math")
    network.result(descriptions.of("math"))

    known = descriptions.known(instance.id)

    assert known is not None
    assert known.digest == math.digest
    assert descriptions.asked == ["math"]


def test_a_service_that_is_replaced_by_one_that_offers_something_else_is_asked_again(
    network: Network, hub: Hub, descriptions: Counting
) -> None:
    older = offering(network, Math())
    network.result(descriptions.of("math"))

    network.stop(older)
    newer = Newer()
    offering(network, newer)

    assert descriptions.known("math") is None
    assert "divide_exactly" in network.result(descriptions.of("math")).methods
    assert descriptions.asked == ["math", "math"]


def test_a_service_that_is_replaced_by_an_equal_one_is_not_asked_again(
    network: Network, hub: Hub, descriptions: Counting
) -> None:
    older = offering(network, Math())
    network.result(descriptions.of("math"))

    network.stop(older)
    offering(network, Math())

    assert descriptions.known("math") is not None


def test_a_method_that_is_exported_later_is_known_at_once(network: Network, descriptions: Counting, math: Math) -> None:
    network.result(descriptions.of("math"))

    math.export(lambda: 7, name="seven")
    network.settle()

    assert "seven" in network.result(descriptions.of("math")).methods


def test_of_instances_that_offer_different_things_one_is_chosen_in_turn_and_known_for_itself(
    network: Network, hub: Hub, descriptions: Counting
) -> None:
    older, newer = Math(), Newer()
    offering(network, older, newer)
    network.settle()

    chosen = [descriptions.one_of("math") for _ in range(4)]

    assert all(isinstance(each, bytes) for each in chosen)
    assert chosen[:2] == chosen[2:]
    assert chosen[0] != chosen[1]
    assert [network.result(descriptions.of(each)).digest for each in chosen[:2]] == [older.digest, newer.digest]


def test_of_equal_instances_none_is_chosen(network: Network, hub: Hub, descriptions: Counting) -> None:
    offering(network, Math(), Math())

    assert descriptions.one_of("math") == "math"
    assert descriptions.one_of("nobody") == "nobody"
    assert descriptions.one_of(b"an id") == b"an id"


def test_a_service_that_is_not_there_is_a_failure_and_asked_again_the_next_time(
    network: Network, hub: Hub, descriptions: Counting
) -> None:
    with pytest.raises(ServiceUnavailable):
        network.result(descriptions.of("math"))

    offering(network, Math())

    assert network.result(descriptions.of("math")).name == "math"


def test_who_gives_up_disturbs_nobody_else(network: Network, descriptions: Counting, math: Math) -> None:
    one, other = descriptions.of("math"), descriptions.of("math")

    one.cancel()

    with pytest.raises(CancelledError):
        network.result(one)
    assert network.result(other).name == "math"


def test_when_all_have_given_up_the_question_is_given_up(network: Network, descriptions: Counting, math: Math) -> None:
    answers = [descriptions.of("math") for _ in range(2)]
    for answer in answers:
        answer.addErrback(lambda failure: failure.trap(CancelledError) and None)

    for answer in answers:
        answer.cancel()

    network.settle()
    assert descriptions.known("math") is None
    assert network.result(descriptions.of("math")).name == "math"
    assert descriptions.asked == ["math", "math"]


def test_who_gives_up_because_of_what_another_was_told_is_told_nothing_more(
    network: Network, descriptions: Counting, math: Math
) -> None:
    one, other = descriptions.of("math"), descriptions.of("math")
    one.addCallback(lambda _: other.cancel())

    network.settle()

    with pytest.raises(CancelledError):
        network.result(other)


def test_only_so_many_are_remembered_those_asked_for_last(network: Network, hub: Hub) -> None:
    descriptions = Counting(network.peer(), limit=2)
    offering(network, *(Math(name) for name in "abc"))
    for name in "abac":
        network.result(descriptions.of(name))

    assert [descriptions.known(name) is not None for name in "abc"] == [True, False, True]


def test_nothing_is_kept_of_instances_that_went(network: Network, hub: Hub, descriptions: Counting) -> None:
    peer = offering(network, Math(), Math("other"))
    network.stop(peer)

    assert (descriptions._digests, descriptions._named) == ({}, {})


def test_a_service_whose_digest_is_not_announced_is_asked_each_time(network: Network, hub: Hub) -> None:
    class Silent(Service):
        name = "silent"

    descriptions = Counting(network.peer())
    offering(network, Silent())
    descriptions._digests["silent"] = b""

    for _ in range(2):
        network.result(descriptions.of("silent"))

    assert descriptions.asked == ["silent", "silent"]
