"""The twistd commands as real processes: hub, services and gateway, from the command line and from a file."""

from __future__ import annotations

import signal
import socket
import time
import xmlrpc.client
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import AT_ONCE, Process, free_port

pytestmark = pytest.mark.system

SERVES = "exchange serves: "
ARITHMETIC = """
from exchange import Service, method

class Math(Service):
    name = "math"
    groups = ["web-services"]

    @method
    def multiply(self, x, y):
        return x * y
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a service, as a newcomer has it."""
    (tmp_path / "arithmetic.py").write_text(ARITHMETIC)
    return tmp_path


def site_file(folder: Path, hub_port: int, web_port: int) -> str:
    file = folder / "site.toml"
    file.write_text(
        f"""
        [hub]
        name = "rome"
        listen = "tcp:{hub_port}:interface=127.0.0.1"
        group = "plant"
        [services.math]
        class = "arithmetic:Math"
        try = "multiply 6 7"
        [gateways.web]
        listen = "tcp:{web_port}:interface=127.0.0.1"
        mount = {{ "/rpc" = "xmlrpc" }}
        """
    )
    return str(file)


def product(web_port: int, path: str = "/xmlrpc/service") -> object:
    """Return 6 times 7, as the service ``math`` of a gateway has it."""
    with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{web_port}{path}/math") as math:
        return math.multiply(6, 7)


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def assert_ends_well(*commands: Process) -> None:
    """Assert that Ctrl-C ends each command soon, as one expects of a program that it ends."""
    began = time.monotonic()
    for command in commands:
        command.interrupt()
    for command in commands:
        assert command.wait() == -signal.SIGINT
        assert "Traceback" not in command.story()
        assert "Unhandled" not in command.story()
    assert time.monotonic() - began < AT_ONCE


def test_hub_services_and_gateway_are_three_commands_in_one_folder(process: StartProcess, folder: Path) -> None:
    hub_port, web_port = free_port(), free_port()
    at_hub = ("--hub", f"tcp:localhost:{hub_port}")

    hub = process("twistd", "-n", "exchange", "--port", str(hub_port), ready=SERVES)
    services = process("twistd", "-n", "exchange-services", *at_hub, "arithmetic:Math", ready=SERVES)
    gateway = process("twistd", "-n", "xmlrpc-gateway", *at_hub, "--port", str(web_port), ready=SERVES)

    assert product(web_port) == 42
    assert_ends_well(gateway, services, hub)
    assert {file.name for file in folder.iterdir()} - {"__pycache__"} == {"arithmetic.py"}


def test_they_may_be_started_in_any_order(process: StartProcess, folder: Path) -> None:
    hub_port, web_port = free_port(), free_port()
    at_hub = ("--hub", f"localhost:{hub_port}")

    gateway = process("twistd", "-n", "xmlrpc-gateway", *at_hub, "--port", str(web_port), ready="cannot link to")
    services = process("twistd", "-n", "exchange-services", *at_hub, "arithmetic:Math", ready="cannot link to")
    hub = process("twistd", "-n", "exchange", "--port", str(hub_port), ready=SERVES)

    services.wait_for(SERVES)
    gateway.wait_for(SERVES)
    assert (
        process("exchange", "call", "-H", f"localhost:{hub_port}", "--wait", "10", "math.multiply", "6", "7").wait()
        == 0
    )
    assert_ends_well(hub, services, gateway)


def test_the_line_that_says_that_all_serves_has_a_command_that_works(process: StartProcess, folder: Path) -> None:
    hub_port, web_port = free_port(), free_port()
    site = process("twistd", "-n", "exchange", "--config", site_file(folder, hub_port, web_port))

    line = site.wait_for(SERVES)

    assert f"hub rome at tcp:127.0.0.1:{hub_port}, service math" in line
    assert f"XML-RPC at http://127.0.0.1:{web_port}/rpc; try: " in line
    trial = process("sh", "-c", line.split("; try: ")[1])
    assert trial.wait() == 0, trial.story()
    assert trial.output == "42\n"
    assert product(web_port, "/rpc") == 42


def test_a_site_is_one_process_that_ctrl_c_ends_with_all_closed(process: StartProcess, folder: Path) -> None:
    hub_port, web_port = free_port(), free_port()
    site = process("twistd", "-n", "exchange", "--config", site_file(folder, hub_port, web_port), ready=SERVES)
    assert is_listening(hub_port)
    assert is_listening(web_port)

    assert_ends_well(site)

    assert not is_listening(hub_port)
    assert not is_listening(web_port)


def test_the_parts_of_a_site_can_be_processes_of_their_own(process: StartProcess, folder: Path) -> None:
    hub_port, web_port = free_port(), free_port()
    file = site_file(folder, hub_port, web_port)

    process("twistd", "-n", "exchange", "--config", file, "--only", "hub", ready=SERVES)
    process("twistd", "-n", "exchange-services", "--config", file, cwd=folder.parent, ready=SERVES)
    process("twistd", "-n", "exchange", "--config", file, "--only", "gateways.web", ready=SERVES)

    assert product(web_port, "/rpc") == 42


def test_the_gateways_of_a_site_have_a_command_of_their_own(process: StartProcess, folder: Path) -> None:
    hub_port, web_port, other_port = free_port(), free_port(), free_port()
    file = site_file(folder, hub_port, web_port)

    parts = ("--only", "hub", "--only", "services.math")
    process("twistd", "-n", "exchange", "--config", file, *parts, ready=SERVES)
    process("twistd", "-n", "xmlrpc-gateway", "--config", file, "--port", str(other_port), ready=SERVES)

    assert product(other_port, "/rpc") == 42
    assert not is_listening(web_port)


def test_a_service_finds_the_hub_that_is_up_among_several(process: StartProcess, folder: Path) -> None:
    hub_port, nobody = free_port(), free_port()
    process("twistd", "-n", "exchange", "--port", str(hub_port), ready=SERVES)

    hubs = ("--hub", f"localhost:{nobody}", "--hub", f"localhost:{hub_port}")
    process("twistd", "-n", "exchange-services", *hubs, "arithmetic:Math", ready=SERVES)

    assert process("exchange", "call", *hubs, "math.multiply", "6", "7").wait() == 0


def test_a_hub_can_listen_at_a_unix_socket(process: StartProcess, folder: Path) -> None:
    hub = process("twistd", "-n", "exchange", "--listen", "unix:hub.sock", cwd=folder, ready=SERVES)
    process("twistd", "-n", "exchange-services", "--hub", "unix:hub.sock", "arithmetic:Math", ready=SERVES)

    call = process("exchange", "call", "--hub", "unix:hub.sock", "math.multiply", "6", "7")

    assert call.wait() == 0, call.story()
    assert_ends_well(hub)


def test_in_the_background_a_hub_leaves_a_pid_file_by_which_it_is_ended(process: StartProcess, folder: Path) -> None:
    port = free_port()
    started = process("twistd", "exchange", "--port", str(port), cwd=folder)
    assert started.wait() == 0, started.story()
    pid = int((folder / "twistd.pid").read_text())

    ending = process("sh", "-c", f"kill {pid}; while kill -0 {pid} 2>/dev/null; do sleep 0.05; done")

    assert ending.wait() == 0, ending.story()
    assert not (folder / "twistd.pid").exists()
    assert not is_listening(port)


@pytest.mark.parametrize(
    "command", ["exchange", "exchange-services", "xmlrpc-gateway", "jsonrpc-gateway", "soap-gateway", "web-gateway"]
)
def test_each_command_has_help_and_says_its_version(process: StartProcess, command: str) -> None:
    help_text, version = process("twistd", command, "--help"), process("twistd", command, "--version")

    assert help_text.wait() == 0
    assert help_text.output.startswith(f"Usage: twistd [options] {command} [options]")
    assert "Examples:\n" in help_text.output
    assert version.wait() == 0
    assert version.output.startswith("exchange 0.1.0 on Twisted ")
