"""``twistd exchange``: a hub, or everything that a configuration file describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from twisted.application.service import IService

from exchange.app.admission import check_admission
from exchange.app.assembly import assemble
from exchange.app.checking import changed_table
from exchange.app.config import Site
from exchange.app.endpoints import listened
from exchange.app.listening import ListenOptions, listen_parameters
from exchange.app.options import LINK_KEYS, TLS_KEYS
from exchange.app.plan import (
    Plan,
    checked_hub,
    hubs_to_dial,
    planned_bridges,
    planned_gateways,
    planned_services,
    shown_by_hub,
)
from exchange.app.securing import securing_of
from exchange.app.tables import DEFAULT_PORT, HubTable, listed
from exchange.errors import ConfigurationError

TRUST_KEYS = ("token-file", "password-file", "checker", "hubs", "credentials", *TLS_KEYS)

HUB_KEYS = ("name", "http", "join", "advertise", *LINK_KEYS, *TRUST_KEYS)
"""What has an option of the same name; ``listen`` and ``insecure`` are said in several ways."""

TRUST_PARAMETERS: list[list[Any]] = [
    ["token-file", None, None, "Ask for a token of this file, of lines principal:token. [default: nobody asks]"],
    ["password-file", None, None, "Ask for a password of this file, made by exchange password. [default: nobody asks]"],
    ["checker", None, None, "Ask this class, a checker of twisted.cred such as plant.logins:Staff."],
    ["credentials", None, None, "A file with what is shown to hubs that are joined. [default: nothing]"],
    ["certificate", None, None, "A file with the certificate of the hub, in PEM: TLS at TCP. [default: no TLS]"],
    ["key", None, None, "A file with its key. [default: none]"],
    ["authority", None, None, "A file with whose certificates those who link must show. [default: nobody asks]"],
]

LIMIT_PARAMETERS: list[list[Any]] = [
    ["max-frame", None, None, "Largest frame that is taken, in bytes. [default: 16777216]"],
    ["soft-limit", None, None, "Bytes waiting for a link above which it gets no new calls. [default: 16777216]"],
    ["hard-limit", None, None, "Bytes waiting for a link above which it is ended. [default: 67108864]"],
    ["max-calls", None, None, "Calls that one link may have outstanding. [default: 65536]"],
    ["max-instances", None, None, "Instances that one link may announce. [default: 65536]"],
    ["max-subscriptions", None, None, "Subscriptions that one link may hold. [default: 65536]"],
    ["max-kept", None, None, "Bytes that what one link announces and asks for may take. [default: 16777216]"],
    ["max-changes", None, None, "Changes of these that one link may make in a second. [default: 1000]"],
    ["max-links", None, None, "Links that may be accepted at one time. [default: 16384]"],
    ["max-links-per-address", None, None, "Of them, from one address. [default: 1024]"],
    ["max-greetings", None, None, "Links that may be in their greeting at one time. [default: 1024]"],
    ["greeting-time", None, None, "Seconds that a greeting may take. [default: 10]"],
    ["farewell-time", None, None, "Seconds that a far end has to close after our BYE. [default: 1]"],
]


class Options(ListenOptions):
    """The options of ``twistd exchange``."""

    command = "exchange"
    usual_port = DEFAULT_PORT
    about = """
Run a hub. Processes connect to it and stay connected; some offer services, others
call them. With --config, run all that the file names, in this one process. Without
any option, listen at port 11111 of this machine.
"""
    examples = """
Examples:
    twistd -n exchange
    twistd -n exchange --port 11111 --interface 0.0.0.0 --token-file tokens --group plant
    twistd -n exchange --listen tcp:11111:interface=127.0.0.1 --listen unix:/run/exchange/hub.sock
    twistd -n exchange --interface 0.0.0.0 --certificate rome.pem --key rome-key.pem \\
        --authority authority.pem --hubs "hub-*" --join tcp:hostb:11111 --join tcp:hostc:11111
    twistd -n exchange --http tcp:8080:interface=127.0.0.1
    twistd -n exchange --config site.toml
    twistd -n exchange --config site.toml --only hub

Then, in other terminals:
    twistd -n exchange-services --hub tcp:localhost:11111 plant.arithmetic:Math
    exchange call math.multiply 6 7
"""
    optParameters: ClassVar[list[list[Any]]] = [
        *listen_parameters(DEFAULT_PORT),
        ["name", "n", None, "What people call this hub. [default: the name of the machine]"],
        ["http", None, None, "Where the page of the hub is, such as tcp:8080:interface=127.0.0.1. [default: nowhere]"],
        *TRUST_PARAMETERS,
        *LIMIT_PARAMETERS,
    ]
    optFlags: ClassVar[list[list[Any]]] = [
        ["insecure", None, "Let other machines in without asking who they are."],
    ]

    def __init__(self) -> None:
        super().__init__()
        self.repeated |= {"join": [], "advertise": [], "hubs": []}

    def opt_join(self, endpoint: str) -> None:
        """Another hub to join, as tcp:HOST:PORT or HOST:PORT; it may start later. May be given again."""
        self.repeated["join"].append(endpoint)

    opt_j = opt_join

    def opt_advertise(self, endpoint: str) -> None:
        """Where others dial this hub, or one as good; told to all who connect. May be given again."""
        self.repeated["advertise"].append(endpoint)

    opt_a = opt_advertise

    def opt_hubs(self, pattern: str) -> None:
        """Principals that are believed as hubs, such as hub-*, if they proved it. May be given again."""
        self.repeated["hubs"].append(pattern)

    def planned(self, environ: Mapping[str, str]) -> Plan:
        """Return the hub that options and file ask for, and what else the file runs here."""
        from twisted.internet import reactor

        site = self.site() or Site(hub=HubTable(), runs_hub=True)
        if not site.parts and not site.unreadable:
            raise ConfigurationError(f"{site.file} has nothing to run; add a table, such as [hub]")
        site = self.checked(reactor, self.changed(reactor, site, environ))
        if site.hub is not None and site.runs_hub:
            check_admission(site.hub, site.file)
        return Plan(
            hub=site.hub if site.runs_hub else None,
            links=self.links(site, environ),
            limits=site.limits,
            logging=site.logging,
            tracing=site.tracing,
            check=self.check,
            http=site.hub.http if site.hub is not None and site.runs_hub else None,
            policy=site.policy if site.runs_hub else (),
            shown=shown_by_hub(site),
            securing=None if site.hub is None else securing_of(site.hub, f"{site.file}: [hub]" if site.file else ""),
            label=f"{site.file}: [hub]" if site.file else "",
            services=planned_services(reactor, site),
            gateways=planned_gateways(reactor, site),
            bridges=planned_bridges(reactor, site),
            folders=(site.folder,) if site.folder else (),
            joins=self._others("join", reactor, site, environ) if site.runs_hub else (),
            advertises=self._others("advertise", reactor, site, environ) if site.runs_hub else (),
        )

    def _others(self, name: str, reactor: Any, site: Site, environ: Mapping[str, str]) -> tuple[str, ...]:
        """Return the endpoints that option, environment or file name under ``name``."""
        given, label = self.said(name, environ)
        if given:
            return hubs_to_dial(reactor, given, label)
        return hubs_to_dial(reactor, listed(getattr(site.hub, name, None)), f"{site.file}: [hub] {name}")

    def changed(self, reactor: Any, site: Site, environ: Mapping[str, str]) -> Site:
        """Return ``site`` with what options and environment say instead."""
        limits = self.changes(environ, *(parameter[0] for parameter in LIMIT_PARAMETERS))
        return msgspec.structs.replace(
            site,
            hub=None if site.hub is None else self._changed_hub(reactor, site.hub, site.file, environ),
            limits=changed_table(site.limits, limits),
            logging=self.logging(site, environ),
        )

    def _changed_hub(self, reactor: Any, table: HubTable, file: str, environ: Mapping[str, str]) -> HubTable:
        checked = checked_hub(reactor, table, f"{file}: [hub] listen")
        changes = dict(self.changes(environ, *HUB_KEYS))
        listening = self.listening(reactor, environ)
        if listening:
            changes["listen"] = listening, "--listen"
        insecure = (True, "--insecure") if self["insecure"] else (environ.get("EXCHANGE_INSECURE"), "EXCHANGE_INSECURE")
        if insecure[0]:
            changes["insecure"] = insecure
        changed = changed_table(checked, changes)
        if changed.http is not None:
            listened(reactor, changed.http, changes["http"][1] if "http" in changes else f"{file}: [hub] http")
        return changed


def makeService(options: Options) -> IService:
    """Return the Twisted service that runs what ``options`` ask for."""
    from twisted.internet import reactor

    return assemble(reactor, options.plan, options.command, options.terminal(), options.anew)
