"""What ``exchange explain`` takes, and that it looks at a file without a hub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import pytest_twisted

from exchange.app.cli import explain
from exchange.app.cli.explain import DEEDS
from exchange.app.cli.status import Status
from exchange.routing import policy
from tests.app.cli.conftest import Command, Place


def test_it_knows_every_deed_that_a_policy_does() -> None:
    assert DEEDS == policy.DEEDS


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (
            "call math.multiply --as bob",
            Status.FINE,
            "bob may call math.multiply by this file: rule 2 (principal 'b*', call 'math.*' 'shop.buy') grants it",
        ),
        (
            "call shop.sell --as bob",
            Status.DENIED,
            "bob may not call shop.sell by this file: of the rules about bob (2) none grants it",
        ),
        (
            "join web-services --as press",
            Status.FINE,
            "press may join the service group web-services by this file: "
            "rule 1 (principal 'press', join '*') grants it",
        ),
        (
            "subscribe math",
            Status.DENIED,
            "somebody who has proved nothing may not subscribe to math by this file: "
            "none of the 2 rules is about somebody who has proved nothing",
        ),
    ],
)
def test_the_rules_of_a_file_are_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, status: Status, told: str
) -> None:
    file = tmp_path / "site.toml"
    file.write_text(
        "[hub]\n[[policy]]\nprincipal = 'press'\njoin = '*'\n"
        "[[policy]]\nprincipal = 'b*'\ncall = ['math.*', 'shop.buy']\n"
    )

    assert explain.run([*words.split(), "--config", str(file)]) is status

    assert capsys.readouterr().out == f"{told}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("call math", "expected SERVICE.METHOD, such as math.multiply, got 'math'"),
        ("call math.", "expected SERVICE.METHOD, such as math.multiply, got 'math.'"),
        ("offer math --config none.toml", "none.toml: cannot be read: No such file or directory"),
        ("offer math --hub tcp:x", "--hub: 'tcp:x' is not an endpoint; one looks like tcp:localhost:11111"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_cannot_be_asked_is_one_line_and_status_2(verb: Command, words: str, told: str) -> None:
    assert await verb("explain", *words.split()) == (Status.USAGE, "", f"exchange explain: {told}\n")


def test_another_deed_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        explain.run(["fly", "math"])
    assert caught.value.code == 2


def test_programs_get_what_was_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "site.toml"
    file.write_text("[hub]\n[[policy]]\nprincipal = 'press'\njoin = '*'\n")

    assert explain.run(["join", "plant", "--as", "press", "-c", str(file), "-o", "json"]) is Status.FINE

    told = json.loads(capsys.readouterr().out)
    assert (told["granted"], told["rule"], told["principal"]) == (True, 1, "press")


@pytest_twisted.ensureDeferred
async def test_a_hub_is_asked_which_may_come_from_a_context(verb: Command, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "config/exchange/contexts.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f"[contexts.rome]\nhub = '{place.at}'\n")

    there, gone = (
        await verb("explain", "call", "math.x", "-C", "rome"),
        await verb("explain", "call", "no.x", "-C", "rome"),
    )

    assert (there.status, there.err) == (0, "")
    assert there.lines[2:3] == ["1 named 'math':"]
    assert gone.status == 3
    told = json.loads((await verb("explain", "call", "math.x", "-o", "json", "--hub", place.at)).out)
    assert (told["granted"], told["count"]) == (True, 1)
