"""The signals of the operating system, delivered like any other thing in a later turn.

The one exception is the second signal to end: it ends the process where it stands,
so that a program that hangs can be stopped from its terminal.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

Told = Callable[[int], object]


class Signals:
    """Who wants to know of which signals.

    Args:
        reactor: Has ``callFromThread``.
        ask_to_end: Is told of the first signal to end, in a turn of the reactor.
    """

    def __init__(self, reactor: Any, ask_to_end: Told) -> None:
        self._reactor = reactor
        self._ask_to_end = ask_to_end
        self._ending: set[int] = set()
        self._asked = False
        self._told: dict[int, dict[object, Told]] = {}
        self._before: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._before)

    def end_on(self, number: int) -> None:
        """End this process at signal ``number``: in good order at the first, at once at the second."""
        self._ending.add(number)
        self._take(number)

    def subscribe(self, owner: object, number: int, told: Told) -> None:
        """Have ``told`` called at signal ``number``; the last of one owner and signal counts."""
        self._told.setdefault(number, {})[owner] = told
        self._take(number)

    def unsubscribe(self, owner: object, number: int | None = None) -> None:
        """Tell ``owner`` no more of one signal, or of any."""
        for each in [number] if number is not None else list(self._told):
            if self._told.get(each, {}).pop(owner, None) is not None and not self._told[each]:
                del self._told[each]
                if each not in self._ending:
                    self._give_back(each)

    def take_again(self) -> None:
        """Take all signals again, after the reactor has taken some for itself."""
        for number in self._before:
            signal.signal(number, self._arrived)

    def give_back(self) -> None:
        """Let all signals do what they did before they were taken."""
        for number in list(self._before):
            self._give_back(number)

    def _take(self, number: int) -> None:
        if number not in self._before:
            self._before[number] = signal.signal(number, self._arrived)

    def _give_back(self, number: int) -> None:
        if number in self._before:
            before = self._before.pop(number)
            signal.signal(number, signal.SIG_DFL if before is None else before)

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        """A signal came; this runs between any two steps of the program."""
        if number in self._ending and self._asked:
            end_at_once()
        self._asked = self._asked or number in self._ending
        self._reactor.callFromThread(partial(self._tell, number))

    def _tell(self, number: int) -> None:
        for told in list(self._told.get(number, {}).values()):
            told(number)
        if number in self._ending:
            self._ask_to_end(number)


def end_at_once() -> None:
    """End the process with status 1, where it stands; what was printed is not lost."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # we may be in the middle of a print
            stream.flush()
    os._exit(1)
