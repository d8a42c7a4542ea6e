"""What the options of all twistd commands have in common."""

from __future__ import annotations

import pytest
from twisted.python import usage

from exchange.app import gateways, hub, services
from exchange.app.options import CommandOptions
from exchange.app.tables import HubTable, LoggingTable
from tests.app.planning import complaint, planned


def test_option_wins_over_environment_over_file_over_default(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def heartbeat(*words: str) -> float:
        return planned(hub.Options, *words).links.heartbeat

    assert heartbeat() == 10
    assert heartbeat("--config", site) == 3
    monkeypatch.setenv("EXCHANGE_HEARTBEAT", "4")
    assert heartbeat("--config", site) == 4
    assert heartbeat() == 4
    assert heartbeat("--config", site, "--heartbeat", "5") == 5


def test_an_empty_environment_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_HEARTBEAT", "")
    monkeypatch.setenv("EXCHANGE_LISTEN", "")

    assert planned(hub.Options).hub == HubTable()


def test_the_hub_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_HUB", "hosta:1 hostb:2")

    assert planned(services.Options, "m:C").services[0].hubs == ("tcp:hosta:1", "tcp:hostb:2")
    assert planned(gateways.Options, "-H", "hostc:3").gateways[0].hubs == ("tcp:hostc:3",)


def test_a_wrong_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_HEARTBEAT", "soon")

    assert complaint(hub.Options).startswith("EXCHANGE_HEARTBEAT: expected a number of seconds")


@pytest.mark.parametrize("command", [hub.Options, services.Options, gateways.Options])
def test_how_long_the_end_may_take_is_said_by_every_command(command: type[CommandOptions]) -> None:
    words = ["m:C"] if command is services.Options else []

    assert planned(command, *words).links.drain_time == 30
    assert planned(command, "--drain-time", "0", *words).links.drain_time == 0
    assert complaint(command, "--drain-time", "-1", *words) == (
        "--drain-time: expected a number of seconds from 0 to 86400, got '-1'"
    )


@pytest.mark.parametrize("command", [hub.Options, services.Options, gateways.Options])
def test_after_how_long_a_blocked_reactor_is_told_of_is_said_by_every_command(command: type[CommandOptions]) -> None:
    words = ["m:C"] if command is services.Options else []

    assert planned(command, *words).links.blocked_after == 1
    assert planned(command, "--blocked-after", "0", *words).links.blocked_after == 0


@pytest.mark.parametrize("command", [hub.Options, services.Options, gateways.Options])
def test_the_help_says_what_for_lists_every_option_and_shows_examples(command: type[CommandOptions]) -> None:
    text = command().getUsage(80)

    assert text.strip().startswith(command.about.strip())
    assert "--config=" in text
    assert "--dead-after=" in text
    assert f"twistd -n {command.command}" in text


class Twistd(usage.Options):
    """As much of twistd's own options as ours look at."""

    def __init__(self, *, foreground: bool, pidfile: str = "twistd.pid") -> None:
        super().__init__()
        self["nodaemon"], self["pidfile"] = foreground, pidfile


@pytest.mark.parametrize(
    ("twistd", "pidfile"),
    [
        (Twistd(foreground=True), ""),
        (Twistd(foreground=True, pidfile="mine.pid"), "mine.pid"),
        (Twistd(foreground=False), "twistd.pid"),
    ],
)
def test_in_the_foreground_no_pid_file_is_written_unless_asked_for(twistd: Twistd, pidfile: str) -> None:
    options = hub.Options()
    options.parent = twistd

    options.parseOptions([])

    assert twistd["pidfile"] == pidfile


@pytest.mark.parametrize("command", [hub.Options, services.Options, gateways.Options])
def test_how_the_log_is_written_is_said_by_every_command(
    command: type[CommandOptions], site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(site, "a") as file:
        file.write('[logging]\nlevel = "warn"\nlevels = { "exchange.net" = "debug" }\n')
    words = ["--config", site] + (["--only", "gateways.web"] if command is gateways.Options else [])

    assert planned(command, *words).logging == LoggingTable(level="warn", levels={"exchange.net": "debug"})
    monkeypatch.setenv("EXCHANGE_LOG_LEVEL", "error")
    assert planned(command, *words).logging.level == "error"
    assert planned(command, *words, "--log-level", "debug", "--log-format", "json").logging == LoggingTable(
        format="json", level="debug", levels={"exchange.net": "debug"}
    )
    assert complaint(command, *words, "--log-format", "xml") == '--log-format: expected "text" or "json", got \'xml\''
