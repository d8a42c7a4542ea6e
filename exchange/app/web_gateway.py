"""``twistd web-gateway``: show services to all protocols at one port, with live reports and files beside them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, ClassVar

from twisted.application.service import IService

from exchange.app.assembly import assemble
from exchange.app.gateways import GatewayOptions, shared_parameters
from exchange.app.tables import DEFAULT_JSON_PATH, DEFAULT_LIVE_PATH, DEFAULT_PATH, DEFAULT_SOAP_PATH, FILES
from exchange.errors import ConfigurationError


class Options(GatewayOptions):
    """The options of ``twistd web-gateway``."""

    command = "web-gateway"
    face = "web"
    usual_path = ""
    table_keys = (
        *GatewayOptions.table_keys,
        "max-batch",
        "none",
        "big-integers",
        "live-heartbeat",
        "max-streams",
        "max-streams-per-address",
    )
    about = """
Show the services of a service group to XML-RPC, SOAP, JSON-RPC and, as live reports, to
browsers, all at one port: service math is at http://127.0.0.1:8000/jsonrpc/math, its
reports are at /live/math. Services come and go as they join and leave the group. With
--config, run the gateways of the file, at the hub of the file unless it or --hub says
otherwise.
"""
    examples = """
Examples:
    twistd -n web-gateway
    twistd -n web-gateway --hub tcp:localhost:11111 --port 8000 --service-group web-services
    twistd -n web-gateway --mount /rpc=jsonrpc --mount /live=live --mount /=files:public
    twistd -n web-gateway --service math --mount /math=xmlrpc
    twistd -n web-gateway --config site.toml

Then, in another terminal:
    curl -N http://127.0.0.1:8000/live/feed?subject=nyse.*
"""
    optParameters: ClassVar[list[list[Any]]] = [
        *shared_parameters(),
        ["max-batch", None, None, "The most calls that one batch or system.multicall may hold. [default: 100]"],
        ["none", None, None, "How None travels in XML-RPC: nil, refuse or empty. [default: nil]"],
        ["big-integers", None, None, "How whole numbers beyond 32 bits do: i8, refuse or text. [default: i8]"],
        ["live-heartbeat", None, None, "Seconds of silence until a live stream shows that it stands. [default: 15]"],
        ["max-streams", None, None, "How many may listen to live reports at one time. [default: 500]"],
        ["max-streams-per-address", None, None, "How many of one address. [default: 50]"],
    ]

    def __init__(self) -> None:
        super().__init__()
        self.repeated["mount"] = []

    def opt_mount(self, mount: str) -> None:
        """PATH=WHAT: have xmlrpc, soap, jsonrpc, live or files:FOLDER answer at a path. May be given again."""
        self.repeated["mount"].append(mount)

    opt_m = opt_mount

    def usual_mount(self) -> dict[str, str]:
        """Return all that can be mounted; SOAP if what it needs is installed."""
        soap = {DEFAULT_SOAP_PATH: "soap"} if find_spec("lxml") is not None else {}
        return {DEFAULT_PATH: "xmlrpc", **soap, DEFAULT_JSON_PATH: "jsonrpc", DEFAULT_LIVE_PATH: "live"}

    def said_of_mount(self, environ: Mapping[str, str]) -> tuple[dict[str, str], str] | None:
        """Return what options or environment ask to mount, if they do, and where that was said."""
        given, label = self.said("mount", environ)
        mount: dict[str, str] = {}
        for text in given or ():
            path, found, face = text.partition("=")
            if not found or not face:
                raise ConfigurationError(
                    f"{label}: expected PATH=WHAT, such as /live=live or /={FILES}public, got {text!r}"
                )
            if path in mount:
                raise ConfigurationError(f"{label}: '{path}' is given twice, as {mount[path]} and as {face}")
            mount[path] = face
        return (mount, label) if mount else None


def makeService(options: Options) -> IService:
    """Return the Twisted service that runs what ``options`` ask for."""
    from twisted.internet import reactor

    return assemble(reactor, options.plan, options.command, options.terminal(), options.anew)
