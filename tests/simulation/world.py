"""The world: one hub, a dozen peers, the links between them, and the moves that are possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from exchange.errors import CallError
from exchange.wire.failures import failure_of
from exchange.wire.frames import encode
from exchange.wire.layouts import Kind
from tests.simulation.end import End, cut
from tests.simulation.exchanges import SimulatedExchange, SimulatedHub, SimulatedPeer
from tests.simulation.ledger import Ledger
from tests.simulation.moves import Move

MOST_PEERS = 12
SERVICES = ("math", "history", "feed")
SUBJECTS = ("nyse.ibm", "nyse.sap", "lse.bp")
PATTERNS = ("*", "nyse.*", "????.ibm")
LIFETIMES = (-1, 0, 20)
METHODS = ("reply", "reply", "fail", "refuse", "wait", "wait", "ask")
ASKED = ("math reply", "history wait", "feed fail", "nothing reply")

Thing = TypeVar("Thing")


class World:
    """Everything there is; each public method but `step` is a move.

    Attributes:
        peers: Those whose process runs.
        now: The time, in seconds.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.ledger = Ledger()
        self._born = 0
        self.hub = self._new_hub()
        self.peers: list[SimulatedPeer] = []

    @property
    def exchanges(self) -> list[SimulatedExchange]:
        """The hub and the peers."""
        return [self.hub, *self.peers]

    def step(self, move: Move) -> None:
        """Make one move."""
        act: Callable[[int, int, int], None] = getattr(self, move.name)
        act(move.first, move.second, move.third)
        self.settle()

    def settle(self) -> None:
        """Let everybody look at their links; who has stopped and has none left is gone."""
        for exchange in self.exchanges:
            exchange.settle()
        for peer in [peer for peer in self.peers if peer.is_stopping and not peer.ends]:
            self._bury(peer)

    # What travels

    def ends(self, fits: Callable[[End], bool]) -> list[End]:
        """Return those ends of links of which something is true."""
        return [end for exchange in self.exchanges for end in exchange.ends if fits(end)]

    def deliver(self, first: int, second: int, third: int) -> None:
        """One write arrives; of one link and direction in order, else in any."""
        end = _pick(self.ends(lambda end: bool(end.inbox)), first)
        if end:
            end.deliver()

    def cut(self, first: int, second: int, third: int) -> None:
        """A link breaks; some of what is on its way may still arrive, and nobody has noticed yet."""
        end = _pick(self.ends(lambda end: not end.is_cut), first)
        if end:
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

    def congest(self, first: int, second: int, third: int) -> None:
        """A link cannot keep up, or can again."""
        end = _pick(self.ends(lambda end: end.is_attached), first)
        if end:
            end.congested = not end.congested

    def pass_time(self, first: int, second: int, third: int) -> None:
        """Time passes."""
        self.now += first % 15

    # Who is there

    def start(self, first: int, second: int, third: int) -> None:
        """A process starts and dials the hub."""
        if len(self.peers) < MOST_PEERS:
            self._born += 1
            peer = SimulatedPeer(f"peer {self._born}", self.ledger, lambda: self.now)
            self.peers.append(peer)
            peer.dial(self.hub)

    def kill(self, first: int, second: int, third: int) -> None:
        """A process is killed; the hub has not noticed yet."""
        peer = _pick(self.peers, first)
        if peer:
            for end in peer.ends:
                cut(end.far, second % (len(end.far.inbox) + 1), 0)
            self._bury(peer)

    def restart_hub(self, first: int, second: int, third: int) -> None:
        """The hub is killed, and another started in its place; the peers have not noticed yet."""
        for end in self.hub.ends:
            cut(end.far, second % (len(end.far.inbox) + 1), 0)
        self.hub.die()
        self.hub = self._new_hub()

    def stop(self, first: int, second: int, third: int) -> None:
        """A process begins to leave for good."""
        peer = _pick(self._staying(), first)
        if peer:
            peer.stop(politely=second % 4 > 0)

    def hurry(self, first: int, second: int, third: int) -> None:
        """The time of a leaving process is over."""
        peer = _pick([peer for peer in self.peers if peer.is_stopping], first)
        if peer:
            peer.hurry()

    def dial(self, first: int, second: int, third: int) -> None:
        """A peer that has noticed the loss of its link makes a new one."""
        peer = _pick([peer for peer in self._staying() if not peer.ends], first)
        if peer:
            peer.dial(self.hub)

    def move(self, first: int, second: int, third: int) -> None:
        """A peer makes a new link beside the one it has."""
        peer = _pick([peer for peer in self._staying() if len(peer.ends) == 1 and peer.ends[0].is_attached], first)
        if peer:
            peer.move(self.hub)

    def leave(self, first: int, second: int, third: int) -> None:
        """An end of a link, at a peer or at the hub, begins to leave; its process goes on."""
        end = _pick(self.ends(lambda end: end.is_attached), first)
        if end:
            end.leave(politely=second % 4 > 0)

    # Services

    def add(self, first: int, second: int, third: int) -> None:
        """A service is added somewhere, now and then for its own process only."""
        exchange = _pick(self.exchanges, first)
        if exchange and len(exchange.callee.instances) < 4:
            exchange.add(SERVICES[second % 3], "*" if third % 8 else "")

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
        peer = _pick([peer for peer in self.peers if not peer.picture.subscription], first)
        if peer:
            peer.watch()

    def watch_no_more(self, first: int, second: int, third: int) -> None:
        """A peer ends its subscription."""
        peer = _pick([peer for peer in self.peers if peer.picture.subscription], first)
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
        debt = self.hub.switch.debts.owed.get(call) if call else None
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

    def _new_hub(self) -> SimulatedHub:
        self._born += 1
        return SimulatedHub(f"hub {self._born}", self.ledger, lambda: self.now)

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

    def _staying(self) -> list[SimulatedPeer]:
        return [peer for peer in self.peers if not peer.is_stopping]

    def _bury(self, peer: SimulatedPeer) -> None:
        peer.die()
        self.peers.remove(peer)


def _pick(things: Sequence[Thing], number: int) -> Thing | None:
    return things[number % len(things)] if things else None
