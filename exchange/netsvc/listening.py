"""Listening at a port, or saying in one line why that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from twisted.internet.error import CannotListenError

from exchange import ConfigurationError


class PortRefused(ConfigurationError, SystemExit):
    """A port cannot be had. A program that does not catch it ends with this line and status 1, without a traceback."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.code = text


@contextmanager
def listening_at(port: int, interface: str) -> Iterator[None]:
    """Turn it into a `ConfigurationError` if the block cannot listen."""
    try:
        yield
    except CannotListenError as error:
        cause = getattr(error.socketError, "strerror", None) or error.socketError
        refused = f"port {port} of {place_of(interface)} cannot be had: {cause}"
        text = f"{refused}; stop what listens there, or choose another"
        raise PortRefused(text) from None


def place_of(interface: str) -> str:
    """Return what people call an interface."""
    return interface or "all interfaces"
