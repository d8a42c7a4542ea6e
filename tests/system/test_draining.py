"""Processes that end in good order: what is owed is answered first, unless that takes too long or somebody hurries."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import AT_ONCE, Process, free_port

pytestmark = pytest.mark.system

HERE = Path(__file__).parent
WORK = 1.5
"""Seconds that a call takes which is not to be hurt."""

LONG = 25.0


class Site:
    """A hub and a process with the slow service."""

    def __init__(self, process: StartProcess, *options: str) -> None:
        self.process = process
        port = free_port()
        self.hub_at = f"tcp:127.0.0.1:{port}"
        self.hub = process("twistd", "-n", "exchange", "--port", str(port), ready="serves")
        self.services = process(
            "twistd", "-n", "exchange-services", *options, "--hub", self.hub_at, "slow_services:Slow",
            ready="serves", cwd=HERE,
        )  # fmt: skip

    def call(self, seconds: float) -> Process:
        """Call the slow method; returns when it runs."""
        call = self.process("exchange", "call", "--hub", self.hub_at, "--timeout", "60", "slow.work", str(seconds))
        self.services.wait_for("works")
        return call


def ends(process: Process, *, within: float, by: signal.Signals = signal.SIGTERM) -> None:
    begun = time.monotonic()
    assert process.wait() == -by
    assert time.monotonic() - begun < within


def test_a_process_with_services_answers_what_it_was_asked_before_it_ends(process: StartProcess) -> None:
    site = Site(process)
    asked = site.call(WORK)
    site.services.signal(signal.SIGTERM)
    site.services.wait_for("leaving in good order, for 30 seconds at most")
    ends(site.services, within=LONG)
    assert (asked.wait(), asked.output) == (0, "done\n")


def test_a_hub_ends_when_what_passes_over_it_is_answered(process: StartProcess) -> None:
    site = Site(process)
    asked = site.call(WORK)
    site.hub.signal(signal.SIGTERM)
    ends(site.hub, within=LONG)
    assert (asked.wait(), asked.output) == (0, "done\n")


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_at_once(process: StartProcess, second: signal.Signals) -> None:
    site = Site(process)
    asked = site.call(LONG)
    site.services.signal(signal.SIGTERM)
    site.services.wait_for("leaving in good order")
    site.services.signal(second)
    ends(site.services, within=AT_ONCE)
    assert asked.wait() != 0
    assert "while it owed the answer" in asked.errors
    assert "Traceback" not in site.services.output + site.services.errors


def test_ctrl_c_ends_at_once(process: StartProcess) -> None:
    site = Site(process)
    asked = site.call(LONG)
    site.services.interrupt()
    ends(site.services, within=AT_ONCE, by=signal.SIGINT)
    assert asked.wait() != 0
    assert "while it owed the answer" in asked.errors


def test_what_takes_longer_than_the_drain_time_fails_and_nobody_knows_whether_it_was_done(
    process: StartProcess,
) -> None:
    site = Site(process, "--drain-time", "1")
    asked = site.call(LONG)
    site.services.signal(signal.SIGTERM)
    ends(site.services, within=AT_ONCE)
    assert asked.wait() == 7
    assert "still owed the answer" in asked.errors
    assert "its time was over" in asked.errors


def test_a_gateway_answers_the_requests_that_it_has_before_it_ends(process: StartProcess) -> None:
    site, port = Site(process), free_port()
    gateway = process("twistd", "-n", "xmlrpc-gateway", "--hub", site.hub_at, "--port", str(port), ready="serves")
    at = f"http://127.0.0.1:{port}/xmlrpc/service/slow"
    ask = f"from xmlrpc.client import ServerProxy as At; print(At('{at}').work({WORK}))"
    asked = process("python", "-c", ask)
    site.services.wait_for("works")
    gateway.signal(signal.SIGTERM)
    ends(gateway, within=LONG)
    assert (asked.wait(), asked.output) == (0, "done\n")
