"""The commands that ``twistd`` learns when exchange is installed.

Each names its module as text, which is imported only when the command is chosen:
twistd reads this file whenever anybody asks it for anything.
"""

from __future__ import annotations

from twisted.application.service import ServiceMaker

hub = ServiceMaker("exchange hub", "exchange.app.hub", "Run a message exchange hub, or a whole site.", "exchange")
services = ServiceMaker("exchange services", "exchange.app.services", "Run services at a hub.", "exchange-services")
xmlrpc_gateway = ServiceMaker(
    "exchange XML-RPC gateway", "exchange.app.gateways", "Show services of a hub to XML-RPC.", "xmlrpc-gateway"
)
jsonrpc_gateway = ServiceMaker(
    "exchange JSON-RPC gateway",
    "exchange.app.jsonrpc_gateway",
    "Show services of a hub to JSON-RPC.",
    "jsonrpc-gateway",
)
soap_gateway = ServiceMaker(
    "exchange SOAP gateway", "exchange.app.soap_gateway", "Show services of a hub to SOAP.", "soap-gateway"
)
web_gateway = ServiceMaker(
    "exchange web gateway",
    "exchange.app.web_gateway",
    "Show services of a hub to all protocols, with live reports and files.",
    "web-gateway",
)
