"""Attacks on who is who: what somebody says of others is not believed, and the others notice nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exchange.wire.frames import encode
from exchange.wire.identities import Id, identity_of, make_id, maker_of
from exchange.wire.layouts import Kind
from exchange.wire.values import encode_value
from tests.system.attacks.attacker import Attacker, forged
from tests.system.attacks.conftest import Staged
from tests.system.attacks.stage import Stage

pytestmark = pytest.mark.system

OWED = 20_000
"""So many calls of the victim are named, those that it makes meanwhile among them."""

CAN_GROW = 8


def victim_of(attacker: Attacker) -> Id:
    """Return the id of the victim's instance, which everybody is shown who asks."""
    attacker.say(attacker.subscribe("$exchange", "instance.*", 99))
    subject = attacker.wait_for(Kind.REPORT)[2][1]
    return Id(bytes.fromhex(subject.removeprefix("instance.")))


OWN = make_id(identity_of(b"attacker".ljust(32)), 1)
REPORT_BODY = encode_value(["false", 1, 0, None], 0, "content")

FORGERIES: dict[str, Callable[[Stage, Id], bytes]] = {
    "a call in the name of another": lambda stage, thing: forged(
        Kind.REQUEST, stage.caller_identity, [1], ("victim", "multiply", None), encode_value([[1, 2], {}], 0, "args")
    ),
    "the end of another's call": lambda stage, thing: forged(Kind.CANCEL, stage.caller_identity, range(1, OWED), ()),
    "a subscription of another": lambda stage, thing: forged(
        Kind.SUBSCRIBE, stage.caller_identity, [1], ("victim", "*", "latest", 99)
    ),
    "the end of another's subscription": lambda stage, thing: forged(Kind.UNSUBSCRIBE, stage.caller_identity, [1], ()),
    "the end of another's service": lambda stage, thing: encode(Kind.WITHDRAW, thing, ("withdrawn",))[3],
    "a report of another's service": lambda stage, thing: encode(
        Kind.REPORT, thing, ("victim", "news", None, False), REPORT_BODY
    )[3],
    "another's service": lambda stage, thing: encode(
        Kind.ANNOUNCE, thing, (99, "victim", (), "*", b"", None, (), None)
    )[3],
    "another's service, as if by a bridge": lambda stage, thing: encode(
        Kind.ANNOUNCE, thing, (99, "victim", (), "*", b"", None, ("elsewhere",), maker_of(thing))
    )[3],
    "another's principal": lambda stage, thing: encode(Kind.ANNOUNCE, OWN, (1, "bank", (), "*", b"", "root", (), None))[
        3
    ],
    "a call as somebody else": lambda stage, thing: encode(
        Kind.REQUEST, OWN, ("victim", "multiply", "root"), encode_value([[1, 2], {}], 0, "args")
    )[3],
}


def test_whatever_is_said_in_the_name_of_others_ends_the_link_of_who_says_it(staged: Staged) -> None:
    stage = staged()
    with Attacker(stage.port, "watcher") as watcher:
        watcher.greet()
        thing = victim_of(watcher)

    with stage.attack("forgeries", CAN_GROW):
        for what, frames in FORGERIES.items():
            with Attacker(stage.port) as attacker:
                attacker.greet()
                attacker.say(frames(stage, thing))
                code, text = attacker.bye()
                assert code == "forged", (what, code, text)


def test_answers_to_calls_of_others_are_dropped(staged: Staged) -> None:
    stage = staged()
    body = encode_value(-1, 0, "result")
    replies = forged(Kind.REPLY, stage.caller_identity, range(1, OWED), (), body)
    failures = forged(Kind.FAILURE, stage.caller_identity, range(1, OWED), (50, True))

    with Attacker(stage.port) as attacker, stage.attack("answers to calls of others", CAN_GROW):
        attacker.greet()
        attacker.say(replies, failures)
        assert attacker.is_welcome()


def test_a_service_that_answers_twice_is_heard_once(staged: Staged) -> None:
    stage = staged()
    with Attacker(stage.port) as callee, Attacker(stage.port, "caller") as caller:
        callee.greet()
        callee.say(callee.announce("twice"))
        assert callee.is_welcome()
        caller.greet()
        with stage.attack("a service that answers twice", CAN_GROW):
            for number in range(1, 501):
                caller.say(caller.request("twice", "any", number=number))
                _, call, _, _ = callee.wait_for(Kind.REQUEST)
                first, second = (encode(Kind.REPLY, call, (), encode_value(each, 0, ""))[3] for each in ("1", "2"))
                callee.say(first, second, second, encode(Kind.FAILURE, call, (50, True))[3])
                kind, answered, _, raw = caller.wait_for(Kind.REPLY, Kind.FAILURE)
                assert (kind, answered, raw) == (Kind.REPLY, call, first)
            assert callee.is_welcome()
            assert caller.is_welcome()


def test_a_version_that_nobody_speaks_and_greetings_out_of_order_are_refused(staged: Staged) -> None:
    stage = staged()
    offers: list[tuple[str, Callable[[Attacker], bytes]]] = [
        ("version", lambda attacker: attacker.hello(versions=(0,))),
        ("version", lambda attacker: attacker.hello(versions=(2, 1 << 63))),
        ("mechanism", lambda attacker: attacker.hello(mechanism="none")),
        ("mechanism", lambda attacker: attacker.hello(mechanism="")),
        ("mechanism", lambda attacker: attacker.hello() + encode(Kind.PROOF, b"", (b"",))[3]),
        ("group", lambda attacker: attacker.hello(group="elsewhere")),
        ("protocol", lambda attacker: attacker.hello() * 2),
        ("protocol", lambda attacker: encode(Kind.READY)[3]),
        ("protocol", lambda attacker: attacker.hello() + attacker.request("victim", "multiply", 1, 2)),
    ]
    with stage.attack("bad greetings", CAN_GROW):
        for expected, said in offers:
            with Attacker(stage.port) as attacker:
                attacker.say(said(attacker))
                heard: Any = attacker.wait_for(Kind.BYE, Kind.WELCOME)
                code = heard[2][0] if heard[0] == Kind.BYE else attacker.bye()[0]
                assert code == expected, (expected, heard)
