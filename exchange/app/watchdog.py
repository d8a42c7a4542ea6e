"""The watchdog tells when the reactor is blocked, and by what: no link is read then, and nobody is answered.

A thread asks the reactor four times a second to answer. When it does not for too
long, the thread looks where the thread of the reactor is just then, and writes that to the
log; and once more when the reactor goes on.
"""

from __future__ import annotations

import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread, get_ident
from traceback import FrameSummary, StackSummary, format_list, walk_stack
from typing import Any

from twisted.application.service import Service
from twisted.logger import Logger

import exchange
import twisted

SLICES = 4
"""Into so many the time is cut: a process that was itself stopped in one of them answers in the next."""

OURS = tuple(str(Path(package.__file__ or "").parent) + "/" for package in (exchange, twisted))
INSTALLED = tuple({sysconfig.get_path(name) + "/" for name in ("stdlib", "platstdlib", "purelib", "platlib")})


class Watchdog(Service):
    """Watches the reactor in whose thread it is started.

    Args:
        seconds: For which the reactor may be busy with one thing.
    """

    log = Logger()

    def __init__(self, reactor: Any, seconds: float) -> None:
        self._reactor = reactor
        self._slice = seconds / SLICES
        self._ended = Event()

    def startService(self) -> None:
        """Begin to watch; a thread before a process goes to the background would not be there after it."""
        super().startService()
        self._ended = Event()
        Thread(target=self._watch, args=(self._ended, get_ident()), name="watchdog", daemon=True).start()

    def stopService(self) -> None:
        """Watch no more."""
        super().stopService()
        self._ended.set()

    def _watch(self, ended: Event, watched: int) -> None:
        while not ended.wait(self._slice):
            answered, asked = Event(), time.monotonic()
            self._reactor.callFromThread(answered.set)
            if not any(answered.wait(self._slice) or ended.is_set() for _ in range(SLICES)):
                self._tell_blocked(watched, asked)
                self._tell_end(answered, ended, asked)

    def _tell_blocked(self, watched: int, asked: float) -> None:
        frame = sys._current_frames().get(watched)
        stack: StackSummary = StackSummary.extract(reversed(list(walk_stack(frame))), lookup_lines=True)
        text = "the reactor has been blocked for {seconds:.1f} s by {where}: no link is read, and nobody is answered"
        mend = "let it return a Deferred, or run it in a thread: @method(thread=True)\n{stack}"
        self.log.warn(
            f"{text}; {mend}",
            seconds=time.monotonic() - asked,
            where=told_of(culprit_of(stack)),
            stack="".join(format_list(stack)).rstrip(),
        )

    def _tell_end(self, answered: Event, ended: Event, asked: float) -> None:
        while not answered.wait(self._slice):
            if ended.is_set():
                return
        self.log.warn("the reactor goes on; it was blocked for {seconds:.1f} s", seconds=time.monotonic() - asked)


def culprit_of(stack: Sequence[FrameSummary]) -> FrameSummary | None:
    """Return the innermost call of the user's own code, else of what is installed, else of all."""
    inwards = list(reversed(stack))
    foreign = [each for each in inwards if not each.filename.startswith(OURS)]
    own = [each for each in foreign if not each.filename.startswith((*INSTALLED, "<")) and each.name != "<module>"]
    return next(iter([*own, *foreign, *inwards]), None)


def told_of(frame: FrameSummary | None) -> str:
    """Return how a call is named."""
    return "something unknown" if frame is None else f"{frame.name} in {frame.filename}, line {frame.lineno}"
