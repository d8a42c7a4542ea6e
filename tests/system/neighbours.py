"""Hubs and members of the stories with many hubs: how they are started, what is expected of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.system.member import DEAD_AFTER, HEARTBEAT
from tests.system.processes import PATIENCE, Process

Start = Callable[..., Process]
"""Starts a program somewhere, as the fixture `process` does here."""

PROGRAM = str(Path(__file__).with_name("member.py"))
NOTICED = DEAD_AFTER + 7.0
"""Seconds after which a far end that is silent must have been given up, on a busy machine."""


def start_hub(start: Start, port: int, *options: str) -> Process:
    """Start a hub that serves at every address of its host, and gives up far ends as quickly as the members do."""
    liveness = ("--heartbeat", str(HEARTBEAT), "--dead-after", str(DEAD_AFTER))
    where = ("--interface", "0.0.0.0", "--port", str(port))
    return start("twistd", "-n", "exchange", *where, *liveness, *options, ready="exchange serves: ")


class Member:
    """A process of `member.py`.

    Args:
        name: Of the service that it offers.
    """

    def __init__(self, start: Start, name: str, *hubs: str, ready: str = "ready") -> None:
        self.process = start("python", PROGRAM, name, *hubs, ready=ready, hears=True)
        self._seen = 0

    def say(self, order: str) -> None:
        """Give it an order."""
        self.process.say(order)

    def expect(self, *texts: str, timeout: float = PATIENCE) -> None:
        """Wait until it has said each of these since `look`, in whatever order."""
        for text in texts:
            self.process.wait_for(text, timeout, self._seen)

    def ask(self, order: str, answer: str) -> None:
        """Give it an order, and wait for the line that answers it."""
        self.look()
        self.say(order)
        self.expect(answer)

    def look(self) -> None:
        """What it has said so far counts no more."""
        self._seen = self.process.count

    def expect_times(self, number: int, text: str, timeout: float = PATIENCE) -> None:
        """Wait until it has said a line so often since `look`, and make sure that it was not oftener."""
        deadline = time.monotonic() + timeout
        count = self._seen
        while self.said(text) < number:
            self.process.wait_for("", max(0, deadline - time.monotonic()), count)
            count += 1
        assert self.said(text) == number, self.process.story()

    @property
    def lines(self) -> list[str]:
        """What it has said since `look`."""
        return self.process.lines[self._seen :]

    def said(self, text: str) -> int:
        """Return how often it has said a line since `look`."""
        return self.lines.count(text)

    def knows(self, *names: str) -> None:
        """Wait until it knows exactly these instances, each once."""
        expected = " ".join(("knows", *sorted(names)))
        deadline = time.monotonic() + PATIENCE
        while True:
            before = self.process.count
            self.say("list")
            line = self.process.wait_for("knows", after=before).strip()
            if line == expected:
                return
            assert time.monotonic() < deadline, f"expected '{expected}'; {self.process.story()}"
