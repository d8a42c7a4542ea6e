"""Room: how much one link may tell of, by number and by weight, until it is ended with the code *limit*.

What an exchange keeps of instances and subscriptions is asked for by strangers. So each
link of a peer has so much room and no more; what takes less of it than before is always
taken. A hub is believed: what it passes on is bounded by what it takes itself. A peer
makes no more than its hubs take, and whoever asks for more here is told so at once; the
services in a hub's own process may have as much as they like.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from exchange.errors import LocalProtocolError
from exchange.routing.interest import BUILT_IN
from exchange.routing.port import Port
from exchange.routing.registry import Way
from exchange.routing.role import Role
from exchange.routing.subscriptions import Subscription
from exchange.routing.weight import weight_of
from exchange.wire.limits import MOST_WATCHES, Limits


class Room:
    """Checks what a port tells of before it is kept."""

    def __init__(self, role: Role, local: Port) -> None:
        self._limits = role.limits
        self._is_hub = role.is_hub
        self._local = local
        self._taken = Limits()

    def linked(self, hubs: Iterable[Port]) -> None:
        """Note what the hubs take that are linked now; if none is, what the last one took still holds."""
        takes = [hub.takes for hub in hubs]
        if takes:
            self._taken = Limits(
                max_instances=min(each.max_instances for each in takes),
                max_subscriptions=min(each.max_subscriptions for each in takes),
                max_kept=min(each.max_kept for each in takes),
            )

    def check_instance(self, port: Port, count: int, array: tuple[Any, ...], before: Way | None) -> None:
        """Make sure that there is room for what an ANNOUNCE tells.

        Args:
            count: How many instances the port has told of.
            before: What it told of this one.

        Raises:
            LocalProtocolError: There is none.
        """
        if self._is_believed(port):
            return
        most = self._limits_of(port).max_instances
        if before is None and count >= most:
            raise self._full(
                port,
                f"one link may announce {most} instances at most",
                f"{most} services are announced already, and a hub takes no more of one process: "
                "raise its max-instances, or offer fewer",
            )
        self._check_weight(port, weight_of(array) - weight_of(before.about if before else ()))

    def check_subscription(self, port: Port, count: int, array: tuple[Any, ...], before: Subscription | None) -> None:
        """Make sure that there is room for what a SUBSCRIBE tells; else as `check_instance`."""
        if self._is_believed(port):
            return
        most = self._limits_of(port).max_subscriptions
        if before is None and count >= most:
            raise self._full(
                port,
                f"one link may hold {most} subscriptions at most",
                f"there are {most} subscriptions already, and a hub takes no more of one process: "
                "raise its max-subscriptions, or want several subjects by one pattern",
            )
        if before is None and array[0] == BUILT_IN and port.watching >= MOST_WATCHES:
            raise _limit(f"one link may hold {MOST_WATCHES} subscriptions to {BUILT_IN} at most")
        self._check_weight(port, weight_of(array) - weight_of(before.array if before else ()))

    def _check_weight(self, port: Port, more: int) -> None:
        most = self._limits_of(port).max_kept
        if more > 0 and port.keeping + more > most:
            raise self._full(
                port,
                f"the names, groups and patterns that one link tells of may take {most} bytes at most",
                f"the names, groups and patterns of this process would take more than {most} bytes, and a hub "
                "takes no more: raise its max-kept, or make them fewer or shorter",
            )

    def _is_believed(self, port: Port) -> bool:
        return port.is_hub or port.is_bridge or (port is self._local and self._is_hub)

    def _limits_of(self, port: Port) -> Limits:
        return self._taken if port is self._local else self._limits

    def _full(self, port: Port, to_stranger: str, to_own: str) -> LocalProtocolError:
        return _limit(to_own if port is self._local else to_stranger)


def _limit(text: str) -> LocalProtocolError:
    return LocalProtocolError(text, "limit")
