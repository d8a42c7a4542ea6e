from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc import log
from exchange.netsvc.log import Output
from exchange.netsvc.process import Process
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


@pytest.fixture(autouse=True)
def no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of the test stays as it is."""
    monkeypatch.setattr(log, "begin_log", lambda: None)
    monkeypatch.setattr(log, "output", Output({}))


@pytest.fixture
def logger(here: Process) -> netsvc.Logger:
    """A logger."""
    return netsvc.Logger()


def test_a_message_is_logged_at_its_level(logger: netsvc.Logger, logbook: Logbook) -> None:
    for level in (netsvc.LOG_EMERGENCY, netsvc.LOG_WARNING, netsvc.LOG_DEBUG):
        logger.notify(level, f"{{message}} {level}")
    assert logbook.lines("{message}") == ["{message} 0", "{message} 4", "{message} 7"]
    with pytest.raises(ValueError, match="LOG_EMERGENCY"):
        logger.notify(8, "no such level")


def test_who_monitors_a_channel_is_told_in_a_later_turn_whoever_notified_it(
    site: Site, logger: netsvc.Logger, told: Told
) -> None:
    logger.monitorChannel("plant", told.three)
    logger.monitorChannel("", lambda channel, level, message: told.one("the one before"))
    logger.monitorChannel("", told.three)
    netsvc.Logger().notifyChannel("plant", netsvc.LOG_INFO, "one")
    logger.notifyChannel("other", netsvc.LOG_INFO, "two")
    logger.notify(netsvc.LOG_ERROR, "three")
    assert told.lines == []
    site.settle()
    assert told.lines == [("plant", netsvc.LOG_INFO, "one"), ("", netsvc.LOG_ERROR, "three")]


def test_who_monitors_no_more_is_told_nothing(site: Site, here: Process, logger: netsvc.Logger, told: Told) -> None:
    for end in (lambda: logger.monitorChannel("a", None), logger.destroyCallbacks, logger.destroyReferences):
        logger.monitorChannel("a", told.three)
        logger.monitorChannel("b", told.three)
        logger.monitorChannel("b", None)
        logger.notifyChannel("a", netsvc.LOG_INFO, "one")
        end()
        assert here.loggers == {}
    site.settle()
    assert told.lines == []


def test_an_error_in_a_callback_is_logged_once(site: Site, logger: netsvc.Logger, logbook: Logbook) -> None:
    def raising(*told: Any) -> None:
        raise ValueError("oh")

    logger.monitorChannel("", raising)
    logger.notify(netsvc.LOG_INFO, "one")
    site.settle()
    assert logbook.failures() == ["ValueError: oh"]


def test_where_and_how_it_is_written_can_be_asked_and_changed(logger: netsvc.Logger, tmp_path: Path) -> None:
    path = str(tmp_path / "log")
    assert (logger.logFile(), logger.stderrOutputEnabled(), logger.longFormatEnabled()) == ("", True, False)
    logger.setLogFile(path)
    logger.disableStderrOutput()
    logger.enableLongFormat()
    other = netsvc.Logger()
    assert (other.logFile(), other.stderrOutputEnabled(), other.longFormatEnabled()) == (path, False, True)
    logger.setLogFile("")
    logger.enableStderrOutput()
    logger.disableLongFormat()
    assert (other.logFile(), other.stderrOutputEnabled(), other.longFormatEnabled()) == ("", True, False)
