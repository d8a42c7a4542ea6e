"""How a part that cannot start is told of, and how the process ends then."""

from __future__ import annotations

import errno

import pytest
from twisted.application.service import Service
from twisted.internet.error import CannotListenError

from exchange.app.start import Part, StartRefused
from exchange.errors import ConfigurationError


class Stubborn(Service):
    """Fails to start, in whichever phase."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def privilegedStartService(self) -> None:
        raise self._error

    def startService(self) -> None:
        raise self._error


def refused(error: Exception, *, privileged: bool = True) -> StartRefused:
    part = Part("site.toml: [hub]")
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
        (CannotListenError("", "/run/hub.sock", "in use"), "cannot listen at /run/hub.sock: in use"),
        (ConfigurationError("no such thing; have another"), "no such thing; have another"),
    ],
)
def test_a_part_that_cannot_start_is_told_with_its_label_and_the_mend(
    error: Exception, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    refusal = refused(error)

    assert str(refusal) == f"site.toml: [hub]: {line}"
    assert capfd.readouterr().err == f"site.toml: [hub]: {line}\n"


def test_the_refusal_ends_the_process_with_status_1_and_lets_twistd_clean_up() -> None:
    refusal = refused(ConfigurationError("no"))

    assert refusal.code == 1
    assert isinstance(refusal, SystemExit)
    assert isinstance(refusal, Exception)


def test_the_second_phase_of_starting_is_watched_too() -> None:
    assert "no" in refused(ConfigurationError("no"), privileged=False).line


def test_a_fault_of_the_program_is_not_dressed_up_as_the_users() -> None:
    part = Part("hub")
    Stubborn(RuntimeError("our bug")).setServiceParent(part)

    with pytest.raises(RuntimeError, match="our bug"):
        part.privilegedStartService()
