"""Permission: what is said to a far end that may not do what it asks for; `exchange.routing.policy` grants."""

from __future__ import annotations

from typing import Any

from exchange.routing.interest import BUILT_IN
from exchange.routing.policy import Grant

DENIED = "denied"
"""The subject of the report of `$exchange` that says so; it is addressed to the instance or subscription."""

HIDDEN = "that instance"
"""What an instance is called whose name is not known to whoever asks, and may not be."""


def who(grant: Grant) -> str:
    """Return how a principal is called."""
    return f"principal '{grant.principal}'" if grant.principal else "somebody who has not proved who they are"


def denial_of_instance(grant: Grant, array: tuple[Any, ...]) -> str | None:
    """Return why an instance may not be announced, if it may not."""
    name, groups = array[1], array[2]
    if not grant.may("offer", name):
        return f"{who(grant)} may not offer '{name}' here"
    for group in groups:
        if not grant.may("join", group):
            return f"{who(grant)} may not join the service group '{group}' here"
    return None


def denial_of_another_instance(grant: Grant, thing: bytes) -> str | None:
    """Return why not one instance more may be announced, if so; it waits for nothing, and is not asked for again."""
    allotment = grant.allotment
    if allotment is None or allotment.instances.has_room_for(thing):
        return None
    return f"{who(grant)} may offer {allotment.instances.most} services at most here, on all links together"


def denial_of_another_subscription(grant: Grant, thing: bytes, service: str | bytes) -> str | None:
    """Return why there may be no further subscription, if so; an exchange needs those to the hub itself."""
    allotment = grant.allotment
    if allotment is None or service == BUILT_IN or allotment.subscriptions.has_room_for(thing):
        return None
    return f"{who(grant)} may hold {allotment.subscriptions.most} subscriptions at most here, on all links together"


def denial_of_subscription(grant: Grant, service: str | bytes, name: str | None) -> str | None:
    """Return why somebody may not subscribe, if they may not.

    Args:
        name: That of the instance, if ``service`` is the id of one that is known; of others nothing is heard.
    """
    wanted = service if isinstance(service, str) else name
    if wanted is None or wanted == BUILT_IN or grant.may("subscribe", wanted):
        return None
    shown = f"'{wanted}'" if wanted == service or grant.may("watch", wanted) else HIDDEN
    return f"{who(grant)} may not subscribe to {shown} here"


def denial_of_call(grant: Grant, name: str | None, method: str, by_id: bool = False) -> str | None:
    """Return why somebody may not call, if they may not; an id that nobody has is no matter of permission.

    Neither is what the hub itself answers: that looks who asks.

    Args:
        by_id: Whether the instance was named by its id, so that its name may be none of their business.
    """
    if name is None or name == BUILT_IN or grant.may_call(name, method):
        return None
    shown = f"'{method}' of {HIDDEN}" if by_id and not grant.may("watch", name) else f"'{name}.{method}'"
    return f"{who(grant)} may not call {shown} here"
