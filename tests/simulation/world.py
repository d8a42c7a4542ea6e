"""The world: some hubs, each linked with every other, their peers, and the moves that are possible.

There is one exchange group, unless the first move lays out others, with bridges between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from exchange.errors import CallError
from exchange.wire.failures import failure_of
from exchange.wire.frames import encode
from exchange.wire.identities import Id, maker_of
from exchange.wire.layouts import Kind
from tests.simulation.bridges import MOST_GROUPS, SHAPES, SimulatedBridge, edges
from tests.simulation.end import End, cut, cut_one_way
from tests.simulation.exchanges import SimulatedExchange, SimulatedHub, SimulatedPeer
from tests.simulation.ledger import Broken, Ledger
from tests.simulation.moves import Move
from tests.simulation.reach import Paths, Road, paths
from tests.simulation.versions import WRITES

MOST_PEERS = 12
MOST_HUBS = 4
MOST_BRIDGES = 8
MOST_STEPS = 10_000
MOST_WRITES = 3
SERVICES = ("math", "history", "feed")
SUBJECTS = ("nyse.ibm", "nyse.sap", "lse.bp")
PATTERNS = ("*", "nyse.*", "????.ibm")
LIFETIMES = (-1, 0, 20)
METHODS = ("reply", "reply", "fail", "refuse", "wait", "wait", "ask")
ASKED = ("math reply", "history wait", "feed fail", "nothing reply")

SOFT_LIMITS = (0, 0, 500, 5_000)

Thing = TypeVar("Thing")


class World:
    """Everything there is; each public method but `step` is a move.

    Args:
        most_hubs, most_peers: How many there may be at one time.

    Attributes:
        hubs: Those whose process runs; there is one at first.
        peers: Those whose process runs.
        groups: The exchange groups.
        bridges: Those that were not stopped, and whose exchanges run.
        now: The time, in seconds.
        look: Is called after everything that happens.
    """

    def __init__(self, most_hubs: int = MOST_HUBS, most_peers: int = MOST_PEERS) -> None:
        self.now = 0.0
        self.look: Callable[[World], None] = lambda world: None
        self.ledger = Ledger()
        self.hubs: list[SimulatedHub] = []
        self.peers: list[SimulatedPeer] = []
        self._most_hubs = most_hubs
        self._most_peers = most_peers
        self._born = 0
        self.groups = [""]
        self.bridges: list[SimulatedBridge] = []
        self._edges: list[tuple[int, int]] = []
        self.start_hub(0, 0, 0)

    @property
    def exchanges(self) -> list[SimulatedExchange]:
        """The hubs and the peers."""
        return [*self.hubs, *self.peers]

    @property
    def has_several_processes(self) -> bool:
        """Whether there is more than one process left."""
        return any(exchange not in self.exchanges[0].process for exchange in self.exchanges)

    def step(self, move: Move) -> None:
        """Make one move."""
        act: Callable[[int, int, int], None] = getattr(self, move.name)
        act(move.first, move.second, move.third)
        self.settle()

    def settle(self) -> None:
        """Let those look at their links to whom something happened; who has stopped and has none left is gone."""
        touched = [each for each in self.exchanges if any(mate.is_touched for mate in each.process)]
        for exchange in touched:
            exchange.is_touched = True
            for mate in exchange.process:
                mate.is_touched = True
            exchange.settle()
            if exchange.is_stopping and not exchange.ends:
                self._bury(exchange)
        self.look(self)
        for exchange in touched:
            exchange.is_touched = False

    def come_to_rest(self, random: Random) -> None:
        """Let every loss be noticed, and everything arrive that is on its way."""
        for end in self.ends(lambda end: True):
            end.is_paused = False
            end.relieve()
        left = MOST_STEPS + 10 * len(self.exchanges) ** 2
        while moving := self.ends(lambda end: end.is_telling or end.can_deliver or end.can_see_loss):
            end = random.choice(moving)
            left -= 1
            if not left:
                raise Broken("there is no end of what is said")
            if end.is_telling:
                end.go_on_telling()
            elif end.inbox and not (end.can_see_loss and random.random() < 0.2):
                end.deliver()
            else:
                end.see_loss()
            self.settle()

    def ask_everybody(self) -> None:
        """Everybody calls every instance that it can reach, and must have a result."""
        homes = [(home, thing) for home in self.exchanges for thing in home.switch.registry.behind(home.local)]
        things = [(thing.id, self.where(home, thing.id)) for home, thing in homes]
        for exchange in self.exchanges:
            for thing, where in things:
                if exchange.group in where and self.serves(exchange, thing):
                    exchange.caller.call(thing, "reply", then=_must_be_result)

    def where(self, home: SimulatedExchange, thing: bytes) -> Paths:
        """Return by which paths an instance is seen in which groups, as long as all are linked."""
        return paths(home, self.ledger.audiences[thing], self.roads())

    def roads(self) -> list[Road]:
        """Return where bridges lead, those of them of which both sides are linked."""
        return [bridge.exchanges for bridge in self.bridges if all(side.is_linked for side in bridge.exchanges)]

    def serves(self, exchange: SimulatedExchange, thing: bytes) -> bool:
        """Whether an exchange may expect to reach an instance that its group sees.

        What a bridge brings in is for others, and not for the exchanges that it joins.
        """
        home = next(home for home in self.exchanges if home.terms.identity == maker_of(Id(thing)))
        return home.group == exchange.group or len(exchange.process) == 1

    def publish_everything(self) -> None:
        """Every instance publishes on every subject."""
        for exchange in self.exchanges:
            for thing in sorted(exchange.callee.instances):
                for subject in SUBJECTS:
                    exchange.press.publish(thing, subject, -1)

    # What travels

    def ends(self, fits: Callable[[End], bool]) -> list[End]:
        """Return those ends of links of which something is true."""
        return [end for exchange in self.exchanges for end in exchange.ends if fits(end)]

    def deliver(self, first: int, second: int, third: int) -> None:
        """Some writes of one link and direction arrive, in order; between links there is none."""
        end = _pick(self.ends(lambda end: end.can_deliver), first)
        for _ in range(1 + third % MOST_WRITES):
            if end and end.can_deliver:
                end.deliver()

    def tell(self, first: int, second: int, third: int) -> None:
        """A hub goes on telling a hub that it is linked with what it knows."""
        end = _pick(self.ends(lambda end: end.is_telling), first)
        if end:
            end.go_on_telling()

    def pause(self, first: int, second: int, third: int) -> None:
        """What is on its way over a link, in one direction, is held up for long; or it is no more."""
        end = _pick(self.ends(lambda end: True), first)
        if end:
            end.is_paused = not end.is_paused

    def cut(self, first: int, second: int, third: int) -> None:
        """A link breaks; some of what is on its way may still arrive, and nobody has noticed yet."""
        end = _pick(self.ends(lambda end: not end.is_cut), first)
        if end:
            cut(end, second % (len(end.inbox) + 1), third % (len(end.far.inbox) + 1))

    def cut_one_way(self, first: int, second: int, third: int) -> None:
        """A link breaks in one direction; what goes in the other still arrives."""
        end = _pick(self.ends(lambda end: not end.is_cut), first)
        if end:
            cut_one_way(end, second % (len(end.far.inbox) + 1))

    def isolate(self, first: int, second: int, third: int) -> None:
        """All cables between a hub and the other hubs break."""
        hub = _pick(self.hubs, first)
        for end in hub.ends if hub else ():
            if not end.is_cut and isinstance(end.far.owner, SimulatedHub):
                cut(end, second % (len(end.inbox) + 1), third % (len(end.far.inbox) + 1))

    def see_loss(self, first: int, second: int, third: int) -> None:
        """One end of a broken link notices."""
        end = _pick(self.ends(lambda end: end.can_see_loss), first)
        if end:
            end.see_loss()

    def lose_proof(self, first: int, second: int, third: int) -> None:
        """The sign of life that a newer link made necessary does not come in time."""
        end = _pick(self.ends(lambda end: end.is_in_doubt), first)
        if end:
            end.give_up()

    def wait_in_vain(self, first: int, second: int, third: int) -> None:
        """A hub has waited for a second, for a sign of life over the link to another that it has already (7.4)."""
        end = _pick(self.ends(lambda end: bool(end.timers)), first)
        if end:
            end.wait_in_vain()

    def congest(self, first: int, second: int, third: int) -> None:
        """A link cannot keep up, or can again; some let all wait for long, and others nothing."""
        end = _pick(self.ends(lambda end: end.is_attached), first)
        if end and end.congested:
            end.relieve()
        elif end:
            end.congest(SOFT_LIMITS[second % len(SOFT_LIMITS)])

    def rest(self, first: int, second: int, third: int) -> None:
        """For a while nothing begins: everything arrives, every loss is noticed."""
        self.come_to_rest(Random(first))

    def pass_time(self, first: int, second: int, third: int) -> None:
        """Time passes."""
        self.now += first % 15

    # Who is there

    def start(self, first: int, second: int, third: int) -> None:
        """A process starts and dials a hub."""
        hub = _pick(self.staying_hubs(), first)
        if hub and len(self.peers) < self._most_peers:
            self._start(hub.group, second).dial(hub)

    def kill(self, first: int, second: int, third: int) -> None:
        """A process is killed; the hub has not noticed yet."""
        self._kill(_pick([peer for peer in self.peers if self._may_die(peer)], first), second)

    def start_hub(self, first: int, second: int, third: int) -> None:
        """A hub starts; it has not dialled the others yet."""
        if len(self.staying_hubs()) < self._most_hubs + len(self.groups) - 1:
            self.start_hub_in(self.groups[third % len(self.groups)], second)

    def start_hub_in(self, group: str, version: int = 0) -> None:
        """A hub of an exchange group starts."""
        self._born += 1
        hub = SimulatedHub(f"hub {self._born}", group, self.ledger, lambda: self.now)
        hub.writes = WRITES[version % len(WRITES)]
        self.hubs.append(hub)

    def kill_hub(self, first: int, second: int, third: int) -> None:
        """A hub is killed; nobody has noticed yet."""
        if len(self.hubs) > 1:
            self._kill(_pick([hub for hub in self.hubs if self._may_die(hub)], first), second)

    def restart_hub(self, first: int, second: int, third: int) -> None:
        """A hub is killed, and another started in its place; nobody has noticed yet."""
        hub = _pick(self.hubs, first)
        self._kill(hub, second)
        if hub and len(self.staying_hubs()) < self._most_hubs + len(self.groups) - 1:
            self.start_hub_in(hub.group)

    def join(self, first: int, second: int, third: int) -> None:
        """A hub dials another; perhaps there is a link between them already."""
        pair = _pick(self.pairs(), first)
        if pair:
            near, far = pair
            near.dial(far)

    def stop_hub(self, first: int, second: int, third: int) -> None:
        """A hub begins to leave for good."""
        hub = _pick(self.staying_hubs(), first)
        if hub and len(self.staying_hubs()) > 1:
            hub.stop(politely=second % 4 > 0)

    def stop(self, first: int, second: int, third: int) -> None:
        """A process begins to leave for good."""
        peer = _pick(self.staying_peers(), first)
        if peer:
            peer.stop(politely=second % 4 > 0)

    def hurry(self, first: int, second: int, third: int) -> None:
        """The time of a leaving process is over."""
        exchange = _pick([exchange for exchange in self.exchanges if exchange.is_stopping], first)
        if exchange:
            exchange.hurry()

    def dial(self, first: int, second: int, third: int) -> None:
        """A peer that has noticed the loss of its link makes a new one."""
        peer = _pick([peer for peer in self.staying_peers() if not peer.ends], first)
        hub = _pick(self.staying_hubs(peer.group), second) if peer else None
        if peer and hub:
            peer.dial(hub)

    def move(self, first: int, second: int, third: int) -> None:
        """A peer makes a new link beside the one it has, to the same hub or another."""
        peer = _pick([peer for peer in self.staying_peers() if len(peer.ends) == 1 and peer.ends[0].is_attached], first)
        if peer:
            peer.move(_pick(self.staying_hubs(peer.group), second))

    def leave(self, first: int, second: int, third: int) -> None:
        """An end of a link, at a peer or at the hub, begins to leave; its process goes on."""
        end = _pick(self.ends(lambda end: end.is_attached), first)
        if end:
            end.leave(politely=second % 4 > 0)

    # Bridges

    def lay_out(self, first: int, second: int, third: int) -> None:
        """More exchange groups begin, each with a hub, and bridges between them."""
        if len(self.groups) == 1:
            self.lay_out_groups(SHAPES[first % len(SHAPES)], 2 + second % (MOST_GROUPS - 1))
            for place in range(len(self._edges)):
                self.start_bridge(place, 2, 2)

    def lay_out_groups(self, shape: str, groups: int) -> None:
        """More exchange groups begin, each with a hub."""
        self.groups = ["", *(f"group {number}" for number in range(1, groups))]
        self._edges = edges(shape, groups)
        for place, group in enumerate(self.groups[1:]):
            self.start_hub_in(group, place)

    def start_bridge(self, first: int, second: int, third: int) -> None:
        """A bridge begins, in a process of its own or in one that is there."""
        edge = _pick(self._edges, first)
        if edge and len(self.bridges) < MOST_BRIDGES + len(self._edges) // MOST_BRIDGES:
            heads = self._head(self.groups[edge[0]], second), self._head(self.groups[edge[1]], third)
            if all(set(heads) != set(bridge.exchanges) for bridge in self.bridges):
                self.bridges.append(SimulatedBridge(*heads))

    def stop_bridge(self, first: int, second: int, third: int) -> None:
        """A bridge ends, and its exchanges go on; or those of them that are peers leave."""
        bridge = _pick(self.bridges, first)
        if bridge and second % 3 == 0:
            self._stop_bridge(bridge)
        elif bridge:
            for exchange in bridge.exchanges:
                if not exchange.switch.role.is_hub:
                    exchange.stop(politely=third % 4 > 0)

    def cut_bridge(self, first: int, second: int, third: int) -> None:
        """The link of one side of a bridge breaks."""
        end = _pick(
            [end for each in self.bridges for side in each.exchanges for end in side.ends if not end.is_cut], first
        )
        if end:
            cut(end, second % (len(end.inbox) + 1), third % (len(end.far.inbox) + 1))

    def _head(self, group: str, choice: int) -> SimulatedExchange:
        """Return an exchange for a bridge to stand on: a new one, or a hub, or one that has a bridge already."""
        hub = _pick(self.staying_hubs(group), choice // 4)
        others = [
            side for each in self.bridges for side in each.exchanges if side.group == group and not side.is_stopping
        ]
        if choice % 4 == 0 and hub:
            return hub
        if choice % 4 == 1 and others:
            return others[choice // 4 % len(others)]
        peer = self._start(group, choice // 4)
        if hub:
            peer.dial(hub)
        return peer

    def _stop_bridge(self, bridge: SimulatedBridge) -> None:
        self.bridges.remove(bridge)
        bridge.stop()

    # Services

    def add(self, first: int, second: int, third: int) -> None:
        """A service is added somewhere, now and then for its own process only."""
        exchange = _pick(self.exchanges, first)
        if exchange and len(exchange.callee.instances) < 4:
            exchange.add(SERVICES[second % 3], self._audience(third))

    def change(self, first: int, second: int, third: int) -> None:
        """A service joins a group, or leaves it."""
        exchange = _pick(self.exchanges, first)
        thing = exchange and _pick(sorted(exchange.callee.instances), second)
        if exchange and thing:
            exchange.change(thing, ("web-services",) if third % 2 else ())

    def remove(self, first: int, second: int, third: int) -> None:
        """A service is withdrawn."""
        exchange = _pick(self.exchanges, first)
        thing = exchange and _pick(sorted(exchange.callee.instances), second)
        if exchange and thing:
            exchange.remove(thing, stops=third % 2 == 0)

    def watch(self, first: int, second: int, third: int) -> None:
        """A peer subscribes to the directory."""
        peer = _pick([peer for peer in self.peers if not peer.watch], first)
        if peer:
            peer.begin_to_watch()

    def watch_no_more(self, first: int, second: int, third: int) -> None:
        """A peer ends its subscription."""
        peer = _pick([peer for peer in self.peers if peer.watch], first)
        if peer:
            peer.watch_no_more()

    # Reports

    def publish(self, first: int, second: int, third: int) -> None:
        """A service publishes a report: kept for ever, for some seconds, or not."""
        exchange = _pick([exchange for exchange in self.exchanges if exchange.callee.instances], first)
        if exchange:
            thing = sorted(exchange.callee.instances)[second % len(exchange.callee.instances)]
            exchange.press.publish(thing, SUBJECTS[third % len(SUBJECTS)], LIFETIMES[third // 8 % len(LIFETIMES)])

    def subscribe(self, first: int, second: int, third: int) -> None:
        """Somebody subscribes to a name."""
        exchange = _pick(self.exchanges, first)
        if exchange and len(exchange.readers.subscriptions) < 4:
            exchange.subscribe(SERVICES[second % 3], PATTERNS[third % len(PATTERNS)])

    def subscribe_instance(self, first: int, second: int, third: int) -> None:
        """Somebody subscribes to an instance that is or was somewhere."""
        exchange, host = _pick(self.exchanges, first), _pick(self.exchanges, second)
        thing = host and _pick(sorted(host.callee.instances), third)
        if exchange and thing and len(exchange.readers.subscriptions) < 4:
            exchange.subscribe(thing, PATTERNS[third % len(PATTERNS)])

    def unsubscribe(self, first: int, second: int, third: int) -> None:
        """A subscription ends."""
        exchange = _pick([exchange for exchange in self.exchanges if exchange.readers.subscriptions], first)
        if exchange:
            subscriptions = list(exchange.readers.subscriptions.values())
            subscriptions[second % len(subscriptions)].cancel()

    # Calls

    def call(self, first: int, second: int, third: int) -> None:
        """A call by name; if it fails, now and then another one at once."""
        exchange = _pick(self.exchanges, first)
        if exchange:
            self._call(exchange, SERVICES[second % 3], third)

    def call_instance(self, first: int, second: int, third: int) -> None:
        """A call by id, of an instance that is or was somewhere."""
        exchange, host = _pick(self.exchanges, first), _pick(self.exchanges, second)
        thing = host and _pick(sorted(host.callee.instances), third)
        if exchange and thing:
            self._call(exchange, thing, third)

    def finish(self, first: int, second: int, third: int) -> None:
        """A method that waits returns or raises; one that asked goes on without its answer."""
        exchange = _pick([exchange for exchange in self.exchanges if exchange.callee.running], first)
        if exchange:
            exchange.callee.finish(list(exchange.callee.running)[second % len(exchange.callee.running)], third % 3 > 0)

    def cancel(self, first: int, second: int, third: int) -> None:
        """A caller changes its mind."""
        self._give_up(first, second, "cancelled")

    def time_out(self, first: int, second: int, third: int) -> None:
        """The time of a call is up."""
        self._give_up(first, second, "timed out")

    def forge(self, first: int, second: int, third: int) -> None:
        """A peer writes what it has no right to, about a call that it may have nothing to do with."""
        end = _pick([end for peer in self.peers for end in peer.ends if end.is_attached], first)
        call = _pick([call for exchange in self.exchanges for call in exchange.caller.waiting], second)
        debt = end.far.owner.switch.debts.owed.get(call) if call and end else None
        # Who owes an answer may say what it likes, and a call is its maker's to cancel.
        if end and call and debt and debt[1] is not end.far and not call.startswith(end.far.identity):
            frames = [
                encode(Kind.REPLY, call, (), call),
                failure_of(call, CallError("forged", delivered=bool(second % 2))),
                encode(Kind.CANCEL, call),
                encode(Kind.REQUEST, call, ("math", "reply", None)),
                encode(Kind.WITHDRAW, call, ("forged",)),
            ]
            end.is_rogue = True
            end.write(frames[third % len(frames)][3])

    def _call(self, exchange: SimulatedExchange, to: str | bytes, choice: int) -> None:
        method = METHODS[choice % len(METHODS)]
        body = ASKED[choice // 8 % len(ASKED)].encode()

        def again(is_result: bool) -> None:
            if not is_result:
                exchange.caller.call(to, "wait")

        if choice % 5:
            exchange.caller.call(to, method, body)
        else:
            exchange.caller.call(to, method, body, again)

    def _give_up(self, first: int, second: int, why: str) -> None:
        exchange = _pick([exchange for exchange in self.exchanges if exchange.caller.waiting], first)
        if exchange:
            exchange.caller.give_up(list(exchange.caller.waiting)[second % len(exchange.caller.waiting)], why)

    def staying_peers(self) -> list[SimulatedPeer]:
        """Return the peers that do not leave for good."""
        return [peer for peer in self.peers if not peer.is_stopping]

    def pairs(self) -> list[tuple[SimulatedHub, SimulatedHub]]:
        """Return which hubs may dial which others."""
        return [(near, far) for near in self.hubs for far in self.hubs if near.may_dial(far)]

    def staying_hubs(self, group: str | None = None) -> list[SimulatedHub]:
        """Return the hubs that do not leave for good, of one exchange group or of all."""
        return [hub for hub in self.hubs if not hub.is_stopping and group in (None, hub.group)]

    def _start(self, group: str, version: int) -> SimulatedPeer:
        self._born += 1
        peer = SimulatedPeer(f"peer {self._born}", group, self.ledger, lambda: self.now)
        peer.writes = WRITES[version % len(WRITES)]
        self.peers.append(peer)
        return peer

    def _may_die(self, exchange: SimulatedExchange) -> bool:
        """Whether there is a hub left when the process of an exchange is killed."""
        return any(hub not in exchange.process for hub in self.hubs)

    def _audience(self, choice: int) -> str:
        """Return for whom a service is: mostly for all, now and then for its own process only, or for one group."""
        if len(self.groups) > 1 and choice // 8 % 4 == 0:
            return self.groups[choice // 32 % len(self.groups)]
        return "*" if choice % 8 else ""

    def _kill(self, exchange: SimulatedExchange | None, arrive: int) -> None:
        process = list(exchange.process) if exchange else []
        for each in process:
            for end in each.ends:
                cut(end.far, arrive % (len(end.far.inbox) + 1), 0)
        self.bridges = [bridge for bridge in self.bridges if bridge.exchanges[0] not in process]
        for each in process:
            self._bury(each)

    def _bury(self, exchange: SimulatedExchange) -> None:
        for bridge in [bridge for bridge in self.bridges if exchange in bridge.exchanges]:
            self._stop_bridge(bridge)
        exchange.process.remove(exchange)
        exchange.die()
        self.hubs = [hub for hub in self.hubs if hub is not exchange]
        self.peers = [peer for peer in self.peers if peer is not exchange]


def _must_be_result(is_result: bool) -> None:
    if not is_result:
        raise Broken("a call of an instance that is known everywhere failed")


def _pick(things: Sequence[Thing], number: int) -> Thing | None:
    return things[number % len(things)] if things else None
