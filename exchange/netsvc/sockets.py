"""Sockets of an agent: files of the program's own that the loop watches for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IReadWriteDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

SOCKET_POLLIN = 1
SOCKET_POLLPRI = 2
SOCKET_POLLOUT = 4
SOCKET_POLLERR = 8
SOCKET_POLLHUP = 16
SOCKET_POLLNVAL = 32

Ready = Callable[[int, int], object]
"""Takes the number of a file, and what happened there."""


@implementer(IReadWriteDescriptor)
class Watched:
    """One file, as the reactor sees it.

    Attributes:
        readable: Is told when there is something to read, or when the far end is gone.
        writable: Is told when there is room to write.
    """

    def __init__(self, number: int, lost: Callable[[int], None]) -> None:
        self._number = number
        self._lost = lost
        self.readable: Ready | None = None
        self.writable: Ready | None = None

    def fileno(self) -> int:
        """Return the number of the file."""
        return self._number

    def logPrefix(self) -> str:
        """Return what people call it."""
        return f"file {self._number}"

    def doRead(self) -> None:
        """There is something to read."""
        if self.readable is not None:
            self.readable(self._number, SOCKET_POLLIN)

    def doWrite(self) -> None:
        """There is room to write."""
        if self.writable is not None:
            self.writable(self._number, SOCKET_POLLOUT)

    def connectionLost(self, reason: Failure) -> None:
        """The reactor watches it no more, because nothing can happen there."""
        told = self.readable or self.writable
        self._lost(self._number)
        if told is not None:
            told(self._number, SOCKET_POLLHUP)


class Sockets:
    """The files that are watched for one agent.

    Args:
        reactor: Watches them.
    """

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._watched: dict[int, Watched] = {}

    def subscribe(self, ready: Ready, number: int, event: int) -> None:
        """Have ``ready`` called when a file can be read or written; the last of one file and event counts.

        Raises:
            ValueError: Neither is asked for.
        """
        if not event & (SOCKET_POLLIN | SOCKET_POLLOUT) or event & SOCKET_POLLPRI:
            raise ValueError(f"only SOCKET_POLLIN and SOCKET_POLLOUT can be watched for, not {event!r}")
        watched = self._watched.setdefault(number, Watched(number, self._forget))
        if event & SOCKET_POLLIN:
            watched.readable = ready
            self._reactor.addReader(watched)
        if event & SOCKET_POLLOUT:
            watched.writable = ready
            self._reactor.addWriter(watched)

    def unsubscribe(self, number: int, event: int) -> None:
        """Watch a file no more for some events; what is not watched is ignored."""
        watched = self._watched.get(number)
        if watched is None:
            return
        if event & SOCKET_POLLIN:
            watched.readable = None
            self._reactor.removeReader(watched)
        if event & SOCKET_POLLOUT:
            watched.writable = None
            self._reactor.removeWriter(watched)
        if watched.readable is watched.writable is None:
            self._forget(number)

    def unsubscribe_all(self) -> None:
        """Watch nothing any more."""
        for number in list(self._watched):
            self.unsubscribe(number, SOCKET_POLLIN | SOCKET_POLLOUT)

    def _forget(self, number: int) -> None:
        self._watched.pop(number, None)
