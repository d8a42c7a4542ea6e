"""Connections: the links of one exchange of netsvc, each under an id by which it can be ended."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from exchange import LinkChange

CONNECTION_ACTIVE = 0
CONNECTION_INACTIVE = 1


class Announcement:
    """A link became active, or is so no more."""

    def __init__(self, group: str, local_address: str, change: LinkChange) -> None:
        self._group = group
        self._local_address = local_address
        self._change = change

    def group(self) -> str:
        """Return the exchange group."""
        return self._group

    def localAddress(self) -> str:
        """Return the id of our end; of a link that we dialled, what `Exchange.connect` returned."""
        return self._local_address

    def remoteAddress(self) -> str:
        """Return the address of the far end."""
        return self._change.there

    def remoteProcess(self) -> str:
        """Return the identity of the exchange at the far end, as text."""
        return self._change.identity.hex()

    def state(self) -> int:
        """Return ``CONNECTION_ACTIVE`` or ``CONNECTION_INACTIVE``."""
        return CONNECTION_ACTIVE if self._change.is_open else CONNECTION_INACTIVE


class Connections:
    """The links of one exchange, and those that are being dialled.

    Args:
        tell: Takes an announcement of each change.
    """

    def __init__(self, group: str, tell: Callable[[Announcement], None]) -> None:
        self._group = group
        self._tell = tell
        self._numbers = count(1)
        self._dialers: dict[str, Any] = {}
        self._links: dict[str, LinkChange] = {}

    def dialled(self, dialer: Any, title: str) -> str:
        """Note who keeps a link to what, and return the id of our end of it."""
        local_address = f"{title}#{next(self._numbers)}"
        self._dialers[local_address] = dialer
        return local_address

    def changed(self, change: LinkChange) -> None:
        """A link was opened or closed."""
        local_address = self._address_of(change)
        if change.is_open:
            self._links[local_address] = change
        else:
            self._links.pop(local_address, None)
        self._tell(Announcement(self._group, local_address, change))

    def end(self, address: str) -> None:
        """End the links with an id or a far address, and dial them no more; what is not here is ignored."""
        for local_address, change in list(self._links.items()):
            if address in (local_address, change.there):
                self._give_up(local_address)
                change.end("it was shut down")
        self._give_up(address)

    def _give_up(self, local_address: str) -> None:
        dialer = self._dialers.pop(local_address, None)
        if dialer is not None:
            dialer.disownServiceParent()

    def _address_of(self, change: LinkChange) -> str:
        """Return the id of our end of a link that is told to have been opened or closed."""
        ids = [each for each, dialer in self._dialers.items() if dialer is change.dialer]
        known = [each for each, link in self._links.items() if link.identity == change.identity]
        return (ids or known or [f"{change.here}#{next(self._numbers)}"])[0]
