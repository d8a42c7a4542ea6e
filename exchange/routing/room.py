"""Room: how much one link may tell of, by number and by weight, until it is ended with the code *limit*.

What an exchange keeps of instances and subscriptions is asked for by strangers. So
each link has so much room and no more; what takes less of it than before is always
taken. The services of this process may have as much as they like.
"""

from __future__ import annotations

from typing import Any

from exchange.errors import LocalProtocolError
from exchange.routing.interest import BUILT_IN
from exchange.routing.port import Port
from exchange.routing.registry import Way
from exchange.routing.subscriptions import Subscription
from exchange.routing.weight import weight_of
from exchange.wire.limits import MOST_WATCHES, Limits


class Room:
    """Checks what a port tells of before it is kept."""

    def __init__(self, limits: Limits, local: Port) -> None:
        self._limits = limits
        self._local = local

    def check_instance(self, port: Port, count: int, array: tuple[Any, ...], before: Way | None) -> None:
        """Make sure that there is room for what an ANNOUNCE tells.

        Args:
            count: How many instances the port has told of.
            before: What it told of this one.

        Raises:
            LocalProtocolError: There is none.
        """
        if port is self._local:
            return
        most = self._limits.max_instances
        if before is None and count >= most:
            raise _full(f"one link may announce {most} instances at most")
        self._check_weight(port, weight_of(array) - weight_of(before.about if before else ()))

    def check_subscription(self, port: Port, count: int, array: tuple[Any, ...], before: Subscription | None) -> None:
        """Make sure that there is room for what a SUBSCRIBE tells; else as `check_instance`."""
        if port is self._local:
            return
        most = self._limits.max_subscriptions
        if before is None and count >= most:
            raise _full(f"one link may hold {most} subscriptions at most")
        if before is None and array[0] == BUILT_IN and port.watching >= MOST_WATCHES:
            raise _full(f"one link may hold {MOST_WATCHES} subscriptions to {BUILT_IN} at most")
        self._check_weight(port, weight_of(array) - weight_of(before.array if before else ()))

    def _check_weight(self, port: Port, more: int) -> None:
        most = self._limits.max_kept
        if more > 0 and port.keeping + more > most:
            raise _full(f"the names, groups and patterns that one link tells of may take {most} bytes at most")


def _full(text: str) -> LocalProtocolError:
    return LocalProtocolError(text, "limit")
