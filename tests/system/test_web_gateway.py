"""The web gateway in real processes: the example, the how-tos command by command, and streams that end well."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

import pytest

from tests.gateways.sse import Event, EventReader
from tests.system.conftest import StartProcess
from tests.system.processes import AT_ONCE, PATIENCE, Process, free_port

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
HOWTO = ROOT / "docs/howto"

MATH = """
from exchange import Service, method


class Math(Service):
    name = "math"
    groups = ["web-services"]

    @method
    def multiply(self, x, y):
        return x * y
"""


class Site(NamedTuple):
    """The example, in one process."""

    process: Process
    hub: str
    port: int

    def call(self, method: str, *args: Any) -> Any:
        """Call a method of the kettle by JSON-RPC."""
        asked = {"jsonrpc": "2.0", "method": method, "params": args, "id": 1}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("POST", "/jsonrpc/kettle", json.dumps(asked), {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer["result"]


class Listener:
    """Reads a stream with nothing but the standard library."""

    def __init__(self, answer: HTTPResponse, reader: EventReader) -> None:
        self._answer = answer
        self.reader = reader
        self._seen = len(reader.events)

    def next(self) -> Event:
        """Return the next event, waiting for it."""
        while len(self.reader.events) == self._seen:
            line = self._answer.readline()
            assert line, "the stream is at its end"
            self.reader.feed(line.decode())
        self._seen += 1
        return self.reader.events[self._seen - 1]

    def rest(self) -> bytes:
        """Return what comes until the end of the stream, waiting for that."""
        return self._answer.read()


@contextmanager
def listening(port: int, path: str, reader: EventReader | None = None) -> Iterator[Listener]:
    """Listen to a stream; with a reader of one that was lost, go on where that was."""
    reader = reader or EventReader()
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path, headers={"Last-Event-ID": reader.last_id} if reader.last_id else {})
    try:
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/event-stream"
        yield Listener(answer, reader)
    finally:
        connection.close()


@pytest.fixture
def site(process: StartProcess, tmp_path: Path) -> Site:
    """The site of the example, at ports of its own."""
    folder = tmp_path / "web"
    shutil.copytree(ROOT / "examples/web", folder, ignore=shutil.ignore_patterns("__pycache__"))
    hub, port = free_port(), free_port()
    text = (folder / "site.toml").read_text()
    assert text.count("tcp:11111") == text.count("tcp:8000") == 1
    (folder / "site.toml").write_text(text.replace("11111", str(hub)).replace("tcp:8000", f"tcp:{port}"))
    started = process("twistd", "-n", "exchange", "--config", "site.toml", ready="serves", cwd=folder)
    base = f"http://127.0.0.1:{port}"
    assert f"files of public at {base}/, JSON-RPC at {base}/jsonrpc, live reports at {base}/live" in started.output
    return Site(started, f"tcp:127.0.0.1:{hub}", port)


def commands_of(page: str) -> list[tuple[str, str]]:
    """Return the commands of a how-to, each with what it prints."""
    sessions = "".join(re.findall(r"```console\n(.*?)```", (HOWTO / page).read_text(), re.DOTALL))
    said = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", sessions, re.MULTILINE)
    assert len(said) == len(re.findall(r"^\$ ", sessions, re.MULTILINE)) >= 2
    return said


def run_all(page: str, port: int) -> None:
    assert shutil.which("curl"), "this test needs curl"
    for command, expected in commands_of(page):
        here = command.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
        ran = subprocess.run(["sh", "-c", here], capture_output=True, text=True, timeout=PATIENCE)
        assert ran.stdout.rstrip("\n") == expected.rstrip("\n"), (command, ran.stderr)


def test_the_page_of_the_example_finds_all_that_it_asks_for(site: Site) -> None:
    base = f"http://127.0.0.1:{site.port}"
    with urlopen(f"{base}/", timeout=PATIENCE) as page:
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        (script,) = re.findall(r'<script src="([^"]+)"', page.read().decode())
    with urlopen(f"{base}/{script}", timeout=PATIENCE) as answer:
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        program = answer.read().decode()
    (source,) = re.findall(r'new EventSource\("([^"]+)"\)', program)
    subjects = set(re.findall(r"subject=(\w+)", source))

    with listening(site.port, source) as listener:
        first = listener.next()
        assert (first.type, first.content) == ("warmth", 20)
        assert site.call("heat", 30) == 20
        heard = [listener.next() for _ in range(3)]

    assert [(event.type, event.content) for event in heard] == [("wanted", 30), ("warmth", 25), ("warmth", 30)]
    assert {event.type for event in heard} == subjects
    assert listener.reader.retry == 2000


def test_every_command_of_the_howto_about_live_reports_prints_what_it_says(site: Site) -> None:
    run_all("live-reports.md", site.port)


def test_who_loses_the_connection_goes_on_where_they_were(site: Site) -> None:
    path = "/live/kettle?subject=warmth"
    site.call("heat", 100)
    with listening(site.port, path) as listener:
        before = [listener.next().content for _ in range(3)]

    with listening(site.port, path) as other:  # while somebody else hears what they miss
        for _ in range(3):
            other.next()
    with listening(site.port, path, listener.reader) as again:
        after = [again.next().content for _ in range(4)]

    heard = before + after
    assert heard == [heard[0] + 5 * place for place in range(7)]


def test_a_site_that_is_asked_to_end_does_not_wait_for_its_listeners(site: Site) -> None:
    with listening(site.port, "/live/kettle") as listener:
        listener.next()
        asked = time.monotonic()
        site.process.signal(signal.SIGTERM)

        listener.rest()  # which ends in good order, or this raises
        assert site.process.wait() == -signal.SIGTERM
        assert time.monotonic() - asked < AT_ONCE


def test_the_publisher_may_be_killed_and_come_back(process: StartProcess, tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples/web/kettle.py", tmp_path)
    hub, port = f"tcp:127.0.0.1:{free_port()}", free_port()
    process("twistd", "-n", "exchange", "--port", hub.rpartition(":")[2], ready="serves")
    start = ("twistd", "-n", "exchange-services", "--hub", hub, "kettle:Kettle")
    kettle = process(*start, ready="serves")
    process("twistd", "-n", "web-gateway", "--hub", hub, "--port", str(port), ready="serves")

    with listening(port, "/live/kettle?subject=warmth") as listener:
        assert listener.next().content == 20
        kettle.signal(signal.SIGKILL)
        gone = listener.next()
        assert (gone.type, gone.content) == ("gone", {"service": "kettle", "reason": "lost"})
        process(*start, ready="serves")
        assert [(event.type, event.data) for event in (listener.next(), listener.next())] == [
            ("back", '{"service":"kettle"}'),
            ("warmth", "20.0"),
        ]


def test_every_command_of_the_howto_about_the_web_gateway_prints_what_it_says(
    process: StartProcess, tmp_path: Path
) -> None:
    (tmp_path / "plant.py").write_text(MATH)
    shutil.copytree(ROOT / "examples/web/public", tmp_path / "public")
    hub, port = f"tcp:127.0.0.1:{free_port()}", free_port()
    process("twistd", "-n", "exchange", "--port", hub.rpartition(":")[2], ready="serves")
    process("twistd", "-n", "exchange-services", "--hub", hub, "plant:Math", ready="serves")
    mounts = ["/xmlrpc/service=xmlrpc", "/jsonrpc=jsonrpc", "/static=files:public"]
    words = [word for mount in mounts for word in ("--mount", mount)]
    process("twistd", "-n", "web-gateway", "--hub", hub, "--port", str(port), *words, ready="serves")

    run_all("web-gateway.md", port)


def test_the_tables_of_the_howto_start(process: StartProcess, tmp_path: Path) -> None:
    tables = re.findall(r"```toml\n(.*?)```", (HOWTO / "web-gateway.md").read_text(), re.DOTALL)
    example, several = tables
    quoted = [line.split("#")[0].strip() for line in (ROOT / "examples/web/site.toml").read_text().splitlines()]
    assert [line.split("#")[0].strip() for line in example.splitlines() if line] == [line for line in quoted if line]
    hub, port = free_port(), free_port()
    listen = f'listen = "tcp:{port}:interface=127.0.0.1"\n'
    text = f'[hub]\nlisten = "tcp:{hub}:interface=127.0.0.1"\n' + several
    (tmp_path / "site.toml").write_text(re.sub(r"(\[gateways\.\w+\]\n)", rf"\1{listen}", text))
    (tmp_path / "public").mkdir()
    (tmp_path / "passwords").write_text("alice:$2y$05$QEJdJAMYXVBa6QsgiCdVSOQtjdi9Q0aQkVpB.kfPIzw8lcOYvLnpS\n")

    process("twistd", "-n", "exchange", "--config", "site.toml", ready="serves")

    statuses = {}
    for path in ("/nothing", "/jsonrpc/nothing", "/staff/live/nothing"):
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", path)
        statuses[path] = connection.getresponse().status
        connection.close()
    assert statuses == {"/nothing": 404, "/jsonrpc/nothing": 404, "/staff/live/nothing": 401}
