"""What a switch must know of the exchange that owns it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from exchange.wire.identities import Identity
from exchange.wire.limits import Limits


@dataclass(frozen=True, slots=True)
class Role:
    """An exchange, as its switch sees it.

    Attributes:
        title: How failures call it: ``hub rome (h7Qkz2aV)``.
        why_no_hub: Says of a peer why no hub is linked.
    """

    identity: Identity
    is_hub: bool = False
    group: str = ""
    title: str = "this exchange"
    limits: Limits = field(default_factory=Limits)
    why_no_hub: Callable[[], str] = "none is dialled".format

    def tells(self, audience: str) -> bool:
        """Whether an instance with this audience, living here, is known outside this process (R4)."""
        return audience == "*" or (audience != "" and audience == self.group)
