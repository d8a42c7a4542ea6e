"""The `exchange` command as a real process where it meets a terminal, a pipe and signals."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import environment, free_port, program

pytestmark = pytest.mark.system

PROGRAM = """
from twisted.internet.defer import CancelledError, Deferred
from exchange import Service, method

class Shop(Service):
    name = "shop"
    groups = ["evil \\u202e"]

    @method
    async def wait(self):
        print("began", flush=True)
        try:
            await Deferred()
        except CancelledError:
            print("told to stop", flush=True)
            raise
"""


@pytest.fixture(scope="module")
def hub(lasting_process: StartProcess) -> str:
    """A running hub, as ``--hub`` takes it."""
    port = free_port()
    lasting_process("twistd", "-n", "exchange", "--name", "rome", "--port", str(port), ready="exchange serves: ")
    return f"localhost:{port}"


@pytest.fixture(scope="module")
def shop(lasting_process: StartProcess, tmp_path_factory: pytest.TempPathFactory, hub: str) -> None:
    """A service at the hub, run by ``exchange serve``."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shops.py").write_text(PROGRAM)
    lasting_process("exchange", "serve", "shops:Shop", "--hub", hub, cwd=folder, ready="serving shop at hub rome (")


def on_terminal(*words: str, **changes: str) -> str:
    """Return what the command prints on a terminal."""
    ours, theirs = pty.openpty()
    env: Mapping[str, str] = environment(**{"TERM": "xterm-256color", "COLUMNS": "100", **changes})
    with subprocess.Popen([program("exchange"), *words], stdout=theirs, stderr=theirs, env=env):
        os.close(theirs)
        text = b""
        try:
            while some := os.read(ours, 4096):
                text += some
        except OSError:  # nobody writes to it any more
            pass
        os.close(ours)
    return text.decode()


@pytest.mark.usefixtures("shop")
def test_a_terminal_gets_a_table_in_colour_unless_somebody_minds(hub: str) -> None:
    words = ("services", "--hub", hub)

    coloured, plain, dumb = on_terminal(*words), on_terminal(*words, NO_COLOR="1"), on_terminal(*words, TERM="dumb")

    assert "\x1b[" in coloured
    assert "shop" in coloured
    assert "shop" in plain
    assert "\x1b" not in plain
    assert "\x1b" not in dumb
    assert all("\u202e" not in text for text in (coloured, plain, dumb))
    assert all("\\u202e" in text for text in (coloured, plain, dumb))


@pytest.mark.usefixtures("shop")
def test_a_pipe_that_nobody_reads_any_more_ends_it_in_silence(process: StartProcess, hub: str) -> None:
    for verb in ("services", "watch links --interval 0.1", "ping --count 50 --interval 0.05"):
        line = f"{{ '{program('exchange')}' {verb} --hub {hub}; echo status $? >&2; }} | head -n 1"
        ran = process("sh", "-c", line)
        assert ran.wait() == 0
        assert (ran.output.count("\n"), ran.errors) == (1, "status 0\n"), ran.story()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("shop")
def test_a_signal_ends_what_goes_on_and_a_document_is_whole_still(
    process: StartProcess, hub: str, number: signal.Signals
) -> None:
    watching = process("exchange", "watch", "services", "-o", "json", "--hub", hub)
    watching.wait_for("shop")

    watching.signal(number)

    assert watching.wait() == 130
    assert watching.errors == ""
    assert [row["name"] for row in json.loads(watching.output)] == ["shop"]


def test_ctrl_c_ends_serving_and_what_runs_is_told(process: StartProcess, tmp_path: Path) -> None:
    port = free_port()
    hub = f"localhost:{port}"
    (tmp_path / "shops.py").write_text(PROGRAM)
    serving = process("exchange", "serve", "shops:Shop", "--name", "shop-2", "--hub", hub)
    serving.wait_for("cannot link to")
    process("twistd", "-n", "exchange", "--port", str(port), ready="exchange serves: ")
    serving.wait_for("serving shop-2 at hub ")
    call = process("exchange", "call", "--hub", hub, "shop-2.wait")
    serving.wait_for("began")

    serving.interrupt()

    assert serving.wait() == 130
    assert serving.output.endswith("told to stop\n")
    assert "Traceback" not in serving.story()
    assert call.wait() in (1, 7)


@pytest.mark.usefixtures("shop")
def test_lines_of_a_pipe_are_published_as_they_come(process: StartProcess, hub: str) -> None:
    listening = process("exchange", "watch", "reports", "feed", "--count", "2", "-o", "jsonl", "--hub", hub)
    publishing = process("exchange", "publish", "feed", "lines", "-", "--wait", "20", "--hub", hub, hears=True)
    publishing.say("1")
    listening.wait_for('"value": 1')
    publishing.say("two")

    assert listening.wait() == 0, listening.story()
    assert [json.loads(line)["value"] for line in listening.output.splitlines()] == [1, "two"]
    publishing.interrupt()
    assert publishing.wait() == 130


def test_a_full_disk_is_told(process: StartProcess, hub: str) -> None:
    ran = process("sh", "-c", f"'{program('exchange')}' ping --hub {hub} --count 1 > /dev/full")

    assert ran.wait() == 1
    assert ran.errors == "exchange ping: the output cannot be written: No space left on device\n"
