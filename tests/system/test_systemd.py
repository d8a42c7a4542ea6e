"""Processes under systemd: units that it takes, sockets that it hands over, and what it is told meanwhile."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, program

pytestmark = pytest.mark.system

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "systemd.md"
BLOCKS = dict(re.findall(r"```\w+\n# (\S+)\n(.*?)```", PAGE.read_text(), re.DOTALL))
UNITS = sorted(name for name in BLOCKS if not name.endswith(".toml"))

HANDING_OVER = """
import os, socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
for number, each in enumerate(sockets):
    os.dup2(each.fileno(), 50 + number)
for number in range(2):
    os.dup2(50 + number, 3 + number)
environ = os.environ | {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "2", "LISTEN_FDNAMES": "hub:web"}
print("ports", *(each.getsockname()[1] for each in sockets), flush=True)
os.execve(sys.argv[1], sys.argv[1:], environ)
"""
"""Does what systemd does for a socket unit; then it is the program."""


class Systemd:
    """Listens where systemd does, and keeps what it hears."""

    def __init__(self, place: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(place))
        self._socket.settimeout(PATIENCE)
        self.heard: list[str] = []

    def hear(self, wanted: str) -> list[str]:
        """Wait until something is told that begins so; return its lines."""
        while True:
            lines = self._socket.recv(4096).decode().splitlines()
            self.heard.append(lines[0])
            if lines[0].startswith(wanted):
                return lines

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    listening = Systemd(tmp_path / "notify")
    yield listening
    listening.close()


def test_units_are_such_as_systemd_takes(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze, of systemd, is not installed")
    (tmp_path / "site.toml").write_text(BLOCKS["site.toml"])
    files = []
    for name in UNITS:
        text = (
            BLOCKS[name].replace("/opt/exchange/bin/twistd", program("twistd")).replace("/etc/exchange", str(tmp_path))
        )
        files.append(tmp_path / name)
        files[-1].write_text(text)
    named = [str(file).replace("@.", "@math.") for file in files]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", *named], capture_output=True, text=True, check=False
    )
    told = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "exchange-" in line]
    assert [line for line in told if "User=" not in line] == []
    assert len(files) == 4


def test_sockets_are_handed_over_and_systemd_is_told_from_beginning_to_end(
    process: StartProcess, tmp_path: Path, systemd: Systemd
) -> None:
    file = tmp_path / "site.toml"
    text = BLOCKS["site.toml"] + '\n[gateways.web]\nlisten = "systemd:domain=INET:index=1"\n'
    file.write_text(text)
    env = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "600000"}
    words = ["-n", "exchange", "--config", str(file), "--drain-time", "5"]
    hub = process("python", "-c", HANDING_OVER, program("twistd"), *words, env=env, ready="serves")
    hub_port, web_port = hub.wait_for("ports ").split()[1:]

    _, status, pid = systemd.hear("READY=1")
    assert f"hub rome at tcp:127.0.0.1:{hub_port}, XML-RPC at http://127.0.0.1:{web_port}/xmlrpc/service" in status
    assert pid == f"MAINPID={hub.pid}"
    began = time.monotonic()
    for _ in range(3):
        systemd.hear("WATCHDOG=1")
    assert time.monotonic() - began > 0.5  # every 0.3 seconds, of which the first may have been near

    file.write_text(text.replace("[gateways", "hubs = 'hub-*'\n[gateways"))
    hub.signal(signal.SIGHUP)
    assert systemd.hear("RELOADING=1")[1].startswith("MONOTONIC_USEC=")
    assert systemd.hear("READY=1")[1].endswith("; reloaded")
    hub.wait_for("was read again: changed [hub] hubs")
    file.write_text("[hub\n")
    hub.signal(signal.SIGHUP)
    assert systemd.hear("READY=1")[1].endswith("; a reload was refused")
    assert "not TOML" in hub.wait_for("not TOML")

    hub.signal(signal.SIGTERM)
    assert systemd.hear("STOPPING=1")[1] == "STATUS=leaving in good order"
    assert hub.wait() == -signal.SIGTERM


def test_a_process_that_was_given_no_socket_says_so(process: StartProcess, tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(BLOCKS["site.toml"])
    refused: Process = process("twistd", "-n", "exchange", "--config", "site.toml", cwd=tmp_path)

    assert refused.wait() == 1
    assert refused.errors.startswith(
        "twistd exchange: site.toml: [hub] listen: 'systemd:domain=INET:name=hub': systemd has passed no such socket"
    )
