"""Hubs that are real processes join each other, and themselves, and have one link."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import Process, free_port

pytestmark = pytest.mark.system

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"


class Pair:
    """Two ports, and the hubs at them, each of which is told to join both."""

    def __init__(self, process: StartProcess) -> None:
        self._process = process
        self.ports = {"rome": free_port(), "oslo": free_port()}

    def start(self, name: str) -> Process:
        """Start the hub of this name."""
        joins = [word for port in self.ports.values() for word in ("--join", f"127.0.0.1:{port}")]
        command = ("twistd", "-n", "exchange", "--name", name, "--port", str(self.ports[name]), *joins)
        return self._process(*command, ready="exchange serves")

    def offer(self, name: str) -> Process:
        """Start a process that offers math at the hub of this name."""
        hub = f"tcp:127.0.0.1:{self.ports[name]}"
        return self._process(
            "twistd", "-n", "exchange-services", "--hub", hub, "arithmetic:Math", ready="serves", cwd=QUICKSTART
        )

    def call(self, name: str) -> str:
        """Return what a call at the hub of this name comes to."""
        hub = f"tcp:127.0.0.1:{self.ports[name]}"
        call = self._process("exchange", "call", "--hub", hub, "--wait", "30", "math.multiply", "6", "7")
        assert call.wait() == 0, call.story()
        return call.output


def links(hub: Process, other: Process) -> int:
    """Return how many links to another hub the log of a hub says are open."""
    found = re.search(r"hub (\w+) \((\S+)\) is listening", other.output)
    assert found
    name, identity = found.groups()
    about = [line for line in hub.lines if f" {name} ({identity}) at " in line and "ourselves" not in line]
    return sum("opened" in line for line in about) - sum("closed" in line for line in about)


def test_two_hubs_that_join_each_other_have_one_link_and_make_it_anew_when_one_was_killed(
    process: StartProcess,
) -> None:
    pair = Pair(process)
    rome, oslo = pair.start("rome"), pair.start("oslo")
    for hub in (rome, oslo):
        hub.wait_for("leads to ourselves")
    pair.offer("oslo")
    assert pair.call("rome") == "42\n"
    assert (links(rome, oslo), links(oslo, rome)) == (1, 1)

    oslo.signal(signal.SIGKILL)
    rome.wait_for("the far end is gone")
    oslo = pair.start("oslo")
    oslo.wait_for("leads to ourselves")
    pair.offer("rome")
    assert pair.call("oslo") == "42\n"
    assert (links(rome, oslo), links(oslo, rome)) == (1, 1)
    for hub in (rome, oslo):
        assert "Traceback" not in hub.output + hub.errors
