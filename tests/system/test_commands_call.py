"""``exchange call`` as a real process: what it prints, where, and with which status it ends."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import Process, free_port

pytestmark = pytest.mark.system

SERVES = "exchange serves: "
SERVICES = """
from datetime import date
from decimal import Decimal
from twisted.internet.defer import CancelledError, Deferred
from exchange import CallError, Service, method

class Desk(Service):
    name = "desk"

    @method
    def echo(self, *args, **kwargs):
        return [list(args), kwargs] if kwargs or len(args) != 1 else args[0]

    @method
    def today(self):
        return date(2026, 11, 24)

    @method
    def price(self):
        return {"amount": Decimal("1.10"), 7: b"x"}

    @method
    def fail(self):
        raise KeyError("no such order")

    @method
    def refuse(self):
        raise CallError("out of stock", number=100)

    @method(name="_count")
    def count(self):
        return 3

    @method
    def refuse_at_length(self):
        raise CallError("out of stock", number=1001, origin="shop", details="come back\\n\\x1b[2Jtomorrow")

    @method
    async def forever(self, timeout="none"):
        print(f"began {timeout}", flush=True)
        try:
            await Deferred()
        except CancelledError:
            print("told to stop", flush=True)
            raise
"""


@pytest.fixture(scope="module")
def hub(lasting_process: StartProcess) -> str:
    """A running hub, as ``--hub`` takes it."""
    return start_hub(lasting_process)


def start_hub(process: StartProcess) -> str:
    port = free_port()
    process("twistd", "-n", "exchange", "--name", "rome", "--port", str(port), ready=SERVES)
    return f"localhost:{port}"


@pytest.fixture(scope="module")
def desk(lasting_process: StartProcess, tmp_path_factory: pytest.TempPathFactory, hub: str) -> Process:
    """A running service at the hub."""
    return start_desk(lasting_process, tmp_path_factory.mktemp("office"), hub)


def start_desk(process: StartProcess, folder: Path, hub: str) -> Process:
    (folder / "office.py").write_text(SERVICES)
    return process("twistd", "-n", "exchange-services", "--hub", hub, "office:Desk", cwd=folder, ready=SERVES)


Own = tuple[str, Process]


@pytest.fixture
def own(process: StartProcess, tmp_path: Path) -> Own:
    """A hub and a service of the test's own, which it may end."""
    hub = start_hub(process)
    return hub, start_desk(process, tmp_path, hub)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["desk.echo", "42"], "42"),
        (["desk.echo", "two words"], "two words"),
        (["desk.echo", '"42"'], "42"),
        (["--json", "desk.echo", '"42"'], '"42"'),
        (["desk.echo", "-6", "[1, null]", "x"], '[[-6, [1, null], "x"], {}]'),
        (["desk.echo", "--", "-x"], "-x"),
        (["desk.echo", "1", "-k", "timeout=2", "-k", "wait=long"], '[[1], {"timeout": 2, "wait": "long"}]'),
        (["-t", "5", "desk.echo", "1", "--wait", "1", "2"], "[[1, 2], {}]"),
        (["desk.echo", ""], ""),
        (["desk.today"], "2026-11-24"),
        (["desk._count"], "3"),
        (["desk.price"], '{"amount": "1.10", "7": "eA=="}'),
    ],
)
def test_the_result_is_printed_on_one_line(process: StartProcess, hub: str, words: list[str], line: str) -> None:
    call = process("exchange", "call", "--hub", hub, *words)

    assert call.wait() == 0, call.story()
    assert call.output == f"{line}\n"
    assert call.errors == ""


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        (["desk.fail"], 1, "KeyError: 'no such order'"),
        (["desk.refuse"], 1, "out of stock (error 100)"),
        (["desk.refuse_at_length"], 1, "call: out of stock (error 1001 from shop): come back \\x1b[2Jtomorrow"),
        (["desk.__init__"], 3, "service 'desk' exports no method '__init__'"),
        (["desk.__class__", "1"], 3, "service 'desk' exports no method '__class__'"),
        (["desk.today", "1"], 1, "today() takes 0 arguments, 1 came"),
        (["desk.todey"], 3, "service 'desk' exports no method 'todey'"),
        (["dusk.today"], 3, "no service named 'dusk' is known at hub rome ("),
        (["-t", "1", "desk.forever"], 4, "whether the call was carried out is not known"),
        (["--group", "plant", "desk.today"], 5, "exchange group '', not 'plant'; name the right one with --group"),
        (["--heartbeat", "soon", "desk.today"], 2, "--heartbeat: expected a number of seconds above 0, got 'soon'"),
    ],
)
def test_a_call_without_result_ends_with_its_status_and_one_line(
    process: StartProcess, hub: str, words: list[str], status: int, line: str
) -> None:
    call = process("exchange", "call", "--hub", hub, *words)

    assert call.wait() == status, call.story()
    assert_one_line(call, line)


def test_a_hub_that_is_not_there_is_named_with_the_mend_and_status_5(process: StartProcess) -> None:
    port = free_port()

    call = process("exchange", "call", "-H", f"localhost:{port}", "desk.today")

    assert call.wait() == 5
    mend = f"start one with: twistd -n exchange --port {port}"
    assert_one_line(call, f"no hub at tcp:localhost:{port} (nobody listens there); {mend}")


@pytest.fixture
def mute_port() -> Iterator[int]:
    """A port where somebody accepts connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_hub_that_says_nothing_is_waited_for_no_longer_than_asked(process: StartProcess, mute_port: int) -> None:
    call = process("exchange", "call", "-H", f"127.0.0.1:{mute_port}", "-t", "0.5", "desk.today")

    assert call.wait() == 5
    assert_one_line(call, f"no hub at tcp:127.0.0.1:{mute_port} answered in 0.5 seconds; is it running?")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["call"], "the following arguments are required: SERVICE.METHOD"),
        (["call", "multiply"], "expected SERVICE.METHOD, such as math.multiply, got 'multiply'"),
        (["call", "-k", "x", "desk.echo"], "'x' is not NAME=VALUE"),
        (["call", "-t", "soon", "desk.echo"], "expected a number of seconds above 0, got 'soon'"),
        (["call", "-k", "x=1", "-k", "x=2", "desk.echo"], "-k x was given 2 times"),
        (["call", "--heartbeat", "30", "desk.echo"], "call: --dead-after (30) must be at least 1.5 times heartbeat"),
        (["call", "--hub", "nowhere", "desk.echo"], "--hub: 'nowhere' is not an endpoint"),
        (["cull"], "there is no verb 'cull'; did you mean 'call'?"),
        ([], "the verb is missing"),
    ],
)
def test_wrong_use_ends_with_status_2(process: StartProcess, words: list[str], line: str) -> None:
    command = process("exchange", *words)

    assert command.wait() == 2
    assert line in command.errors.splitlines()[-1]
    assert command.output == ""


@pytest.mark.usefixtures("desk")
def test_the_hub_may_come_from_the_environment(process: StartProcess, hub: str) -> None:
    call = process("python", "-m", "exchange", "call", "desk.echo", "1", env={"EXCHANGE_HUB": f"localhost:1 {hub}"})

    assert call.wait() == 0, call.story()
    assert call.output == "1\n"


def test_a_service_that_dies_during_the_call_leaves_the_outcome_unknown(process: StartProcess, own: Own) -> None:
    hub, desk = own
    call = process("exchange", "call", "--hub", hub, "desk.forever")
    desk.wait_for("began")

    desk.signal(signal.SIGKILL)

    assert call.wait() == 7
    assert_one_line(call, "whether the call was carried out is not known")


def test_ctrl_c_tells_the_service_to_stop(process: StartProcess, own: Own) -> None:
    hub, desk = own
    call = process("exchange", "call", "--hub", hub, "-t", "600", "desk.forever")
    desk.wait_for("began")

    call.interrupt()

    assert call.wait() == 130
    assert call.story().endswith("and said:\n")
    desk.wait_for("told to stop")


def test_a_call_can_wait_for_hub_and_service_to_appear(process: StartProcess, tmp_path: Path) -> None:
    (tmp_path / "office.py").write_text(SERVICES)
    port = free_port()
    call = process("exchange", "call", "--hub", f"localhost:{port}", "--wait", "30", "desk.echo", "at last")

    services = process("twistd", "-n", "exchange-services", "--hub", f"localhost:{port}", "office:Desk")
    services.wait_for("cannot link to")
    process("twistd", "-n", "exchange", "--port", str(port), ready=SERVES)

    assert call.wait() == 0, call.story()
    assert call.output == "at last\n"


def assert_one_line(call: Process, words: str) -> None:
    assert call.output == ""
    assert call.errors.startswith("exchange call: ")
    assert call.errors.count("\n") == 1, call.errors
    assert words in call.errors
