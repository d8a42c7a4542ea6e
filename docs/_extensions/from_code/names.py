"""The public names, each with its text: directives of autodoc."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import isclass

import exchange

GROUPS = {
    "Services": ("Service", "method", "Timer", "current_call", "CurrentCall", "register_type"),
    "Exchanges and hubs": ("Exchange", "Hub", "Bridge", "Limits", "LinkChange", "back_off", "constant"),
    "Who is there": ("Presence", "PresenceChange", "Watch", "Outcome"),
    "Reports": ("Subscription", "Report", "Subscriber"),
    "Descriptions": ("Description", "MethodDescription", "ParameterDescription", "TypeDescription"),
}
"""What is shown together; what is public and stands nowhere here has a place of its own by its kind."""


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
    if isclass(getattr(exchange, name)):
        return (
            f".. autoclass:: exchange.{name}\n   :members:\n   :inherited-members: MultiService, Exception, tuple\n\n"
        )
    return f".. autofunction:: exchange.{name}\n\n"
