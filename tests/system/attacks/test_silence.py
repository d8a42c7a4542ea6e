"""Attacks that say little or nothing: who means to speak is let in all the same, and the others notice nothing."""

from __future__ import annotations

import resource
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from exchange.wire.layouts import Kind
from tests.system.attacks.attacker import CLOSED, Attacker
from tests.system.attacks.conftest import Staged

pytestmark = pytest.mark.system

CONNECTIONS = 10_000
FILES = CONNECTIONS + 500
"""What the test may have open, and the hub, which inherits it."""

ADDRESSES = 20
"""Of this machine, from which the connections come in turn."""

AT_ONCE = 500
"""Connections that are made before the hub is looked at again; the kernel keeps so many for it."""


@contextmanager
def many_files() -> Iterator[None]:
    """Have room for them, or skip the test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < FILES:
        pytest.skip(f"10,000 connections need {FILES} open files, and this machine allows {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def silent_connections(port: int, opened: ExitStack) -> list[socket.socket]:
    """Make them, over which nothing will ever be said."""
    made = []
    with Attacker(port, "pacer") as pacer:
        pacer.greet()
        for number in range(CONNECTIONS):
            address = f"127.0.1.{1 + number % ADDRESSES}"
            made.append(opened.enter_context(socket.create_connection(("127.0.0.1", port), 20, (address, 0))))
            if number % AT_ONCE == 0:
                assert pacer.is_welcome()
    return made


def are_open(sockets: list[socket.socket]) -> int:
    """Return how many of them the hub still has."""
    poll = select.poll()
    for each in sockets:
        poll.register(each, select.POLLRDHUP)
    return len(sockets) - len(poll.poll(0))


def test_ten_thousand_connections_that_say_nothing_keep_nobody_out(staged: Staged) -> None:
    with many_files(), ExitStack() as opened:
        stage = staged()
        with stage.attack("10,000 silent connections", grows=64):
            sockets = silent_connections(stage.port, opened)
            with Attacker(stage.port, "newcomer") as newcomer:
                newcomer.greet()
                assert newcomer.is_welcome()
        assert are_open(sockets) <= 1_024


def test_greetings_that_drip_are_ended_in_time(staged: Staged) -> None:
    stage = staged("--greeting-time", "1.5")
    with ExitStack() as opened, stage.attack("200 greetings that drip", grows=8):
        attackers = [opened.enter_context(Attacker(stage.port, f"{number}")) for number in range(200)]
        is_over = threading.Event()

        def drip() -> None:
            for place in range(100):
                for each in attackers:
                    each.say(each.hello()[place : place + 1])
                if is_over.wait(0.05):
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            assert {each.bye() for each in attackers} == {("greeting", "no greeting within 1.5 seconds")}
        finally:
            is_over.set()
            dripping.join()


def test_a_link_that_says_half_a_frame_and_no_more_dies(staged: Staged) -> None:
    stage = staged("--heartbeat", "0.5", "--dead-after", "1.5")
    with Attacker(stage.port) as attacker, stage.attack("half a frame", grows=8):
        attacker.greet()
        attacker.say(attacker.request("victim", "multiply", 1, 2)[:20])
        assert attacker.wait_for(Kind.PING)
        with pytest.raises(AssertionError, match=CLOSED):
            attacker.wait_for(Kind.BYE)
