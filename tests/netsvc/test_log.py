from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from twisted.logger import LogBeginner, Logger, LogPublisher

from exchange.netsvc.log import Output, begin_log


class Warnings:
    """Stands where Python's warnings are shown."""

    def showwarning(self, *args: Any) -> None:
        """Show one."""


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> LogPublisher:
    """A log that has not begun."""
    publisher = LogPublisher()
    beginner = LogBeginner(publisher, io.StringIO(), None, Warnings())
    monkeypatch.setattr("exchange.netsvc.log.globalLogBeginner", beginner)
    monkeypatch.setattr("exchange.netsvc.log.globalLogPublisher", publisher)
    monkeypatch.setattr("exchange.netsvc.log.output", Output({}))
    return publisher


def test_our_links_and_all_warnings_are_written_to_standard_error(
    publisher: LogPublisher, capsys: pytest.CaptureFixture[str]
) -> None:
    begin_log()
    Logger("exchange.net.link", observer=publisher).info("a link opened")
    Logger("exchange.net.link", observer=publisher).debug("a frame")
    Logger("twisted.web", observer=publisher).info("a site")
    Logger("twisted.web", observer=publisher).warn("a bad site")
    written = capsys.readouterr().err
    assert "a link opened" in written
    assert "a bad site" in written
    assert "a frame" not in written
    assert "a site" not in written


def test_a_log_that_has_begun_is_left_as_it_is(publisher: LogPublisher, capsys: pytest.CaptureFixture[str]) -> None:
    begin_log()
    begin_log()
    Logger("exchange", observer=publisher).info("once")
    assert capsys.readouterr().err.count("once") == 1


def test_what_the_program_notifies_is_written_at_any_level(
    publisher: LogPublisher, capsys: pytest.CaptureFixture[str]
) -> None:
    begin_log()
    Logger("netsvc", observer=publisher).debug("a detail")
    assert "a detail" in capsys.readouterr().err


def test_the_environment_names_a_file_that_is_written_anew_or_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "log"
    publisher = LogPublisher()
    for environment in ({}, {}, {"OTCLIB_APPENDLOGFILE": "1"}):
        output = Output({"OTCLIB_LOGFILE": str(path), "OTCLIB_NOLOGSTDERR": "1", **environment})
        publisher.addObserver(output)
        for number in range(2):
            Logger("a", observer=publisher).info("line {number}", number=number)
        publisher.removeObserver(output)
        output.set_file("")
    assert [line.split()[-1] for line in path.read_text().splitlines()] == ["0", "1", "0", "1"]


def test_standard_error_is_kept_free_if_the_environment_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    Logger("a", observer=Output({"OTCLIB_NOLOGSTDERR": ""})).info("a line")
    assert capsys.readouterr().err == ""


def test_a_long_line_has_the_process_and_the_channel(capsys: pytest.CaptureFixture[str]) -> None:
    log = Logger("a", observer=Output({"OTCLIB_LOGLONGFORMAT": ""}))
    log.info("a line")
    log.info("a line", channel="plant")
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{os.getpid()} - ")
    assert second.startswith(f"{os.getpid()} plant ")


def test_channels_with_strange_names_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    log = Logger("a", observer=Output({}))
    log.info("a line", channel="$own")
    log.info("another", channel="9")
    (line,) = capsys.readouterr().err.splitlines()
    assert "another" in line


def test_a_program_that_logs_already_gets_a_file_besides_and_nothing_twice(
    publisher: LogPublisher, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_log()
    output = Output({"OTCLIB_LOGFILE": str(tmp_path / "log")})
    monkeypatch.setattr("exchange.netsvc.log.output", output)
    begin_log()
    begin_log()
    Logger("exchange", observer=publisher).info("once")
    output.set_file("")
    assert capsys.readouterr().err.count("once") == 1
    assert (tmp_path / "log").read_text().count("once") == 1
