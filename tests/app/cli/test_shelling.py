"""Shells of programs: from the command line, from standard input."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessTerminated
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from exchange.app.cli.shell_names import Completer
from exchange.app.cli.shelling import History
from tests.app.cli.conftest import Place
from tests.system.processes import environment, free_port


class Ended(NamedTuple):
    """How a program ended, and what it printed."""

    status: int
    out: str
    err: str


class Program(ProcessProtocol):
    """A program that is given all of its standard input at once, while the reactor, and so the hub, goes on."""

    def __init__(self, *words: str, given: str = "", env: Mapping[str, str], executable: str = "") -> None:
        self.ended: Deferred[Ended] = Deferred()
        self._given = given
        self._out, self._err = bytearray(), bytearray()
        argv = [executable, *words] if executable else [sys.executable, "-m", "exchange", *words]
        reactor.spawnProcess(self, argv[0], argv, env=environment(**env))

    def connectionMade(self) -> None:
        assert self.transport is not None
        self.transport.write(self._given.encode())
        self.transport.closeStdin()

    def outReceived(self, data: bytes) -> None:
        self._out += data

    def errReceived(self, data: bytes) -> None:
        self._err += data

    def processEnded(self, reason: Failure) -> None:
        status = reason.value.exitCode if isinstance(reason.value, ProcessTerminated) else 0
        self.ended.callback(Ended(status, self._out.decode(), self._err.decode()))


@pytest_twisted.ensureDeferred
async def test_a_program_is_read_from_standard_input(place: Place) -> None:
    program = """
factor = 6
await call("math.multiply", factor, 7)
for service in services:
    print(service)
services.math.echo("a")
"""

    ended = await Program("shell", given=program, env={"EXCHANGE_HUB": place.at}).ended

    assert ended == (0, "42\nmath\nplant.press\n'a'\n", "")


@pytest_twisted.ensureDeferred
async def test_programs_of_the_command_line_share_their_names_and_the_first_error_ends_them(place: Place) -> None:
    words = ("-c", "x = 20", "-c", "x + 1", "-c", "call('math.nothing')", "-c", "print('never')")

    ended = await Program("shell", *words, "--hub", place.at, env={}).ended

    assert (ended.status, ended.out) == (3, "21\n")
    assert ended.err.startswith("MethodUnavailable: service 'math' exports no method 'nothing'")
    assert ended.err.count("\n") == 1


@pytest_twisted.ensureDeferred
async def test_an_error_of_the_program_itself_is_told_with_its_place(place: Place) -> None:
    raised = await Program("shell", given="def f():\n    1 / 0\nf()", env={"EXCHANGE_HUB": place.at}).ended

    assert (raised.status, raised.out) == (1, "")
    assert raised.err.splitlines()[1:3] == ['  File "<stdin>", line 3, in <module>', '  File "<stdin>", line 2, in f']


@pytest_twisted.ensureDeferred
async def test_a_program_ends_with_the_status_that_it_exits_with_and_is_not_begun_if_it_is_none(place: Place) -> None:
    env = {"EXCHANGE_HUB": place.at}
    one, other = Program("shell", "-c", "exit(7)", env=env), Program("shell", "-c", "print(1)\nx =", env=env)

    assert await one.ended == (7, "", "")
    ended = await other.ended
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.endswith("SyntaxError: invalid syntax\n")


@pytest_twisted.ensureDeferred
async def test_when_nobody_reads_what_a_program_prints_nothing_is_said_of_it(place: Place) -> None:
    shell = f"{sys.executable} -m exchange shell -c 'for i in range(99999): print(i)' --hub {place.at}; echo $? >&2"

    ended = await Program("-c", f"({shell}) | head -1", env={}, executable="/bin/sh").ended

    assert ended == (0, "0\n", "0\n")


@pytest_twisted.ensureDeferred
async def test_without_a_hub_it_is_status_5_in_one_line() -> None:
    ended = await Program("shell", "-c", "1", "--hub", f"localhost:{free_port()}", env={}).ended

    assert (ended.status, ended.out) == (5, "")
    assert ended.err.startswith("exchange shell: no hub at ")
    assert ended.err.count("\n") == 1


def test_what_was_typed_is_kept_for_the_next_shell_where_nobody_else_reads_it(tmp_path: Path) -> None:
    history = History({"XDG_STATE_HOME": str(tmp_path)}, Completer({}, lambda name: []))

    with history:
        pass
    with history:
        pass

    assert history.file == tmp_path / "exchange" / "shell-history"
    assert history.file.stat().st_mode & 0o077 == 0
