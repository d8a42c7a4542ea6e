"""Random lives of groups and bridges: whatever was cut, stopped and made anew, at rest all is as it must be."""

from __future__ import annotations

from collections import deque
from random import Random
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import Bridge, Exchange, Report, Service, Subscription, method
from exchange.testing import Network

REST = 60.0
"""Seconds in which everything finds together again."""

MOVES = 40

SEEDS = (*range(10), 44, 45, 80)
"""Some of three hundred that were tried, and those that showed a fault."""


class Thing(Service):
    """Counts the calls of each caller, so that none can run twice unnoticed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.calls: list[int] = []
        self.published = 0

    @method
    def take(self, call: int) -> int:
        """Note a call."""
        self.calls.append(call)
        return call


class Listener:
    """A subscription, and the contents of the reports that it heard of each instance, in order."""

    def __init__(self, exchange: Exchange, name: str) -> None:
        self.name = name
        self.exchange = exchange
        self.heard: dict[bytes, list[int]] = {}
        self.subscription: Subscription = exchange.subscribe(name, "*", self._hear)

    def _hear(self, content: int, report: Report) -> None:
        self.heard.setdefault(report.instance, []).append(content)


class Life:
    """Some groups, each with a hub and two peers, and bridges between them, of which some share a process."""

    def __init__(self, seed: int, network: Network) -> None:
        self.random = random = Random(seed)
        self.network = network
        self.groups = [f"g{number}" for number in range(random.randint(2, 4))]
        self.hubs = {group: network.hub(group, group=group) for group in self.groups}
        self.peers = [self.peer(group) for group in self.groups for _ in range(2)]
        self.pairs: list[tuple[Exchange, Exchange]] = []
        shared = {group: self.peer(group) for group in self.groups}
        for _ in range(random.randint(1, 5)):
            first, second = random.sample(self.groups, 2)
            ends = (self.peer(first), self.peer(second))
            if random.random() < 0.4 and (shared[first], shared[second]) not in self.pairs:
                ends = (shared[first], shared[second])
            elif random.random() < 0.3:
                ends = (self.hubs[first], self.peer(second))
            self.pairs.append(ends)
            Bridge(*ends)
        self.things: dict[Thing, Exchange] = {}
        self.ever: list[Thing] = []
        self.listeners: list[Listener] = []
        self.watches = [peer.watch() for peer in self.peers]
        self.made = 0
        self.unanswered: dict[int, Deferred[Any]] = {}
        self.answered: list[int] = []
        self.undelivered: list[int] = []

    def peer(self, group: str) -> Exchange:
        return self.network.peer(self.hubs[group], group=group)

    # Moves

    def move(self) -> None:
        """Do something at random, and let a random time pass."""
        moves = [self.add, self.add, self.remove, self.cut, self.restore, self.stop, self.publish, self.publish]
        moves += [self.listen, self.call, self.call, self.call]
        self.random.choice(moves)()
        if self.random.random() < 0.5:
            self.network.clock.advance(self.random.choice([0, 0.01, 0.5, 3]))

    def add(self) -> None:
        thing = Thing(self.random.choice("abc"))
        self.ever.append(thing)
        self.things[thing] = self.random.choice(self.peers)
        self.things[thing].add(thing)

    def remove(self) -> None:
        if self.things:
            thing = self.random.choice(list(self.things))
            self.things.pop(thing).remove(thing)

    def cut(self) -> None:
        """Cut a bridge or a peer off, noticed or not."""
        exchange = self.random.choice([*self.ends(), *self.peers])
        (self.network.cut if self.random.random() < 0.7 else self.network.freeze)(exchange)

    def restore(self) -> None:
        for exchange in [*self.ends(), *self.peers]:
            self.network.restore(exchange)

    def stop(self) -> None:
        exchange = self.random.choice(self.ends())
        if exchange.running:
            self.network.stop(exchange)
        else:
            exchange.startService()

    def publish(self) -> None:
        if self.things:
            thing = self.random.choice(list(self.things))
            thing.published += 1
            thing.publish("x", thing.published, lifetime=-1)

    def listen(self) -> None:
        if len(self.listeners) > 6:
            self.listeners.pop(0).subscription.cancel()
        self.listeners.append(Listener(self.random.choice(self.peers), self.random.choice("abc")))

    def call(self) -> None:
        self.made += 1
        number, caller = self.made, self.random.choice(self.peers)
        seen = [presence for presence in caller.instances() if presence.name in "abc"]
        to: Any = self.random.choice(seen).id if seen and self.random.random() < 0.5 else self.random.choice("abc")
        self.unanswered[number] = answer = caller.call(to, "take", number, timeout=20)
        answer.addCallbacks(self._answered, self._failed, errbackArgs=(number,))

    def _answered(self, number: int) -> None:
        del self.unanswered[number]
        self.answered.append(number)

    def _failed(self, failure: Any, number: int) -> None:
        del self.unanswered[number]
        if failure.value.delivered is False:
            self.undelivered.append(number)

    def ends(self) -> list[Exchange]:
        """Return the exchanges of the bridges, but for hubs."""
        return [each for each in dict.fromkeys(each for pair in self.pairs for each in pair) if not each.is_hub]

    # What must be so

    def rest(self) -> None:
        """Mend everything, and let it find together."""
        self.restore()
        for exchange in self.ends():
            if not exchange.running:
                exchange.startService()
        self.network.clock.advance(REST)

    def reachable(self, group: str) -> set[str]:
        """Return the groups that bridges lead to."""
        found, left = {group}, deque([group])
        while left:
            here = left.popleft()
            for pair in self.pairs:
                names = [each.group for each in pair]
                for there in names if here in names else ():
                    if there not in found:
                        found.add(there)
                        left.append(there)
        return found

    def check(self) -> None:
        ids = {thing: exchange.id_of(thing) for thing, exchange in self.things.items()}
        for peer, watch in zip(self.peers, self.watches, strict=True):
            groups = self.reachable(peer.group)
            seen = {presence.id for presence in watch.instances}
            assert seen == {ids[thing] for thing, home in self.things.items() if home.group in groups}
            for instance in sorted(seen):
                assert self.network.result(peer.call(instance, "take", 0)) == 0
        for listener in self.listeners:
            groups = self.reachable(listener.exchange.group)
            for thing, home in self.things.items():
                heard = listener.heard.get(ids[thing], [])
                assert heard == sorted(set(heard)), "nothing comes twice, and nothing older after a newer"
                if thing.name == listener.name and thing.published and home.group in groups:
                    assert heard[-1:] == [thing.published]

    def check_calls(self) -> None:
        ran = [call for thing in self.ever for call in thing.calls if call]
        assert len(ran) == len(set(ran)), "no call runs twice"
        assert not self.unanswered
        assert not set(self.undelivered) & set(ran), "none that is told as not delivered ran"


@pytest.mark.parametrize("seed", SEEDS)
def test_at_rest_all_is_known_called_and_heard_that_can_be(network: Network, seed: int) -> None:
    life = Life(seed, network)
    for _ in range(3):
        for _ in range(MOVES):
            life.move()
        life.rest()
        life.check()
        life.check_calls()
    for thing, home in list(life.things.items()):
        home.remove(thing)
    for listener in life.listeners:
        listener.subscription.cancel()
    network.settle()

    for exchange in [*life.ends(), *life.peers, *life.hubs.values()]:
        assert not any(exchange.outstanding()[:3])
        assert len(exchange._switch.registry) == 0
