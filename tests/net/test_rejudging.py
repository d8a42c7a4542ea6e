"""What becomes of those who have linked when it changes whom a hub lets in, and what they may."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import CallRefused, Exchange, Hub, Rule, Service, Token, TokenAuthenticator, method
from exchange.net.rejudging import Judged
from exchange.testing import Network
from tests.logbook import Logbook

ALL = Rule(offer=("*",), join=("*",), call=("*",), subscribe=("*",), watch=("*",), administer=("*",))
PRESS = ("press",)
TOKENS = {"press": "a-token-of-the-press", "shop": "a-token-of-the-shop", "hub-b": "a-token-of-another-hub"}


class Shop(Service):
    """Sells, and takes its time."""

    name = "shop"

    def __init__(self) -> None:
        self.orders: list[Deferred[str]] = []

    @method
    def buy(self) -> str:
        return "bought"

    @method
    def order(self) -> Deferred[str]:
        self.orders.append(Deferred())
        return self.orders[-1]


class Story:
    """A hub with a file of tokens, a shop, and a press that calls it."""

    def __init__(self, network: Network, folder: Path, rules: Iterable[Rule] = (ALL,)) -> None:
        self.network = network
        self._tokens = folder / "tokens"
        self.let_in(*TOKENS)
        self.hub: Hub = network.hub("rome", authenticators=self.asking(), hubs=["hub-*"], policy=rules)
        self.shop = Shop()
        self.shops = self.peer("shop")
        self.shops.add(self.shop)
        self.press = self.peer("press")
        self.press.watch()
        network.settle()

    def let_in(self, *principals: str) -> None:
        self._tokens.write_text("".join(f"{name}:{TOKENS[name]}\n" for name in principals))
        self._tokens.chmod(0o600)

    def asking(self) -> list[Any]:
        return [TokenAuthenticator(self._tokens, self.network.clock.seconds)]

    def peer(self, principal: str, **settings: Any) -> Exchange:
        return self.network.peer(credentials=Token(principal, TOKENS[principal]), **settings)

    def linked(self, hub: Hub, principal: str | None) -> int:
        """Return how many links somebody has."""
        rows = self.network.result(hub.call("$exchange", "links"))["rows"]
        return [row["principal"] for row in rows].count(principal)

    def rejudge(self, *rules: Rule, asking: Any = None, hubs: Iterable[str] = ("hub-*",)) -> Judged:
        judged = self.hub.rejudge(self.asking() if asking is None else asking, hubs, rules)
        self.network.settle()
        return judged


@pytest.fixture
def story(network: Network, tmp_path: Path) -> Story:
    return Story(network, tmp_path)


def test_who_is_judged_as_before_keeps_the_link(story: Story, logbook: Logbook) -> None:
    logbook.forget()

    assert story.rejudge(ALL) == Judged(0, 0)

    assert logbook.lines("link ") == []
    assert story.network.result(story.press.call("shop", "buy")) == "bought"


def test_what_may_be_called_changes_at_once_over_the_links_that_there_are(story: Story, logbook: Logbook) -> None:
    logbook.forget()
    may_not = Rule(offer=("*",), join=("*",), subscribe=("*",), watch=("*",))

    assert story.rejudge(may_not) == Judged(0, 0)
    with pytest.raises(CallRefused, match=r"principal 'press' may not call 'shop\.buy' here"):
        story.network.result(story.press.call("shop", "buy"))
    assert story.rejudge(may_not, Rule(principal=PRESS, call=("shop.buy",))) == Judged(0, 0)
    assert story.network.result(story.press.call("shop", "buy")) == "bought"
    assert logbook.lines("link ") == []


def test_who_may_not_offer_any_more_what_they_offer_links_anew_and_is_denied_it(story: Story) -> None:
    watcher = story.press

    assert story.rejudge(Rule(principal=PRESS, watch=("*",)), Rule(principal=("shop",), call=("*",))) == Judged(0, 2)
    assert watcher.instances() == []
    story.network.clock.advance(2)
    assert watcher.instances() == []
    assert story.linked(story.hub, "shop") == 1

    assert story.rejudge(ALL) == Judged(0, 2)
    story.network.clock.advance(2)
    assert [each.name for each in watcher.instances()] == ["shop"]


def test_who_may_see_more_than_before_sees_it_after_a_second(network: Network, tmp_path: Path) -> None:
    blind = Rule(principal=PRESS, call=("*",))
    all_of_shop = Rule(principal=("shop",), offer=("*",))
    story = Story(network, tmp_path, [blind, all_of_shop])
    assert story.press.instances() == []

    assert story.rejudge(blind, all_of_shop, Rule(principal=PRESS, watch=("shop",))) == Judged(0, 1)
    network.clock.advance(2)

    assert [each.name for each in story.press.instances()] == ["shop"]


def test_a_call_under_way_may_end_before_its_link_does(story: Story) -> None:
    answer = story.press.call("shop", "order")
    story.network.settle()

    assert story.rejudge(ALL, Rule(principal=("shop",), max_instances=5)) == Judged(0, 1)
    story.shop.orders[0].callback("delivered")

    assert story.network.result(answer) == "delivered"
    story.network.clock.advance(2)
    assert story.network.result(story.press.call("shop", "buy")) == "bought"


def test_a_call_that_takes_long_does_not_keep_the_link(story: Story) -> None:
    answer = story.press.call("shop", "order")
    answer.addErrback(lambda failure: failure.value)
    story.network.settle()
    story.rejudge(ALL, Rule(principal=("shop",), max_instances=5))

    story.network.clock.advance(8)

    assert "the time was over" in str(story.network.result(answer))
    assert story.network.result(story.press.call("shop", "buy")) == "bought"


def test_whoever_is_known_no_more_is_told_so_and_does_not_come_back(story: Story, logbook: Logbook) -> None:
    logbook.forget()
    story.let_in("shop")

    assert story.rejudge(ALL) == Judged(1, 0)
    assert logbook.lines("you are not among those any more whom this hub lets in (denied)")
    story.network.clock.advance(60)
    assert story.linked(story.hub, "press") == 0
    assert story.linked(story.hub, "shop") == 1


def test_whoever_has_proved_nothing_must_when_the_hub_begins_to_ask(network: Network, tmp_path: Path) -> None:
    story = Story(network, tmp_path)
    open_hub = network.hub("open")
    network.peer(open_hub)
    assert story.linked(open_hub, None) == 1

    assert open_hub.rejudge(story.asking(), None, []) == Judged(1, 0)
    network.settle()
    assert story.linked(open_hub, None) == 0
    assert open_hub.rejudge([], None, []) == Judged(0, 0)
    network.clock.advance(60)
    assert story.linked(open_hub, None) == 1


def test_a_hub_that_is_believed_no_more_is_told_so(story: Story) -> None:
    story.network.hub("oslo", join=[story.hub], credentials=Token("hub-b", TOKENS["hub-b"]))
    assert story.linked(story.hub, "hub-b") == 1

    assert story.rejudge(ALL, hubs=["hub-a"]) == Judged(1, 0)
    assert story.linked(story.hub, "hub-b") == 0
    story.rejudge(ALL, hubs=["hub-b"])
    story.network.clock.advance(60)
    assert story.linked(story.hub, "hub-b") == 1


def test_who_may_use_as_much_as_before_goes_on_with_what_is_left(network: Network, tmp_path: Path) -> None:
    two = Rule(principal=("shop",), max_instances=2)
    story = Story(network, tmp_path, [ALL, two])

    assert story.rejudge(ALL, two, Rule(principal=PRESS, call=("x.*",))) == Judged(0, 0)
    second, third = Shop(), Shop()
    second.name, third.name = "second", "third"
    story.peer("shop").add(second)
    story.peer("shop").add(third)
    network.settle()

    assert sorted(each.name for each in story.press.instances()) == ["second", "shop"]
