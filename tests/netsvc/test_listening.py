from __future__ import annotations

import subprocess
import sys

import pytest
from twisted.internet.error import CannotListenError

from exchange import ConfigurationError
from exchange.netsvc.listening import listening_at


@pytest.mark.parametrize(
    ("interface", "cause", "line"),
    [
        (
            "",
            OSError(98, "Address in use"),
            "port 80 of all interfaces cannot be had: Address in use; ",
        ),
        ("127.0.0.1", OSError(13, "Permission denied"), "port 80 of 127.0.0.1 cannot be had: Permission denied; "),
        ("127.0.0.1", "who knows", "port 80 of 127.0.0.1 cannot be had: who knows; "),
    ],
)
def test_a_port_that_cannot_be_had_is_said_in_one_line(interface: str, cause: object, line: str) -> None:
    with pytest.raises(ConfigurationError) as refused, listening_at(80, interface):
        raise CannotListenError(interface, 80, cause)
    assert str(refused.value) == f"{line}stop what listens there, or choose another"


def test_a_program_that_does_not_catch_it_ends_with_the_line_and_no_traceback() -> None:
    words = "from exchange.netsvc.listening import PortRefused; raise PortRefused('no port')"
    program = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    assert (program.returncode, program.stderr) == (1, "no port\n")


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(KeyError), listening_at(80, ""):
        raise KeyError
