"""The stage of an attack: a hub, a service and a caller of it, each a process of its own, and what they notice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from exchange.wire.identities import Identity
from tests.system.conftest import StartProcess
from tests.system.processes import Process, free_port

HERE = Path(__file__).parent
CALLS = 300
"""So many are measured before an attack, and at least during it."""

FLOOR = 0.020
"""Seconds; what a call takes on a busy machine now and then, whoever attacks whom."""

TIMES = 2
MEBIBYTE = 1 << 20


class Phase(NamedTuple):
    """What the caller noticed meanwhile: all times are seconds, p99 the median over windows of a hundred calls."""

    calls: int
    p50: float
    p99: float
    slowest: float
    wrong: list[str]
    unlinked: int


class Stage:
    """Who is there when the attacker comes.

    Args:
        start: Starts a process, and ends it with the test.
        options: For the hub.
        credentials: Files with those of the service and of the caller, if the hub asks who they are.
    """

    def __init__(self, start: StartProcess, *options: str, credentials: Sequence[Path] = ()) -> None:
        self.port = free_port()
        self.where = f"tcp:127.0.0.1:{self.port}"
        listen = ("--listen", f"tcp:{self.port}:interface=127.0.0.1:backlog=1024")
        hub = ("twistd", "-n", "exchange", *listen, *options)
        self.hub: Process = start(*hub, ready="exchange serves")
        own, callers = ([str(file)] for file in credentials) if credentials else ([], [])
        shown = ["--credentials", *own] if own else []
        services = ("twistd", "-n", "exchange-services", "--hub", self.where, *shown, "victim_services:Victim")
        self.service: Process = start(*services, cwd=HERE, ready="opened")
        caller = ("python", str(HERE / "victim_caller.py"), self.where, *callers)
        self.caller: Process = start(*caller, hears=True, ready="victim ")
        self.caller_identity = Identity(bytes.fromhex(self.caller.wait_for("victim ").split()[1]))

    @property
    def memory(self) -> float:
        """The memory that the hub has, in mebibytes."""
        lines = Path(f"/proc/{self.hub.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

    def phase(self, calls: int = CALLS) -> Phase:
        """Return what the caller has noticed since the last time, when that are so many calls."""
        count = self.caller.count
        self.caller.say(str(calls))
        told: dict[str, Any] = json.loads(self.caller.wait_for("{", after=count))
        return Phase(**told)

    @contextmanager
    def attack(self, name: str, grows: float, times: float = TIMES) -> Iterator[None]:
        """Measure before, during and after what is done inside, and hold the others to what they may notice.

        Args:
            grows: Mebibytes that the hub's memory may grow by, at most.
            times: What the p99 of the others may grow to, at most.
        """
        self.phase(1)
        before, memory = self.phase(), self.memory
        yield
        during, grown = self.phase(), self.memory - memory
        after = self.phase()
        usual = max(before.p99, after.p99)
        figures = f"p99 {before.p99 * 1e3:.1f} ms before, {during.p99 * 1e3:.1f} during, {after.p99 * 1e3:.1f} after; "
        figures += f"slowest of {during.calls} {during.slowest * 1e3:.0f} ms; hub {memory:.0f} MiB, then {grown:+.1f}"
        print(f"{name}: {figures}")
        assert (during.wrong, during.unlinked) == ([], 0), self.hub.story()
        assert during.p99 <= max(times * usual, FLOOR), figures
        assert grown <= grows, figures
        assert "Traceback" not in self.hub.output + self.hub.errors, self.hub.story()
