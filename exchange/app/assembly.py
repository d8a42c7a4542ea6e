"""Puts together what a plan asks for: a tree of Twisted services, each part guarded and named.

A site in one process is made as one in many would be: every service and every gateway
of a file has a peer of its own, which dials the hub over its real endpoint.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from socket import gethostname
from typing import Any

import msgspec
from twisted.application.service import IService
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IListeningPort, IStreamServerEndpoint
from twisted.logger import Logger

from exchange.app.admission import hubs_believed, warn_of_admission
from exchange.app.appearance import appearance_of, is_announced
from exchange.app.authenticators import authenticators_of
from exchange.app.call_log import CallLog
from exchange.app.collecting import set_aside
from exchange.app.config import Site
from exchange.app.ending import Ending, Stage
from exchange.app.endpoints import is_secure
from exchange.app.faces import faces_of, told_of_faces
from exchange.app.http import Mounting, door_of, http_endpoint, http_tls, names_of, site_of
from exchange.app.loading import load_service, search_in
from exchange.app.logging import Log
from exchange.app.measures import Measuring
from exchange.app.mistakes import refusal
from exchange.app.notifying import Notifying
from exchange.app.plan import Plan, PlannedBridge, PlannedGateway, PlannedServices, PlannedSide
from exchange.app.policy import rules_of
from exchange.app.readiness import tried
from exchange.app.ready import hub_at, offer_of, serving_line, trial_of, use_of, web_at
from exchange.app.reloading import Reloading
from exchange.app.renewing import (
    Face,
    HttpRenewal,
    HubRenewal,
    Renewing,
    SiteRenewal,
    Step,
    made_tls,
    peer_renewal,
    read_credentials,
)
from exchange.app.securing import Securing, asks_for_secrets, securing_of
from exchange.app.selecting import is_selected, selection_of
from exchange.app.sharing import sharing
from exchange.app.start import Part, Terminal, Whole
from exchange.app.tables import GatewayTable, HubTable, listed
from exchange.app.terms import bounds_of, terms_of
from exchange.app.tracing import SpanExporting
from exchange.app.watchdog import Watchdog
from exchange.app.web import WebListener, mounted
from exchange.errors import ConfigurationError
from exchange.gateways.dashboard.door import Door
from exchange.gateways.selection import Selection
from exchange.gateways.site import GatewaySite
from exchange.net.endpoint_text import is_tcp
from exchange.net.tls import Tls
from exchange.services.bridge import Bridge
from exchange.services.exchange import Exchange
from exchange.services.hub import Hub
from exchange.services.service import Service
from exchange.wire.limits import Limits

log = Logger()


def assemble(
    reactor: Any, plan: Plan, command: str, terminal: Terminal, planned: Callable[[], Plan] | None = None
) -> IService:
    """Return the Twisted service that runs ``plan``; it tells on standard output when all of it serves.

    Args:
        terminal: Is told if a part cannot start.
        planned: Returns what the plan is by now, if it was made of a file.

    Raises:
        SystemExit: Something cannot be made; the text says what.
    """
    try:
        search_in(plan.folders)
        assembly = Assembly(reactor, plan, f"twistd {command}", terminal)
    except ConfigurationError as error:
        raise SystemExit(refusal(f"twistd {command}", _all_that_is_wrong(error, plan))) from None
    reactor.callWhenRunning(assembly.ending.heed_signals)
    reactor.callWhenRunning(set_aside)
    if planned is not None:
        reactor.callWhenRunning(assembly.reloading(planned).heed_signal)
    assembly.serves.addCallback(assembly.notifying.ready).addCallback(assembly.log.say)
    assembly.serves.addErrback(lambda failure: log.failure("whether all of it serves cannot be told", failure))
    return assembly.site


def _all_that_is_wrong(error: ConfigurationError, plan: Plan) -> ConfigurationError:
    """Return ``error``, and whatever else is wrong with the file that the plan was made of."""
    return error if plan.check is None else plan.check.with_all_else(error)


class Assembly:
    """The parts of one plan.

    Attributes:
        site: All of them, as one Twisted service.
        ending: How they are drained at the end.
        log: What they write to it.
        calls: Whether it has a line for each call.
        measuring: What is measured of the process.
        tracing: Whether spans are made, and where they go.
        notifying: Tells systemd how all of it is.
        renewing: Has parts take up what their configuration says by now.
        serves: Fires, when all of them serve, with the line that says so.
    """

    def __init__(self, reactor: Any, plan: Plan, command: str, terminal: Terminal) -> None:
        self.ending = Ending(reactor, plan.links.drain_time)
        self.log = Log(plan.logging, terminal.twistd)
        self.calls = CallLog(plan.logging.calls)
        self.measuring = Measuring(reactor, self.ending)
        self.site = Whole(terminal, self.ending, self.log.join)
        self.notifying = Notifying(reactor, os.environ)
        self.notifying.setServiceParent(self.site)
        self.renewing = Renewing()
        self.renewing.add(self._renewal)
        self.tracing = SpanExporting(reactor, plan.tracing, f"{plan.check.site.file if plan.check else ''}: [tracing]")
        if self.tracing.is_wanted:
            self.tracing.setServiceParent(self.site)
            self.site.finish = self.tracing.finish
        if plan.links.blocked_after:
            Watchdog(reactor, plan.links.blocked_after).setServiceParent(self.site)
        self._terminal = terminal
        self._reactor = reactor
        self._plan = plan
        self._command = command
        self._limits = Limits(**msgspec.structs.asdict(plan.limits))
        self._hub: Hub | None = None
        self._hub_ways: list[str] = []
        self._hub_options = _told(plan.securing, asks_for_secrets(plan.hub)) if plan.hub else ""
        self._trial = ""
        self._offered: list[tuple[Exchange, Service]] = []
        facts: list[Deferred[str]] = [] if plan.hub is None else self._add_hub(plan.hub)
        facts += [self._add_services(planned) for planned in plan.services]
        facts += [self._add_site(sharers) for sharers in sharing(plan.gateways)]
        facts += [self._add_bridge(planned) for planned in plan.bridges]
        self.serves: Deferred[str] = gatherResults(facts).addCallback(self._line)
        self.measuring.readiness.begin(self.serves, *([] if self._hub is None else [tried(self._hub)]))

    def reloading(self, planned: Callable[[], Plan]) -> Reloading:
        """Return what has all parts take up what the plan is by now."""
        site = self._plan.check.site if self._plan.check is not None else Site()
        return Reloading(self._reactor, site, planned, self.renewing, self.notifying, self.measuring.reloads)

    def _renewal(self, plan: Plan) -> Step:
        """Prepare what is no part: how the log is written, and how long it may take to end."""

        def step() -> None:
            self.ending.seconds = plan.links.drain_time
            self.log.levels.change(plan.logging.level, plan.logging.levels)
            self.calls.change(plan.logging.calls)

        return step

    def _add_hub(self, table: HubTable) -> list[Deferred[str]]:
        name = table.name or gethostname()
        warn_of_admission(table)
        authenticators = authenticators_of(table, self._reactor.seconds, self._plan.label)
        tls = made_tls(self._plan.securing)
        hub = Hub(
            self._reactor,
            name,
            table.group,
            table.heartbeat,
            table.dead_after,
            limits=self._limits,
            credentials=read_credentials(self._plan.shown, self._plan.securing),
            tls=tls,
            authenticators=authenticators,
            hubs=hubs_believed(table),
            policy=rules_of(self._plan.policy),
        )
        hub.setServiceParent(self._part(""))
        self.tracing.add(hub)  # first, so that a line of the log names the span
        self.calls.add(hub)
        self._hub = hub
        self.ending.add(Stage.HUB, hub.drain)
        hub.when_asked_to_drain(self.ending.leave)
        hub.advertise(*self._plan.advertises)
        joined = {endpoint: hub.join(endpoint) for endpoint in self._plan.joins}
        self.renewing.add(HubRenewal(hub, tls, joined))
        listening = gatherResults([hub.listen(text).when_listening() for text in listed(table.listen)])

        def told(ports: list[Any]) -> str:
            self._hub_ways = [hub_at(port.getHost()) for port in ports]
            secured = " with TLS" if table.certificate else ""
            joins = f", which joins {' and '.join(self._plan.joins)}" if self._plan.joins else ""
            return f"hub {name} at {' and '.join(self._hub_ways)}{secured}{joins}"

        facts = [listening.addCallback(told)]
        if self._plan.http is not None:
            door = door_of(hub, authenticators, names_of(table, self._plan.advertises))
            secured = is_secure(self._plan.http) or (table.certificate is not None and is_tcp(self._plan.http))
            facts.append(self._add_http(self._plan.http, hub, door, secured=secured))
        return facts

    def _add_http(self, listen: str, hub: Hub, door: Door, *, secured: bool) -> Deferred[str]:
        """Add the site of the hub, which is there until all else is drained: it can be asked how far that is."""
        label = self._plan.label
        part = self._part(f"{label} http" if label else "")
        self.measuring.begin(self.site)
        mounting = Mounting(self._reactor, hub, door, lambda: bool(self.serves.called), self.measuring)
        site, tls = site_of(mounting), http_tls(self._plan.securing)
        self.renewing.add(HttpRenewal(site, mounting, tls, self._plan))
        web = WebListener(http_endpoint(self._reactor, listen, tls), site)
        web.setServiceParent(part)
        return web.listens.addCallback(lambda port: f"page at {web_at(port.getHost(), '/', is_secure=secured)}")

    def _add_services(self, planned: PlannedServices) -> Deferred[str]:
        peer = self._peer(planned.hubs, self._part(planned.label), planned)
        services = [self._offer(peer, path, planned.label) for path in planned.class_paths]
        names = ", ".join(f"service {service.name}" for service in services)
        if planned.trial:
            self._trial = f"{services[0].name}.{planned.trial}"
        known: list[Deferred[Any]] = [peer.when_linked()]
        if self._hub is not None and set(planned.hubs) <= set(self._plan.own_ways):
            hub, group = self._hub, self._plan.links.group
            known += [appearance_of(each, peer, at=hub) for each in services if is_announced(each, group)]
        return gatherResults(known).addCallback(lambda _: names)

    def _offer(self, peer: Exchange, path: str, label: str) -> Service:
        service = load_service(path, label)
        where = f"{label}: {path}" if label else path
        if not service.name:
            raise ConfigurationError(f'{where}: it has no name; give the class one, such as name = "math"')
        try:
            peer.add(service)
        except ValueError as error:
            raise ConfigurationError(f"{where}: {error}") from None
        self._offered.append((peer, service))
        return service

    def _add_site(self, sharers: Sequence[PlannedGateway]) -> Deferred[str]:
        """Add the gateways that listen at one endpoint."""
        label = sharers[0].label
        part = self._part(f"{label} listen" if label else "")
        faces: list[Face] = []
        known = []
        for planned in sharers:
            peer = self._peer(planned.hubs, part, planned)
            selection = selection_of(planned.table, peer, planned.label)
            terms = terms_of(planned.table, self._reactor, planned.label)
            resources = faces_of(planned.table, peer, selection, terms, self.measuring)
            faces.append(Face(planned, peer, selection, resources, self.measuring))
            if "metrics" in planned.table.mount.values():
                self.measuring.begin(self.site)
            known.append(self._shown(selection, planned.table))
        resources = {path: each for face in faces for path, each in face.resources.items()}
        site = GatewaySite(mounted(resources), self._reactor, **bounds_of([planned.table for planned in sharers]))
        self.measuring.sites.append(site)
        tls = made_tls(securing_of(sharers[0].table, label))
        self.renewing.add(SiteRenewal(site, faces, tls, self._reactor))
        web = WebListener(self._web_endpoint(sharers[0].table.listen, tls), site)
        web.setServiceParent(part)
        self.ending.add(Stage.GATEWAYS, web.drain)

        def told(port: IListeningPort) -> str:
            return ", ".join(told_of_faces(planned.table, port.getHost()) for planned in sharers)

        return gatherResults(known).addCallback(lambda _: web.listens).addCallback(told)

    def _shown(self, selection: Selection, table: GatewayTable) -> Deferred[Any]:
        """Return a Deferred that fires when ``selection`` has the services of this process that it should."""
        group = self._plan.links.group
        names = {each.name for _, each in self._offered if is_announced(each, group) and is_selected(each, table)}
        shown = [selection.when_shown(name) for name in names]
        return gatherResults([selection.when_complete(), *shown])

    def _add_bridge(self, planned: PlannedBridge) -> Deferred[str]:
        part = self._part("")
        exchanges = []
        for name, side in ("inner", planned.inner), ("outer", planned.outer):
            exchange = self._exchange(f"{planned.name} {name}", side.group, side)
            exchange.connect(*side.hubs)
            exchange.setServiceParent(part)
            self.measuring.readiness.needs(exchange)
            self.ending.add(Stage.PEERS, exchange.drain)
            exchanges.append(exchange)
        Bridge(*exchanges)
        told = f"bridge {planned.name} between the groups '{planned.inner.group}' and '{planned.outer.group}'"
        return gatherResults([each.when_linked() for each in exchanges]).addCallback(lambda _: told)

    def _line(self, facts: list[str]) -> str:
        hub, group = self._hub_ways[0] if self._hub_ways else "", self._plan.links.group
        known = [service for _, service in self._offered if is_announced(service, group)]
        hint = ""
        if self._trial:
            hint = trial_of(self._trial, hub, group, self._hub_options)
        elif known:
            hint = use_of(known[0].name, hub, group, self._hub_options)
        elif self._hub is not None and not self._offered:
            hint = offer_of(hub, group, self._hub_options)
        return serving_line([fact for fact in facts if fact], hint)

    def _web_endpoint(self, listen: str, tls: Tls | None) -> IStreamServerEndpoint:
        endpoint: IStreamServerEndpoint = serverFromString(self._reactor, listen)
        return tls.listening(self._reactor, endpoint) if tls and is_tcp(listen) else endpoint

    def _exchange(self, label: str, group: str, planned: PlannedServices | PlannedGateway | PlannedSide) -> Exchange:
        links = self._plan.links
        credentials, tls = read_credentials(planned.shown, planned.securing), made_tls(planned.securing)
        settings: dict[str, Any] = {"limits": self._limits, "credentials": credentials, "tls": tls}
        exchange = Exchange(self._reactor, group, links.heartbeat, links.dead_after, **settings)
        self.renewing.add(peer_renewal(label, exchange, tls))
        self.tracing.add(exchange)
        self.calls.add(exchange)
        return exchange

    def _peer(self, hubs: tuple[str, ...], part: Part, planned: PlannedServices | PlannedGateway) -> Exchange:
        peer = self._exchange(planned.label, self._plan.links.group, planned)
        peer.connect(*hubs)
        peer.setServiceParent(part)
        self.measuring.readiness.needs(peer)
        self.ending.add(Stage.PEERS, peer.drain)
        self._hub_ways = self._hub_ways or list(hubs)
        self._hub_options = self._hub_options or _told(planned.securing, planned.shown is not None)
        return peer

    def _part(self, label: str) -> Part:
        part = Part(f"{self._command}: {label}" if label else self._command, self._terminal)
        part.setServiceParent(self.site)
        return part


def _told(securing: Securing | None, shows: bool) -> str:
    """Return the options for whoever dials the same hub from a shell."""
    return f"{securing.told() if securing else ''}{' --credentials YOURS.secret' if shows else ''}"
