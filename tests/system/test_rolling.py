"""Rolling restarts: three joined hubs are ended and started again one after the other, under load.

Every process knows two of the hubs. Each call has a number, which the service notes
before it answers; so it can be counted afterwards how often each has run.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.system.conftest import StartProcess
from tests.system.neighbours import QUICK, SERVES, HubProcess
from tests.system.processes import Process, free_port

pytestmark = pytest.mark.system

HERE = Path(__file__).parent
NAMES = "abc"


class Site:
    """Three hubs, a service at each, and two callers."""

    def __init__(self, process: StartProcess, folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._ports = {name: free_port() for name in NAMES}
        self.hubs: dict[str, HubProcess] = {}
        self.services: dict[str, Process] = {}
        self.callers: list[Process] = []
        for name in NAMES:
            self.start_hub(name)
        for name in NAMES:
            self.hubs[name].has_links(2)
        for name in NAMES:
            self.start_service(name)
        for number, name in enumerate("ab"):
            self.start_caller(number, name)

    def start_hub(self, name: str) -> None:
        joins = [self._at(other) for other in NAMES if other != name]
        self.hubs[name] = HubProcess(self._process, self._ports[name], *joins)

    def start_service(self, name: str) -> None:
        hubs = [word for each in self._two(name) for word in ("--hub", each)]
        self.services[name] = self._process(
            "twistd", "-n", "exchange-services", *QUICK, *hubs, "tally_services:Tally",
            ready=SERVES, cwd=HERE, env={"TALLY": str(self._folder)},
        )  # fmt: skip

    def start_caller(self, number: int, name: str) -> None:
        program = str(HERE / "tally_caller.py")
        self.callers.append(
            self._process("python", program, str(number), "0", *self._two(name), ready="calling", hears=True)
        )

    def end(self, process: Process, how: signal.Signals) -> None:
        """End a process, and wait until it has."""
        process.signal(how)
        assert process.wait() == -how

    def outcomes(self) -> list[dict[str, Any]]:
        """Let the callers finish, and return what they say."""
        for caller in self.callers:
            caller.say("enough")
        return [json.loads(caller.wait_for('{"done":')) for caller in self.callers]

    def ran(self) -> Counter[int]:
        """Return how often each call has run, over all services."""
        books = self._folder.glob("*.ran")
        return Counter(int(line) for book in books for line in book.read_text().splitlines())

    def _two(self, name: str) -> list[str]:
        return [self._at(name), self._at(NAMES[(NAMES.index(name) + 1) % len(NAMES)])]

    def _at(self, name: str) -> str:
        return f"tcp:127.0.0.1:{self._ports[name]}"


@pytest.fixture
def site(process: StartProcess, tmp_path: Path) -> Site:
    return Site(process, tmp_path)


def test_no_call_is_hurt_and_none_runs_twice_when_three_hubs_are_restarted_one_after_the_other(site: Site) -> None:
    for name in NAMES:
        site.end(site.hubs[name].process, signal.SIGTERM)
        site.start_hub(name)
        site.hubs[name].has_links(2)
    outcomes = site.outcomes()
    assert [outcome["failed"] for outcome in outcomes] == [[], []]
    assert sum(outcome["done"] for outcome in outcomes) == len(site.ran())
    assert set(site.ran().values()) == {1}


def test_no_call_is_hurt_when_the_services_are_restarted_one_after_the_other(site: Site) -> None:
    for name in NAMES:
        site.end(site.services[name], signal.SIGTERM)
        site.start_service(name)
    outcomes = site.outcomes()
    assert [outcome["failed"] for outcome in outcomes] == [[], []]
    assert sum(outcome["done"] for outcome in outcomes) == len(site.ran())
    assert set(site.ran().values()) == {1}


def test_when_hubs_are_killed_no_call_that_ran_is_called_undelivered_and_none_runs_twice(site: Site) -> None:
    for name in NAMES:
        site.end(site.hubs[name].process, signal.SIGKILL)
        site.start_hub(name)
        site.hubs[name].has_links(2)
    outcomes, ran = site.outcomes(), site.ran()
    assert set(ran.values()) == {1}
    failed = [call for outcome in outcomes for call in outcome["failed"]]
    assert {delivered for _, _, delivered in failed} <= {None, False}
    assert [call for call in failed if call[2] is False and call[0] in ran] == []
    assert all(outcome["done"] for outcome in outcomes)
