"""Reports between real processes, some of which are killed and replaced."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import AT_ONCE, Process, free_port

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
REPORTERS = str(Path(__file__).with_name("reporters.py"))
EXAMPLES = ROOT / "examples" / "reports"


class Site:
    """A hub at a port of its own, and the programs that the story starts."""

    def __init__(self, process: StartProcess) -> None:
        self._process = process
        self._port = free_port()
        self.hub = self.start_hub()

    def start_hub(self) -> Process:
        """Start a hub, again at the same port if one was killed."""
        command = ("twistd", "--nodaemon", "--pidfile=", "exchange", "--port", str(self._port))
        return self._process(*command, ready="exchange serves", env={"PYTHONPATH": str(ROOT)})

    def start(self, *argv: str, ready: str = "", program: str = REPORTERS) -> Process:
        """Start a program that dials the hub."""
        hub = f"tcp:127.0.0.1:{self._port}"
        name, *more = argv if program == REPORTERS else ("", *argv)
        arguments = [argument for argument in (name, hub, *more) if argument]
        return self._process("python", program, *arguments, ready=ready, env={"PYTHONPATH": str(ROOT)})

    def ask(self, expected: str) -> None:
        """Have the publisher publish once more."""
        asking = self.start("ask")
        assert asking.wait() == 0, asking.story()
        assert asking.output == expected


@pytest.fixture
def site(process: StartProcess) -> Site:
    return Site(process)


def test_a_publisher_that_is_killed_and_replaced_is_heard_without_action(site: Site) -> None:
    first = site.start("publish", "first", ready="publishes")
    subscriber = site.start("subscribe", ready="subscribed")
    site.ask("told 1\n")
    subscriber.wait_for("heard live: first 1")

    first.signal(signal.SIGKILL)
    began = time.monotonic()
    subscriber.wait_for("went lost.")
    assert time.monotonic() - began < AT_ONCE
    site.start("publish", "second", ready="publishes")
    subscriber.wait_for("heard kept for ever: second (kept)")
    site.ask("told 1\n")
    subscriber.wait_for("heard live: second 1")


def test_a_hub_that_is_killed_and_replaced_is_survived_at_both_ends(site: Site) -> None:
    site.start("publish", "one", ready="publishes")
    subscriber = site.start("subscribe", ready="subscribed")
    site.hub.signal(signal.SIGKILL)
    subscriber.wait_for("went lost.")

    site.hub = site.start_hub()
    count = subscriber.count
    subscriber.wait_for("came", after=count - 1)
    site.ask("told 1\n")
    subscriber.wait_for("heard live: one 1")

    assert subscriber.output.count("heard kept for ever") == 1


def test_a_late_subscriber_gets_what_is_kept_and_only_that(site: Site) -> None:
    site.start("publish", "one", ready="publishes")
    early = site.start("subscribe", ready="subscribed")
    late = site.start("subscribe", ready="subscribed")
    for subscriber in (early, late):
        heard = sorted(line for line in subscriber.output.splitlines() if line.startswith("heard"))
        assert heard == ["heard kept a minute: one (kept)", "heard kept for ever: one (kept)"]

    site.ask("told 1\n")
    for subscriber in (early, late):
        subscriber.wait_for("heard live: one 1")


def test_suspended_answers_arrive_in_the_order_in_which_they_are_given(site: Site) -> None:
    site.start("suspend", ready="suspends")
    caller = site.start("squares")

    assert caller.wait() == 0, caller.story()
    assert caller.output == "16\n9\n4\n"


def test_the_programs_that_are_shown_do_what_they_say(site: Site) -> None:
    publisher = site.start(program=str(EXAMPLES / "publisher.py"))
    first = site.start("next", program=str(EXAMPLES / "subscriber.py"))
    first.wait_for("next 2: {'time': ")
    late = site.start(program=str(EXAMPLES / "subscriber.py"), ready="subscribed")
    late.wait_for("next ")
    assert "init 1 (kept): {'time': " in late.output
    assert "init" not in first.output

    publisher.signal(signal.SIGKILL)
    first.wait_for("publisher went lost")
    count = first.count
    site.start(program=str(EXAMPLES / "publisher.py"))
    first.wait_for("next 1: ", after=count)
    late.interrupt()
    late.wait()
    assert late.errors == ""
