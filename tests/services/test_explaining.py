"""A hub explains why something is let through or stopped, to those who may administer it."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import (
    BadArguments,
    CallRefused,
    Exchange,
    Hub,
    MethodUnavailable,
    Overloaded,
    Rule,
    Service,
    ServiceUnavailable,
    Token,
    TokenAuthenticator,
    method,
)
from exchange.services.explaining import MOST_AT_ONCE, MOST_SHOWN, name_in
from exchange.testing import Network

POLICY = [
    Rule(principal=("bob",), call=("math.*",)),
    Rule(principal=("admin",), offer=("*",), join=("*",), call=("*",), watch=("*",), administer=("*",)),
    Rule(principal=("half",), administer=("math",)),
]


class Math(Service):
    name = "math"
    groups = ("web-services",)

    @method
    def multiply(self, x: int, y: int) -> int:
        """Return the product."""
        return x * y


@pytest.fixture
def tokens(network: Network, tmp_path: Any) -> TokenAuthenticator:
    file = tmp_path / "tokens"
    file.write_text("".join(f"{name}:the-token-of-{name}-here\n" for name in ("bob", "admin", "half")))
    file.chmod(0o600)
    return TokenAuthenticator(file, network.clock.seconds)


@pytest.fixture
def hub(network: Network, tokens: TokenAuthenticator) -> Hub:
    return network.hub("rome", authenticators=[tokens], policy=POLICY)


def peer(network: Network, name: str) -> Exchange:
    return network.peer(credentials=Token(name, f"the-token-of-{name}-here"))


def explained(network: Network, exchange: Exchange, *args: Any) -> dict[str, Any]:
    told: dict[str, Any] = network.result(exchange.call("$exchange", "explain", *args))
    return told


def test_which_rule_lets_a_call_through_and_to_whom_it_goes(network: Network, hub: Hub) -> None:
    admin, _ = peer(network, "admin"), peer(network, "bob")
    admin.add(Math())
    network.settle()

    told = explained(network, admin, "call", "math.multiply", "bob")

    assert told["hub"] == hub.title
    assert (told["granted"], told["rule"], told["rules"], told["applying"]) == (True, 1, 3, [1])
    assert told["said"] == {"principal": ["bob"], "call": ["math.*"]}
    assert told["links"] == 1
    (instance,) = told["instances"]
    assert (instance["principal"], instance["audience"], instance["reached"]) == ("admin", "*", True)
    assert instance["at"] == admin.title
    assert told["departure"] is None


def test_that_no_rule_does_and_which_are_about_somebody(network: Network, hub: Hub) -> None:
    admin = peer(network, "admin")

    told = explained(network, admin, "offer", "math", "bob")
    assert (told["granted"], told["rule"], told["applying"], told["said"]) == (False, 0, [1], {})
    told = explained(network, admin, "watch", "math", "nobody")
    assert (told["granted"], told["applying"], told["links"]) == (False, [], 0)


def test_without_somebody_it_is_about_whoever_asks(network: Network, hub: Hub) -> None:
    told = explained(network, peer(network, "admin"), "subscribe", "math")

    assert (told["principal"], told["granted"], told["applying"]) == ("admin", False, [2])


def test_who_is_in_a_service_group(network: Network, hub: Hub) -> None:
    admin = peer(network, "admin")
    for _ in range(MOST_SHOWN + 1):
        admin.add(Math())
    network.settle()

    told = explained(network, admin, "join", "web-services", "bob")

    assert told["count"] == MOST_SHOWN + 1
    assert len(told["instances"]) == MOST_SHOWN


def test_of_a_name_that_nobody_offers_when_it_went_and_why(network: Network, hub: Hub) -> None:
    admin, other = peer(network, "admin"), peer(network, "admin")
    service = Math()
    other.add(service)
    network.settle()
    network.clock.advance(5)
    other.remove(service)
    network.settle()

    told = explained(network, admin, "call", "math.multiply", "bob")
    assert (told["instances"], told["count"]) == ([], 0)
    assert told["departure"] == {"when": network.clock.seconds(), "reason": "withdrawn"}

    other.add(service)
    network.settle()
    assert explained(network, admin, "call", "math.multiply", "bob")["departure"] is None
    network.cut(other)
    assert explained(network, admin, "call", "math.multiply", "bob")["departure"]["reason"] == "lost"
    assert explained(network, admin, "call", "never.multiply", "bob")["departure"] is None


def test_only_who_may_administer_a_name_is_told_of_it(network: Network, hub: Hub) -> None:
    half = peer(network, "half")

    assert explained(network, half, "call", "math.multiply", "bob")["granted"] is True
    for exchange, name, thing in ((half, "half", "shop.buy"), (peer(network, "bob"), "bob", "math.multiply")):
        with pytest.raises(CallRefused, match=f"principal '{name}' may not administer"):
            explained(network, exchange, "call", thing, "bob")


def test_where_there_is_no_policy_everybody_is_told_of_everything(network: Network) -> None:
    hub = network.hub()
    caller = network.peer(hub)

    told = explained(network, caller, "call", "math.multiply", "bob")

    assert (told["granted"], told["rules"], told["rule"]) == (True, 0, 0)
    hub.add(Math())
    network.settle()
    (instance,) = explained(network, hub, "call", "math.multiply")["instances"]
    assert instance["at"] == hub.title


def test_it_is_the_hub_of_the_caller_that_answers_and_without_one_nobody(network: Network) -> None:
    rome = network.hub("rome")
    oslo = network.hub("oslo", join=[rome])
    caller, alone = network.peer(oslo), Exchange(network.clock)

    assert explained(network, caller, "call", "math.multiply")["hub"] == oslo.title
    alone.startService()
    with pytest.raises(ServiceUnavailable, match="no hub is linked"):
        explained(network, alone, "call", "math.multiply")


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("fly", "math"), "nothing is called 'fly' that could be done; known here: offer, join, call"),
        (("call", "math"), "of a call SERVICE.METHOD"),
        (("call", 5), "expected a name"),
        (("offer", "x" * 600), "expected a name"),
        (("offer", "math", 5), "a principal is a text of at most 255 bytes"),
        (("offer", "math", "x" * 256), "a principal is a text of at most 255 bytes"),
        ((["offer"], "math"), "nothing is called"),
        ((), "takes 2 to 3 arguments, 0 came"),
    ],
)
def test_what_cannot_be_explained_is_refused(network: Network, args: tuple[Any, ...], text: str) -> None:
    network.hub()
    with pytest.raises(BadArguments, match=text):
        explained(network, network.peer(), *args)


def test_whoever_asks_without_pause_is_refused_for_a_while_and_others_are_not(network: Network) -> None:
    network.hub()
    one, other = network.peer(), network.peer()
    asked = [one.call("$exchange", "explain", "join", "math") for _ in range(MOST_AT_ONCE + 1)]
    network.settle()

    with pytest.raises(Overloaded, match="again"):
        network.result(asked.pop())
    assert [network.result(each)["count"] for each in asked] == [0] * MOST_AT_ONCE
    assert explained(network, other, "join", "math")["count"] == 0
    network.clock.advance(1)
    assert explained(network, one, "join", "math")["count"] == 0, "what was refused is not owed"


def test_there_is_no_other_method(network: Network) -> None:
    network.hub()
    with pytest.raises(MethodUnavailable):
        network.result(network.peer().call("$exchange", "shutdown"))


def test_the_name_in_a_call_is_what_stands_before_its_last_dot() -> None:
    assert name_in("call", "plant.math.multiply") == "plant.math"
    assert name_in("offer", "plant.math") == "plant.math"
