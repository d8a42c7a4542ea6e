"""What ``exchange explain`` takes, and that it looks at a file without a hub."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.app.cli import explain
from exchange.app.cli.explain import DEEDS
from exchange.app.cli.status import Status
from exchange.routing import policy


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
def test_what_cannot_be_asked_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], words: str, told: str
) -> None:
    assert explain.run(words.split()) is Status.USAGE

    assert capsys.readouterr().err == f"exchange explain: {told}\n"


def test_another_deed_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        explain.run(["fly", "math"])
    assert caught.value.code == 2
