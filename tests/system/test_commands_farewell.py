"""Ctrl-C ends the twistd commands within two seconds, whatever is going on."""

from __future__ import annotations

import signal
import socket
import time
import xmlrpc.client
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import AT_ONCE, Process, free_port

pytestmark = pytest.mark.system

SERVES = "exchange serves: "
SLEEPY = """
from twisted.internet.defer import Deferred
from exchange import Service, method

class Sleepy(Service):
    name = "sleepy"
    groups = ["web-services"]

    @method
    def sleep(self, bed):
        print(f"asleep in {bed}", flush=True)
        return Deferred()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a service that never answers."""
    (tmp_path / "night.py").write_text(SLEEPY)
    return tmp_path


def assert_ends_soon(command: Process) -> None:
    began = time.monotonic()
    command.interrupt()
    assert command.wait() == -signal.SIGINT
    assert time.monotonic() - began < AT_ONCE
    assert "Traceback" not in command.story()
    assert "Unhandled" not in command.story()


def test_with_calls_running_and_connections_open(process: StartProcess, folder: Path) -> None:
    hub_port, web_port = free_port(), free_port()
    (folder / "site.toml").write_text(
        f"""
        [hub]
        listen = "tcp:{hub_port}:interface=127.0.0.1"
        [services.sleepy]
        class = "night:Sleepy"
        [gateways.web]
        listen = "tcp:{web_port}:interface=127.0.0.1"
        """
    )
    site = process("twistd", "-n", "exchange", "--config", "site.toml", ready=SERVES)
    call = process("exchange", "call", "--hub", f"localhost:{hub_port}", "sleepy.sleep", "by-call")
    site.wait_for("asleep in by-call")
    with ExitStack() as open_connections:
        ports = (web_port, web_port, hub_port)
        web, *_ = [open_connections.enter_context(socket.create_connection(("127.0.0.1", port))) for port in ports]
        body = xmlrpc.client.dumps(("by-web",), "sleep").encode()
        head = (
            f"POST /xmlrpc/service/sleepy HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}"
        )
        web.sendall(head.encode() + b"\r\n\r\n" + body)
        site.wait_for("asleep in by-web")

        assert_ends_soon(site)

    assert call.wait() in (1, 7)
    assert call.errors.count("\n") == 1


def test_a_hub_does_not_wait_for_a_process_that_no_longer_answers(process: StartProcess, folder: Path) -> None:
    hub_port = free_port()
    hub = process("twistd", "-n", "exchange", "--port", str(hub_port), ready=SERVES)
    at_hub = ("--hub", f"localhost:{hub_port}")
    services = process("twistd", "-n", "exchange-services", *at_hub, "night:Sleepy", ready=SERVES)
    services.signal(signal.SIGSTOP)

    assert_ends_soon(hub)


def test_services_do_not_wait_for_a_hub_that_no_longer_answers(process: StartProcess, folder: Path) -> None:
    hub_port = free_port()
    hub = process("twistd", "-n", "exchange", "--port", str(hub_port), ready=SERVES)
    at_hub = ("--hub", f"localhost:{hub_port}")
    services = process("twistd", "-n", "exchange-services", *at_hub, "night:Sleepy", ready=SERVES)
    hub.signal(signal.SIGSTOP)

    assert_ends_soon(services)


def test_while_no_hub_is_there(process: StartProcess, folder: Path) -> None:
    at_nobody = ("--hub", f"localhost:{free_port()}")
    services = process("twistd", "-n", "exchange-services", *at_nobody, "night:Sleepy", ready="cannot link to")

    assert_ends_soon(services)
