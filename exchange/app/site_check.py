"""Looks at what a site names: files, endpoints, classes; so that all that would keep it from starting is told at once.

Nothing is opened for good and nothing started. Whatever is wrong is said as the start would say it.
"""

from __future__ import annotations

import os
from typing import Any, Literal

from exchange.app.admission import check_admission
from exchange.app.authenticators import authenticators_of
from exchange.app.config import Site
from exchange.app.credentials import CredentialsFile
from exchange.app.endpoints import dialled, listened
from exchange.app.faces import check_faces
from exchange.app.inherited import NoSuchSocket
from exchange.app.listeners import clashes_among, places_of, told_of
from exchange.app.loading import check_checker, check_service, searching_in
from exchange.app.mistakes import ConfigurationErrors, Mistakes
from exchange.app.plan import PlannedGateway, check_groups, check_mount, planned_hubs
from exchange.app.securing import Securing, securing_of, securing_of_gateway, securing_of_side
from exchange.app.sharing import sharing
from exchange.app.tables import BridgeTable, GatewayTable, HubTable, ServiceTable, listed
from exchange.app.terms import terms_of
from exchange.app.tracing import check_tracing
from exchange.errors import ConfigurationError

ASKS = ("token_file", "password_file", "checker")
SIDES: tuple[Literal["inner", "outer"], ...] = ("inner", "outer")
TERMS = ("passwords", "tokens", "origins")


class SiteCheck:
    """One look at a site.

    Args:
        site: As it is to run, with what options have changed.
        mistakes: Are told; and know which keys have no value, of which nothing more is said.
        dials: Whether parts dial the hubs that the site names; else an option says where.
        starts: Whether this process is to run it, so that the sockets must be there that systemd passes.

    Attributes:
        site: The same.
    """

    def __init__(
        self,
        reactor: Any,
        site: Site,
        mistakes: Mistakes,
        *,
        dials: bool = True,
        starts: bool = True,
    ) -> None:
        self._reactor = reactor
        self.site = site
        self._mistakes = mistakes
        self._dials = dials
        self._imports = False
        self._starts = starts

    def look(self, imports: bool = False) -> None:
        """Look at all parts that are to run.

        Args:
            imports: Whether classes are imported.
        """
        site, self._imports = self.site, imports
        self.places()
        if not site.file:
            return  # what options say was looked at one by one
        with self._mistakes.noted():
            check_tracing(site.tracing, f"{site.file}: [tracing]")
        with searching_in((site.folder,) if site.folder else ()):
            if site.hub is not None and site.runs_hub:
                self._hub(site.hub, f"{site.file}: [hub]")
            for name, service in site.services.items():
                self._service(service, f"{site.file}: [services.{name}]")
            for name, gateway in site.gateways.items():
                self._gateway(gateway, f"{site.file}: [gateways.{name}]")
            for name, bridge in site.bridges.items():
                self._bridge(bridge, f"{site.file}: [bridges.{name}]")
        self._shared()
        self._log_file(f"{site.file}: [logging] file")
        with self._mistakes.noted():
            check_tracing(site.tracing, f"{site.file}: [tracing]")

    def with_all_else(self, error: ConfigurationError) -> ConfigurationErrors:
        """Return what ``error`` says, and whatever else is wrong."""
        self.look(imports=True)
        self._mistakes.add_error(error)
        return ConfigurationErrors(self._mistakes.lines)

    def places(self) -> None:
        """Look whether two want to listen at the same place."""
        known = [each for each in places_of(self.site) if not self._is_wrong(f"{self.site.file}: {each.label}")]
        before = f"{self.site.file}: " if self.site.file else ""
        for place, other in clashes_among(known):
            self._mistakes.add(before + told_of(place, other))

    def _is_wrong(self, key: str) -> bool:
        return key in self._mistakes.keys

    def _hub(self, table: HubTable, label: str) -> None:
        for text in listed(table.listen):
            self._listens(text, f"{label} listen")
        if table.http is not None:
            self._listens(table.http, f"{label} http")
        for key in ("join", "advertise"):
            for text in listed(getattr(table, key)):
                with self._mistakes.noted():
                    dialled(self._reactor, text, f"{label} {key}")
        if self._starts or "systemd:" not in str(table.listen):
            with self._mistakes.noted():
                check_admission(table, self.site.file)
        for key in ASKS:
            alone: Any = {key: getattr(table, key)}
            if self._imports or key != "checker":
                with self._mistakes.noted():
                    authenticators_of(HubTable(**alone), self._reactor.seconds, label)
        self._secured(securing_of(table, label))
        self._credentials(table.credentials, label)

    def _service(self, table: ServiceTable, label: str) -> None:
        self._dialled(table.hub, f"{label} hub")
        self._secured(securing_of(table, label))
        self._credentials(table.credentials, label)
        if self._imports:
            with self._mistakes.noted():
                check_service(table.class_path, f"{label} class")

    def _gateway(self, table: GatewayTable, label: str) -> None:
        self._listens(table.listen, f"{label} listen")
        with self._mistakes.noted():
            check_mount(table, f"{label} mount")
        with self._mistakes.noted():
            check_faces(table, label)
        self._dialled(table.hub, f"{label} hub")
        for securing in (securing_of(table, label), securing_of_gateway(table, label)):
            self._secured(securing)
        self._credentials(table.credentials, label)
        for key in TERMS:
            alone: Any = {key: getattr(table, key)}
            with self._mistakes.noted():
                terms_of(GatewayTable(**alone), self._reactor, label)
        for path in listed(table.checker) if self._imports else ():
            with self._mistakes.noted():
                check_checker(path, f"{label} checker")

    def _bridge(self, table: BridgeTable, label: str) -> None:
        for side in SIDES:
            self._dialled(table.hubs.get(side), f"{label} hubs {side}")
            self._secured(securing_of_side(table, side, label))
            self._credentials(table.credentials.get(side), label)
        with self._mistakes.noted():
            check_groups(self.site, table, label)

    def _listens(self, text: str, label: str) -> None:
        if self._is_wrong(label):
            return
        with self._mistakes.noted():
            try:
                listened(self._reactor, text, label)
            except NoSuchSocket:
                if self._starts:
                    raise

    def _dialled(self, hub: str | list[str] | None, label: str) -> None:
        hub_key = f"{self.site.file}: [hub] listen"
        is_unknown = hub is None and (self._is_wrong(hub_key) or (not self._starts and self._is_inherited))
        if not self._dials or self._is_wrong(label) or is_unknown:
            return
        with self._mistakes.noted():
            planned_hubs(self._reactor, self.site, listed(hub), label)

    @property
    def _is_inherited(self) -> bool:
        return self.site.hub is not None and "systemd:" in str(self.site.hub.listen)

    def _secured(self, securing: Securing) -> None:
        unreadable = list(securing.unreadable())
        for line in unreadable:
            self._mistakes.add(line)
        if not unreadable:
            with self._mistakes.noted():
                securing.made()

    def _credentials(self, file: str | None, label: str) -> None:
        if file is not None:
            with self._mistakes.noted():
                CredentialsFile(file, f"{label} credentials").read(lambda text: None)

    def _log_file(self, label: str) -> None:
        file = self.site.logging.file
        if file is None:
            return
        folder = os.path.dirname(os.path.abspath(file))
        if not os.path.isdir(folder):
            self._mistakes.add(f"{label}: {file}: there is no folder {folder}; make it, or name another")
        elif not os.access(file if os.path.exists(file) else folder, os.W_OK):
            self._mistakes.add(f"{label}: {file}: it cannot be written")

    def _shared(self) -> None:
        named = [(f"{self.site.file}: [gateways.{name}]", table) for name, table in self.site.gateways.items()]
        known = [(label, table) for label, table in named if not self._is_wrong(f"{label} listen")]
        with self._mistakes.noted():
            sharing(PlannedGateway(label, table, ()) for label, table in known)
