"""How programs of netsvc end, and what the others are told: real processes at free ports."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import AT_ONCE, Process, free_port

pytestmark = pytest.mark.system

CENTRAL = """
import signal, sys
from exchange import netsvc

netsvc.Dispatcher().monitor(signal.SIGINT)
netsvc.Exchange(netsvc.EXCHANGE_SERVER).listen(int(sys.argv[1]), "127.0.0.1")
netsvc.Dispatcher().run()
"""

SLEEPER = """
import signal, sys
from twisted.internet.defer import Deferred
from exchange import netsvc

class Sleeper(netsvc.Service):
    def __init__(self):
        netsvc.Service.__init__(self, "sleeper")
        self.exportMethod(self.sleep)

    def sleep(self):
        print("asked", flush=True)
        return Deferred()

netsvc.Dispatcher().monitor(signal.SIGINT)
netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", int(sys.argv[1]), 0)
sleeper = Sleeper()
netsvc.Dispatcher().run()
"""

ASKER = """
import signal, sys
from exchange import netsvc

class Asker(netsvc.Service):
    def __init__(self):
        netsvc.Service.__init__(self)
        self.startTimer(self.ask, 0.1)

    def ask(self):
        sleeper = self.serviceEndPoint("sleeper")
        if sleeper != None:
            self.monitorResponse(self.told, sleeper.sleep(), 600)
        else:
            self.startTimer(self.ask, 0.1)

    def told(self, error, description, origin, details):
        print("told", error, description, origin, flush=True)
        netsvc.Dispatcher().stop()

netsvc.Dispatcher().monitor(signal.SIGINT)
netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", int(sys.argv[1]), 0)
asker = Asker()
netsvc.Dispatcher().run()
print("closed", flush=True)
"""

HANGING = """
import signal
from exchange import netsvc

def hang():
    print("hanging", flush=True)
    while True:
        pass

netsvc.Dispatcher().monitor(signal.SIGINT)
netsvc.Dispatcher().monitor(signal.SIGTERM)
netsvc.Agent().startTimer(hang, 0)
netsvc.Dispatcher().run()
"""

WAITING = """
import signal
from exchange import netsvc

netsvc.Dispatcher().monitor(signal.SIGTERM)
agent = netsvc.Agent()
agent.subscribeSignal(lambda number: print("heard", number, flush=True), signal.SIGUSR1)
agent.startTimer(lambda: print("ready", flush=True), 0)
netsvc.Dispatcher().run()
print("closed", flush=True)
"""

LEAVING = """
import sys
from exchange import netsvc

agent = netsvc.Agent()
agent.startTimer(lambda: 1 // 0, 0, "a")
agent.startTimer(lambda: sys.exit(3), 0.1, "b")
try:
    netsvc.Dispatcher().run()
finally:
    print("closed", flush=True)
"""


class Programs:
    """Starts programs that are written here."""

    def __init__(self, process: StartProcess, folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._port = str(free_port())

    def start(self, text: str, ready: str = "", **env: str) -> Process:
        """Start a program; it is told the port."""
        path = self._folder / f"program{len(list(self._folder.iterdir()))}.py"
        path.write_text(text)
        return self._process("python", str(path), self._port, ready=ready, env=env)


@pytest.fixture
def programs(process: StartProcess, tmp_path: Path) -> Programs:
    """Programs of one test."""
    return Programs(process, tmp_path)


@pytest.mark.parametrize("who", ["sleeper", "central"])
def test_a_caller_is_told_at_once_when_the_service_or_the_way_to_it_is_killed(programs: Programs, who: str) -> None:
    central = programs.start(CENTRAL, ready="listening")
    sleeper = programs.start(SLEEPER)
    asker = programs.start(ASKER)
    sleeper.wait_for("asked")

    killed = time.monotonic()
    {"sleeper": sleeper, "central": central}[who].signal(signal.SIGKILL)
    asker.wait_for("told 57 Application Error netsvc")
    assert time.monotonic() - killed < AT_ONCE, "it was told at some time-out"
    asker.wait_for("closed")
    assert asker.wait() == 0
    assert "Traceback" not in asker.errors


def test_a_second_signal_ends_a_program_that_hangs(programs: Programs) -> None:
    hanging = programs.start(HANGING, ready="hanging")
    hanging.interrupt()
    hanging.signal(signal.SIGTERM)  # another, because two of one kind may arrive as one
    assert hanging.wait() == 1
    assert "Traceback" not in hanging.errors


def test_a_second_signal_does_not_wait_for_the_end_of_the_delay(programs: Programs) -> None:
    waiting = programs.start(WAITING, ready="ready", OTCLIB_SHUTDOWNDELAY="600000")
    waiting.signal(signal.SIGTERM)
    waiting.wait_for("stopping in 600 seconds")
    waiting.signal(signal.SIGTERM)
    assert waiting.wait() == 1
    assert "closed" not in waiting.output


def test_signals_are_heard_and_ended_upon(programs: Programs) -> None:
    waiting = programs.start(WAITING, ready="ready", OTCLIB_SHUTDOWNDELAY="10")
    waiting.signal(signal.SIGUSR1)
    waiting.wait_for(f"heard {signal.SIGUSR1.value}")
    waiting.signal(signal.SIGTERM)
    waiting.wait_for("closed")
    assert waiting.wait() == 0


def test_an_error_in_a_callback_is_logged_with_its_traceback_and_an_exit_comes_out(programs: Programs) -> None:
    leaving = programs.start(LEAVING)
    assert leaving.wait() == 3
    assert leaving.output == "closed\n"
    assert leaving.errors.count("ZeroDivisionError: integer division or modulo by zero") == 1
    assert "SystemExit" not in leaving.errors
