"""Guarded objects: an error in a callback of the user never stops the process."""

from __future__ import annotations

from twisted.logger import Logger


class Guarded:
    """An object that has callbacks, and is told when one of them raised."""

    log = Logger()

    def unexpectedException(self) -> None:
        """A callback raised; `sys.exc_info` tells what. Override it to do otherwise than to log the traceback."""
        self.log.failure("a callback of {owner} raised", owner=type(self).__name__)
