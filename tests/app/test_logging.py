"""What a process writes to its log, and where."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twisted.application.service import Application, MultiService
from twisted.internet.task import Clock
from twisted.logger import ILogObserver, LogEvent, LogLevel

from exchange.app.ending import Ending
from exchange.app.logging import Levels, Log
from exchange.app.start import Terminal, Whole
from exchange.app.tables import LoggingTable
from exchange.errors import ConfigurationError
from tests.logbook import Logbook


@pytest.fixture(autouse=True)
def _rotation() -> Iterator[None]:
    """A log in a file is rotated at a signal; the next test has its own."""
    before = signal.getsignal(signal.SIGUSR1)
    yield
    signal.signal(signal.SIGUSR1, before)


def event(namespace: str = "exchange.net.link.LinkProtocol", level: str = "info", text: str = "hello") -> LogEvent:
    return {"log_format": text, "log_time": 1.0, "log_level": LogLevel.levelWithName(level), "log_namespace": namespace}


def twistd(**given: Any) -> dict[str, Any]:
    return {"nodaemon": True, "logger": None, "syslog": False, "logfile": None} | given


def written(table: LoggingTable, capsys: pytest.CaptureFixture[str], *events: LogEvent) -> list[str]:
    log = Log(table, twistd())
    assert log.observer is not None
    for each in events:
        log.observer(each)
    return capsys.readouterr().out.splitlines()


def test_in_the_foreground_it_goes_to_standard_output_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = written(LoggingTable(), capsys, event())

    assert line.endswith("[exchange.net.link.LinkProtocol#info] hello")


def test_as_json_each_event_is_a_line_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = written(LoggingTable(format="json"), capsys, event(), event(text="again"))

    assert [json.loads(line)["text"] for line in (first, second)] == ["hello", "again"]


def test_what_is_less_than_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = written(LoggingTable(level="warn"), capsys, event(), event(level="error", text="it broke"))

    assert "it broke" in line


def test_below_a_namespace_another_level_may_hold(capsys: pytest.CaptureFixture[str]) -> None:
    table = LoggingTable(level="warn", levels={"exchange.net": "debug", "exchange.net.dialer": "error"})

    lines = written(
        table,
        capsys,
        event(level="debug", text="of a link"),
        event("exchange.net.dialer.Dialer", "warn", "of a dialer"),
        event("exchange.network", "info", "of another namespace"),
    )

    assert [line.rpartition("] ")[2] for line in lines] == ["of a link"]


def test_levels_may_be_changed_while_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    log = Log(LoggingTable(levels={"exchange.net": "error"}), twistd())
    assert log.observer is not None
    log.observer(event(text="not yet"))

    log.levels.change("error", {"exchange": "debug"})
    log.observer(event(text="now"))
    log.observer(event("other", text="no more"))

    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("now")


def test_an_event_of_no_namespace_is_written_whatever_the_levels() -> None:
    assert Levels("critical", {})({"log_format": "old"}) is not Levels("critical", {})(event())


def test_a_file_may_be_chosen_by_the_table_and_rather_by_twistd(tmp_path: Path) -> None:
    for options, expected in [(twistd(), "table.log"), (twistd(logfile=str(tmp_path / "twistd.log")), "twistd.log")]:
        log = Log(LoggingTable(file=str(tmp_path / "table.log"), format="json"), options)
        assert log.observer is not None
        log.observer(event(text=expected))
        log.close()
        assert json.loads((tmp_path / expected).read_text())["text"] == expected


def test_in_the_background_it_goes_to_the_file_that_twistd_would_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log = Log(LoggingTable(), twistd(nodaemon=False))
    assert log.observer is not None

    log.observer(event())
    log.close()

    assert "hello" in (tmp_path / "twistd.log").read_text()


def test_several_processes_may_write_to_one_file(tmp_path: Path) -> None:
    place = tmp_path / "site.log"
    hub, service = (Log(LoggingTable(format="json", file=str(place)), twistd()) for _ in range(2))
    assert hub.observer is not None
    assert service.observer is not None

    for text in ("one", "two"):
        hub.observer(event(text=f"hub, {text}"))
        service.observer(event(text=f"service, {text}, which is longer"))
    hub.close()
    service.close()

    assert [json.loads(line)["text"].split(",")[:2] for line in place.read_text().splitlines()] == [
        ["hub", " one"],
        ["service", " one"],
        ["hub", " two"],
        ["service", " two"],
    ]


def test_a_file_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^the log .*/nowhere/x\.log cannot be written: No such file"):
        Log(LoggingTable(file=str(tmp_path / "nowhere" / "x.log")), twistd())


@pytest.mark.parametrize("choice", [{"logger": "plant.logs.observer"}, {"syslog": True}])
def test_whoever_has_told_twistd_how_to_log_gets_that(choice: dict[str, Any], tmp_path: Path) -> None:
    log = Log(LoggingTable(format="json", file=str(tmp_path / "x.log")), twistd(**choice))

    assert log.observer is None
    assert list(tmp_path.iterdir()) == []


def test_in_the_background_there_is_no_standard_output_and_twistd_says_so() -> None:
    assert Log(LoggingTable(), twistd(nodaemon=False, logfile="-")).observer is None


def test_twistd_finds_the_log_at_the_application_of_which_the_site_becomes_a_part() -> None:
    application, log = Application("exchange"), Log(LoggingTable(), twistd())
    site = Whole(Terminal(), Ending(Clock(), 0.0), log.join)

    site.setServiceParent(application)

    assert application.getComponent(ILogObserver) is log.observer


def test_a_site_within_another_service_leaves_the_log_alone() -> None:
    parent, log = MultiService(), Log(LoggingTable(), twistd())
    site = Whole(Terminal(), Ending(Clock(), 0.0), log.join)

    site.setServiceParent(parent)

    assert list(parent) == [site]


def test_what_is_told_whoever_started_it_is_a_line_of_json_where_all_lines_are(
    logbook: Logbook, tmp_path: Path
) -> None:
    Log(LoggingTable(format="json"), twistd()).say("exchange serves: all")
    assert logbook.lines() == ["exchange serves: all"]

    elsewhere = Log(LoggingTable(format="json", file=str(tmp_path / "x.log")), twistd())
    elsewhere.say("exchange serves: all")
    elsewhere.close()
    assert logbook.lines() == ["exchange serves: all"]
