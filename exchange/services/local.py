"""The local port: behind it are the services and the callers of this process."""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from exchange.routing.port import Port
from exchange.services.callbacks import pass_on
from exchange.wire.frames import Frame
from exchange.wire.layouts import Kind


class LocalPort(Port):
    """Gives each frame to the part that its kind is for.

    What a part raises is logged, and costs no link. A request is answered whatever its
    method does, unless the stack is full: then it was made here, and is for `Calls` to end.

    Attributes:
        handlers: Who takes the frames of a kind, by its number.
    """

    log = Logger()

    def __init__(self) -> None:
        super().__init__()
        self.handlers: dict[int, Callable[[Frame], None]] = {}

    def take(self, handlers: dict[Kind, Callable[[Frame], None]]) -> None:
        """Let these parts take the frames of these kinds from now on."""
        # By plain numbers, as frames bear them: they are found sooner than members of an enumeration.
        self.handlers.update((int(kind), handler) for kind, handler in handlers.items())

    def send(self, frame: Frame) -> None:
        """Hand one frame over, at once."""
        try:
            self.handlers[frame[0]](frame)
        except BaseException as error:  # of the code of users, too: SystemExit, for example
            if frame[0] == Kind.REQUEST:
                raise
            self.log.failure("a frame of kind {kind} was not taken as it should be", kind=Kind(frame[0]).name)
            pass_on(error)
