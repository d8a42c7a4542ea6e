"""Origins: what a peer says is about what it made itself, and under its own principal (R2).

A hub is believed. A bridge brings in what others made, and says so: that it came by
another exchange group, and that it is the one who brings it. What lives in this group
nobody else may announce here; so nobody can take over what is another's.
"""

from __future__ import annotations

from typing import Any

from exchange.errors import LocalProtocolError
from exchange.routing.port import Port
from exchange.routing.registry import Instance
from exchange.routing.role import Role
from exchange.wire.identities import readable


def check_maker(port: Port, thing: bytes) -> None:
    """Make sure that the far end of a port made a thing.

    Raises:
        LocalProtocolError: Another did; with the code *forged*, as of all that is here.
    """
    if not port.is_hub and not thing.startswith(port.identity):
        raise _forged(thing)


def check_request(port: Port, call: bytes, principal: str | None) -> None:
    """Make sure that a peer asks in its own name; a bridge of this process speaks for those who asked it."""
    if not call.startswith(port.identity):
        raise _forged(call)
    if principal != port.principal and not port.is_bridge:
        raise LocalProtocolError(f"the principal of a request must be that of its link: {port.principal}", "forged")


def check_announcer(role: Role, port: Port, thing: bytes, array: tuple[Any, ...], known: Instance | None) -> None:
    """Make sure that a peer may announce an instance.

    Args:
        known: The instance, if it is known already.
    """
    if not thing.startswith(port.identity):
        lives_here = known is not None and any(not way.about.path for way in known.ways.values())
        if array[7] != port.identity or not array[6] or role.group in array[6] or lives_here:
            raise _forged(thing)
        return
    if array[7] not in {None, port.identity}:
        text = f"{readable(thing)} was made by the exchange of this link, and is brought by itself alone"
        raise LocalProtocolError(text, "forged")
    if array[5] != port.principal:
        text = f"the principal of an instance must be that of its link: {port.principal}"
        raise LocalProtocolError(text, "forged")


def _forged(thing: bytes) -> LocalProtocolError:
    return LocalProtocolError(f"{readable(thing)} was not made by the exchange of this link", "forged")
