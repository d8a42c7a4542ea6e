"""Options that say where to listen: a port, an interface, or any Twisted endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from exchange.app.endpoints import HIGHEST_PORT, listened, tcp_listener
from exchange.app.options import CommandOptions
from exchange.app.tables import LOOPBACK
from exchange.errors import ConfigurationError


def listen_parameters(usual_port: int) -> list[list[Any]]:
    """Return the parameters for where to listen, for a command that usually does so at ``usual_port``."""
    return [
        ["port", "p", None, f"TCP port, short for --listen tcp:PORT:interface=ADDRESS. [default: {usual_port}]"],
        ["interface", "i", None, f"Address to listen at; 0.0.0.0 is every one. [default: {LOOPBACK}]"],
    ]


class ListenOptions(CommandOptions):
    """Options of a command that listens; it adds `listen_parameters` for its ``usual_port``."""

    usual_port: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        self.repeated["listen"] = []

    def opt_listen(self, endpoint: str) -> None:
        """Where to listen, as a Twisted endpoint, such as tcp:11111 or unix:hub.sock. May be given again."""
        self.repeated["listen"].append(endpoint)

    opt_l = opt_listen

    def listening(self, reactor: Any, environ: Mapping[str, str]) -> list[str]:
        """Return the endpoints that options, else the environment, ask to listen at; none if they do not."""
        asked, label = self.said("listen", environ)
        short = self._short()
        if short and label != "--listen":
            return [listened(reactor, short, "--interface")]
        return [listened(reactor, text, label) for text in (asked or [])] + ([short] if short else [])

    def _short(self) -> str | None:
        port, interface = self["port"], self["interface"]
        if port is None and interface is None:
            return None
        return tcp_listener(self._checked_port(port), interface or LOOPBACK)

    def _checked_port(self, port: str | None) -> int:
        if port is None:
            return self.usual_port
        if not (port.isascii() and port.isdigit() and int(port) <= HIGHEST_PORT):
            raise ConfigurationError(f"--port: expected a number from 0 to {HIGHEST_PORT}, got {port!r}")
        return int(port)
