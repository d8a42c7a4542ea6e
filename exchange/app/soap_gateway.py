"""``twistd soap-gateway``: show the services of a group to SOAP over HTTP."""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.application.service import IService

from exchange.app.assembly import assemble
from exchange.app.gateways import GatewayOptions, gateway_parameters
from exchange.app.tables import DEFAULT_SOAP_PATH


class Options(GatewayOptions):
    """The options of ``twistd soap-gateway``."""

    command = "soap-gateway"
    face = "soap"
    usual_path = DEFAULT_SOAP_PATH
    about = """
Show the services of a service group to SOAP 1.1 and 1.2: the WSDL of service math is at
http://127.0.0.1:8000/soap/math?wsdl. Services come and go as they join and leave the
group. With --config, run the gateways of the file, at the hub of the file unless it or
--hub says otherwise. This needs lxml: pip install 'exchange[soap]'.
"""
    examples = """
Examples:
    twistd -n soap-gateway
    twistd -n soap-gateway --hub tcp:localhost:11111 --port 8000 --path /soap
    twistd -n soap-gateway --service-group web-services --choice sticky
    twistd -n soap-gateway --config site.toml --only gateways.web

Then, in another terminal:
    curl http://127.0.0.1:8000/soap/math?wsdl
"""
    optParameters: ClassVar[list[list[Any]]] = gateway_parameters(DEFAULT_SOAP_PATH)


def makeService(options: Options) -> IService:
    """Return the Twisted service that runs what ``options`` ask for."""
    from twisted.internet import reactor

    return assemble(reactor, options.plan, options.command, options.terminal(), options.anew)
