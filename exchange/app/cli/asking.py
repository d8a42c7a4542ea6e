"""Asks somebody at a terminal, while all else goes on: links stay alive, and Ctrl-C ends it."""

from __future__ import annotations

import sys
from typing import Any, TextIO

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from exchange.app.cli.columns import harmless


def asked(reactor: Any, question: str, stream: TextIO) -> Deferred[str]:
    """Print a question, and return a Deferred of the line that is the answer; empty if the terminal has ended."""
    print(harmless(question), end="", file=sys.stderr, flush=True)
    asking = _Asking(reactor, stream)
    reactor.addReader(asking)
    return asking.answer


@implementer(IReadDescriptor)
class _Asking:
    """Waits for a line; a terminal can be read once there is a whole one."""

    def __init__(self, reactor: Any, stream: TextIO) -> None:
        self._reactor = reactor
        self._stream = stream
        self.answer: Deferred[str] = Deferred(lambda _: reactor.removeReader(self))

    def fileno(self) -> int:
        return self._stream.fileno()

    def doRead(self) -> None:
        self._reactor.removeReader(self)
        self.answer.callback(self._stream.readline())

    def connectionLost(self, reason: Failure) -> None:
        self.answer.callback("")

    def logPrefix(self) -> str:
        return "terminal"
