"""Debts: calls passed on and not yet answered, all that a switch remembers of them (R8).

The counts at ports and instances say how much each owes; they are changed here and in
`Forwarding.answer`, each time with the table, so that they cannot disagree with it.
"""

from __future__ import annotations

from exchange.routing.port import Port
from exchange.routing.registry import Instance
from exchange.routing.usage import Account

Debt = tuple[Port, Port, Instance | None, Account | None, float]
"""Who is owed the answer of a call, by which port, and by which instance if that is known; where it is counted,
if it is, and when it came."""


class Debts:
    """What is owed.

    Attributes:
        owed: The debt for each call, by its id; for reading.
    """

    __slots__ = ("owed",)

    def __init__(self) -> None:
        self.owed: dict[bytes, Debt] = {}

    def incur(
        self,
        call: bytes,
        source: Port,
        target: Port,
        instance: Instance | None,
        account: Account | None = None,
        now: float = 0.0,
    ) -> None:
        """Note that ``target`` owes ``source`` the answer of ``call``."""
        self.owed[call] = (source, target, instance, account, now)
        source.asking += 1
        target.owing += 1
        if instance is not None:
            instance.owing += 1

    def settle(self, call: bytes) -> Debt:
        """Forget the debt for ``call`` and return it."""
        debt = self.owed.pop(call)
        source, target, instance, _, _ = debt
        source.asking -= 1
        target.owing -= 1
        if instance is not None:
            instance.owing -= 1
        return debt

    def about(self, port: Port) -> list[tuple[bytes, Debt]]:
        """Return the debts that ``port`` has or is owed; costs nothing if there are none."""
        left = port.owing + port.asking
        found: list[tuple[bytes, Debt]] = []
        for call, debt in self.owed.items() if left else ():
            mine = (debt[0] is port) + (debt[1] is port)
            if mine:
                found.append((call, debt))
                left -= mine
                if not left:
                    break
        return found
