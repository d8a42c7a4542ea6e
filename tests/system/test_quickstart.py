"""``make run``, as a newcomer uses it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import AT_ONCE, PATIENCE, Process, environment, free_port

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
SERVES = "exchange serves: "


def make_run(folder: Path, hub_port: int, web_port: int) -> list[str]:
    """Return the command, for a copy of the site at ports of its own."""
    shutil.copytree(ROOT / "examples" / "quickstart", folder / "quickstart")
    site = folder / "quickstart" / "site.toml"
    text = site.read_text()
    assert text.count("tcp:11111") == text.count("tcp:8000") == 1
    site.write_text(text.replace("11111", str(hub_port)).replace("8000", str(web_port)))
    # -o: what the tests run in is installed already, however setup.cfg was touched since.
    return ["make", "run", "-o", f"{sys.prefix}/.runs", f"VENV={sys.prefix}", f"SITE={site}"]


class Quickstart:
    """The site of ``make run``, at ports of its own so that it disturbs nobody who runs it already."""

    def __init__(self, process: StartProcess, folder: Path) -> None:
        self.hub_port, self.web_port = free_port(), free_port()
        self.make: Process = process(*make_run(folder, self.hub_port, self.web_port), cwd=ROOT)
        self.line = self.make.wait_for(SERVES)

    def is_closed(self) -> bool:
        """Whether nobody listens at its ports any more."""
        return not (_is_listening(self.hub_port) or _is_listening(self.web_port))


@pytest.fixture
def quickstart(process: StartProcess, tmp_path: Path) -> Quickstart:
    return Quickstart(process, tmp_path)


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_one_line_says_what_serves_and_its_command_works(process: StartProcess, quickstart: Quickstart) -> None:
    assert f"hub {socket.gethostname()} at tcp:127.0.0.1:{quickstart.hub_port}, service math, " in quickstart.line
    assert f"XML-RPC at http://127.0.0.1:{quickstart.web_port}/xmlrpc/service; try: " in quickstart.line
    assert quickstart.make.output == quickstart.line
    assert quickstart.make.errors == ""

    command = quickstart.line.split("; try: ")[1]
    assert command.endswith(" math.multiply 6 7\n")
    trial = process("sh", "-c", command, cwd=ROOT)
    assert trial.wait() == 0, trial.story()
    assert trial.output == "42\n"


def test_the_web_sees_the_same_methods(quickstart: Quickstart) -> None:
    with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{quickstart.web_port}/xmlrpc/service/math") as math:
        assert math.multiply(6, 7) == 42
        assert math.add(1, 2) == 3
        assert math.square(12) == 144


def test_ctrl_c_ends_everything_soon_and_in_silence(quickstart: Quickstart) -> None:
    began = time.monotonic()

    quickstart.make.interrupt()

    quickstart.make.wait()
    assert time.monotonic() - began < AT_ONCE
    assert quickstart.is_closed()
    assert quickstart.make.output == quickstart.line
    assert quickstart.make.errors == ""


def test_the_end_of_make_is_the_end_of_the_site(quickstart: Quickstart) -> None:
    os.kill(quickstart.make.pid, signal.SIGTERM)

    quickstart.make.wait()
    assert quickstart.is_closed()
    assert "Error" not in quickstart.make.story()


@contextmanager
def in_a_terminal(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], FileIO]]:
    """Run ``make run`` as the first process of a terminal; give it, and our end of the terminal, when all serves."""
    end, terminal = os.openpty()
    ours = FileIO(end, "r+")
    make = subprocess.Popen(
        ["setsid", "--ctty", *command], cwd=ROOT, env=environment(), stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    try:
        said = b""
        while SERVES.encode() not in said:
            said += ours.read(4096) or b""
        yield make, ours
    finally:
        with suppress(ProcessLookupError):
            os.killpg(make.pid, signal.SIGKILL)
        ours.close()
        make.wait()


def test_the_site_ends_with_the_terminal_that_it_runs_in(tmp_path: Path) -> None:
    """Also where make is the first process of the terminal, as in a window that was opened for it."""
    hub_port, web_port = free_port(), free_port()
    with in_a_terminal(make_run(tmp_path, hub_port, web_port)) as (make, ours):
        assert _is_listening(hub_port)

        ours.close()

        make.wait(PATIENCE)
        assert not _is_listening(hub_port)
        assert not _is_listening(web_port)


def test_ctrl_c_in_a_terminal_ends_the_site_at_once(tmp_path: Path) -> None:
    with in_a_terminal(make_run(tmp_path, free_port(), free_port())) as (make, ours):
        began = time.monotonic()

        ours.write(b"\x03")

        make.wait(PATIENCE)
        assert time.monotonic() - began < AT_ONCE
