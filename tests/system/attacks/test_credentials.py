"""Attacks on a hub that asks who somebody is and has a policy: nobody becomes, offers or sees what is not theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange import Token
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.layouts import Kind
from exchange.wire.values import decode_value, encode_value
from tests.system.attacks.attacker import Attacker
from tests.system.attacks.conftest import Staged
from tests.system.attacks.stage import Stage

pytestmark = pytest.mark.system

TOKENS = {name: f"a-long-token-of-{name}" for name in ("plant", "ann", "mallory")}
MALLORY = Token("mallory", TOKENS["mallory"])
POLICY = """
[hub]
token-file = "tokens"

[[policy]]
principal = "plant"
offer = "victim"
join = "web-services"

[[policy]]
principal = "ann"
watch = "*"
call = "victim.*"

[[policy]]
principal = "mallory"
offer = "mine"
call = "mine.*"
"""


@pytest.fixture
def stage(staged: Staged, tmp_path: Path) -> Stage:
    """The stage of an attack on a hub that asks, and lets mallory in too."""
    files = {"tokens": "".join(f"{name}:{token}\n" for name, token in TOKENS.items()), "site.toml": POLICY}
    files |= {name: f"token:{name}:{token}\n" for name, token in TOKENS.items()}
    for name, text in files.items():
        (tmp_path / name).touch(0o600)
        (tmp_path / name).write_text(text)
    config = ("--config", str(tmp_path / "site.toml"))
    return staged(*config, credentials=[tmp_path / "plant", tmp_path / "ann"])


def told_in(report: Frame) -> str:
    """Return the text of a denial."""
    return str(decode_value(body_of(report[3]), 0)[0])


def test_nobody_offers_calls_or_hears_what_the_policy_does_not_grant(stage: Stage) -> None:
    with Attacker(stage.port) as mallory, stage.attack("what a policy denies", grows=8):
        mallory.greet(MALLORY)
        mallory.say(mallory.announce("victim", principal="mallory"))
        assert told_in(mallory.wait_for(Kind.REPORT)) == "principal 'mallory' may not offer 'victim' here"
        mallory.say(mallory.announce("mine", 2, groups=("web-services",), principal="mallory"))
        assert "may not join the service group 'web-services'" in told_in(mallory.wait_for(Kind.REPORT))
        mallory.say(mallory.subscribe("victim", "*"))
        assert told_in(mallory.wait_for(Kind.REPORT)) == "principal 'mallory' may not subscribe to 'victim' here"
        body = encode_value([[6, 7], {}], 0, "args")
        for number in range(1, 201):
            mallory.say(encode(Kind.REQUEST, mallory.make(number), ("victim", "multiply", "mallory"), body)[3])
            kind, _, (code, delivered), _ = mallory.wait_for(Kind.FAILURE, Kind.REPLY)
            assert (kind, code, delivered) == (Kind.FAILURE, 51, False)
        assert mallory.is_welcome()


def test_nobody_says_that_they_are_another_principal(stage: Stage) -> None:
    with stage.attack("another's principal", grows=8):
        for principal in ("plant", "ann", None):
            with Attacker(stage.port) as mallory:
                mallory.greet(MALLORY)
                mallory.say(mallory.announce("mine", principal=principal))
                assert mallory.bye()[0] == "forged"
        for said in ("plant", "ann"):
            with Attacker(stage.port) as mallory:
                mallory.greet(MALLORY)
                mallory.say(encode(Kind.REQUEST, mallory.make(1), ("victim", "multiply", said), b"")[3])
                assert mallory.bye()[0] == "forged"


def test_what_somebody_said_to_be_let_in_lets_nobody_in_again(stage: Stage) -> None:
    with Attacker(stage.port, "ann") as ann:
        said = ann.greet(Token("ann", TOKENS["ann"]))
    with stage.attack("replayed greetings", grows=8):
        attackers = [Attacker(stage.port, "thief") for _ in range(3)]
        for attacker in attackers:
            attacker.say(said)
        assert {attacker.bye()[0] for attacker in attackers} <= {"denied", "protocol", "mechanism"}
        for attacker in attackers:
            attacker.socket.close()
        with Attacker(stage.port, "thief") as patient:
            hello, proof = said[: 4 + int.from_bytes(said[:4], "big")], said[4 + int.from_bytes(said[:4], "big") :]
            patient.say(hello)
            patient.wait_for(Kind.CHALLENGE)
            patient.say(proof[: 4 + int.from_bytes(proof[:4], "big")])
            assert patient.bye() == ("denied", "these credentials are not right")


def test_nobody_is_let_in_by_a_weaker_mechanism(stage: Stage) -> None:
    with stage.attack("weaker mechanisms", grows=8):
        for mechanism in ("open", "plain", "certificate", "scram-sha-256", "TOKEN", ""):
            with Attacker(stage.port) as attacker:
                attacker.say(attacker.hello(mechanism=mechanism))
                code, text = attacker.bye()
                assert (code, "'token' only" in text) == ("mechanism", True), text


def test_guessing_is_slow_and_those_who_know_notice_nothing(stage: Stage) -> None:
    with stage.attack("guessed tokens", grows=8):
        codes = []
        for _ in range(3):
            attackers = [Attacker(stage.port, f"guess {number}") for number in range(20)]
            for attacker in attackers:
                attacker.say(attacker.hello(mechanism="token"))
            for attacker in attackers:
                heard = attacker.wait_for(Kind.CHALLENGE, Kind.BYE)
                if heard[0] == Kind.CHALLENGE:
                    attacker.say(encode(Kind.PROOF, b"", (bytes(64) + b"plant",))[3])
                    heard = attacker.wait_for(Kind.BYE)
                codes.append(heard[2][0])
                attacker.socket.close()
        assert set(codes) == {"denied", "greeting"}
        assert codes.count("denied") <= 30
