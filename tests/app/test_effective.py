"""What a command would run with, and where each value came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.python.usage import UsageError

from exchange.app.effective import effective_values, harmless
from exchange.app.mistakes import ConfigurationErrors

TEXT = """[hub]
name = "rome"
heartbeat = 3
join = ["tcp:a:1"]
token-file = "tokens"
[limits]
max-links = 7
[[policy]]
call = "math.*"
[services.math]
class = "m:Math"
[gateways]
web = { max-body = 5 }
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "site.toml").write_text(TEXT)
    return str(tmp_path / "site.toml")


def found(
    file: str | None, *words: str, parts: tuple[str, ...] = (), **environ: Any
) -> dict[tuple[str, str], tuple[Any, str, str]]:
    values = effective_values(reactor, file, parts, words, environ)
    return {(each.table, each.key): (each.value, each.origin, each.where) for each in values}


def test_each_value_has_the_place_that_it_came_from(file: str) -> None:
    values = found(
        file, "--dead-after", "20", "--insecure", "--log-level", "warn", EXCHANGE_GROUP="plant", EXCHANGE_MAX_LINKS="9"
    )

    assert values["hub", "name"] == ("rome", "file", f"{file}, line 2")
    assert values["hub", "heartbeat"] == (3.0, "file", f"{file}, line 3")
    assert values["hub", "dead-after"] == (20.0, "option", "--dead-after")
    assert values["hub", "group"] == ("plant", "environment", "EXCHANGE_GROUP")
    assert values["hub", "drain-time"] == (30.0, "default", "")
    assert values["hub", "insecure"] == (True, "option", "--insecure")
    assert values["hub", "join"] == (["tcp:a:1"], "file", f"{file}, line 4")
    assert values["limits", "max-links"] == (9, "environment", "EXCHANGE_MAX_LINKS")
    assert values["logging", "level"] == ("warn", "option", "--log-level")
    assert values["policy 1", "call"] == ("math.*", "file", f"{file}, line 9")
    assert values["policy 1", "watch"] == ([], "default", "")
    assert values["services.math", "class"] == ("m:Math", "file", f"{file}, line 11")
    assert values["gateways.web", "max-body"] == (5, "file", f"{file}, line 13")
    assert values["gateways.web", "choice"] == ("least-owing", "default", "")


def test_an_option_wins_over_the_environment_and_that_over_the_file(file: str) -> None:
    assert found(file, EXCHANGE_HEARTBEAT="4")["hub", "heartbeat"] == (4.0, "environment", "EXCHANGE_HEARTBEAT")
    assert found(file, "--heartbeat", "5", EXCHANGE_HEARTBEAT="4")["hub", "heartbeat"] == (
        5.0,
        "option",
        "--heartbeat",
    )


@pytest.mark.parametrize(
    ("words", "environ", "where"),
    [
        (["--port", "5"], {}, ("option", "--port")),
        (["--interface", "127.0.0.2"], {"EXCHANGE_LISTEN": "tcp:1"}, ("option", "--interface")),
        (["--listen", "tcp:1:interface=127.0.0.1"], {}, ("option", "--listen")),
        ([], {"EXCHANGE_LISTEN": "tcp:1:interface=127.0.0.1"}, ("environment", "EXCHANGE_LISTEN")),
        ([], {}, ("default", "")),
    ],
)
def test_where_to_listen_may_be_said_in_several_ways(
    file: str, words: list[str], environ: dict[str, Any], where: tuple[str, str]
) -> None:
    assert found(file, *words, **environ)["hub", "listen"][1:] == where


def test_parts_can_be_chosen(file: str) -> None:
    assert {table for table, _ in found(file, parts=("services.math",))} == {
        "limits",
        "logging",
        "tracing",
        "services.math",
    }
    assert {table for table, _ in found(file, parts=("hub",))} == {"hub", "limits", "logging", "tracing", "policy 1"}


def test_without_a_file_there_are_defaults() -> None:
    assert found(None)["hub", "listen"] == ("tcp:11111:interface=127.0.0.1", "default", "")


def test_what_is_wrong_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[hub]\nheartbeet = 1\nname = 5\n")
    with pytest.raises(ConfigurationErrors) as caught:
        found(str(tmp_path / "bad.toml"))
    assert len(caught.value.lines) == 2
    with pytest.raises(UsageError):
        found(None, "--nonsense")


def test_secrets_in_a_url_are_not_shown() -> None:
    assert harmless("https://ann:secret@traces.example:4318/v1") == "https://...@traces.example:4318/v1"
    assert harmless("https://traces.example/@") == "https://traces.example/@"
    assert harmless("tcp:a@b") == "tcp:a@b"
    assert harmless(5) == 5
