"""Attacks on what a hub has to keep: it keeps so much of anybody and no more, and the others notice nothing."""

from __future__ import annotations

import pytest

from exchange.wire.frames import encode
from exchange.wire.layouts import Kind
from tests.system.attacks.attacker import Attacker
from tests.system.attacks.conftest import Staged

pytestmark = pytest.mark.system

FRAME = 1 << 24
"""The largest frame that a hub takes, unless it is told otherwise."""

GREETING = 1 << 14
"""The largest frame in a greeting."""

MILLION = 1_000_000
PIECE = 65_536


def test_of_a_million_subscriptions_a_hub_keeps_as_many_as_one_link_may_have(staged: Staged) -> None:
    stage = staged()
    with Attacker(stage.port) as attacker:
        attacker.greet()
        pieces = [
            b"".join(attacker.subscribe("nobody", f"{number}.*", number) for number in range(at, at + PIECE))
            for at in range(1, 2 * PIECE, PIECE)
        ]
        with stage.attack("a million subscriptions", grows=80):
            for piece in pieces * (MILLION // len(pieces) // PIECE + 1):
                attacker.say(piece)
            assert attacker.bye() == ("limit", "one link may hold 65536 subscriptions at most")


def test_of_a_frame_that_never_ends_a_hub_keeps_what_has_come(staged: Staged) -> None:
    stage = staged()
    half = (FRAME - 4).to_bytes(4, "big") + bytes((Kind.REPLY, 0, 0, 20)) + bytes(FRAME // 2)
    attackers = [Attacker(stage.port, f"half {number}") for number in range(40)]
    for attacker in attackers:
        attacker.greet()
    with stage.attack("40 halves of the largest frame", grows=300):
        for attacker in attackers:
            attacker.say(half)
        ends = {attacker.bye() for attacker in attackers[:4]}
    assert {code for code, _ in ends} == {"limit"}, ends
    for attacker in attackers:
        attacker.socket.close()


@pytest.mark.parametrize("deep", [1_000, 16_000_000])
def test_a_body_that_is_nested_too_deep_is_refused_by_its_reader(staged: Staged, deep: int) -> None:
    stage = staged()
    with Attacker(stage.port) as attacker:
        attacker.greet()
        head = encode(Kind.REQUEST, attacker.make(1), ("victim", "multiply", None))[3]
        body = b"\x91" * deep
        size = len(head) - 4 + len(body)
        with stage.attack(f"a body {deep} deep", grows=64):
            attacker.say(size.to_bytes(4, "big"), head[4:], body)
            kind, _, (code, delivered), raw = attacker.wait_for(Kind.FAILURE)
            assert (kind, code, delivered) == (Kind.FAILURE, 54, False), raw


def test_a_header_that_is_nested_too_deep_ends_its_link(staged: Staged) -> None:
    stage = staged()
    bombs = [
        b"\x91" * 60_000,
        b"\x91" * 60_000 + b"\xc0",
        b"\xdd\xff\xff\xff\xff" * 12_000,
        b"\xdf\xff\xff\xff\xff" * 9,
    ]
    with stage.attack("nested headers", grows=8):
        for bomb in bombs:
            for kind, thing in ((Kind.HELLO, b""), (Kind.ANNOUNCE, bytes(20)), (Kind.REPORT, bytes(20))):
                with Attacker(stage.port) as attacker:
                    if thing:
                        attacker.greet()
                    header = thing + bomb
                    attacker.say((4 + len(header)).to_bytes(4, "big"), bytes((kind, 0)), len(header).to_bytes(2, "big"))
                    attacker.say(header)
                    code, _ = attacker.bye()
                    assert code == ("too-large" if not thing and len(bomb) > GREETING else "protocol")
