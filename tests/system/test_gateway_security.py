"""Who may call over HTTP, in real processes: every file, command and answer of the howto, and TLS."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any
from xmlrpc.client import ProtocolError, ServerProxy, Transport

import bcrypt
import pytest

from tests.certificate import certify
from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, free_port

pytestmark = pytest.mark.system

HOWTO = Path(__file__).parents[2] / "docs/howto/gateway-security.md"
PARTS = re.compile(
    r"^```(?P<kind>python|console)\n(?P<text>.*?)^```|^    (?P<command>twistd [^\n]*)$", re.MULTILINE | re.DOTALL
)
SAID = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
BODY = json.dumps({"jsonrpc": "2.0", "method": "who", "id": 1})

Start = Callable[..., Process]


@pytest.fixture
def hub(process: StartProcess, tmp_path: Path) -> str:
    """A hub and the service of the howto; return where the hub is."""
    for part in PARTS.finditer(HOWTO.read_text()):
        name = re.match(r"# (\w+\.py)\n", part["text"] or "")
        if name:
            (tmp_path / name[1]).write_text(part["text"])
    hub = f"tcp:127.0.0.1:{free_port()}"
    process("twistd", "-n", "exchange", "--port", hub.rpartition(":")[2], ready="serves")
    process("twistd", "-n", "exchange-services", "--hub", hub, "desk:Desk", ready="serves")
    return hub


@pytest.fixture
def gateway(process: StartProcess, hub: str) -> Start:
    """Start a gateway in place of the one before."""
    running: list[Process] = []

    def start(*words: str) -> Process:
        for each in running:
            each.interrupt()
            each.wait()
        running[:] = [process(*words, "--hub", hub, ready="serves")]
        return running[0]

    return start


class Patient(Transport):
    """Makes calls as the standard library does, and does not wait for ever."""

    def make_connection(self, host: Any) -> HTTPConnection:
        connection = super().make_connection(host)
        connection.timeout = PATIENCE
        return connection


def who(at: str, login: str = "", token: str = "") -> Any:
    """Return who and where the service at ``at`` says that we are, or the status with which we are refused."""
    headers = [("Authorization", f"Bearer {token}")] if token else []
    with ServerProxy(f"http://{login}{'@' if login else ''}{at}", Patient(headers=headers)) as desk:
        try:
            return desk.who()
        except ProtocolError as error:
            return error.errcode


def passwords(folder: Path) -> None:
    (folder / "passwords").write_text(f"ann:{bcrypt.hashpw(b'secret', bcrypt.gensalt(5)).decode()}\n")


def test_every_file_command_and_answer_of_the_howto_is_as_it_says(gateway: Start, tmp_path: Path) -> None:
    for program in ("curl", "openssl"):
        assert shutil.which(program), f"this test needs {program}"
    plain, secure = str(free_port()), str(free_port())
    ran = 0
    for part in PARTS.finditer(HOWTO.read_text()):
        here = (part["command"] or part["text"]).replace("8000", plain).replace("8443", secure)
        if part["command"]:
            port = [] if "--listen" in here else ["--port", plain]
            gateway(*here.split(), *port)
        for command, expected in SAID.findall(here if part["kind"] == "console" else ""):
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=tmp_path,
                env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
                input="secret\n",
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                start_new_session=True,  # or a password would be asked for at the terminal
            )
            assert done.stdout.replace("\r", "").rstrip("\n") == expected.rstrip("\n"), (command, done.stderr)
            assert done.returncode == 0, (command, done.stderr)
            ran += 1
    assert ran >= 10


def test_the_lines_for_a_site_of_ones_own_are_a_guard(process: StartProcess, hub: str, tmp_path: Path) -> None:
    (block,) = re.findall(r"```python\n(from exchange.gateways.logins.*?)```", HOWTO.read_text(), re.DOTALL)
    lines, root = block.rstrip("\n").rsplit("\n", 1)
    program = (HOWTO.parent / "xmlrpc-gateway.md").read_text().partition("```python\n")[2].partition("```")[0]
    port = free_port()
    usual = 'root.putChild(b"rpc", XmlRpcGateway(exchange, "web-services"))'
    for old, new in {usual: f"{lines}\n{root}", "tcp:localhost:11111": hub, "tcp:8000": f"tcp:{port}"}.items():
        assert old in program
        program = program.replace(old, new)
    (tmp_path / "plant.tac").write_text(program)
    passwords(tmp_path)
    (tmp_path / "tokens").write_text("press:0123456789abcdef\n")

    process("twistd", "-n", "--pidfile=", "-y", "plant.tac", ready="opened")

    at = f"127.0.0.1:{port}/rpc/desk"
    deadline = time.monotonic() + PATIENCE
    while who(at, "ann:secret") == 404:
        assert time.monotonic() < deadline, "the service was never shown"
    assert who(at, "ann:secret") == ["ann", "127.0.0.1"]
    assert who(at, token="0123456789abcdef") == ["press", "127.0.0.1"]
    assert who(at, "ann:wrong") == who(at) == 401


def test_with_tls_http_1_is_spoken_and_the_address_is_the_callers(gateway: Start, tmp_path: Path) -> None:
    key, certificate = certify(tmp_path)
    passwords(tmp_path)
    port = free_port()
    listen = f"ssl:{port}:interface=127.0.0.1:privateKey={key}:certKey={certificate}"
    started = gateway("twistd", "-n", "jsonrpc-gateway", "--passwords", "passwords", "--listen", listen)
    assert f"JSON-RPC at https://127.0.0.1:{port}/jsonrpc" in started.output

    context = ssl.create_default_context(cafile=str(certificate))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            assert secure.selected_alpn_protocol() == "http/1.1"
    connection = HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)
    for _ in range(3):
        connection.request("POST", "/jsonrpc/desk", body=BODY, headers={"Authorization": "Basic YW5uOnNlY3JldA=="})
        assert json.loads(connection.getresponse().read())["result"] == ["ann", "127.0.0.1"]
    connection.close()


def test_a_gateway_that_cannot_ask_says_why_in_one_line_and_does_not_start(
    process: StartProcess, tmp_path: Path
) -> None:
    (tmp_path / "passwords").write_text("ann:$apr1$xyz$sesame\n")
    started = process("twistd", "-n", "xmlrpc-gateway", "--passwords", "passwords", "--port", "0")

    assert started.wait() == 1
    assert started.errors == (
        "twistd xmlrpc-gateway: --passwords: passwords: line 1: the password is hashed by MD5, and only bcrypt is "
        "taken; make the line anew with htpasswd -B FILE ann\n"
    )
    assert "sesame" not in started.output


def test_no_secret_is_in_the_output_of_a_gateway_that_was_asked_for_all_kinds(gateway: Start, tmp_path: Path) -> None:
    passwords(tmp_path)
    (tmp_path / "tokens").write_text("press:0123456789abcdef\n")
    port = free_port()
    started = gateway(
        *("twistd", "-n", "xmlrpc-gateway", "--passwords", "passwords", "--tokens", "tokens", "--port", str(port))
    )
    at = f"127.0.0.1:{port}/xmlrpc/service/desk"
    assert who(at, "ann:secret") == ["ann", "127.0.0.1"]
    assert who(at, "ann:wr0ng") == who(at, f"{'x' * 80}:{'y' * 80}") == who(at, token="wr0ng") == 401
    assert who(at, token="0123456789abcdef") == ["press", "127.0.0.1"]

    started.interrupt()
    started.wait()
    assert "can be read by every user of this machine" in started.output
    said = started.output + started.errors
    assert [word for word in ("secret", "wr0ng", "yyyy", "0123456789abcdef", "YW5uOnN") if word in said] == []
