"""What is done for whoever has come in: they are told what services offer and keep, and call them in their own name.

Nobody may more through the page than the policy of the hub grants them elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twisted.logger import Logger

from exchange import BadArguments, CallRefused, Exchange, Presence, ServiceUnavailable
from exchange.gateways.dashboard.door import HUB, Permits
from exchange.gateways.dashboard.form import form_of
from exchange.gateways.dashboard.kept import kept_by
from exchange.gateways.dashboard.told import told
from exchange.gateways.descriptions import Descriptions
from exchange.gateways.json_arguments import Arguments

TIMEOUT = 30.0
LONGEST_TIMEOUT = 300.0

LONGEST_REASON = 200


class Questions:
    """Answers them, for one hub.

    Args:
        permits: What each principal may.
        clock: The reactor, or a clock in tests.
    """

    log = Logger()

    def __init__(self, hub: Exchange, permits: Permits, clock: Any) -> None:
        self._hub = hub
        self._permits = permits
        self._clock = clock
        self._watch = hub.watch()
        self._descriptions = Descriptions(hub, timeout=TIMEOUT)
        self._arguments = Arguments()

    async def describe(self, who: str | None, service: str, instance: str = "") -> dict[str, Any]:
        """Return what a service offers.

        Args:
            instance: The id of one of its instances, as people read it.

        Raises:
            CallError: It cannot be had, or they may not see it.
        """
        self._check(who, "watch", service)
        return form_of(await self._descriptions.of(self._place_of(service, instance)))

    async def call(self, who: str | None, said: Mapping[str, Any], address: str) -> dict[str, Any]:
        """Call a method in the name of whoever asks, and return its result in words.

        Args:
            said: ``service`` and ``method``, ``args`` and ``kwargs``; perhaps ``instance`` and ``timeout``.
            address: Where they ask from.

        Raises:
            CallError: It has no result, or they may not.
        """
        service, method = _text(said, "service"), _text(said, "method")
        args, kwargs, timeout = said.get("args", []), said.get("kwargs", {}), said.get("timeout", TIMEOUT)
        if type(args) is not list or type(kwargs) is not dict:
            raise BadArguments("args must be an array, and kwargs an object", delivered=False)
        if type(timeout) not in (int, float) or not 0 < timeout <= LONGEST_TIMEOUT:
            raise BadArguments(f"timeout must be a number from 0 to {LONGEST_TIMEOUT:g}", delivered=False)
        if method.startswith("$"):  # what every service has, which is of use to whoever may see it
            self._check(who, "watch", service)
        else:
            self._check(who, "call", f"{service}.{method}")
        place = self._descriptions.one_of(self._place_of(service, _text(said, "instance", "")))
        fits = self._arguments.fits_of(await self._descriptions.of(place))
        if method in fits:
            args, kwargs = fits[method](args, kwargs)
        began = self._clock.seconds()
        answer = self._hub.call_for(
            None, place, method, args, timeout, kwargs=kwargs, user=who, properties={"REMOTE_ADDR": address}
        )
        result = await answer
        return {"result": told(result).as_dict(), "seconds": self._clock.seconds() - began}

    async def reports(self, who: str | None, service: str = "") -> dict[str, Any]:
        """Return what a service keeps of its reports, or what all of them keep."""
        if service:
            self._check(who, "subscribe", service)
        names = [service] if service else sorted({each.name for each in self._watch.instances})
        return await kept_by(self._hub, (name for name in names if self._permits(who, "subscribe", name)), self._clock)

    async def kick(self, who: str | None, said: Mapping[str, Any], address: str) -> dict[str, Any]:
        """End a link of this hub; return how many were ended.

        Args:
            address: Where they ask from: without a policy only who is on this machine may.

        Raises:
            CallError: There is none of this id, or they may not.
        """
        link, reason = _text(said, "link"), _text(said, "reason", "")[:LONGEST_REASON]
        reason = reason or "an administrator ended the link, at the page of the hub"
        properties = {"REMOTE_ADDR": address}
        ended = await self._hub.call_for(None, HUB, "kick", [link, reason], TIMEOUT, user=who, properties=properties)
        self.log.info("the link to {link} was ended at the page, by {who}", link=link, who=who or "somebody")
        return {"ended": ended}

    def _check(self, who: str | None, deed: Any, thing: str) -> None:
        if thing.startswith("$"):
            raise ServiceUnavailable("the hub itself is not called from here", delivered=False)
        if not self._permits(who, deed, thing):
            name = f"principal '{who}'" if who else "whoever has not proved who they are"
            raise CallRefused(f"{name} may not {deed} '{thing}' here", delivered=False)

    def _place_of(self, service: str, instance: str) -> str | bytes:
        """Return what to call."""
        if not instance:
            return service
        for presence in self._watch.instances:
            if presence.name == service and id_of(presence) == instance:
                return presence.id
        raise ServiceUnavailable(f"'{service}' has no instance '{instance}' here", delivered=False)


def id_of(presence: Presence) -> str:
    """Return the id of an instance as people read it."""
    return str(presence)[len(presence.name) :].strip(" ()")


def _text(said: Mapping[str, Any], name: str, usual: str | None = None) -> str:
    value = said.get(name, usual)
    if type(value) is not str or (usual is None and not value):
        raise BadArguments(f"'{name}' must be a text", delivered=False)
    return value
