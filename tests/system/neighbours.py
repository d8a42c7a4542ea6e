"""Hubs and members of the stories with many hubs: how they are started, what is expected of them."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.system.member import DEAD_AFTER, HEARTBEAT
from tests.system.processes import PATIENCE, Process

Start = Callable[..., Process]
"""Starts a program somewhere, as the fixture `process` does here."""

PROGRAM = str(Path(__file__).with_name("member.py"))
QUICK = ("--heartbeat", str(HEARTBEAT), "--dead-after", str(DEAD_AFTER))
SERVES = "exchange serves: "
NOTICED = DEAD_AFTER + 7.0
"""Seconds after which a far end that is silent must have been given up, on a busy machine."""

_LINK = re.compile(r"link (to|from) (?:\S+ \()?(?P<far>[\w-]+)\)? at \S+ (?P<what>opened|closed)")


class HubProcess:
    """A hub; unless told otherwise it gives up far ends as quickly as the members do.

    Args:
        joins: The endpoints of the other hubs.
        ready: What it says when it is started; empty is not to wait, but to call `is_ready`.
    """

    def __init__(
        self,
        start: Start,
        port: int,
        *joins: str,
        address: str = "127.0.0.1",
        liveness: tuple[str, ...] = QUICK,
        ready: str = SERVES,
    ) -> None:
        insecure = () if address == "127.0.0.1" else ("--insecure",)
        where = ("--interface", address, "--port", str(port), *insecure)
        joining = [word for each in joins for word in ("--join", each)]
        self.process = start("twistd", "-n", "exchange", *where, *liveness, *joining, ready=ready)
        self.endpoint = f"tcp:{address}:{port}"

    def is_ready(self) -> None:
        """Wait until it serves."""
        self.process.wait_for(SERVES)

    def has_links(self, number: int) -> None:
        """Wait until so many links are open, no two of them to one far end, as the log tells it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            lines = self.process.lines
            if sorted(_links_in(lines).values()) == [1] * number:
                return
            self.process.wait_for("", deadline - time.monotonic(), after=len(lines))


def _links_in(lines: list[str]) -> dict[str, int]:
    """Return how many links these lines of a log leave open to each far end."""
    told = Counter[str]()
    for line in lines:
        if found := _LINK.search(line):
            told[found["far"]] += 1 if found["what"] == "opened" else -1
    return {far: number for far, number in told.items() if number}


class Member:
    """A process of `member.py`.

    Args:
        name: Of the service that it offers.
        ready: What it says when it is linked; empty is not to wait.
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
        count = self._seen
        while self.said(text) < number:
            self.process.wait_for("", timeout, count)
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
        asked = self.process.count
        while True:
            self.say("list")
            self.process.wait_for("knows", after=asked)
            told = next(n for n, line in enumerate(self.process.lines) if n >= asked and line.startswith("knows"))
            if self.process.lines[told].strip() == expected:
                return
            asked = told + 1
            self.process.wait_for("", after=asked)  # something has changed, so it is worth asking again
