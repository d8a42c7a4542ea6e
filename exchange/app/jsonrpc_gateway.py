"""``twistd jsonrpc-gateway``: show the services of a group to JSON-RPC over HTTP."""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.application.service import IService

from exchange.app.assembly import assemble
from exchange.app.gateways import GatewayOptions, gateway_parameters
from exchange.app.tables import DEFAULT_JSON_PATH


class Options(GatewayOptions):
    """The options of ``twistd jsonrpc-gateway``."""

    command = "jsonrpc-gateway"
    face = "jsonrpc"
    usual_path = DEFAULT_JSON_PATH
    table_keys = (*GatewayOptions.table_keys, "max-batch")
    about = """
Show the services of a service group to JSON-RPC: service math, method multiply, is
method multiply at http://127.0.0.1:8000/jsonrpc/math. Services come and go as they
join and leave the group. With --config, run the gateways of the file, at the hub of
the file unless it or --hub says otherwise.
"""
    examples = """
Examples:
    twistd -n jsonrpc-gateway
    twistd -n jsonrpc-gateway --hub tcp:localhost:11111 --port 8000 --path /jsonrpc
    twistd -n jsonrpc-gateway --service-group web-services --choice sticky
    twistd -n jsonrpc-gateway --config site.toml --only gateways.web

Then, in another terminal:
    curl http://127.0.0.1:8000/jsonrpc/math --json \\
      '{"jsonrpc": "2.0", "method": "multiply", "params": [6, 7], "id": 1}'
"""
    optParameters: ClassVar[list[list[Any]]] = [
        *gateway_parameters(DEFAULT_JSON_PATH),
        ["max-batch", None, None, "The most requests that one batch may hold. [default: 100]"],
    ]


def makeService(options: Options) -> IService:
    """Return the Twisted service that runs what ``options`` ask for."""
    from twisted.internet import reactor

    return assemble(reactor, options.plan, options.command, options.terminal(), options.anew)
