"""Asking somebody at a terminal while all else goes on."""

from __future__ import annotations

import os

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import CancelledError

from exchange.app.cli.asking import asked


@pytest_twisted.ensureDeferred
async def test_the_answer_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    read, write = os.pipe()
    with open(read) as stream, open(write, "w") as terminal:
        answer = asked(reactor, "really\x1b? ", stream)
        assert not answer.called
        terminal.write("yes\nno\n")
        terminal.flush()

        assert await answer == "yes\n"
        assert capsys.readouterr().err == "really\\x1b? "


@pytest_twisted.ensureDeferred
async def test_a_terminal_that_has_ended_answers_nothing() -> None:
    read, write = os.pipe()
    with open(read) as stream:
        answer = asked(reactor, "? ", stream)
        os.close(write)

        assert await answer == ""


@pytest_twisted.ensureDeferred
async def test_one_may_stop_asking() -> None:
    read, write = os.pipe()
    with open(read) as stream, open(write, "w"):
        answer = asked(reactor, "? ", stream)
        answer.cancel()

        with pytest.raises(CancelledError):
            await answer
