"""A measured system: its processes, and what one load makes of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tests.bench.loads import Load

ROOT = Path(__file__).parents[2]
_PROCESSORS = sorted(os.sched_getaffinity(0))

WARMING = 0.3
"""Share of the measured time that a load runs before it is measured."""

PATIENCE = 100
"""How often the measured time begins anew, on a busy machine, before nothing is expected any more."""


class Part:
    """One process of a system.

    Args:
        words: What stands after ``python -m``; the role comes last but for the ports.
    """

    def __init__(self, *words: str, ports: Sequence[int] = ()) -> None:
        self.role = words[-1]
        argv = [sys.executable, "-m", *words, *map(str, ports)]
        self._process = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port: int = self.hear()["port"]

    def say(self, **words: Any) -> None:
        """Ask for something; every question has an answer, to be heard."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Return the next answer."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"bench: the {self.role} process ended early; what it said stands above")
        words: dict[str, Any] = json.loads(line)
        return words

    def ask(self, **words: Any) -> dict[str, Any]:
        """Ask for something, and return the answer."""
        self.say(**words)
        return self.hear()

    def place(self, processors: Collection[int]) -> None:
        """Let it run on these processors only."""
        os.sched_setaffinity(self._process.pid, processors)

    def end(self) -> None:
        """End the process."""
        self._process.communicate()


class Measured(Protocol):
    """A process that is measured, whoever made it."""

    role: str
    port: int

    def say(self, **words: Any) -> None:
        """Ask for something."""

    def hear(self) -> dict[str, Any]:
        """Return the answer."""

    def place(self, processors: Collection[int]) -> None:
        """Let it run on these processors only."""

    def end(self) -> None:
        """End it."""


def start_part(module: str, role: str, *ports: int, is_fast: bool = False) -> Part:
    """Start one part of a system that runs on Twisted, or with uvloop below it."""
    return Part(f"tests.bench.{'driven' if is_fast else 'part'}", f"tests.bench.{module}", role, ports=ports)


def start_parts(module: str, *roles: str, is_fast: bool = False) -> list[Measured]:
    """Start the processes of a system, in this order.

    Args:
        roles: Each is told the port that the nearest before it gave. One of another module is
            written after it and a dot.
    """
    parts: list[Measured] = []
    ports: list[int] = []
    for words in roles:
        home, _, role = words.rpartition(".")
        parts.append(start_part(home or module, role, *ports[-1:], is_fast=is_fast))
        ports += [parts[-1].port] if parts[-1].port else []
    return parts


class Figures(NamedTuple):
    """What was measured of one system under one load; times in microseconds."""

    rate: float
    p50: float
    p99: float
    used: dict[str, float]
    """Processor time per call, by role."""


class System:
    """All processes of one system; the last is the caller.

    Args:
        busiest: The role that works most, if that is not the caller.
        crowds: Whether its caller can hold more than one connection.
    """

    def __init__(
        self, name: str, parts: list[Measured], largest: int = 1 << 24, busiest: str = "", crowds: bool = False
    ) -> None:
        self.name = name
        self.crowds = crowds
        self.largest = largest
        self._busiest = busiest
        self._parts = parts

    def takes(self, load: Load) -> bool:
        """Whether a call of this load is small enough for it, and its connections not too many."""
        return load.size <= self.largest and (self.crowds or load.connections == 1)

    def measure(self, load: Load, seconds: float) -> Figures:
        """Run a load, warm up, and return what it did within ``seconds``, or longer if no call was answered in them."""
        caller = self._parts[-1]
        self._ask([caller], do="begin", size=load.size, outstanding=load.outstanding)
        time.sleep(WARMING * seconds)
        before = self._ask(self._parts, do="report")
        for _ in range(PATIENCE):
            time.sleep(seconds)
            after = self._ask(self._parts, do="report")
            if after[-1]["calls"]:
                break
        self._ask([caller], do="end")
        return self._figures(before, after)

    def measure_best(self, load: Load, seconds: float) -> Figures:
        """Measure with each placing of its processes on the processors, and return the fastest.

        Left to itself the kernel keeps processes that wake one another on one processor,
        or spreads them, as it happens; some systems gain by the one and some by the other.
        """
        found = []
        self._connect(load.connections)
        for placing in self._placings(load):
            for part, processors in zip(self._parts, placing, strict=True):
                part.place(processors)
            found.append(self.measure(load, seconds))
        self._connect(1)
        return max(found, key=lambda figures: figures.rate)

    def end(self) -> None:
        """End its processes, the caller first: who is called does not end before who calls."""
        for part in reversed(self._parts):
            part.end()

    def _placings(self, load: Load) -> list[list[list[int]]]:
        """Return on which processors each process is to run: first wherever the kernel wants.

        With one call outstanding one process works at a time, so then all on one. Otherwise
        the caller on one and the others on another, for it works most; and of four the
        first half on one and the second on another, so that a hub is with who is linked to it.
        Whatever else works most is on one alone too.
        """
        number = len(self._parts)
        left = [_PROCESSORS] * number
        if len(_PROCESSORS) < 2:
            return [left]
        here, there = _PROCESSORS[:1], _PROCESSORS[1:2]
        if load.outstanding == 1:
            return [left, [here] * number]
        splits = [number - 1] if number < 4 else [number - 1, number // 2]
        placings = [left, *([there] * split + [here] * (number - split) for split in splits)]
        if self._busiest:
            placings.append([there if part.role == self._busiest else here for part in self._parts])
        return placings

    def _connect(self, connections: int) -> None:
        if self.crowds:
            self._ask(self._parts[-1:], do="connect", connections=connections)

    def _ask(self, parts: Sequence[Measured], **words: Any) -> list[dict[str, Any]]:
        for part in parts:
            part.say(**words)
        return [part.hear() for part in parts]

    def _figures(self, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Figures:
        last, calls = after[-1], after[-1]["calls"]
        if not calls:
            raise SystemExit(f"bench: {self.name} answers no calls")
        used = [1e6 * (then["used"] - now["used"]) / calls for now, then in zip(before, after, strict=True)]
        by_role = {part.role: each for part, each in zip(self._parts, used, strict=True)}
        return Figures(calls / (last["now"] - before[-1]["now"]), 1e6 * last["p50"], 1e6 * last["p99"], by_role)
