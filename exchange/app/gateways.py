"""``twistd xmlrpc-gateway``: show the services of a group to XML-RPC over HTTP.

What the commands of all gateways have in common stands here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from twisted.application.service import IService

from exchange.app.assembly import assemble
from exchange.app.checking import Changes, changed_table
from exchange.app.config import Site
from exchange.app.listening import ListenOptions, listen_parameters
from exchange.app.options import TLS_KEYS, PeerOptions, dialling_parameters
from exchange.app.plan import Plan, checked_path, planned_gateways
from exchange.app.tables import DEFAULT_HUB, DEFAULT_PATH, DEFAULT_WEB_PORT, SHOWS, GatewayTable
from exchange.errors import ConfigurationError


def gateway_parameters(usual_path: str) -> list[list[Any]]:
    """Return the parameters of a command that runs a gateway, which usually stands at ``usual_path``."""
    path = ["path", None, None, f"Where the services stand on the web. [default: {usual_path}]"]
    return [path, *shared_parameters()]


def shared_parameters() -> list[list[Any]]:
    """Return the parameters of every command that runs gateways."""
    return [
        *listen_parameters(DEFAULT_WEB_PORT),
        ["service", None, None, "Show this one service, at the path itself, in place of a group."],
        ["audience", None, None, "Show the services of this audience, in place of a group; * is all of them."],
        ["choice", None, None, "Of several instances: least-owing or sticky. [default: least-owing]"],
        ["max-body", None, None, "Largest request body that is taken, in bytes. [default: 1048576]"],
        ["max-calls", None, None, "Calls that one connection may have outstanding. [default: 100]"],
        ["max-connections", None, None, "Connections that are taken at one time. [default: 1000]"],
        ["max-connections-per-address", None, None, "Those of one address. [default: 100]"],
        ["request-timeout", None, None, "Seconds for a request to arrive. [default: 30]"],
        ["idle-timeout", None, None, "Seconds for a connection to wait for a request. [default: 30]"],
        [
            "passwords",
            None,
            None,
            "Ask for a name and password of this file, made by htpasswd -B. [default: nobody asks]",
        ],
        ["tokens", None, None, "Ask for a token of this file, of lines principal:token. [default: nobody asks]"],
        ["certificate", None, None, "A file with the certificate to listen with, in PEM: HTTPS. [default: none]"],
        ["key", None, None, "A file with its key. [default: none]"],
        ["authority", None, None, "A file with whose certificates callers must show. [default: nobody asks]"],
        *dialling_parameters("hub-"),
        ["errors", None, None, "What callers are told of failures of code: redacted or full. [default: redacted]"],
    ]


class GatewayOptions(ListenOptions, PeerOptions):
    """The options of a command that runs a gateway; it adds `gateway_parameters`.

    Subclasses have the word by which its ``face`` is mounted, the ``usual_path`` of that,
    and the ``table_keys`` of a gateway that it has options for.
    """

    usual_port = DEFAULT_WEB_PORT
    face: ClassVar[str]
    usual_path: ClassVar[str]
    table_keys: ClassVar[tuple[str, ...]] = (
        "service-group",
        "service",
        "audience",
        "choice",
        "max-body",
        "max-calls",
        "max-connections",
        "max-connections-per-address",
        "request-timeout",
        "idle-timeout",
        "passwords",
        "tokens",
        "checker",
        "origins",
        "errors",
        *TLS_KEYS,
        *(f"hub-{key}" for key in TLS_KEYS),
    )

    def __init__(self) -> None:
        super().__init__()
        self.repeated |= {"service-group": [], "checker": [], "origins": []}

    def opt_service_group(self, group: str) -> None:
        """Show the services that joined this group. May be given again. [default: web-services]"""
        self.repeated["service-group"].append(group)

    opt_s = opt_service_group

    def opt_checker(self, class_path: str) -> None:
        """Ask this class, a checker of twisted.cred such as plant.logins:Staff. May be given again."""
        self.repeated["checker"].append(class_path)

    def opt_origins(self, origin: str) -> None:
        """Let pages of this web site call, such as https://plant.example; or *. May be given again. [default: none]"""
        self.repeated["origins"].append(origin)

    def planned(self, environ: Mapping[str, str]) -> Plan:
        """Return the gateway that the options ask for, or those of the file."""
        from twisted.internet import reactor

        hubs = self.hubs(reactor, environ)
        site = self.site()
        if site is None:
            usual = GatewayTable(mount=self.usual_mount())
            site, hubs = Site(gateways={self.face: usual}), hubs or (DEFAULT_HUB,)
        changed = self._changed(site, self._said_of_gateway(reactor, environ))
        changed = msgspec.structs.replace(changed, runs_hub=False, services={}, bridges={})
        changed = self.checked(reactor, changed, not hubs)
        return Plan(
            hub=None,
            links=self.links(site, environ),
            limits=site.limits,
            logging=self.logging(site, environ),
            tracing=site.tracing,
            check=self.check,
            gateways=planned_gateways(reactor, changed, hubs, self.shown(environ)),
            folders=(site.folder, Path.cwd()) if site.folder else (Path.cwd(),),
        )

    def usual_mount(self) -> dict[str, str]:
        """Return what is mounted unless somebody says otherwise."""
        return {self.usual_path: self.face}

    def said_of_mount(self, environ: Mapping[str, str]) -> tuple[dict[str, str], str] | None:
        """Return what options or environment ask to mount, if they do, and where that was said."""
        return ({checked_path(self["path"], "--path"): self.face}, "--path") if self["path"] is not None else None

    def _said_of_gateway(self, reactor: Any, environ: Mapping[str, str]) -> Changes:
        changes = _shown_by_one(dict(self.changes(environ, *self.table_keys)))
        listening = self.listening(reactor, environ)
        if len(listening) > 1:
            raise ConfigurationError("--listen: a gateway listens at one endpoint")
        if listening:
            changes["listen"] = listening[0], "--listen"
        mount = self.said_of_mount(environ)
        if mount is not None:
            changes["mount"] = mount
        return changes

    def _changed(self, site: Site, changes: Changes) -> Site:
        if not site.gateways:
            raise ConfigurationError(f"{site.file} has no gateway to run; add a table [gateways.NAME]")
        if changes and len(site.gateways) > 1:
            raise ConfigurationError(
                f"{site.file} has several gateways; choose the one to change with --only gateways.NAME"
            )
        tables = {name: changed_table(table, changes) for name, table in site.gateways.items()}
        return msgspec.structs.replace(site, gateways=tables)


def _shown_by_one(changes: dict[str, tuple[object, str]]) -> dict[str, tuple[object, str]]:
    """Let what options say of which services are shown win over what the environment does, and over the file."""
    given = {field: changes[field] for field in SHOWS if field in changes}
    by_option = {field: said for field, said in given.items() if said[1].startswith("--")} or given
    if len(by_option) > 1:
        (_, first), (_, second), *_ = by_option.values()
        raise ConfigurationError(f"{first} and {second}: either tells alone which services are shown")
    for _, label in by_option.values():
        changes = changes | dict.fromkeys(SHOWS, (None, label)) | by_option
    return changes


class Options(GatewayOptions):
    """The options of ``twistd xmlrpc-gateway``."""

    command = "xmlrpc-gateway"
    face = "xmlrpc"
    usual_path = DEFAULT_PATH
    table_keys = (*GatewayOptions.table_keys, "max-batch", "none", "big-integers")
    about = """
Show the services of a service group to XML-RPC: service math, method multiply, is
method multiply at http://127.0.0.1:8000/xmlrpc/service/math. Services come and go as
they join and leave the group. With --config, run the gateways of the file, at the
hub of the file unless it or --hub says otherwise.
"""
    examples = """
Examples:
    twistd -n xmlrpc-gateway
    twistd -n xmlrpc-gateway --hub tcp:localhost:11111 --port 8000 --path /xmlrpc/service
    twistd -n xmlrpc-gateway --service-group web-services --choice sticky
    twistd -n xmlrpc-gateway --none empty --big-integers text
    twistd -n xmlrpc-gateway --config site.toml --only gateways.web

Then, in another terminal:
    python3 -c 'from xmlrpc.client import ServerProxy as At;
    print(At("http://127.0.0.1:8000/xmlrpc/service/math").multiply(6, 7))'
"""
    optParameters: ClassVar[list[list[Any]]] = [
        *gateway_parameters(DEFAULT_PATH),
        ["max-batch", None, None, "The most calls that one system.multicall may hold. [default: 100]"],
        ["none", None, None, "How None travels: nil, refuse or empty, which is an empty string. [default: nil]"],
        ["big-integers", None, None, "How whole numbers beyond 32 bits travel: i8, refuse or text. [default: i8]"],
    ]


def makeService(options: Options) -> IService:
    """Return the Twisted service that runs what ``options`` ask for."""
    from twisted.internet import reactor

    return assemble(reactor, options.plan, options.command, options.terminal(), options.anew)
