"""The XML-RPC gateway in real processes, called by the standard library's client."""

from __future__ import annotations

import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from xmlrpc.client import Binary, Fault, ProtocolError, ServerProxy, Transport, dumps

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, free_port

pytestmark = pytest.mark.system

AT = "/xmlrpc/service"
HOWTO = Path(__file__).parents[2] / "docs/howto/xmlrpc-gateway.md"

PLANT = """
from twisted.internet.defer import Deferred
from exchange import CallError, Service, method


class Math(Service):
    name = "math"
    groups = ["web-services"]

    @method
    def multiply(self, x, y):
        return x * y

    @method
    def echo(self, value):
        return value

    @method
    def kind(self, value):
        return type(value).__name__

    @method
    def broken(self):
        raise ValueError("no coffee")

    @method
    def refuse(self):
        raise CallError("Bad", number=1001, origin="app", details="why")

    @method
    def slow(self):
        print("slow has begun", flush=True)
        return Deferred(lambda _: print("slow was cancelled", flush=True))


class Late(Math):
    name = "plant/late"
"""


class Impatient(Transport):
    """The standard library's transport, which does not wait for ever."""

    def make_connection(self, host: Any) -> HTTPConnection:
        """Return a connection that gives up in the end."""
        connection = super().make_connection(host)
        connection.timeout = PATIENCE
        return connection


class Site(NamedTuple):
    """A hub, a service and a gateway, each a process of its own."""

    hub: str
    service: Process
    gateway: Process
    port: int
    closing: ExitStack

    def proxy(self, name: str = "math", builtin: bool = False) -> Any:
        """Return the standard library's proxy of a service; it is closed with the test."""
        url, transport = f"http://127.0.0.1:{self.port}{AT}/{name}", Impatient(use_builtin_types=builtin)
        return self.closing.enter_context(ServerProxy(url, transport, allow_none=True, use_builtin_types=builtin))

    def asking(self, method: str, path: str, **request: Any) -> int:
        """Return the status of the answer to an HTTP request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, **request)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def site(process: StartProcess, tmp_path: Path) -> Iterator[Site]:
    """A site whose service is `math`."""
    (tmp_path / "plant.py").write_text(PLANT)
    hub, port = f"tcp:127.0.0.1:{free_port()}", free_port()
    process("twistd", "-n", "exchange", "--port", hub.rpartition(":")[2], ready="serves")
    service = process("twistd", "-n", "exchange-services", "--hub", hub, "plant:Math", ready="serves")
    gateway = process("twistd", "-n", "xmlrpc-gateway", "--hub", hub, "--port", str(port), ready="serves")
    with ExitStack() as closing:
        made = Site(hub, service, gateway, port, closing)
        until(lambda: made.asking("GET", f"{AT}/math") == 405)
        yield made
    assert "Traceback" not in gateway.output + gateway.errors


def until(is_so: Callable[[], bool]) -> None:
    """Ask again and again, until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "what was expected never came"


@contextmanager
def calling_slow(site: Site) -> Iterator[None]:
    """A connection whose call has reached the method, which owes the answer."""
    body = dumps((), "slow").encode()
    head = f"POST {AT}/math HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as caller:
        caller.sendall(head.encode() + body)
        site.service.wait_for("slow has begun")
        yield


def failure_of(call: Any, *args: Any) -> Fault:
    """Return the fault that a call ends with."""
    with pytest.raises(Fault) as caught:
        call(*args)
    return caught.value


def test_the_standard_library_calls_methods_and_is_told_what_fails(site: Site) -> None:
    math = site.proxy(builtin=True)
    values: list[Any] = [
        None,
        True,
        -6,
        1.5,
        "größe <&>\n",
        b"\x00\xff",
        datetime(2026, 1, 31, 23, 59, 59),
        {"a": [[]]},
    ]

    assert math.multiply(6, 7) == 42
    assert [math.echo(value) for value in values] == values
    assert math.multiply(2**30, 2**10) == 2**40
    assert site.proxy().kind(Binary(b"raw")) == "bytes"

    assert failure_of(math.vanish).faultCode == 55
    assert failure_of(math.multiply, 6).faultCode == 56
    broken, refused = failure_of(math.broken), failure_of(math.refuse)
    told = re.fullmatch(r"the method failed; the log of the gateway says more \((\w+)\)", broken.faultString)
    assert broken.faultCode == 57
    assert told, broken.faultString
    assert "ValueError: no coffee" in site.gateway.wait_for(told[1])
    assert (refused.faultCode, refused.faultString) == (1001, "app -- Bad\n\nwhy")


def test_bad_requests_get_their_status_and_the_gateway_serves_on(site: Site) -> None:
    xml = {"Content-Type": "text/xml"}
    too_large = b" " * (4 * 2**20)

    assert site.asking("POST", f"{AT}/nobody", body=b"x", headers=xml) == 404
    assert site.asking("GET", f"{AT}/nobody") == 404
    assert site.asking("GET", f"{AT}/math") == 405
    assert site.asking("POST", f"{AT}/math", body=b"{}", headers={"Content-Type": "application/json"}) == 400
    assert site.asking("POST", f"{AT}/math", body=too_large, headers=xml) == 413
    assert site.asking("POST", f"{AT}/math", body=iter([too_large]), headers=xml, encode_chunked=True) == 413
    with pytest.raises(ProtocolError) as caught:
        site.proxy().echo("x" * (2 * 2**20))
    assert caught.value.errcode == 413
    assert site.proxy().multiply(6, 7) == 42


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as caller:
        caller.sendall(f"POST {AT}/math HTTP/1.1\r\nHost: here\r\nContent-Length: 99999999999\r\n\r\n".encode())

        assert caller.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_caller_who_hangs_up_ends_the_method(site: Site) -> None:
    with calling_slow(site):
        pass

    site.service.wait_for("slow was cancelled")
    assert site.proxy().multiply(6, 7) == 42


def test_a_service_killed_while_it_owes_the_answer_is_a_fault_at_once_and_then_not_found(site: Site) -> None:
    faults: list[Fault] = []
    waiting = threading.Thread(target=lambda: faults.append(failure_of(site.proxy().slow)))
    waiting.start()
    site.service.wait_for("slow has begun")

    killed = time.monotonic()
    site.service.signal(signal.SIGKILL)
    waiting.join(PATIENCE)

    assert [fault.faultCode for fault in faults] == [57]
    assert time.monotonic() - killed < 10  # and not the 30 seconds of a call
    assert site.asking("POST", f"{AT}/math", body=b"") == 404


def test_a_service_that_starts_later_is_reachable_under_its_whole_name(site: Site, process: StartProcess) -> None:
    assert site.asking("GET", f"{AT}/plant/late") == 404

    process("twistd", "-n", "exchange-services", "--hub", site.hub, "plant:Late", ready="serves")

    until(lambda: site.asking("GET", f"{AT}/plant/late") == 405)
    assert site.proxy("plant/late").multiply(6, 7) == 42


def test_ctrl_c_ends_a_gateway_that_owes_an_answer(site: Site) -> None:
    with calling_slow(site):
        stopped = time.monotonic()
        site.gateway.interrupt()

        assert site.gateway.wait() == -signal.SIGINT  # as twistd ends by a signal
        assert time.monotonic() - stopped < 10
    site.service.wait_for("slow was cancelled")


def test_the_program_of_the_howto_shows_services_in_a_site_of_its_own(
    site: Site, process: StartProcess, tmp_path: Path
) -> None:
    program = HOWTO.read_text().partition("```python\n")[2].partition("```")[0]
    moved = site._replace(port=free_port())
    for usual, here in {"tcp:localhost:11111": site.hub, "tcp:8000": f"tcp:{moved.port}"}.items():
        assert usual in program
        program = program.replace(usual, here)
    (tmp_path / "plant.tac").write_text(program)

    process("twistd", "-n", "--pidfile=", "-y", "plant.tac", ready="opened")

    until(lambda: moved.asking("GET", "/rpc/math") == 405)
    with ServerProxy(f"http://127.0.0.1:{moved.port}/rpc/math", Impatient()) as math:
        assert math.multiply(6, 7) == 42
