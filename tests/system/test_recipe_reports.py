"""Publish and subscribe as programs of 2002 do it, and a database on the web: real processes, as in examples/netsvc."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count, islice
from pathlib import Path
from xmlrpc.client import Fault, ServerProxy

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import Process, free_port

pytestmark = pytest.mark.system

PROGRAMS = Path(__file__).parents[2] / "examples" / "netsvc"
BEGUN = {"central": "listening at", "publisher": "link to", "subscriber": "link to", "database": "answering HTTP"}

CENTRAL = """
import signal, sys
from exchange import netsvc

netsvc.Dispatcher().monitor(signal.SIGINT)
netsvc.Exchange(netsvc.EXCHANGE_SERVER).listen(int(sys.argv[1]), "127.0.0.1")
netsvc.Dispatcher().run()
"""

KEEPER = """
import signal, sys
from exchange import netsvc

class Keeper(netsvc.Service):
    def __init__(self):
        netsvc.Service.__init__(self, "keeper")
        for subject, lifetime in (("ever", -1), ("hour", 3600), ("gone", -1), ("gone", 0), ("never", 0)):
            self.publishReport(subject, sys.argv[2], lifetime)
        self.exportMethod(self.slow)
        self.ids = []

    def slow(self, x):
        self.ids.append(self.conversationId())
        if len(self.ids) == 3:
            self.scheduleAction(self.resume)
        self.suspendResponse(lambda id: self.currentRequest().content()[0])

    def resume(self):
        while self.ids:
            self.resumeResponse(self.ids.pop())

netsvc.Dispatcher().monitor(signal.SIGINT)
netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", int(sys.argv[1]), 0)
keeper = Keeper()
netsvc.Dispatcher().run()
"""

LATE = """
import signal, sys
from exchange import netsvc

class Late(netsvc.Service):
    def __init__(self):
        netsvc.Service.__init__(self)
        self.monitorReports(self.heard, "keeper", "*")
        self.subscribeServiceName(self.seen, "keeper")

    def heard(self, subjectName, content):
        print("heard", subjectName, content)

    def seen(self, binding, status):
        print("keeper", ["came", "went"][status])
        if status == netsvc.SERVICE_AVAILABLE:
            end_point = self.serviceEndPoint(binding)
            for number in range(3):
                self.processResponse(self.answered, end_point.slow(number))

    def answered(self, x):
        print("answered", x)

netsvc.Dispatcher().monitor(signal.SIGINT)
netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", int(sys.argv[1]), 0)
late = Late()
netsvc.Dispatcher().run()
"""

Programs = dict[str, Process]
Start = Callable[..., Programs]


@pytest.fixture
def start(process: StartProcess, tmp_path: Path) -> Start:
    """Start programs of the examples, each when the one before it has begun."""
    for port in (11111, 8000):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            pytest.fail(f"port {port} is in use, which the programs of examples/netsvc need; stop what listens there")

    def start(*names: str) -> Programs:
        path = str(tmp_path / "database")
        return {name: process("python", str(PROGRAMS / f"{name}.py"), path, ready=BEGUN[name]) for name in names}

    return start


def heard(subscriber: Process, after: int = 0) -> Iterator[tuple[str, str, int, int]]:
    """Wait for one report after another that the subscriber prints."""
    for place in count(after):
        words = subscriber.wait_for("", after=place).split()
        if words[:1] == ["SEED"]:
            yield words[0], words[1], int(words[2]), int(words[3])


def interrupt(*programs: Process) -> None:
    """Press Ctrl-C in all terminals, and see all programs end in good order."""
    for program in programs:
        program.interrupt()
    for program in programs:
        assert program.wait() == 0, program.story()
        assert "Traceback" not in program.output + program.errors, program.story()


@pytest.mark.parametrize("order", ["central publisher subscriber", "subscriber publisher central"])
def test_a_subscriber_prints_one_report_after_another(start: Start, order: str) -> None:
    programs = start(*order.split())
    reports = list(islice(heard(programs["subscriber"]), 3))
    first = reports[0][2]
    assert [report[:3] for report in reports] == [("SEED", "next", first + number) for number in range(3)]
    assert all(0 <= report[3] < 1000 for report in reports)
    interrupt(*programs.values())


def test_a_publisher_that_was_killed_and_started_again_is_heard_without_doing_anything(start: Start) -> None:
    programs = start("central", "publisher", "subscriber")
    subscriber = programs["subscriber"]
    assert next(heard(subscriber))[2] >= 1
    programs["publisher"].signal(signal.SIGKILL)
    assert programs["publisher"].wait() == -signal.SIGKILL
    seen = subscriber.count
    programs |= start("publisher")
    assert any(report[2] == 1 for report in islice(heard(subscriber, seen), 3)), "it counts from the beginning again"
    interrupt(*programs.values())


def test_a_database_is_on_the_web_by_one_service_in_one_process(start: Start) -> None:
    programs = start("database")
    with ServerProxy("http://localhost:8000/xmlrpc/database/test") as test:
        assert test.put("answer", "42") == 0
        assert (test.get("answer"), test.keys()) == ("42", ["answer"])
        with pytest.raises(Fault, match="netsvc -- Application Error") as unknown:
            test.get("question")
        assert unknown.value.faultCode == 57
    programs["database"].interrupt()
    assert programs["database"].wait() == 0


def test_a_late_subscriber_gets_what_is_kept_and_suspended_requests_are_answered_in_reverse(
    process: StartProcess,
) -> None:
    port = str(free_port())
    central = process("python", "-c", CENTRAL, port, ready="listening at")
    keeper = process("python", "-c", KEEPER, port, "first", ready="link to")
    late = process("python", "-c", LATE, port, ready="answered 0")
    lines = [line for line in late.output.splitlines() if line.startswith(("heard", "answered"))]
    assert sorted(lines[:2]) == ["heard ever first", "heard hour first"]
    assert lines[2:] == ["answered 2", "answered 1", "answered 0"]

    seen = late.count
    keeper.signal(signal.SIGKILL)
    late.wait_for("keeper went", after=seen)
    again = process("python", "-c", KEEPER, port, "second", ready="link to")
    late.wait_for("heard hour second", after=seen)
    late.wait_for("answered 0", after=seen)

    seen = late.count
    central.signal(signal.SIGKILL)
    late.wait_for("keeper went", after=seen)
    central = process("python", "-c", CENTRAL, port, ready="listening at")
    late.wait_for("keeper came", after=seen)
    late.wait_for("answered 0", after=seen)
    interrupt(central, again, late)
