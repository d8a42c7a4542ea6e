"""Which driver carries the bytes of links: Twisted's own, or uvloop, which is chosen before there is a reactor."""

from __future__ import annotations

import sys
import tomllib
from importlib.util import find_spec
from typing import Any

from twisted.logger import Logger

from exchange.errors import ConfigurationError

log = Logger()

MISSING = "uvloop is not installed: pip install 'exchange[fast]'"
REACTOR = "twisted.internet.reactor"


def choose_driver(asked_by: str, file: str | None) -> None:
    """Have the process run on uvloop if that is asked for; call it before anybody uses the reactor.

    Args:
        asked_by: The option or the variable that asks for it; empty if none does.
        file: The configuration, whose ``[hub] fast`` asks for it too, where it is installed.

    Raises:
        ConfigurationError: It is asked for by an option, and cannot be had.
    """
    if not asked_by and not _asks(file):
        return
    try:
        _install()
    except ConfigurationError as error:
        if asked_by:
            raise ConfigurationError(f"{asked_by}: {error}") from None
        log.warn("{file}: [hub] fast: {error}; links are carried by Twisted alone", file=file, error=str(error))


def _install() -> None:
    if find_spec("uvloop") is None:
        raise ConfigurationError(MISSING)
    import uvloop
    from twisted.internet.asyncioreactor import AsyncioSelectorReactor, install

    chosen: Any = sys.modules.get(REACTOR)
    if chosen is None:
        install(uvloop.new_event_loop())
    elif not isinstance(chosen, AsyncioSelectorReactor) or not isinstance(_loop_of(chosen), uvloop.Loop):
        raise ConfigurationError(f"this process runs on {type(chosen).__name__} already; leave out --reactor")


def _loop_of(reactor: Any) -> Any:
    return getattr(reactor, "_asyncioEventloop", None)


def _asks(file: str | None) -> bool:
    """Whether a file asks for it; what is wrong with the file is told when it is read."""
    try:
        with open(file or "", "rb") as opened:
            return bool(tomllib.load(opened)["hub"]["fast"] is True)
    except (OSError, ValueError, LookupError, TypeError):
        return False
