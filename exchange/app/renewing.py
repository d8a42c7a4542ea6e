"""Renewing: the parts of a running process take up what their configuration says now.

First all that is new is made, which may fail, and then nothing has changed. Only then it
takes the place of what was. For each part there is a function that prepares that: it takes the new
plan, and returns the step to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec
from twisted.internet.defer import gatherResults
from twisted.logger import Logger
from twisted.web.resource import Resource

from exchange.app.admission import hubs_believed
from exchange.app.authenticators import authenticators_of
from exchange.app.credentials import CredentialsFile
from exchange.app.faces import faces_of
from exchange.app.http import Mounting, door_of, http_tls, names_of
from exchange.app.measures import Measuring
from exchange.app.plan import Plan, PlannedGateway, PlannedServices, PlannedSide
from exchange.app.policy import rules_of
from exchange.app.securing import Securing, securing_of
from exchange.app.selecting import selection_of
from exchange.app.tables import GatewayTable, LimitsTable
from exchange.app.terms import bounds_of, terms_of
from exchange.app.web import mounted
from exchange.errors import ConfigurationError
from exchange.gateways.selection import Selection
from exchange.gateways.site import GatewaySite
from exchange.net.dialer import Dialer
from exchange.net.examination import Credentials
from exchange.net.tls import Tls
from exchange.services.exchange import Exchange
from exchange.services.hub import Hub
from exchange.wire.limits import Limits

PATIENCE = 5.0
"""Seconds for a gateway to hear again which services there are, before it shows what it knows of."""

Step = Callable[[], None]
"""Puts what is new in the place of what was."""

Prepare = Callable[[Plan], Step]
"""Makes what is new; raises `exchange.errors.ConfigurationError` if it cannot be made."""

log = Logger()


class Renewing:
    """All that may be renewed in one process."""

    def __init__(self) -> None:
        self._parts: list[Prepare] = []

    def add(self, prepare: Prepare) -> None:
        """Renew one more part."""
        self._parts.append(prepare)

    def prepared(self, plan: Plan) -> Step:
        """Make all that is new for ``plan``, and return what puts it in place.

        Raises:
            ConfigurationError: Something cannot be made; nothing has changed.
        """
        steps = [prepare(plan) for prepare in self._parts]

        def step() -> None:
            for each in steps:
                each()

        return step


# Whatever dials


def peer_renewal(label: str, exchange: Exchange, tls: Tls | None) -> Prepare:
    """Return what renews the limits of an exchange and how it links, by what the plan has under ``label``."""

    def prepare(plan: Plan) -> Step:
        planned = _planned_as(label, plan)
        if planned is None:  # it is no more in the file, and goes on until the process is started anew
            return lambda: None
        shown, new_tls = read_credentials(planned.shown, planned.securing), made_tls(planned.securing)

        def step() -> None:
            exchange.renew(shown, limits_of(plan.limits))
            _take_over(tls, new_tls)

        return step

    return prepare


def _planned_as(label: str, plan: Plan) -> PlannedServices | PlannedGateway | PlannedSide | None:
    planned: dict[str, PlannedServices | PlannedGateway | PlannedSide] = {}
    planned |= {each.label: each for each in plan.services} | {each.label: each for each in plan.gateways}
    for bridge in plan.bridges:
        planned |= {f"{bridge.name} inner": bridge.inner, f"{bridge.name} outer": bridge.outer}
    return planned.get(label)


# The hub


class HubRenewal:
    """Renews a hub.

    Args:
        joined: The dialers of the hubs that it joins, by their endpoints.
    """

    def __init__(self, hub: Hub, tls: Tls | None, joined: dict[str, Dialer]) -> None:
        self._hub = hub
        self._tls = tls
        self._joined = joined

    def __call__(self, plan: Plan) -> Step:
        """Prepare the renewal."""
        table = plan.hub
        if table is None:
            return lambda: None
        authenticators = authenticators_of(table, self._hub.reactor.seconds, plan.label)
        shown, new_tls = read_credentials(plan.shown, plan.securing), made_tls(plan.securing)
        rules, hubs = rules_of(plan.policy), hubs_believed(table)
        self._check_still_guarded(plan.label, bool(authenticators), bool(rules))

        def step() -> None:
            self._hub.renew(shown, limits_of(plan.limits))
            _take_over(self._tls, new_tls)
            self._hub.advertise(*plan.advertises)
            self._join(plan.joins)
            judged = self._hub.rejudge(authenticators, hubs, rules)
            if judged.ended:
                log.info("{count} links end, of those who would not be let in now", count=judged.ended)
            if judged.renewed:
                log.info("{count} links are to be made anew, because what they may has changed", count=judged.renewed)

        return step

    def _check_still_guarded(self, label: str, asks: bool, has_rules: bool) -> None:
        """Make sure that no file cut short lets everybody in, or everybody do everything, while the hub runs.

        Raises:
            ConfigurationError: It would.
        """
        links = self._hub._links
        if links.authenticators and not asks:
            raise ConfigurationError(f"{label}: nobody would be asked any more who they are; that needs a restart")
        if links.policy.rules and not has_rules:
            raise ConfigurationError(
                f"{label}: no rule would be left, and everybody might do everything; that needs a restart"
            )

    def _join(self, joins: Iterable[str]) -> None:
        wanted = set(joins)
        for endpoint in [each for each in self._joined if each not in wanted]:
            self._hub.part_from(self._joined.pop(endpoint))
        for endpoint in sorted(wanted - self._joined.keys()):
            self._joined[endpoint] = self._hub.join(endpoint)


class HttpRenewal:
    """Renews the site of a hub.

    Args:
        mounting: What it was made of.
    """

    def __init__(self, site: GatewaySite, mounting: Mounting, tls: Tls | None, plan: Plan) -> None:
        self._site = site
        self._mounting = mounting
        self._tls = tls
        self._door = _door_words(plan)

    def __call__(self, plan: Plan) -> Step:
        """Prepare the renewal."""
        hub, table, words = self._mounting.hub, plan.hub, _door_words(plan)
        if table is None:
            return lambda: None
        new_tls = http_tls(plan.securing)
        authenticators = authenticators_of(table, hub.reactor.seconds, plan.label)

        def step() -> None:
            _take_over(self._tls, new_tls)
            if words != self._door:
                self._door = words
                door = door_of(hub, authenticators, names_of(table, plan.advertises))
                self._mounting.door.take_over(door)
                for resource in list(self._site.endless):
                    resource.end_streams()  # whoever looks comes back, and shows anew who they are

        return step


def _door_words(plan: Plan) -> list[Any]:
    """Return what a plan says of who may come in."""
    said = [getattr(plan.hub, key, None) for key in ("token_file", "password_file", "checker", "authority")]
    return [*said, plan.advertises]


# Gateways


class Face(NamedTuple):
    """One gateway of a site, as it is now.

    Attributes:
        peer: Makes its calls.
        resources: What stands at which path.
        measuring: What is measured of the process.
    """

    planned: PlannedGateway
    peer: Exchange
    selection: Selection
    resources: dict[str, Resource]
    measuring: Measuring


class SiteRenewal:
    """Renews the gateways that listen at one endpoint, all together if there is anything new about any of them."""

    def __init__(self, site: GatewaySite, faces: Iterable[Face], tls: Tls | None, reactor: Any) -> None:
        self._site = site
        self._faces = list(faces)
        self._tls = tls
        self._reactor = reactor

    def __call__(self, plan: Plan) -> Step:
        """Prepare the renewal."""
        given = {each.label: each for each in plan.gateways}
        wanted = [given.get(face.planned.label, face.planned) for face in self._faces]
        first = wanted[0]
        new_tls = made_tls(securing_of(first.table, first.label))
        if [_shown(each.table) for each in wanted] == [_shown(face.planned.table) for face in self._faces]:
            return lambda: _take_over(self._tls, new_tls)
        for each in wanted:
            terms_of(each.table, self._reactor, each.label)

        def step() -> None:
            _take_over(self._tls, new_tls)
            self._change(wanted)

        return step

    def _change(self, wanted: list[PlannedGateway]) -> None:
        """Make new gateways, and show them as soon as they know which services there are."""
        before, self._faces = self._faces, []
        for planned, face in zip(wanted, before, strict=True):
            selection = selection_of(planned.table, face.peer, planned.label)
            terms = terms_of(planned.table, self._reactor, planned.label)
            resources = faces_of(planned.table, face.peer, selection, terms, face.measuring)
            self._faces.append(face._replace(planned=planned, selection=selection, resources=resources))
        after = self._faces
        known = gatherResults([face.selection.when_complete() for face in after], consumeErrors=True)
        known.addTimeout(PATIENCE, self._reactor).addBoth(lambda _: self._show(before, after))
        known.addErrback(lambda failure: log.failure("a gateway could not be renewed", failure))

    def _show(self, before: list[Face], after: list[Face]) -> None:
        if after is self._faces:  # else others have been made meanwhile, and are or will be shown
            resources = {path: each for face in after for path, each in face.resources.items()}
            self._site.change(mounted(resources), **bounds_of([face.planned.table for face in after]))
        for face in before:
            for resource in face.resources.values():
                if hasattr(resource, "end_streams"):
                    resource.end_streams()
            face.selection.stop()


def _shown(table: GatewayTable) -> GatewayTable:
    """Return what a table says of what is shown, and to whom: all but how the hub is dialled, and where it listens."""
    return msgspec.structs.replace(table, **{field: getattr(GatewayTable(), field) for field in NOT_SHOWN})


NOT_SHOWN = ("listen", "hub", "credentials", "certificate", "key", "hub_certificate", "hub_key", "hub_authority")


# What several need


def read_credentials(shown: CredentialsFile | None, securing: Securing | None) -> Credentials | None:
    """Return what hubs are shown that ask who this is."""
    if shown is not None:
        return shown.read()
    return securing.shown() if securing else None


def made_tls(securing: Securing | None) -> Tls | None:
    """Return what speaks TLS, if anything does."""
    return securing.made() if securing else None


def limits_of(table: LimitsTable) -> Limits:
    """Return the limits that a table says."""
    return Limits(**msgspec.structs.asdict(table))


def _take_over(tls: Tls | None, new: Tls | None) -> None:
    if tls is not None and new is not None:
        tls.take_over(new)
