"""``twistd exchange-services``: run services at a hub, each named by its class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from twisted.application.service import IService

from exchange.app.assembly import assemble
from exchange.app.checking import changed_table
from exchange.app.config import Site
from exchange.app.credentials import CredentialsFile
from exchange.app.options import TLS_KEYS, PeerOptions, dialling_parameters
from exchange.app.plan import Plan, PlannedServices, planned_services
from exchange.app.securing import Securing
from exchange.app.tables import DEFAULT_HUB
from exchange.errors import ConfigurationError


class Options(PeerOptions):
    """The options of ``twistd exchange-services``."""

    command = "exchange-services"
    synopsis = "[options] package.module:Class ..."
    about = """
Run services at a hub. Each is named by module and class; modules are also looked
for in the folder that this is started in. With --config, run the services of the
file, at the hub of the file unless it or --hub says otherwise. While no hub answers,
the connection is tried again and again.
"""
    examples = """
Examples:
    twistd -n exchange-services arithmetic:Math
    twistd -n exchange-services --hub tcp:localhost:11111 plant.arithmetic:Math plant.store:Store
    twistd -n exchange-services --hub hosta:11111 --hub hostb:11111 plant.arithmetic:Math
    twistd -n exchange-services --config site.toml --only services.math

Then, in another terminal:
    exchange call math.multiply 6 7
"""
    optParameters: ClassVar[list[list[Any]]] = dialling_parameters()

    class_paths: tuple[str, ...] = ()

    def parseArgs(self, *class_paths: str) -> None:
        """Take the classes of the services."""
        self.class_paths = class_paths

    def planned(self, environ: Mapping[str, str]) -> Plan:
        """Return the services named on the command line, with one peer, and those of the file."""
        from twisted.internet import reactor

        site = self._changed(self.site() or Site(), environ)
        hubs = self.hubs(reactor, environ)
        site = self.checked(reactor, msgspec.structs.replace(site, runs_hub=False, gateways={}, bridges={}), not hubs)
        shown = self.shown(environ)
        services = self._named(hubs, shown, environ) + planned_services(reactor, site, hubs, shown)
        if not services:
            raise ConfigurationError("no service to run; name its class, such as plant.arithmetic:Math")
        return Plan(
            hub=None,
            links=self.links(site, environ),
            limits=site.limits,
            logging=self.logging(site, environ),
            tracing=site.tracing,
            check=self.check,
            services=services,
            folders=(site.folder, Path.cwd()) if site.folder else (Path.cwd(),),
        )

    def _changed(self, site: Site, environ: Mapping[str, str]) -> Site:
        changes = self.changes(environ, *TLS_KEYS)
        tables = {name: changed_table(table, changes) for name, table in site.services.items()}
        return msgspec.structs.replace(site, services=tables)

    def _named(
        self, hubs: tuple[str, ...], shown: CredentialsFile | None, environ: Mapping[str, str]
    ) -> tuple[PlannedServices, ...]:
        files = [self.said(name, environ)[0] for name in TLS_KEYS]
        certificate, key, authority = (each if isinstance(each, str) else None for each in files)
        securing = Securing(certificate, key, authority)
        named = PlannedServices("", self.class_paths, hubs or (DEFAULT_HUB,), shown=shown, securing=securing)
        return (named,) if self.class_paths else ()


def makeService(options: Options) -> IService:
    """Return the Twisted service that runs what ``options`` ask for."""
    from twisted.internet import reactor

    return assemble(reactor, options.plan, options.command, options.terminal(), options.anew)
