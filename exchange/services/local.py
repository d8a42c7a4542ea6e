"""The local port: behind it are the services and the callers of this process."""

from __future__ import annotations

from collections.abc import Callable

from exchange.routing.port import Port
from exchange.wire.frames import Frame


class LocalPort(Port):
    """Gives each frame to the part that its kind is for.

    Attributes:
        handlers: Who takes the frames of a kind, by its number.
    """

    def __init__(self) -> None:
        self.handlers: dict[int, Callable[[Frame], None]] = {}

    def send(self, frame: Frame) -> None:
        """Hand one frame over, at once."""
        self.handlers[frame[0]](frame)
