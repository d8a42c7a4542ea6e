"""Rows: what a hub tells of its links, instances, callers and subscriptions, each as a plain dict.

All keys are told in docs/reference/administration.md; later versions may add some.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from exchange.routing.port import Port
from exchange.routing.registry import Instance
from exchange.routing.subscriptions import Subscription
from exchange.routing.switch import Switch
from exchange.routing.usage import BOUNDS, Account, Answers, Caller, accounts_of
from exchange.wire.identities import Id, maker_of, readable

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol


def standing_of(port: Port) -> dict[str, bool]:
    """Return what may be the matter with a port."""
    return {"leaving": port.leaving, "congested": port.congested, "suspected": port.suspected}


def hub_row(link: LinkProtocol) -> dict[str, Any]:
    """Return what is told of another hub of the mesh."""
    return {
        "id": readable(link.identity),
        "identity": bytes(link.identity),
        "name": link.name,
        "principal": link.principal,
        "address": link.place,
        "endpoints": list(link.other_endpoints),
        "leaving": link.leaving,
        "suspected": link.suspected,
    }


def link_row(link: LinkProtocol, switch: Switch) -> dict[str, Any]:
    """Return what is told of a link."""
    return {
        "id": readable(link.identity),
        "identity": bytes(link.identity),
        "name": link.name,
        "role": "hub" if link.is_hub else "peer",
        "principal": link.principal,
        "address": link.place,
        "dialled": link.is_dialled,
        "since": link.since,
        "wire": link.wire,
        **link.traffic.told(),
        "queued": link.congestion.size,
        "owing": link.owing,
        "asking": link.asking,
        "offers": list(switch.offers_of(link)),
        "instances": switch.registry.count_behind(link),
        "subscriptions": switch.subscriptions.count_from(link) - link.watching,
        **standing_of(link),
    }


def instance_row(instance: Instance, switch: Switch) -> dict[str, Any]:
    """Return what is told of an instance."""
    port, about = instance.way.port, instance.about
    return {
        "id": readable(instance.id),
        "name": about.name,
        "groups": list(about.groups),
        "audience": about.audience,
        "principal": about.principal,
        "path": list(about.path),
        "digest": about.digest.hex(),
        "exchange": readable(maker_of(instance.id)),
        "at": switch.role.title if port is switch.local else port.title,
        "here": not port.is_hub,
        "owing": instance.owing,
        "reached": switch.shows(instance),
        **standing_of(port),
    }


def usage_rows(switch: Switch) -> Iterator[dict[str, Any]]:
    """Make what is told of who calls what, of callers that are here first, then of those that are gone."""
    for port in _callers(switch):
        offers = switch.offers_of(port) if port.accounts else ()
        for account in accounts_of(port):
            yield _usage_row(readable(port.identity), Caller(port.principal, offers, account.service), account)
    for caller, account in reversed(switch.usage.gone.items()):
        yield _usage_row("", caller, account)


def count_usage(switch: Switch) -> int:
    """Return how many rows there are of who calls what."""
    return sum(len(accounts_of(port)) for port in _callers(switch)) + len(switch.usage.gone)


def subscription_row(subscription: Subscription, switch: Switch) -> dict[str, Any]:
    """Return what is told of a subscription."""
    port, service = subscription.port, subscription.service
    instance = switch.registry.get(service) if isinstance(service, bytes) else None
    return {
        "subscriber": readable(maker_of(Id(subscription.id))),
        "principal": port.principal,
        "offers": [] if port.is_hub else list(switch.offers_of(port)),
        "service": instance.name if instance else service if isinstance(service, str) else readable(service),
        "pattern": subscription.pattern,
        "here": not port.is_hub,
    }


def outcomes_of(answers: Answers, seconds: float) -> dict[str, Any]:
    """Return what is told of how the calls of a service ended.

    Args:
        seconds: How long the answers took to callers that are here.
    """
    failures = {str(number): count for number, count in answers.failures.items()}
    return {
        "calls": answers.replies + sum(failures.values()),
        "outcomes": {"reply": answers.replies, **failures},
        "bounds": list(BOUNDS),
        "buckets": list(answers.buckets),
        "seconds": answers.seconds + seconds,
    }


def seconds_of(switch: Switch) -> dict[int, float]:
    """Return how long the answers took to callers that are here, by the ids of their `Answers`."""
    taken: dict[int, float] = {}
    for port in _callers(switch):
        for account in accounts_of(port):
            taken[id(account.answers)] = taken.get(id(account.answers), 0.0) + account.seconds
    return taken


def _callers(switch: Switch) -> Iterable[Port]:
    return [switch.local, *switch.ports]


def _usage_row(identity: str, caller: Caller, account: Account) -> dict[str, Any]:
    return {
        "caller": identity,
        "principal": caller.principal,
        "offers": list(caller.offers),
        "service": account.service,
        "calls": account.calls,
        "failures": {str(number): count for number, count in account.failures.items()},
        "seconds": account.seconds,
        "last": account.last,
        "present": bool(identity),
    }
