"""What the quiet log shows at a terminal."""

from __future__ import annotations

from io import StringIO

from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.app.console import observer


def test_only_warnings_and_worse_are_shown_a_line_each() -> None:
    terminal = StringIO()
    log = Logger(observer=observer(terminal), namespace="tests")

    log.info("link opened to {name}", name="rome")
    log.warn("no hub answers at {endpoint}", endpoint="tcp:localhost:1")
    log.error("that was bad")

    assert terminal.getvalue() == "no hub answers at tcp:localhost:1\nthat was bad\n"


def test_a_failure_comes_with_its_traceback() -> None:
    terminal = StringIO()
    log = Logger(observer=observer(terminal), namespace="tests")

    log.failure("a callback raised", Failure(ValueError("boom")))

    assert "a callback raised" in terminal.getvalue()
    assert "ValueError: boom" in terminal.getvalue()
