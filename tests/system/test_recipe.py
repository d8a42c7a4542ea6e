"""The four programs of 2002, as they stand in examples/netsvc: real processes at the ports that they name."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count, islice
from math import isqrt
from pathlib import Path
from xmlrpc.client import Fault, ProtocolError, ServerProxy

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import AT_ONCE, Process

pytestmark = pytest.mark.system

PROGRAMS = Path(__file__).parents[2] / "examples" / "netsvc"
MATH = "http://localhost:8000/xmlrpc/service/math"
BEGUN = {"central": "listening at", "server": "link to", "client": "link to", "gateway": "answering HTTP"}
"""What each program says when it has begun, whether it has a link or not."""

RESUMES_WITHIN = 5.25 + 1 + AT_ONCE
"""Seconds: a retry of 5 and a twentieth more, and the second that the client lets pass between two calls."""

Programs = dict[str, Process]
Start = Callable[..., Programs]


@pytest.fixture(autouse=True)
def free_ports() -> None:
    """The programs name their ports; nobody else may have them."""
    for port in (11111, 8000):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            pytest.fail(f"port {port} is in use, which the programs of examples/netsvc need; stop what listens there")


@pytest.fixture
def start(process: StartProcess) -> Start:
    """Start programs of the recipe, in an order; each has begun when the next is started."""

    def start(*names: str) -> Programs:
        return {name: process("python", str(PROGRAMS / f"{name}.py"), ready=BEGUN[name]) for name in names}

    return start


def printed(client: Process, after: int = 0) -> Iterator[int]:
    """Wait for one number after another that the client prints."""
    for place in count(after):
        line = client.wait_for("", after=place).strip()
        if line.isdecimal():
            yield int(line)


def assert_square(number: int) -> None:
    """Assert that a number is the square of one below a thousand."""
    assert isqrt(number) ** 2 == number
    assert 0 <= number <= 998_001


def interrupt(programs: Programs) -> None:
    """Press Ctrl-C in all terminals, and see all programs end in good order."""
    for program in programs.values():
        program.interrupt()
    for name, program in programs.items():
        assert program.wait() == 0, program.story()
        assert "Traceback" not in program.output + program.errors, program.story()
        assert "SIGINT received" in program.errors, name


@pytest.mark.parametrize(
    "order",
    [
        "central server client gateway",
        "gateway client server central",
        "client central gateway server",
        "server gateway central client",
        "central client server gateway",
    ],
)
def test_the_programs_find_one_another_in_any_order_of_start(start: Start, order: str) -> None:
    programs = start(*order.split())

    for number in islice(printed(programs["client"]), 2):
        assert_square(number)
    programs["gateway"].wait_for("math is shown")
    with ServerProxy(MATH) as math:
        assert math.multiply(6, 7) == 42
        with pytest.raises(Fault, match="netsvc -- Method Unavailable") as unavailable:
            math.divide(1, 2)
        assert unavailable.value.faultCode == 55
        with pytest.raises(Fault, match="netsvc -- Parameters Incorrect") as incorrect:
            math.multiply(1, 2, 3)
        assert incorrect.value.faultCode == 56
        assert incorrect.value.faultString.endswith("\n\nmultiply(x, y) takes 2 arguments, 3 came")
    with ServerProxy(f"{MATH}s") as unknown, pytest.raises(ProtocolError) as not_found:
        unknown.multiply(6, 7)
    assert not_found.value.errcode == 404
    interrupt(programs)


def test_the_client_resumes_by_itself_when_central_was_killed_and_started_again(start: Start) -> None:
    programs = start("central", "server", "client", "gateway")
    client = programs["client"]
    assert_square(next(printed(client)))
    programs["gateway"].wait_for("math is shown")
    programs["central"].signal(signal.SIGKILL)
    assert programs["central"].wait() == -signal.SIGKILL
    client.wait_for("closed")
    programs["gateway"].wait_for("math is not shown any more")

    seen, seen_by_gateway = client.count, programs["gateway"].count
    programs |= start("central")
    begun = time.monotonic()
    assert_square(next(printed(client, seen)))
    assert time.monotonic() - begun < RESUMES_WITHIN
    programs["gateway"].wait_for("math is shown", after=seen_by_gateway)
    interrupt(programs)


def test_the_client_goes_on_with_a_server_that_was_killed_and_started_again(start: Start) -> None:
    programs = start("central", "server", "client")
    client = programs["client"]
    assert_square(next(printed(client)))
    programs["server"].signal(signal.SIGKILL)
    assert programs["server"].wait() == -signal.SIGKILL

    seen = client.count
    programs |= start("server")
    assert_square(next(printed(client, seen)))
    interrupt(programs)


def test_a_second_central_says_in_one_line_that_the_port_is_in_use(start: Start, process: StartProcess) -> None:
    programs = start("central")
    second = process("python", str(PROGRAMS / "central.py"))
    assert second.wait() == 1
    assert second.errors == (
        "port 11111 of all interfaces cannot be had: Address already in use; "
        "stop what listens there, or choose another\n"
    )
    interrupt(programs)
