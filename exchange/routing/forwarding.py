"""Forwarding: requests go out, and answers come back the way that the requests went (R7, R8).

What is remembered of a call is who owes the answer to whom, and nothing else.
"""

from __future__ import annotations

from bisect import bisect_left

from exchange.errors import CallError, CallRefused, LocalProtocolError, UnsuitableValue, WayGone
from exchange.routing.counters import Counters
from exchange.routing.debts import Debts
from exchange.routing.directions import Directions
from exchange.routing.endings import came_back, lost, too_large, withdrawn
from exchange.routing.origins import check_maker, check_request
from exchange.routing.permission import denial_of_call
from exchange.routing.policy import Grant
from exchange.routing.port import Port
from exchange.routing.role import Role
from exchange.routing.usage import BOUNDS, CANCELLED, Usage
from exchange.wire.failures import failure_of
from exchange.wire.frames import SIZE_SIZE, Frame, body_of, encode
from exchange.wire.identities import readable
from exchange.wire.layouts import Kind

_REPLY = int(Kind.REPLY)


class Forwarding:
    """The calls that pass through one exchange."""

    def __init__(
        self, role: Role, local: Port, directions: Directions, debts: Debts, counters: Counters, usage: Usage
    ) -> None:
        self._role = role
        self._identity = role.identity
        self._max_calls = role.limits.max_calls
        self._local = local
        self._directions = directions
        self._debts = debts
        self._owed = debts.owed
        self._counters = counters
        self._usage = usage

    def request(self, port: Port, frame: Frame) -> None:
        """Pass a REQUEST on to an instance, or to the hub that may know one; or refuse it.

        Raises:
            LocalProtocolError: It was made in another's name, or its number is in use.
        """
        kind, call, (to, method, principal), raw = frame
        if port.is_hub:
            came_back = call.startswith(self._identity)
        else:
            came_back = False
            if (principal != port.principal and port is not self._local) or not call.startswith(port.identity):
                check_request(port, call, principal)
        is_taken = call in self._owed and not came_back
        if is_taken and (not port.is_hub or self._owed[call][0] is port):
            raise LocalProtocolError(f"call {readable(call)} is in progress already")
        target, instance = self._directions.find(port, to)
        is_full = port.asking >= self._max_calls and self._counts_calls(port)
        is_denied = port.grant is not None and self._denial(port.grant, to, method) is not None
        if target is None or came_back or is_taken or is_full or is_denied or len(raw) - SIZE_SIZE > target.max_frame:
            self._refuse(port, frame, target)
            return
        self._counters.requests += 1
        accounts, usage = port.accounts, self._usage
        account = None
        if accounts is not None:
            account = accounts.get(to) or usage.account(port, to, instance)
            if account is not None:
                account.calls += 1
                account.last = usage.now
        self._debts.incur(call, port, target, instance, account, usage.now)
        if instance is not None and (target is self._local or target.is_bridge):
            frame = (kind, call, (instance.id, method, principal), raw)
        elif principal != target.principal and target.is_hub and not self._role.is_hub:
            frame = encode(Kind.REQUEST, call, (to, method, target.principal), body_of(raw))
        target.send(frame)

    def answer(self, port: Port, frame: Frame) -> None:
        """Hand a REPLY or FAILURE to whom it is owed; one that the port does not owe has no effect."""
        call = frame[1]
        debt = self._owed.get(call)
        if debt is None or debt[1] is not port:
            self._counters.unexpected += 1
            return
        source, _, instance, account, began = debt  # from here on as `Debts.settle`, in fewer steps
        del self._owed[call]
        if account is not None:
            seconds = self._usage.now - began  # as `Account.answered`, in fewer steps
            if seconds < 0.0:
                seconds = 0.0
            account.buckets[bisect_left(BOUNDS, seconds)] += 1
            account.seconds += seconds
            if frame[0] != _REPLY:
                account.failed(frame[2][0])
        source.asking -= 1
        port.owing -= 1
        if instance is not None:
            instance.owing -= 1
            instance.silent = frame[0] != _REPLY and came_back(frame)
        if len(frame[3]) - SIZE_SIZE > source.max_frame:
            self._counters.too_large += 1
            frame = too_large(call, frame, source)
        source.send(frame)

    def cancel(self, port: Port, frame: Frame) -> None:
        """Pass a CANCEL on to whoever owes the answer, and owe it no more; raises as `request`."""
        call = frame[1]
        check_maker(port, call)
        debt = self._owed.get(call)
        if debt is None or debt[0] is not port:
            self._counters.unexpected += 1
            return
        self._cancel(call, frame)

    def lose(self, port: Port, text: str, left: bool) -> None:
        """Settle all calls of a port that is gone, and all that it owes; see `Switch.detach`."""
        for call, debt in self._debts.about(port):
            if self._owed.get(call) is debt:
                self._settle_lost(port, call, text, left)

    def give_up(self, port: Port, text: str) -> None:
        """Owe ``port`` nothing any longer: each of its calls fails, delivered unknown, and is cancelled (R12)."""
        for call, debt in self._debts.about(port):
            if debt[0] is port and self._owed.get(call) is debt:
                self._counters.settled += 1
                self._cancel(call, encode(Kind.CANCEL, call))
                port.send(failure_of(call, withdrawn(debt[2], f"still owed the answer: {text}")))

    def _refuse(self, port: Port, frame: Frame, target: Port | None) -> None:
        self._counters.refused += 1
        error = self._refusal(port, frame, target)
        self._usage.refused(port, frame, error.number)
        port.send(failure_of(frame[1], error))

    def _refusal(self, port: Port, frame: Frame, target: Port | None) -> CallError:
        """Return why a request cannot go to ``target``."""
        denial = self._denial(port.grant, frame[2][0], frame[2][1]) if port.grant is not None else None
        if denial is not None:
            return CallRefused(denial, delivered=False)
        if self._came_back(port, frame[1]):
            return WayGone("the call came back to the exchange that made it", delivered=False)
        if frame[1] in self._owed:  # a hub is not to blame for what a peer of its own says elsewhere
            return CallRefused(f"call {readable(frame[1])} is in progress already, by another link", delivered=False)
        if target is None:
            return self._directions.why_not(port, frame[2][0])
        if port.asking >= self._max_calls and self._counts_calls(port):
            return self._directions.overloaded(f"{port.asking} calls of one link are outstanding already")
        self._counters.too_large += 1
        size = len(frame[3]) - SIZE_SIZE
        text = f"the arguments take {size} bytes, and the next link takes frames of {target.max_frame} at most"
        return UnsuitableValue(text, delivered=False)

    def _denial(self, grant: Grant, to: str | bytes, method: str) -> str | None:
        """Return why the far end of a port may not call; the name decides, whether or not anybody has it."""
        if isinstance(to, str):
            return denial_of_call(grant, to, method)
        return denial_of_call(grant, self._directions.name_of(to), method, by_id=True)

    def _counts_calls(self, port: Port) -> bool:
        """Whether a port may fill up: a hub's may not, where one caller would lock out all others (R8)."""
        return not port.is_hub and port is not self._local

    def _came_back(self, port: Port, call: bytes) -> bool:
        """Whether a call returns to its maker (R8): by a second link, on which the hub knows what was called."""
        return port.is_hub and call.startswith(self._identity)

    def _cancel(self, call: bytes, frame: Frame) -> None:
        _, target, instance, account, _ = self._debts.settle(call)
        if instance is not None:
            instance.silent = True
        if account is not None:
            account.failed(CANCELLED)
        target.send(frame)

    def _settle_lost(self, port: Port, call: bytes, text: str, left: bool) -> None:
        self._counters.settled += 1
        if self._owed[call][1] is not port:
            self._cancel(call, encode(Kind.CANCEL, call))
            return
        source, _, instance, account, began = self._debts.settle(call)
        own_hub = port if port.is_hub and source is self._local and not self._role.is_hub else None
        failure = failure_of(call, lost(instance, text, left, own_hub))
        if account is not None:
            account.answered(self._usage.now - began)
            account.failed(failure[2][0])
        source.send(failure)
