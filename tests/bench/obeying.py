"""How a measured process obeys the bench: JSON lines over standard input and output.

They are read in a thread that sleeps while nothing is asked, so that the measured
code runs undisturbed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from abc import ABC, abstractmethod
from typing import Any


class Obeying(ABC):
    """Answers each order of the bench, until there are no more.

    Args:
        reactor: What runs the measured code: anything with ``callFromThread`` and ``stop``.
    """

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    @abstractmethod
    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked, in a thread, and return what it came to."""

    def fail(self, what: object) -> None:
        """End this process, because something did not give what it should."""
        print(what, file=sys.stderr, flush=True)
        os._exit(1)

    def ready(self, port: int | None) -> None:
        """Say that this process is ready, and obey until the bench has no more to ask."""
        _say({"port": port})
        threading.Thread(target=self._obey, daemon=True).start()

    def _obey(self) -> None:
        for line in sys.stdin:
            try:
                _say(self.answer(json.loads(line)))
            except Exception as error:
                self.fail(repr(error))
        self._reactor.callFromThread(self._reactor.stop)


def _say(words: dict[str, Any]) -> None:
    print(json.dumps(words), flush=True)
