"""What must be true of bridges: of what they pass on, after every step, and of what they offer, when all is quiet."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.routing.bridge_end import BridgeEnd
from exchange.routing.registry import About
from tests.simulation.bridges import SimulatedBridge
from tests.simulation.exchanges import SimulatedExchange
from tests.simulation.ledger import Broken
from tests.simulation.reach import LONGEST
from tests.simulation.world import World


def check_bridge(bridge: SimulatedBridge) -> None:
    """What a bridge remembers of calls and subscriptions is what the switches at both of its ends know."""
    for exchange, end in bridge.ends():
        owed = exchange.switch.debts.owed
        if {call for call, debt in owed.items() if debt[1] is end} != end._calls.keys():
            raise Broken(
                f"the calls that went over a bridge from {exchange.name} are not those that its switch knows of"
            )
        if {call for call, debt in owed.items() if debt[0] is end} != end._asked.keys():
            raise Broken(f"the calls that came over a bridge to {exchange.name} are not those that its switch answers")
        if end.offers.keys() != {instance.id for instance in exchange.switch.registry.behind(end)}:
            raise Broken(f"{exchange.name} does not know what a bridge offers there")
        wanted = exchange.switch._interest._held.get(end, {}).keys()
        made = end.other._subscriptions
        if wanted != made._wanted.keys() or not set(made._origins.values()) <= wanted:
            raise Broken(f"a bridge at {exchange.name} subscribes for others than those who want it to")
        if made._origins.keys() != {way.id for way in end.other._switch.subscriptions.from_port(end.other)}:
            raise Broken(f"a bridge at {exchange.name} has not subscribed on its other side to what it thinks")


def check_offers(bridge: SimulatedBridge) -> None:
    """A bridge offers on each side just what is seen on the other, and nothing of a side that has no link."""
    (first, here), (second, there) = bridge.ends()
    for near, far, end in ((first, second, there), (second, first, here)):
        pictures = [{thing: _crossed(about, near, far) for thing, about in each.items()} for each in _pictures(near)]
        for thing, about in end.offers.items():
            if not any(picture.get(thing) == about for picture in pictures):
                raise Broken(f"a bridge offers in {far.name} what is not seen in {near.name}")
        for thing, entering in pictures[0].items() if pictures else ():
            if entering and all(picture.get(thing) for picture in pictures) and thing not in end.offers:
                raise Broken(f"a bridge does not offer in {far.name} what is seen in {near.name}")


def made_by_bridges(world: World, publisher: SimulatedExchange) -> set[bytes]:
    """Return the subscriptions at a publisher that bridges made for those who want its reports elsewhere."""
    known = publisher.subscribers()
    readers = {each for exchange in world.exchanges for each in exchange.readers.subscriptions}
    made = {
        thing: (exchange, end)
        for bridge in world.bridges
        for exchange, end in bridge.ends()
        for thing in end._subscriptions._origins
        if thing in known
    }
    for thing, (exchange, end) in made.items():
        if not set(_origins(world, end, thing)) & readers:
            raise Broken(f"{exchange.name} has subscribed for somebody who is gone")
    return set(made)


def _origins(world: World, end: BridgeEnd, made: bytes) -> Iterator[bytes]:
    """Return for which subscription one was made, and for which that one, to the first."""
    ends = [each for bridge in world.bridges for _, each in bridge.ends()]
    origin: bytes | None = end._subscriptions.origin(made)
    while origin is not None:
        yield origin
        origin = next((found for each in ends if (found := each._subscriptions.origin(origin))), None)


def _pictures(exchange: SimulatedExchange) -> list[dict[bytes, About]]:
    """Return what is seen through each hub that is linked; of those there may be two, which need not agree."""
    own: dict[bytes, About] = {each.id: each.about for each in exchange.switch.registry.behind(exchange.local)}
    if exchange.switch.role.is_hub:
        return [{instance.id: instance.about for instance in exchange.switch.registry}]
    hubs = [end.far.owner for end in exchange.ends if end.is_attached]
    return [
        {bytes(each.id): each.about for each in hub.switch.registry if hub.switch.shows(each)} | own for hub in hubs
    ]


def _crossed(about: About, near: SimulatedExchange, far: SimulatedExchange) -> About | None:
    path = (*about.path, near.group)
    may_enter = about.audience == "*" or (about.audience != "" and about.audience == far.group)
    return about._replace(path=path) if may_enter and far.group not in path and len(path) <= LONGEST else None
