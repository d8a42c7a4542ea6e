"""Attacks by not reading: what waits for such a far end is bounded, and the others notice nothing."""

from __future__ import annotations

import threading

import pytest

from exchange.wire.layouts import Kind
from tests.system.attacks.attacker import Attacker
from tests.system.attacks.conftest import Staged

pytestmark = pytest.mark.system

SIZE = 60_000
MEBIBYTE = 1 << 20
LIMITS = ("--soft-limit", str(4 * MEBIBYTE), "--hard-limit", str(16 * MEBIBYTE))


def test_a_reader_that_stops_costs_no_more_than_may_wait_for_it(staged: Staged) -> None:
    stage = staged(*LIMITS)
    with Attacker(stage.port, "reader") as reader, Attacker(stage.port, "teller") as teller:
        reader.greet()
        reader.say(reader.subscribe("victim", "*"))
        assert reader.is_welcome()
        teller.greet()
        with stage.attack("a reader that stops", grows=32):
            for number in range(1, 1_001):
                teller.say(teller.request("victim", "tell", f"subject {number}", SIZE, number=number))
                assert teller.wait_for(Kind.REPLY, Kind.FAILURE)[0] == Kind.REPLY
        while reader.wait_for(Kind.REPORT)[2][1] != "skipped":
            pass  # in the end it is told that it missed some


def test_a_caller_that_never_reads_its_replies_is_ended(staged: Staged) -> None:
    stage = staged(*LIMITS)
    with Attacker(stage.port) as attacker:
        attacker.greet()
        requests = [attacker.request("victim", "much", SIZE, number=number) for number in range(1, 1_001)]
        with stage.attack("a caller that never reads", grows=48):
            sending = threading.Thread(target=attacker.say, args=requests)
            sending.start()
            sending.join()
        assert "(slow)" in stage.hub.wait_for("closed: more than 16777216 bytes")


SLOW = ["*a?" * 340 + "b", "*" * 1_000 + "?", "*" + "?" * 500 + "b*", "*" + "a" * 500 + "b*" + "a" * 500, "a*" * 512]
"""What makes matchers slow that try again."""

SUBJECT = "a" * 1_000


def test_no_pattern_is_slow(staged: Staged) -> None:
    stage = staged()
    with Attacker(stage.port) as attacker, Attacker(stage.port, "teller") as teller:
        attacker.greet()
        patterns = [attacker.subscribe("victim", SLOW[number % len(SLOW)], number) for number in range(1, 101)]
        attacker.say(*patterns)
        assert attacker.is_welcome()
        teller.greet()
        with stage.attack("100 patterns made to be slow", grows=8):
            for number in range(1, 201):
                teller.say(teller.request("victim", "tell", f"{SUBJECT}{number}", number=number))
                assert teller.wait_for(Kind.REPLY, Kind.FAILURE)[0] == Kind.REPLY
