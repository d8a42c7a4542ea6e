"""What the hot path costs, counted and not timed, so that no noise reaches it; held to ``tests/budgets.toml``.

``python -m tests.budgets`` prints what is counted beside what is allowed; with ``--renew`` it
writes it there as the new budget, for the Python that runs it. Exchanges are joined in memory
and do their work, with everything on as usual; only code of `exchange` is counted, so that
another version of Twisted changes nothing. For each process, the one that calls, the hub, and
the one that is called, three things are counted per call: instructions of Python's bytecode,
and calls of functions in Python and in C that our code makes. They are the same in every run.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import exchange
from exchange import Exchange, Service, method
from exchange.testing import Network

FILE = Path(__file__).with_suffix(".toml")
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"

MARGIN = 0.03
"""By which share more than the budget is allowed."""

WIDER_MARGIN = 0.15
"""The same with the budget of another Python, whose instructions are not quite the same."""

BATCH, BATCHES, WARMING = 32, 8, 4
"""Calls made at once, as many as fill a write; how often; and how often before anything is counted."""

SUBSCRIPTIONS = 25
OURS = str(Path(exchange.__file__).parent)
MEMORY = tuple(f"{OURS}/{name}" for name in ("memory.py", "testing.py"))
"""Files that stand for the network and the reactor."""

Costs = dict[str, dict[str, float]]
"""Of each process of each load, named ``load, process``, how much of each kind."""


class Meter:
    """Counts what Python does, for whichever process is at work."""

    def __init__(self, at_first: str) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self._working = at_first

    @contextmanager
    def at_work(self, role: str) -> Iterator[None]:
        """Count for this process."""
        before, self._working = self._working, role
        try:
            yield
        finally:
            self._working = before

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count until it ends."""
        gc.collect()
        gc.disable()
        sys.setprofile(self._note_c_call)
        sys.settrace(self._note_call)
        try:
            yield
        finally:
            sys.settrace(None)
            sys.setprofile(None)
            gc.enable()

    def _note(self, what: str) -> None:
        self.counts.setdefault(self._working, Counter())[what] += 1

    def _note_call(self, frame: Any, event: str, argument: Any) -> Any:
        is_ours = _is_ours(frame)
        if is_ours or (frame.f_back and _is_ours(frame.f_back)):
            self._note("functions")
        if not is_ours:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._note_instruction

    def _note_instruction(self, frame: Any, event: str, argument: Any) -> Any:
        if event == "opcode":
            self._note("instructions")
        return self._note_instruction

    def _note_c_call(self, frame: Any, event: str, argument: Any) -> None:
        if event == "c_call" and _is_ours(frame):
            self._note("c functions")


class Watched:
    """A link, whose work is counted for its process while it reads."""

    def __init__(self, link: Any, meter: Meter, role: str) -> None:
        self._link, self._meter, self._role = link, meter, role

    def dataReceived(self, data: bytes) -> None:
        """Read."""
        with self._meter.at_work(self._role):
            self._link.dataReceived(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)


class Arithmetic(Service):
    """What is called, and publishes."""

    name = "arithmetic"

    @method
    def multiply(self, x: int, y: int) -> int:
        """Return the product."""
        return x * y

    @method
    def echo(self, data: bytes) -> bytes:
        """Return what came."""
        return data


class Site:
    """A hub, a process that is called or publishes, and one that calls or subscribes.

    Args:
        at_first: Who is at work while nobody reads.
    """

    def __init__(self, at_first: str) -> None:
        self.network, self.meter = Network(), Meter(at_first)
        self.service = Arithmetic()
        hub, near, far = self.network.hub(), self.network.peer(), self.network.peer()
        far.add(self.service)
        self.network.settle()
        self.near = near
        self._members: dict[str, Exchange] = {"hub": hub, "near": near, "far": far}

    def count(self, name: str, number: int, do: Callable[[], None], **roles: str) -> Costs:
        """Return what one of ``number`` costs each process, when ``do`` makes so many; roles are of near and far."""
        for end, member in self._members.items():
            self._watch(member, {"hub": "hub", **roles}[end])
        for _ in range(WARMING):
            self._do(do)
        self.meter.counts.clear()
        with self.meter.running():
            for _ in range(BATCHES):
                self._do(do)
        return {
            f"{name}, {role}": {what: round(counted / number / BATCHES, 2) for what, counted in sorted(each.items())}
            for role, each in sorted(self.meter.counts.items())
        }

    def _do(self, do: Callable[[], None]) -> None:
        do()
        self.network.settle()

    def _watch(self, member: Exchange, role: str) -> None:
        for transport in self.network._places[member].transports:
            transport.protocol = Watched(transport.protocol, self.meter, role)


def counted() -> Costs:
    """Return what everything costs."""
    return {
        **_calls("call", BATCH, lambda site: site.near.call("arithmetic", "multiply", 6, 7)),
        **_calls("call alone", 1, lambda site: site.near.call("arithmetic", "multiply", 6, 7)),
        **_calls("echo of 1 KiB", BATCH, lambda site: site.near.call("arithmetic", "echo", bytes(1024))),
        **_calls("echo of 1 MiB", 1, lambda site: site.near.call("arithmetic", "echo", bytes(1 << 20))),
        **_reports(),
    }


def _calls(name: str, outstanding: int, call: Callable[[Site], Any]) -> Costs:
    site = Site("caller")
    answers: list[Any] = []

    def make() -> None:
        for _ in range(outstanding):
            call(site).addCallback(answers.append)

    costs = site.count(name, outstanding, make, near="caller", far="callee")
    if len(answers) != outstanding * (WARMING + BATCHES):
        raise SystemExit(f"budgets: {name}: not every call was answered")
    return costs


def _reports() -> Costs:
    site, heard = Site("publisher"), Counter[str]()

    def hear(content: Any) -> None:
        heard["reports"] += 1

    for _ in range(SUBSCRIPTIONS):
        site.near.subscribe("arithmetic", "nyse.*", hear)
    site.network.settle()

    def publish() -> None:
        for _ in range(BATCH):
            site.service.publish("nyse.ibm", {"price": 101.25, "size": 300})

    name = f"report to {SUBSCRIPTIONS}"
    costs = site.count(name, BATCH, publish, near="hearer", far="publisher")
    if heard["reports"] != SUBSCRIPTIONS * BATCH * (WARMING + BATCHES):
        raise SystemExit(f"budgets: {name}: not every report was heard")
    return costs


def _is_ours(frame: Any) -> bool:
    file = frame.f_code.co_filename
    return bool(file.startswith(OURS) and file not in MEMORY)


def budgets() -> tuple[str, Costs]:
    """Return what is allowed, and for which Python: this one, or else the newest before it that has a budget."""
    tables: dict[str, Costs] = tomllib.loads(FILE.read_text()) if FILE.exists() else {}
    known = sorted(tables, key=_number)
    fitting = [version for version in known if _number(version) <= _number(VERSION)] or known[:1]
    return (fitting[-1], tables[fitting[-1]]) if fitting else (VERSION, {})


def exceeded(costs: Costs, allowed: Costs, margin: float = MARGIN) -> list[str]:
    """Return a line for all that costs more than is allowed by so much, or that has no budget."""
    found = []
    for name, each in costs.items():
        for what, cost in each.items():
            budget = allowed.get(name, {}).get(what)
            if budget is None or cost > budget * (1 + margin):
                found.append(f"{name}: {cost:g} {what}, and the budget is {budget}")
    return found


def renew(costs: Costs) -> None:
    """Write what is counted as the budget of this Python."""
    tables: dict[str, Costs] = tomllib.loads(FILE.read_text()) if FILE.exists() else {}
    tables[VERSION] = costs
    lines = ["# What the hot path may cost, per call or report, and 3 percent more; by version of Python.", RENEWING]
    for version in sorted(tables, key=_number):
        for name, each in tables[version].items():
            lines += ["", f'["{version}"."{name}"]', *(f'"{what}" = {cost}' for what, cost in each.items())]
    FILE.write_text("\n".join(lines) + "\n")


RENEWING = (
    "# Counted, not timed; python -m tests.budgets --renew writes it anew: say in the commit why it may cost more."
)


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def main() -> None:
    """Count, and print or renew."""
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets are gone through in another order with each seed
        sys.exit(subprocess.call([sys.executable, "-m", "tests.budgets", *sys.argv[1:]], env=ENVIRONMENT))
    parser = argparse.ArgumentParser(prog="budgets", description=__doc__)
    parser.add_argument("--renew", action="store_true", help="write what is counted as the new budget")
    costs = counted()
    if parser.parse_args().renew:
        renew(costs)
    version, allowed = budgets()
    print(f"{'per call or report':<28}{'':<14}{'counted':>10}{'budget':>10}   (Python {version})")
    for name, each in costs.items():
        for what, cost in each.items():
            print(f"{name:<28}{what:<14}{cost:>10.1f}{allowed.get(name, {}).get(what, 0):>10.1f}")
    margin = MARGIN if version == VERSION else WIDER_MARGIN
    if over := exceeded(costs, allowed, margin):
        sys.exit("\n".join([f"over budget by more than {margin:.0%}:", *over]))


ENVIRONMENT = {**os.environ, "PYTHONHASHSEED": "0"}

if __name__ == "__main__":
    main()
