"""What must be true: after every step, when all is quiet, and when all are linked again."""

from __future__ import annotations

from collections.abc import Collection

from exchange.routing.port import Port
from exchange.routing.registry import About, Instance, Way
from exchange.services.subscription import Subscription
from exchange.wire.identities import Id, maker_of, readable
from tests.simulation.crossings import check_bridge, check_offers, made_by_bridges
from tests.simulation.directory import shown
from tests.simulation.exchanges import SimulatedExchange, SimulatedHub, SimulatedPeer
from tests.simulation.ledger import Broken
from tests.simulation.world import World


def check_step(world: World) -> None:
    """After every step: nothing was forgotten, nothing counted wrong, and nothing is left of what is gone."""
    for exchange in world.exchanges:
        if exchange.is_touched:
            _check_debts(exchange)
            _check_counts(exchange)
            _check_ports(exchange)
            _check_ways_in_use(exchange)
    for bridge in world.bridges:
        if bridge.exchanges[0].is_touched:
            check_bridge(bridge)


def check_quiet(world: World) -> None:
    """Nothing is on its way, and every loss was noticed: nobody works or keeps anything for who is not there."""
    for exchange in world.exchanges:
        for _, call, _ in exchange.callee.running.values():
            if not world.ledger.is_open(call):
                raise Broken(f"{exchange.name} still works for a call that has ended")
        _check_departed(world, exchange)
        _check_interest(exchange)
        _check_heard(world, exchange)
    for bridge in world.bridges:
        check_offers(bridge)
    for hub in world.hubs:
        _check_knowledge(hub)


def check_settled(world: World) -> None:
    """All are linked and every method has answered: everybody knows the same, and nothing is owed."""
    for call, entry in world.ledger.entries.items():
        if not entry.has_ended:
            raise Broken(f"call {call.hex()} never ended")
    for exchange in world.exchanges:
        if exchange.switch.debts.owed:
            raise Broken(f"{exchange.name} believes that something is owed")
    for hub in world.hubs:
        namesakes = [other for other in world.hubs if other is not hub and other.group == hub.group]
        others = [len(hub.ends_to(other.terms.identity)) for other in namesakes]
        if set(others) - {1}:
            raise Broken(f"{hub.name} has not one link to each other hub, but {others}")
    _check_registries(world)
    _check_pictures(world)
    _check_reports(world)


def _check_departed(world: World, exchange: SimulatedExchange) -> None:
    """Nothing is left of exchanges that are not there any more, or that cannot be reached from here."""
    there = {maker.terms.identity for maker in world.exchanges}
    switch = exchange.switch
    for what, left in {
        "instances": {instance.id for instance in switch.registry},
        "subscriptions": switch.subscriptions._ways,
        "subscriptions that were passed on": switch._interest._sent,
        "debts": switch.debts.owed,
        "links": switch._ports,
        "subscribers": exchange.subscribers(),
    }.items():
        gone = [thing for thing in left if maker_of(Id(thing)) not in there]
        if gone:
            raise Broken(f"{exchange.name} has {what} left of who has gone: {gone}")


def _check_knowledge(hub: SimulatedHub) -> None:
    """A hub knows what is told by those who are linked with it now, by these ways, and nothing else."""
    told: dict[tuple[Port, bytes], object] = {}
    for end in [end for end in hub.ends if end.is_attached]:
        far = end.far.owner
        for instance in far.switch.registry:
            way = _outward(instance) if far.switch.role.is_hub else instance.way
            if way and (way.port is not far.local or far.switch.role.tells(way.about.audience)):
                told[end, instance.id] = (way.about, way.attachment or (0 if end.is_hub else end.attachment))
    known = {
        (port, instance.id): (way.about, way.attachment)
        for instance in hub.switch.registry
        for port, way in instance.ways.items()
        if port is not hub.local and not port.is_bridge
    }
    if known != told:
        difference = {thing for (_, thing), _ in set(known.items()) ^ set(told.items())}
        raise Broken(f"{hub.name} does not know what it is told, about {[readable(thing) for thing in difference]}")


def _check_interest(exchange: SimulatedExchange) -> None:
    """Subscriptions are where they may be (R1, R5), and both ends of every link agree about them."""
    switch = exchange.switch
    for thing, ports in switch._interest._sent.items():
        in_use = switch.subscriptions.in_use(thing)
        if in_use is None or not all(switch.passes(in_use.port, port) for port in ports):
            raise Broken(f"{exchange.name} has passed on a subscription where it may not be, or that has ended")
    for end in exchange.ends:
        told = switch._interest._held.get(end, {}).keys()
        heard = {way.id for way in end.far.owner.switch.subscriptions.from_port(end.far)}
        own = {thing for thing in told if maker_of(Id(thing)) == end.identity}
        if told - own != heard:
            raise Broken(f"{exchange.name} and {end.far.owner.name} disagree about what the one has subscribed to")


def _outward(instance: Instance) -> Way | None:
    """Return the way that a hub tells other hubs of: the best that does not lead to a hub itself."""
    ways = [way for way in instance.ways.values() if not way.port.is_hub]
    return min(ways, key=Way.order, default=None)


def _check_reports(world: World) -> None:
    """Every subscription has the last of what each publisher keeps, and every publisher knows its subscribers."""
    for publisher in world.exchanges:
        for thing in publisher.callee.instances:
            where = world.where(publisher, thing)
            subscribed = {
                subscription.id: reader
                for reader in world.exchanges
                for subscription in reader.readers.subscriptions.values()
                if _is_heard(
                    publisher, thing, reader, subscription, reader.group in where and world.serves(reader, thing)
                )
            }
            near = {wanted for wanted, reader in subscribed.items() if reader.group == publisher.group}
            known = publisher.press.publisher._publications[thing].subscribers.keys()
            made = made_by_bridges(world, publisher)
            if known - made != near:
                raise Broken(f"{publisher.name} has {len(known)} subscribers, and {len(near)} here want its reports")


def _is_heard(
    publisher: SimulatedExchange, thing: bytes, reader: SimulatedExchange, subscription: Subscription, reaches: bool
) -> bool:
    """Whether a subscription wants what an instance reports and may have it; then make sure that it has it."""
    instance = publisher.switch.registry.get(thing)
    assert instance is not None
    if subscription.service not in (instance.name, thing) or not (reader is publisher or reaches):
        return False
    held = reader.readers.held[subscription.id]
    for subject, kept in publisher.press.kept(thing, subscription.pattern).items():
        _, last = held.get((thing, subject), (0, 0))
        if last < kept:
            raise Broken(f"{reader.name} has {last} on '{subject}', and {publisher.name} keeps {kept}")
    if thing not in reader.readers.whole[subscription.id]:
        raise Broken(f"{publisher.name} never said to {reader.name} that this is all")
    return True


def _check_heard(world: World, exchange: SimulatedExchange) -> None:
    """Nobody has heard what is not for its exchange group."""
    for held in exchange.readers.held.values():
        for thing, _ in held:
            if not world.ledger.may_see(exchange.terms.identity, exchange.group, thing):
                raise Broken(f"{exchange.name} has heard reports that are not for its exchange group")


def _ports_of_fanout(exchange: SimulatedExchange) -> set[Port]:
    remembered = exchange.switch._reports.fanout._found.values()
    return {port for name in remembered for source, ports in name.values() for port in (source, *ports)}


def _check_debts(exchange: SimulatedExchange) -> None:
    owed, local = exchange.switch.debts.owed, exchange.local
    made = {call for call, debt in owed.items() if debt[0] is local}
    runs = {call for call, debt in owed.items() if debt[1] is local}
    if made != exchange.caller.waiting.keys():
        raise Broken(f"the calls that wait in {exchange.name} are not those that its switch will answer")
    if runs != exchange.callee.running.keys():
        raise Broken(f"the methods that run in {exchange.name} are not those that its switch knows of")
    for source, target, instance, *_ in owed.values():
        is_ours = instance is not None and target is local
        if instance and is_ours and not _may_ask(exchange, source, instance):
            raise Broken(f"'{instance.name}' in {exchange.name} was called from where it is not known")


def _may_ask(exchange: SimulatedExchange, source: Port, instance: Instance) -> bool:
    return source is exchange.local or source.is_bridge or exchange.switch.role.tells(instance.about.audience)


def _check_counts(exchange: SimulatedExchange) -> None:
    asking: dict[Port, int] = {}
    owing: dict[Port, int] = {}
    behind: dict[Instance, int] = {}
    for source, target, instance, *_ in exchange.switch.debts.owed.values():
        asking[source] = asking.get(source, 0) + 1
        owing[target] = owing.get(target, 0) + 1
        if instance is not None:
            behind[instance] = behind.get(instance, 0) + 1
    ports: list[Port] = [exchange.local, *exchange.ends, *exchange.bridge_ends]
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
    attached: set[Port] = {end for end in exchange.ends if end.is_attached} | set(exchange.bridge_ends)
    hubs = [port.identity for port in attached if port.is_hub]
    if switch.role.is_hub and len(hubs) > len(set(hubs)):
        raise Broken(f"{exchange.name} has two links to one hub")
    if {port for namesakes in switch._ports.values() for port in namesakes} != attached:
        raise Broken(f"the ports of {exchange.name} are not its open links")
    attached.add(exchange.local)
    if not _ports_of_fanout(exchange) | exchange.switch._interest._held.keys() <= attached:
        raise Broken(f"{exchange.name} would report, or has subscribed, to what is gone")
    ways = [instance.ways.keys() for instance in switch.registry]
    if not all(ports <= attached for ports in [switch.subscriptions._ports.keys(), *ways]):
        raise Broken(f"{exchange.name} has a way to what is gone")


def _check_ways_in_use(exchange: SimulatedExchange) -> None:
    """The newest attachment is the truth (R3, R5), whatever order things came in."""
    switch = exchange.switch
    for instance in switch.registry:
        if len(instance.ways) > 1:
            best = min(
                (way.port.leaving, len(way.about.path), way.by, -way.attachment) for way in instance.ways.values()
            )
            way = instance.way
            if best != (way.port.leaving, len(way.about.path), way.by, -way.attachment):
                raise Broken(f"an older way to an instance of '{instance.name}' is in use in {exchange.name}")
    for thing, subscribed in switch.subscriptions._ways.items():
        in_use = switch.subscriptions.in_use(thing)
        if in_use is None or in_use.array[3] != max(each.array[3] for each in subscribed.values()):
            raise Broken(f"an older way of a subscription is in use in {exchange.name}")


def _preference(way: Way) -> tuple[bool, int, bytes, int]:
    """Return what ways are compared by (R3), but for their ports; the lowest is best."""
    return (way.port.leaving, len(way.about.path), way.by, -way.attachment)


def _check_registries(world: World) -> None:
    """Every hub knows what may enter its exchange group by any path, by one of the shortest, and its own."""
    expected: dict[SimulatedHub, dict[bytes, tuple[About, Collection[tuple[str, ...]]]]] = {
        hub: {} for hub in world.hubs
    }
    for home in world.exchanges:
        for instance in home.switch.registry.behind(home.local):
            where = world.where(home, instance.id)
            for hub in world.hubs:
                found = where.get(hub.group, {()} if hub is home else ())
                if found:
                    shortest = min(map(len, found))
                    best = [path for path in found if len(path) == shortest]
                    expected[hub][instance.id] = (instance.ways[home.local].about, best)
    for hub, announced in expected.items():
        known = {instance.id: instance.about for instance in hub.switch.registry}
        if known.keys() != announced.keys():
            raise Broken(f"{hub.name} knows {len(known)} instances, and {len(announced)} are announced to its group")
        for thing, about in known.items():
            said, ways = announced[thing]
            if about._replace(path=()) != said or about.path not in ways:
                raise Broken(f"{hub.name} knows {about} of {readable(thing)}, which is {said}, and has come by {ways}")


def _hub_of(peer: SimulatedPeer) -> bytes:
    """Return by which hub a peer is linked; at the end there may be none left."""
    return peer.switch.hubs[0].identity if peer.switch.hubs else b""


def _check_pictures(world: World) -> None:
    for hub in world.hubs:
        truth = {each.id.hex(): shown(each) for each in hub.switch.registry if hub.switch.shows(each)}
        watching = [peer for peer in world.peers if peer.watch and _hub_of(peer) == hub.terms.identity]
        for peer in watching:
            if not peer.picture.is_whole or peer.picture.known != truth:
                raise Broken(
                    f"the picture of {peer.name} is not what {hub.name} knows: {peer.picture.known} not {truth}"
                )
        if hub.directory.subscribers.keys() != {peer.watch for peer in watching}:
            raise Broken(f"the directory of {hub.name} reports to others than those who subscribed")
