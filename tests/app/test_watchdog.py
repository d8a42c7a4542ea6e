"""A reactor that is blocked is told of while it is, with what blocks it, and when it goes on."""

from __future__ import annotations

import sysconfig
from threading import Event, current_thread
from threading import enumerate as all_threads
from traceback import FrameSummary
from typing import Any

import pytest_twisted
from twisted.internet import reactor as the_reactor
from twisted.internet.task import deferLater
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from zope.interface import implementer

import exchange
import twisted
from exchange.app.watchdog import Watchdog, culprit_of, told_of

reactor: Any = the_reactor
SHORT = 0.2
LONG = 30.0
STDLIB = sysconfig.get_path("stdlib")


@implementer(ILogObserver)
class Ears:
    """Hears what is logged, in whatever thread."""

    def __init__(self) -> None:
        self.blocked, self.goes_on = Event(), Event()
        self.lines: list[str] = []
        self.threads: set[str] = set()

    def __call__(self, event: LogEvent) -> None:
        line = formatEvent(event)
        if "the reactor" in line:
            self.lines.append(line)
            self.threads.add(current_thread().name)
            (self.blocked if "has been blocked" in line else self.goes_on).set()


async def until(event: Event) -> None:
    """Wait until something has happened in a thread, and let the reactor turn meanwhile."""
    while not event.is_set():
        await deferLater(reactor, 0.01)


def a_slow_computation(ears: Ears) -> None:
    assert ears.blocked.wait(LONG), "nothing was said of it"


@pytest_twisted.ensureDeferred
async def test_what_blocks_the_reactor_is_told_at_once_and_how_long_it_was_when_it_goes_on() -> None:
    ears, watchdog = Ears(), Watchdog(reactor, SHORT)
    globalLogPublisher.addObserver(ears)
    watchdog.startService()
    try:
        await deferLater(reactor, 0, a_slow_computation, ears)
        await until(ears.goes_on)
    finally:
        globalLogPublisher.removeObserver(ears)
        watchdog.stopService()
    blocked, goes_on = ears.lines
    assert f"by a_slow_computation in {__file__}, line " in blocked
    assert "assert ears.blocked.wait(LONG)" in blocked, "the stack is not shown"
    assert goes_on.startswith("the reactor goes on; it was blocked for 0.")
    assert ears.threads == {"watchdog"}


@pytest_twisted.ensureDeferred
async def test_a_reactor_that_turns_is_not_told_of_and_the_thread_ends_with_the_service() -> None:
    ears, watchdog = Ears(), Watchdog(reactor, LONG)
    globalLogPublisher.addObserver(ears)
    watchdog.startService()
    (thread,) = [each for each in all_threads() if each.name == "watchdog"]
    assert thread.daemon
    await deferLater(reactor, 0.05)
    watchdog.stopService()
    globalLogPublisher.removeObserver(ears)
    thread.join(LONG)
    assert not thread.is_alive()
    assert ears.lines == []


@pytest_twisted.ensureDeferred
async def test_a_watchdog_that_is_stopped_while_the_reactor_is_blocked_says_nothing_of_its_end() -> None:
    ears, watchdog = Ears(), Watchdog(reactor, SHORT)
    globalLogPublisher.addObserver(ears)
    watchdog.startService()
    (thread,) = [each for each in all_threads() if each.name == "watchdog"]

    def stopped_within() -> None:
        a_slow_computation(ears)
        watchdog.stopService()
        thread.join(LONG)

    await deferLater(reactor, 0, stopped_within)
    globalLogPublisher.removeObserver(ears)
    assert not thread.is_alive()
    assert len(ears.lines) == 1


def frame(file: str, name: str = "work") -> FrameSummary:
    return FrameSummary(file, 7, name, lookup_line=False, line="")


OURS = f"{exchange.__path__[0]}/services/calls.py"
TWISTED = f"{twisted.__path__[0]}/internet/base.py"
USERS, SSL, INSTALLED = "/plant/store.py", f"{STDLIB}/ssl.py", f"{sysconfig.get_path('purelib')}/http/get.py"
SCRIPT = "/usr/bin/twistd"


def test_the_user_s_own_code_is_named_before_what_it_uses() -> None:
    whole = [frame(SCRIPT, "<module>"), frame(TWISTED), frame(OURS), frame(USERS), frame(INSTALLED), frame(SSL)]
    culprit = culprit_of(whole)
    assert culprit is whole[3]
    assert told_of(culprit) == "work in /plant/store.py, line 7"


def test_without_any_the_innermost_that_is_not_ours_is_named_else_the_innermost() -> None:
    installed = [frame(SCRIPT, "<module>"), frame(TWISTED), frame(INSTALLED), frame(OURS)]
    assert culprit_of(installed) is installed[2]
    ours = [frame(TWISTED), frame(OURS)]
    assert culprit_of(ours) is ours[1]
    assert told_of(culprit_of([])) == "something unknown"
