"""What must be true: after every step, when all is quiet, and when everybody has gone."""

from __future__ import annotations

from exchange.routing.port import Port
from exchange.routing.registry import Instance
from exchange.services.subscription import Subscription
from tests.simulation.directory import shown
from tests.simulation.end import End
from tests.simulation.exchanges import SimulatedExchange
from tests.simulation.ledger import Broken
from tests.simulation.world import World


def check_step(world: World) -> None:
    """After every step: nothing was forgotten, nothing counted wrong, and nothing is left of what is gone."""
    for exchange in world.exchanges:
        _check_debts(exchange)
        _check_counts(exchange)
        _check_ports(exchange)
    _check_ways_in_use(world)


def check_quiet(world: World) -> None:
    """Nothing is on its way, and every loss was noticed: nobody works for who has stopped waiting."""
    for exchange in world.exchanges:
        for call in exchange.callee.running:
            if not world.ledger.is_open(call):
                raise Broken(f"{exchange.name} still works for a call that has ended")


def check_settled(world: World) -> None:
    """All peers are linked and every method has answered: everybody knows the same, and nothing is owed."""
    for call, entry in world.ledger.entries.items():
        if not entry.has_ended:
            raise Broken(f"call {call.hex()} never ended")
    for exchange in world.exchanges:
        if exchange.switch.debts.owed:
            raise Broken(f"{exchange.name} believes that something is owed")
    _check_registry(world)
    _check_pictures(world)
    _check_reports(world)


def check_empty(world: World) -> None:
    """All peers have gone: the hub remembers nothing of them."""
    switch = world.hub.switch
    own = set(world.hub.readers.subscriptions)
    subscribed = set(switch._subscriptions._ways)
    for what, left in {
        "instances": set(switch.registry) - set(switch.registry.behind(switch.local)),
        "subscriptions": subscribed - own,
        "ports with subscriptions": switch._interest._held.keys() - {switch.local},
        "subscriptions that were passed on": switch._interest._sent.keys() - own,
        "ports that hear reports": _ports_of_fanout(world.hub) - {switch.local},
        "subscribers": world.hub.directory.subscribers,
        "ports": switch._ports,
        "debts": switch.debts.owed,
    }.items():
        if left:
            raise Broken(f"all peers have gone, and the hub has {what} left: {left}")


def _check_reports(world: World) -> None:
    """Every subscription has the last of what each publisher keeps, and every publisher knows its subscribers."""
    for publisher in world.exchanges:
        for thing in publisher.callee.instances:
            subscribed = {
                subscription.id
                for reader in world.exchanges
                for subscription in reader.readers.subscriptions.values()
                if _is_heard(publisher, thing, reader, subscription)
            }
            known = publisher.press.publisher._publications[thing].subscribers.keys()
            if known != subscribed:
                raise Broken(f"{publisher.name} has {len(known)} subscribers, and {len(subscribed)} want its reports")


def _is_heard(
    publisher: SimulatedExchange, thing: bytes, reader: SimulatedExchange, subscription: Subscription
) -> bool:
    """Whether a subscription wants what an instance reports and may have it; then make sure that it has it."""
    instance = publisher.switch.registry.get(thing)
    assert instance is not None
    wants = subscription.service in (instance.name, thing)
    if not wants or (reader is not publisher and instance.about.audience != "*"):
        return False
    held = reader.readers.held[subscription.id]
    for subject, kept in publisher.press.kept(thing, subscription.pattern).items():
        _, last = held.get((thing, subject), (0, 0))
        if last < kept:
            raise Broken(f"{reader.name} has {last} on '{subject}', and {publisher.name} keeps {kept}")
    if thing not in reader.readers.whole[subscription.id]:
        raise Broken(f"{publisher.name} never said to {reader.name} that this is all")
    return True


def _ports_of_fanout(exchange: SimulatedExchange) -> set[Port]:
    remembered = exchange.switch._reports.fanout._ports.values()
    return {port for name in remembered for ports in name.values() for port in ports}


def _check_debts(exchange: SimulatedExchange) -> None:
    owed, local = exchange.switch.debts.owed, exchange.local
    made = {call for call, debt in owed.items() if debt[0] is local}
    runs = {call for call, debt in owed.items() if debt[1] is local}
    if made != exchange.caller.waiting.keys():
        raise Broken(f"the calls that wait in {exchange.name} are not those that its switch will answer")
    if runs != exchange.callee.running.keys():
        raise Broken(f"the methods that run in {exchange.name} are not those that its switch knows of")
    for source, target, instance in owed.values():
        if instance and not instance.about.audience and source is not target:
            raise Broken(f"'{instance.name}' in {exchange.name} is for that process only, and was called from outside")


def _check_counts(exchange: SimulatedExchange) -> None:
    asking: dict[Port, int] = {}
    owing: dict[Port, int] = {}
    behind: dict[Instance, int] = {}
    for source, target, instance in exchange.switch.debts.owed.values():
        asking[source] = asking.get(source, 0) + 1
        owing[target] = owing.get(target, 0) + 1
        if instance is not None:
            behind[instance] = behind.get(instance, 0) + 1
    ports: list[Port] = [exchange.local, *exchange.ends]
    for port in ports:
        if port.asking != asking.pop(port, 0) or port.owing != owing.pop(port, 0):
            raise Broken(f"a port of {exchange.name} is counted wrong")
    if asking or owing:
        raise Broken(f"{exchange.name} waits for, or works for, a port that is gone")
    for instance in exchange.switch.registry:
        if instance.owing != behind.get(instance, 0):
            raise Broken(f"an instance of '{instance.name}' is counted wrong in {exchange.name}")


def _check_ports(exchange: SimulatedExchange) -> None:
    switch = exchange.switch
    attached: set[Port] = {end for end in exchange.ends if end.is_attached}
    if {port for namesakes in switch._ports.values() for port in namesakes} != attached:
        raise Broken(f"the ports of {exchange.name} are not its open links")
    attached.add(exchange.local)
    if not _ports_of_fanout(exchange) | exchange.switch._interest._held.keys() <= attached:
        raise Broken(f"{exchange.name} would report, or has subscribed, to what is gone")
    ways = [instance.ways.keys() for instance in switch.registry]
    if not all(ports <= attached for ports in [switch._subscriptions._ports.keys(), *ways]):
        raise Broken(f"{exchange.name} has a way to what is gone")


def _check_ways_in_use(world: World) -> None:
    """The newest attachment is the truth (R3, R5), whatever order things came in."""
    switch = world.hub.switch
    for instance in switch.registry:
        ends = [port for port in instance.ways if isinstance(port, End)]
        if ends and instance.way.port is not min(ends, key=lambda end: (end.leaving, -end.attachment)):
            raise Broken(f"an older way to an instance of '{instance.name}' is in use")
    for thing, ways in switch._subscriptions._ways.items():
        in_use = switch._subscriptions.in_use(thing)
        if in_use is None or in_use.port.attachment != max(port.attachment for port in ways):
            raise Broken("an older way of a subscription is in use")


def _check_registry(world: World) -> None:
    announced = {
        (instance.id, instance.about)
        for exchange in world.exchanges
        for instance in exchange.switch.registry
        if instance.about.audience == "*" or exchange is world.hub
    }
    known = {(instance.id, instance.about) for instance in world.hub.switch.registry}
    if announced != known:
        raise Broken(f"the hub knows {len(known)} instances, and {len(announced)} are announced: {announced ^ known}")


def _check_pictures(world: World) -> None:
    truth = {instance.id.hex(): shown(instance) for instance in world.hub.switch.registry}
    watching = [peer for peer in world.peers if peer.picture.subscription]
    for peer in watching:
        if not peer.picture.is_whole or peer.picture.known != truth:
            raise Broken(f"the picture of {peer.name} is not what the hub knows: {peer.picture.known} not {truth}")
    if world.hub.directory.subscribers.keys() != {peer.picture.subscription for peer in watching}:
        raise Broken("the directory reports to others than those who subscribed")
