"""How a part that cannot start is told of, and how the process ends then."""

from __future__ import annotations

import errno
import os

import pytest
from twisted.application.service import Service
from twisted.internet.error import CannotListenError
from twisted.internet.task import Clock

from exchange.app.ending import Ending
from exchange.app.start import Part, StartRefused, Terminal, Whole
from exchange.errors import ConfigurationError
from tests.logbook import Logbook


class Stubborn(Service):
    """Fails to start, in whichever phase."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def privilegedStartService(self) -> None:
        raise self._error

    def startService(self) -> None:
        raise self._error


def refused(error: Exception, *, privileged: bool = True) -> StartRefused:
    part = Part("site.toml: [hub]", Terminal(shows_log=True))
    Stubborn(error).setServiceParent(part)
    start = part.privilegedStartService if privileged else part.startService
    with pytest.raises(StartRefused) as caught:
        start()
    return caught.value


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            CannotListenError("127.0.0.1", 11111, OSError(errno.EADDRINUSE, "Address already in use")),
            "port 11111 of 127.0.0.1 is in use; stop what listens there, or choose another",
        ),
        (
            CannotListenError("", 80, OSError(errno.EACCES, "Permission denied")),
            "port 80 of this machine may not be opened by this user; choose another",
        ),
        (
            CannotListenError("192.0.2.1", 1, OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")),
            "port 1 of 192.0.2.1 is not on this machine; choose another address",
        ),
        (
            CannotListenError(None, b"/run/hub.sock", "Cannot acquire lock"),
            "the socket /run/hub.sock is in use; stop what listens there, or choose another",
        ),
        (
            CannotListenError(None, b"/run/hub.sock", OSError("AF_UNIX path too long")),
            "cannot listen at the socket /run/hub.sock: AF_UNIX path too long",
        ),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "123", None, "/none/hub.sock.lock"),
            "the socket /none/hub.sock is in a folder that does not exist; make it, or choose another",
        ),
        (
            PermissionError(errno.EPERM, "Operation not permitted", "/dev/x"),
            "cannot listen at /dev/x: Operation not permitted",
        ),
        (OSError("what nobody thought of"), "what nobody thought of"),
        (ConfigurationError("no such thing; have another"), "no such thing; have another"),
    ],
)
def test_a_part_that_cannot_start_is_told_with_its_label_and_the_mend(
    error: Exception, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    refusal = refused(error)

    assert refusal.line == f"site.toml: [hub]: {line}"
    assert capfd.readouterr().err == f"site.toml: [hub]: {line}\n"


def test_the_refusal_ends_the_process_with_status_1_and_lets_twistd_clean_up() -> None:
    refusal = refused(ConfigurationError("no"))

    assert refusal.code == 1
    assert isinstance(refusal, SystemExit)
    assert isinstance(refusal, Exception)


def test_the_second_phase_of_starting_is_watched_too() -> None:
    assert "no" in refused(ConfigurationError("no"), privileged=False).line


def test_a_fault_of_the_program_is_not_dressed_up_as_the_users() -> None:
    part = Part("hub", Terminal())
    Stubborn(RuntimeError("our bug")).setServiceParent(part)

    with pytest.raises(RuntimeError, match="our bug"):
        part.privilegedStartService()


def test_the_log_is_told_too_unless_it_is_shown_at_the_terminal(logbook: Logbook) -> None:
    for shows_log in (True, False):
        terminal = Terminal(shows_log=shows_log)
        terminal.tell("no port")
        terminal.leave()

    assert logbook.lines() == ["not started: no port"]


def test_the_terminal_is_the_one_of_the_start_whatever_became_of_standard_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    terminal, kept = Terminal(shows_log=True), os.dup(2)
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 2)  # as twistd does in the background

    terminal.tell("no port")

    os.dup2(kept, 2)
    os.close(kept)
    terminal.leave()
    assert capfd.readouterr().err == "no port\n"


def test_the_terminal_is_let_go_when_all_has_started(capfd: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(shows_log=True)
    site = Whole(terminal, Ending(Clock(), 30))
    Part("hub", terminal).setServiceParent(site)

    site.privilegedStartService()
    terminal.tell("before")
    site.startService()
    terminal.tell("after")

    assert capfd.readouterr().err == "before\n"
    assert site.stopService().called
