from __future__ import annotations

import io
from typing import Any

import pytest
from twisted.logger import LogBeginner, Logger, LogPublisher

from exchange.netsvc.log import begin_log


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
