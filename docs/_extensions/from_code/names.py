"""The public names, each with its text: directives of autodoc."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from inspect import isclass

import exchange

NOT_OURS = "MultiService, Exception, tuple"
"""Classes whose members are described elsewhere."""

GROUPS = {
    "Services": ("Service", "method", "Timer", "current_call", "CurrentCall", "register_type"),
    "Exchanges and hubs": ("Exchange", "Hub", "Bridge", "Limits", "LinkChange", "back_off", "constant"),
    "Who is there": ("Presence", "PresenceChange", "Watch", "Outcome"),
    "Reports": ("Subscription", "Report", "Subscriber"),
    "Descriptions": ("Description", "MethodDescription", "ParameterDescription", "TypeDescription"),
}
"""What is shown together; what is public and stands nowhere here has a place of its own by its kind."""

BESIDE = {
    "For scripts and threads": ("exchange.blocking.connect", "exchange.blocking.Exchange"),
    "For programs on asyncio": ("exchange.aio.connect", "exchange.aio.Exchange"),
    "For tests": ("exchange.testing.Network", "exchange.testing_plugin.network"),
    "Tracing": ("exchange.tracing.trace",),
    "Gateways in a site of your own": (
        "exchange.gateways.site.GatewaySite",
        "exchange.gateways.xmlrpc.XmlRpcGateway",
        "exchange.gateways.jsonrpc.JsonRpcGateway",
        "exchange.gateways.soap.SoapGateway",
        "exchange.gateways.live.LiveGateway",
        "exchange.gateways.files.Files",
        "exchange.gateways.selection.Selection",
        "exchange.gateways.logins.Logins",
        "exchange.gateways.passwords.PasswordFile",
        "exchange.gateways.tokens.TokenFile",
    ),
}
"""What a page shows that is not in `exchange` itself."""


def beside(_: str) -> str:
    """Return the names that are used from modules of their own, in groups."""
    return "\n\n".join(f"## {title}\n\n{_directives(found)}" for title, found in BESIDE.items())


def names(_: str) -> str:
    """Return all public names, in groups."""
    errors = [name for name in exchange.__all__ if issubclass_of(name, exchange.ExchangeError)]
    placed = {name for group in GROUPS.values() for name in group} | set(errors)
    security = [name for name in exchange.__all__ if name not in placed]
    groups = {**GROUPS, "Who links, and what they may": security, "Errors": errors}
    return "\n\n".join(f"## {title}\n\n{_directives(found)}" for title, found in groups.items())


def issubclass_of(name: str, kind: type) -> bool:
    """Return whether a public name is that of a class that is a ``kind``."""
    value = getattr(exchange, name)
    return isclass(value) and issubclass(value, kind)


def _directives(found: Sequence[str]) -> str:
    return f"```{{eval-rst}}\n{''.join(_directive(name) for name in found)}```"


def _directive(name: str) -> str:
    home, _, own = (name if "." in name else f"exchange.{name}").rpartition(".")
    if home.startswith("exchange.gateways"):
        return f".. autoclass:: {home}.{own}\n\n"  # a resource: what it is made of is what one needs
    if isclass(getattr(import_module(home), own)):
        return f".. autoclass:: {home}.{own}\n   :members:\n   :inherited-members: {NOT_OURS}\n\n"
    return f".. autofunction:: {home}.{own}\n\n"
