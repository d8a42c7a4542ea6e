"""What a hub denies, and what becomes of it: told, not done, and nothing else is lost."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import CallRefused, Exchange, Hub, Rule, Service, ServiceUnavailable, Token, TokenAuthenticator, method
from exchange.routing.permission import DENIED
from exchange.services.denials import denial_of, is_denial, told_by
from exchange.testing import Network
from exchange.wire.frames import encode
from exchange.wire.identities import Identity, make_id
from exchange.wire.layouts import Kind
from tests.logbook import Logbook

HUB = Identity(b"h" * 16)
THING = make_id(Identity(b"p" * 16), 16)

POLICY = [
    Rule(principal=("press",), offer=("press", "news"), join=("web-services",), call=("shop.buy",), watch=("news",)),
    Rule(principal=("press",), subscribe=("news",)),
    Rule(principal=("admin",), offer=("*",), join=("*",), call=("*",), subscribe=("*",), watch=("*",)),
]


class Named(Service):
    """A service of any name, that sells and buys."""

    def __init__(self, name: str, *groups: str) -> None:
        self.name = name
        self.groups = groups

    @method
    def buy(self) -> str:
        """Return what was bought."""
        return f"bought at {self.name}"

    @method
    def sell(self) -> str:
        """Return what was sold."""
        return f"sold to {self.name}"


@pytest.fixture
def hub(network: Network, tmp_path: Any) -> Hub:
    tokens = tmp_path / "tokens"
    tokens.write_text("press:a-token-of-the-press\nadmin:a-token-of-the-admin\nbob:the-token-of-old-bob\n")
    tokens.chmod(0o600)
    return network.hub(authenticators=[TokenAuthenticator(tokens, network.clock.seconds)], policy=POLICY)


@pytest.fixture
def press(network: Network, hub: Hub) -> Exchange:
    return network.peer(credentials=Token("press", "a-token-of-the-press"))


@pytest.fixture
def admin(network: Network, hub: Hub) -> Exchange:
    return network.peer(credentials=Token("admin", "a-token-of-the-admin"))


@pytest.fixture
def shop(network: Network, admin: Exchange) -> Named:
    shop = Named("shop")
    admin.add(shop)
    network.settle()
    return shop


def names(exchange: Exchange) -> list[str]:
    return sorted(each.name for each in exchange.instances())


def test_what_may_be_called_is_and_what_may_not_is_refused_by_the_hub(
    network: Network, press: Exchange, shop: Named
) -> None:
    assert network.result(press.call("shop", "buy")) == "bought at shop"
    with pytest.raises(CallRefused, match=r"principal 'press' may not call 'shop\.sell' here") as caught:
        network.result(press.call("shop", "sell"))
    assert caught.value.delivered is False
    assert caught.value.number == 51
    assert network.result(press.call("shop", "buy")) == "bought at shop", "the link is as it was"


def test_nobody_learns_by_calling_what_is_there(network: Network, press: Exchange, shop: Named) -> None:
    for name in ("shop", "nobody"):
        with pytest.raises(CallRefused, match="may not call"):
            network.result(press.call(name, "sell"))
        with pytest.raises(CallRefused, match="may not call"):
            network.result(press.describe(name))


def test_by_id_the_name_decides(network: Network, press: Exchange, admin: Exchange, shop: Named) -> None:
    thing = admin.id_of(shop)
    assert network.result(press.call(thing, "buy")) == "bought at shop"
    with pytest.raises(CallRefused, match="may not call 'sell' of that instance here"):
        network.result(press.call(thing, "sell"))
    with pytest.raises(ServiceUnavailable):
        network.result(press.call(make_id(admin.identity, 999), "sell"))


def test_only_what_may_be_offered_is_there_and_the_owner_hears_why_not(
    network: Network, hub: Hub, press: Exchange, logbook: Logbook
) -> None:
    for service in (Named("news", "web-services"), Named("shop"), Named("press", "mail")):
        press.add(service)
    network.settle()

    assert names(hub) == ["news"]
    told = logbook.lines("is denied")
    assert len(told) == 2
    assert "principal 'press' may not offer 'shop' here" in told[0]
    assert "principal 'press' may not join the service group 'mail' here" in told[1]
    assert hub._switch.counters.denied == 2


def test_a_service_that_joins_a_group_it_may_not_stays_as_it_was(network: Network, hub: Hub, press: Exchange) -> None:
    news = Named("news", "web-services")
    press.add(news)
    network.settle()
    news.join("mail")
    network.settle()

    (instance,) = hub.instances("news")
    assert instance.groups == ("web-services",)
    press.remove(news)
    network.settle()
    assert not hub.instances("news")


def test_what_may_not_be_seen_is_not_shown(network: Network, press: Exchange, admin: Exchange, shop: Named) -> None:
    seen: list[str] = []
    watch = press.watch(changed=lambda change: seen.append(f"{change.instance.name} {change.kind}"))
    news = Named("news")
    admin.add(news)
    network.settle()
    admin.remove(shop)
    admin.remove(news)
    network.settle()

    assert seen == ["news came", "news went"]
    assert watch.complete.called


def test_reports_are_heard_only_by_those_who_may(
    network: Network, press: Exchange, admin: Exchange, shop: Named, logbook: Logbook
) -> None:
    news = Named("news")
    admin.add(news)
    network.settle()
    heard: list[Any] = []
    for wanted in ("news", "shop", admin.id_of(shop), admin.id_of(news)):
        press.subscribe(wanted, "*", heard.append)
    network.settle()
    news.publish("today", "rain")
    shop.publish("today", "sale", lifetime=-1)
    network.settle()

    assert heard == ["rain", "rain"]
    assert logbook.lines("may not subscribe to 'shop'")
    assert logbook.lines("may not subscribe to that instance")
    assert shop.subscribers() == []


def test_a_subscription_made_before_the_service_was_there_hears_nothing_either(
    network: Network, press: Exchange, admin: Exchange
) -> None:
    shop = Named("shop")
    heard: list[Any] = []
    thing = make_id(admin.identity, 16)
    press.subscribe(thing, "*", heard.append)
    network.settle()
    admin.add(shop)
    network.settle()
    assert admin.id_of(shop) == thing
    shop.publish("today", "sale", lifetime=-1)
    network.settle()

    assert heard == []
    assert shop.subscribers() == [], "nor does the service hear of it"


def test_whoever_no_rule_is_about_may_nothing(network: Network, hub: Hub, shop: Named) -> None:
    bob = network.peer(credentials=Token("bob", "the-token-of-old-bob"))
    with pytest.raises(CallRefused, match="principal 'bob'"):
        network.result(bob.call("shop", "buy"))
    assert names(bob) == []


def test_a_denial_is_read_whatever_the_hub_wrote() -> None:
    frame = denial_of(HUB, THING, "no\x1b[31m", 1.0)
    assert is_denial(frame)
    assert told_by(frame) == "no\\x1b[31m"
    for body in (b"", b"\xc1", b"\x01", b"\x90", b"\x91\x01"):
        odd = encode(Kind.REPORT, make_id(HUB, 0), ("$exchange", DENIED, THING, False, False), body)
        assert "does not say what" in told_by(odd)


def test_nobody_but_the_own_hub_denies(network: Network, hub: Hub, press: Exchange, logbook: Logbook) -> None:
    frame = denial_of(press.identity, THING, "you may not", 1.0)
    press._switch.hubs[0].send(frame)
    network.settle()

    assert hub._switch.counters.unexpected == 1
    assert not logbook.lines("you may not")
