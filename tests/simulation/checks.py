"""What must be true: after every step, when all is quiet, and when all are linked again."""

from __future__ import annotations

from exchange.routing.port import Port
from exchange.routing.registry import Instance, Way
from exchange.services.subscription import Subscription
from exchange.wire.identities import Id, maker_of, readable
from tests.simulation.directory import shown
from tests.simulation.exchanges import SimulatedExchange, SimulatedHub
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


def check_quiet(world: World) -> None:
    """Nothing is on its way, and every loss was noticed: nobody works or keeps anything for who is not there."""
    for exchange in world.exchanges:
        for call in exchange.callee.running:
            if not world.ledger.is_open(call):
                raise Broken(f"{exchange.name} still works for a call that has ended")
        _check_departed(world, exchange)
        _check_interest(exchange)
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
        others = [len(hub.ends_to(other.terms.identity)) for other in world.hubs if other is not hub]
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
        "subscriptions": switch._subscriptions._ways,
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
            if way and way.about.audience == "*":
                told[end, instance.id] = (way.about, way.attachment or (0 if end.is_hub else end.attachment))
    known = {
        (port, instance.id): (way.about, way.attachment)
        for instance in hub.switch.registry
        for port, way in instance.ways.items()
        if port is not hub.local
    }
    if known != told:
        difference = {thing for (_, thing), _ in set(known.items()) ^ set(told.items())}
        raise Broken(f"{hub.name} does not know what it is told, about {[readable(thing) for thing in difference]}")


def _check_interest(exchange: SimulatedExchange) -> None:
    """Subscriptions are where they may be (R1, R5), and both ends of every link agree about them."""
    switch = exchange.switch
    for thing, ports in switch._interest._sent.items():
        in_use = switch._subscriptions.in_use(thing)
        if in_use is None or not all(switch.passes(in_use.port, port) for port in ports):
            raise Broken(f"{exchange.name} has passed on a subscription where it may not be, or that has ended")
    for end in exchange.ends:
        told = switch._interest._held.get(end, {}).keys()
        heard = {way.id for way in end.far.owner.switch._subscriptions.from_port(end.far)}
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
    hubs = [port.identity for port in attached if port.is_hub]
    if switch.role.is_hub and len(hubs) > len(set(hubs)):
        raise Broken(f"{exchange.name} has two links to one hub")
    if {port for namesakes in switch._ports.values() for port in namesakes} != attached:
        raise Broken(f"the ports of {exchange.name} are not its open links")
    attached.add(exchange.local)
    if not _ports_of_fanout(exchange) | exchange.switch._interest._held.keys() <= attached:
        raise Broken(f"{exchange.name} would report, or has subscribed, to what is gone")
    ways = [instance.ways.keys() for instance in switch.registry]
    if not all(ports <= attached for ports in [switch._subscriptions._ports.keys(), *ways]):
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
    for thing, subscribed in switch._subscriptions._ways.items():
        in_use = switch._subscriptions.in_use(thing)
        if in_use is None or in_use.array[3] != max(each.array[3] for each in subscribed.values()):
            raise Broken(f"an older way of a subscription is in use in {exchange.name}")


def _preference(way: Way) -> tuple[bool, int, bytes, int]:
    """Return what ways are compared by (R3), but for their ports; the lowest is best."""
    return (way.port.leaving, len(way.about.path), way.by, -way.attachment)


def _check_registries(world: World) -> None:
    """Every hub knows what is announced anywhere, and its own."""
    announced = {
        (instance.id, instance.about)
        for exchange in world.exchanges
        for instance in exchange.switch.registry.behind(exchange.local)
        if instance.about.audience == "*"
    }
    for hub in world.hubs:
        own = {(instance.id, instance.about) for instance in hub.switch.registry.behind(hub.local)}
        known = {(instance.id, instance.about) for instance in hub.switch.registry}
        if announced | own != known:
            raise Broken(f"{hub.name} knows {len(known)} instances, and {len(announced | own)} are announced")


def _check_pictures(world: World) -> None:
    for hub in world.hubs:
        truth = {instance.id.hex(): shown(instance) for instance in hub.switch.registry}
        watching = [peer for peer in world.peers if peer.watch and peer.switch.hubs[0].identity == hub.terms.identity]
        for peer in watching:
            if not peer.picture.is_whole or peer.picture.known != truth:
                raise Broken(
                    f"the picture of {peer.name} is not what {hub.name} knows: {peer.picture.known} not {truth}"
                )
        if hub.directory.subscribers.keys() != {peer.watch for peer in watching}:
            raise Broken(f"the directory of {hub.name} reports to others than those who subscribed")
