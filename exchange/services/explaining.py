"""Explaining: a hub tells why something is let through, or is not.

That is the method ``explain`` of `$exchange`, the service that every hub has itself: it is
called as ``exchange.call("$exchange", "explain", "call", "math.multiply", "bob")``, and each
hub answers those that are attached to it. Whoever asks must be allowed to administer what it asks about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from exchange.errors import BadArguments, CallRefused, Overloaded
from exchange.routing.interest import BUILT_IN
from exchange.routing.policy import DEEDS, Deed, Policy, Rule
from exchange.routing.port import Port
from exchange.routing.rate import Bucket
from exchange.routing.registry import Instance
from exchange.routing.switch import Switch
from exchange.services.current import current_call
from exchange.services.departures import Departures
from exchange.services.marking import method
from exchange.services.service import Service
from exchange.wire.identities import readable
from exchange.wire.layouts import is_text
from exchange.wire.limits import LONGEST_NAME

LONGEST_THING = 2 * LONGEST_NAME + 1

RATE, MOST_AT_ONCE = 20, 40
"""Questions of one process that are answered, in a second and at once."""

MOST_SHOWN = 20
"""Instances that one answer tells of."""


class Explaining(Service):
    """What `$exchange` answers at one hub.

    Args:
        policy: Returns the policy of the hub.
        departures: Of the names that it knew.
        clock: Gives the time in seconds.
    """

    name = BUILT_IN
    hidden = True

    def __init__(
        self, switch: Switch, policy: Callable[[], Policy], departures: Departures, clock: Callable[[], float]
    ) -> None:
        self._title = switch.role.title
        self._group = switch.role.group
        self._switch = switch
        self._policy = policy
        self._departures = departures
        self._clock = clock
        self._rates: WeakKeyDictionary[Port, Bucket] = WeakKeyDictionary()

    @method
    def explain(self, deed: str, thing: str, principal: str | None = None) -> dict[str, Any]:
        """Return why somebody may do something, or may not, and who is there.

        Args:
            deed: One of ``offer``, ``join``, ``call``, ``subscribe``, ``watch`` and ``administer``.
            thing: ``service.method`` of a call, the service group to join, else the name of a service.
            principal: Who would do it; the caller, if it is left out.
        """
        asked = _checked(deed, thing, principal)
        name = name_in(asked, thing)
        self._check(name)
        whose = current_call().principal if principal is None else principal
        instances = self._instances(asked, name)
        return {
            "hub": self._title,
            "group": self._group,
            "principal": whose or "",
            "links": self._links_of(whose or ""),
            **ruling_of(self._policy(), asked, thing, whose),
            "instances": [self._told_of(each) for each in instances[:MOST_SHOWN]],
            "count": len(instances),
            "departure": self._departure(asked, name, bool(instances)),
        }

    def _asker(self) -> Port:
        """Return the port from which the call that runs came."""
        return self._switch.debts.owed[current_call().id][0]

    def _check(self, name: str) -> None:
        """Make sure that whoever asks may administer ``name``, and does not ask too often.

        Raises:
            CallRefused: They may not.
            Overloaded: They ask too often.
        """
        source, principal = self._asker(), current_call().principal
        # Another hub is believed in what it says of a peer of its own; our rules hold for that peer.
        is_granted = source.grant.may("administer", name) if source.grant is not None else True
        if source.is_hub:
            is_granted = self._policy().ruling_on(principal, "administer", name).is_granted
        if not is_granted:
            somebody = f"principal '{principal}'" if principal else "somebody who has not proved who they are"
            raise CallRefused(f"{somebody} may not administer '{name}' here, and is told nothing of it")
        if source is not self._switch.local:
            self._check_rate(source)

    def _check_rate(self, source: Port) -> None:
        """Make sure that nobody keeps the hub busy: all instances and links may have to be looked at for one answer."""
        rate, now = self._rates.setdefault(source, Bucket(RATE, MOST_AT_ONCE)), self._clock()
        if rate.take(1, now) > 0:
            rate.take(-1, now)
            raise Overloaded(
                f"{current_call().method}: {RATE} questions a second are answered to one process; ask again later"
            )

    def _instances(self, deed: Deed, name: str) -> list[Instance]:
        if deed == "join":
            return [each for each in self._switch.registry if name in each.about.groups]
        return list(self._switch.registry.named(name))

    def _links_of(self, principal: str) -> int:
        ports = (port for port in self._switch.ports if not port.is_hub and port is not self._switch.local)
        return sum((port.principal or "") == principal for port in ports)

    def _told_of(self, instance: Instance) -> dict[str, Any]:
        port, about = instance.way.port, instance.about
        return {
            "id": readable(instance.id),
            "at": self._title if port is self._switch.local else port.title,
            "principal": about.principal,
            "audience": about.audience,
            "path": list(about.path),
            "reached": self._switch.shows(instance),
            "leaving": port.leaving,
            "congested": port.congested,
            "suspected": port.suspected,
        }

    def _departure(self, deed: Deed, name: str, is_there: bool) -> dict[str, Any] | None:
        known = None if is_there or deed == "join" else self._departures.of(name)
        return None if known is None else {"when": known.when, "reason": known.reason}


def ruling_of(policy: Policy, deed: Deed, thing: str, principal: str | None) -> dict[str, Any]:
    """Return what a policy says of something, and by which of its rules."""
    ruling = policy.ruling_on(principal, deed, thing)
    deciding = policy.rules[ruling.rule - 1] if ruling.rule else None
    return {
        "granted": ruling.is_granted,
        "rules": len(policy.rules),
        "rule": ruling.rule,
        "said": _said(deciding, deed) if deciding else {},
        "applying": list(ruling.applying),
    }


def name_in(deed: Deed, thing: str) -> str:
    """Return the name of the service, or of the group, that something is about."""
    return thing.rpartition(".")[0] if deed == "call" else thing


def _said(rule: Rule, deed: Deed) -> dict[str, list[str]]:
    return {"principal": list(rule.principal), deed: list(getattr(rule, deed))}


def _checked(deed: str, thing: str, principal: str | None) -> Deed:
    for each in DEEDS:
        if each == deed:
            if not is_text(thing, LONGEST_THING) or (each == "call" and not name_in(each, thing)):
                raise BadArguments("explain: expected a name, or of a call SERVICE.METHOD")
            if principal is not None and not is_text(principal, LONGEST_NAME):
                raise BadArguments("explain: a principal is a text of at most 255 bytes")
            return each
    raise BadArguments(f"explain: nothing is called {deed!r} that could be done; known here: {', '.join(DEEDS)}")
