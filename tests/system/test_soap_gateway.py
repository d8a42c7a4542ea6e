"""The SOAP gateway in real processes, called by zeep, which knows nothing but the WSDL, and by curl."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from math import inf, isnan, nan
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
import zeep
from zeep.helpers import serialize_object

from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, free_port
from tests.system.soap_services import Mirror

pytestmark = pytest.mark.system

HOWTO = Path(__file__).parents[2] / "docs/howto/soap-gateway.md"
SERVICES = Path(__file__).parent / "soap_services.py"
PORTS = ("Soap11", "Soap12")


class Site(NamedTuple):
    """A hub, three services and a gateway; the crane is a process of its own."""

    hub: str
    crane: Process
    port: int

    def url(self, name: str = "math") -> str:
        """Return where a service is on the web."""
        return f"http://127.0.0.1:{self.port}/soap/{quote(name)}"

    def client(self, name: str = "math") -> Any:
        """Return what zeep makes of the WSDL of a service."""
        return zeep.Client(f"{self.url(name)}?wsdl")


@pytest.fixture(scope="module")
def site(lasting_process: StartProcess, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site whose services nobody ends."""
    return started(lasting_process, tmp_path_factory.mktemp("soap"))


@pytest.fixture
def own_site(process: StartProcess, tmp_path: Path) -> Site:
    """A site of one test."""
    return started(process, tmp_path)


def started(process: StartProcess, folder: Path) -> Site:
    (folder / "plant.py").write_text(SERVICES.read_text())
    hub, port = f"tcp:127.0.0.1:{free_port()}", free_port()
    process("twistd", "-n", "exchange", "--port", hub.rpartition(":")[2], ready="serves", cwd=folder)
    offer = ("twistd", "-n", "exchange-services", "--hub", hub)
    process(*offer, "plant:Math", "plant:Mirror", ready="serves", cwd=folder)
    crane = process(*offer, "plant:Crane", ready="serves", cwd=folder)
    gateway = process("twistd", "-n", "soap-gateway", "--hub", hub, "--port", str(port), ready="serves", cwd=folder)
    assert f"SOAP at http://127.0.0.1:{port}/soap" in gateway.output
    return Site(hub, crane, port)


def curl(*words: str) -> str:
    """Return what curl prints."""
    assert shutil.which("curl"), "this test needs curl"
    ran = subprocess.run(["curl", "-sS", *words], capture_output=True, text=True, timeout=PATIENCE, check=True)
    return ran.stdout


# What zeep makes of the WSDL


def test_a_client_that_knows_the_wsdl_alone_calls_methods_over_both_versions(site: Site) -> None:
    client = site.client()
    assert sorted(client.wsdl.services["math"].ports) == sorted(PORTS)

    for port in PORTS:
        math = client.bind("math", port)
        assert math.multiply(6, 7) == 42
        assert math.multiply(y=7, x=-(10**30)) == -7 * 10**30


@pytest.mark.parametrize(("port", "codes"), [("Soap11", ["Client", "Server"]), ("Soap12", ["Sender", "Receiver"])])
def test_failures_reach_such_a_client_as_faults_with_their_four_parts(site: Site, port: str, codes: list[str]) -> None:
    math = site.client().bind("math", port)

    with pytest.raises(zeep.exceptions.Fault) as unread:
        math.multiply(6, "seven")
    with pytest.raises(zeep.exceptions.Fault) as failed:
        math.divide(1, 0)

    assert str(unread.value.message) == "math.multiply: y is not a whole number: 'seven'"
    assert str(failed.value.message).startswith("the method failed")
    assert [str(each.value.code).rpartition(":")[2] for each in (unread, failed)] == codes
    assert [number_in(each.value) for each in (unread, failed)] == ["54", "57"]


def number_in(fault: Any) -> str | None:
    """Return the number of the error that a fault tells."""
    (failure,) = fault.detail.iter("{http://www.dscpl.com.au/schemas/OSE/}ServiceFailure")
    number: str | None = failure.findtext("error")
    return number


UNIQUE = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
MOMENT = datetime(2026, 11, 24, 12, 30, 15, 123456)
POINT = {"x": 1.5, "y": 2.0}
VALUES: list[list[Any]] = [
    [0, -1, 10**40],
    [0.1, -inf, 1e300],
    [True, False],
    ["tea & <b>", "línea\ttab\nnew \N{SNOWMAN} \N{GRINNING FACE}", "]]>"],
    [b"\0\xff", bytes(range(256)) * 10],
    [MOMENT, MOMENT.replace(microsecond=0, tzinfo=UTC)],
    [date(2026, 2, 28), date(1999, 12, 31)],
    [time_of_day(23, 59, 59), time_of_day(1, 2, 3, 4)],
    [timedelta(days=3, seconds=5), timedelta(0)],
    [Decimal("1.10"), Decimal(-5), Decimal("123456789012345678901234567890.5")],
    [UNIQUE],
]
"""Values for the methods of `Mirror`, in the order of its types, as far as they have no parts.

There is no empty text: zeep makes None of it.
"""


@pytest.mark.parametrize("number", range(len(VALUES)), ids=[str(kind) for kind in Mirror.types[: len(VALUES)]])
def test_values_of_every_type_come_back_as_they_were_sent(site: Site, number: int) -> None:
    client = site.client("mirror")
    for port in PORTS:
        same = getattr(client.bind("mirror", port), f"same{number}")
        for value in VALUES[number]:
            back = same(value)
            assert (type(back), back) == (type(value), value)


def test_nan_comes_back(site: Site) -> None:
    assert isnan(site.client("mirror").service.same1(nan))


LOAD: dict[str, Any] = {
    "name": "box",
    "at": POINT,
    "way": {"item": [POINT, {"x": -1.0, "y": 0.0}]},
    "weight": Decimal("7.5"),
}
PARTS: list[tuple[int, Any]] = [
    (11, {"item": [1, 2, 3]}),
    (12, {"item1": 1, "item2": "a"}),
    (13, {"item": ["a"]}),
    (14, {"entry": [{"key": "a", "value": 1.5}, {"key": "b", "value": -0.5}]}),
    (15, {"entry": [{"key": 7, "value": POINT}]}),
    (16, POINT),
    (17, {"item": [POINT, POINT]}),
    (18, LOAD),
    (18, {**LOAD, "weight": None}),
    (19, "tea"),
    (19, None),
]
"""Values that have parts, as zeep knows them by the WSDL."""


@pytest.mark.parametrize(("number", "value"), PARTS)
def test_values_with_parts_come_back_as_they_were_sent(site: Site, number: int, value: Any) -> None:
    client = site.client("mirror")
    whole = isinstance(value, dict) and next(iter(value)) in ("item", "entry")  # which zeep takes off what it gives
    for port in PORTS:
        back = serialize_object(getattr(client.bind("mirror", port), f"same{number}")(value), dict)
        assert back == (next(iter(value.values())) if whole else value)


@pytest.mark.parametrize("value", [7, "seven", 1.5, True, b"\0", MOMENT, date(2026, 1, 1), Decimal("1.5"), None])
def test_a_value_of_any_type_comes_back_with_the_type_that_was_told_with_it(site: Site, value: Any) -> None:
    client = site.client("mirror")
    kinds = {
        int: "integer", str: "string", float: "double", bool: "boolean", bytes: "base64Binary", datetime: "dateTime",
        date: "date", Decimal: "decimal",
    }  # fmt: skip
    xs = "{http://www.w3.org/2001/XMLSchema}"
    sent = None if value is None else zeep.AnyObject(client.get_type(xs + kinds[type(value)]), value)

    assert client.service.same21(sent) == value


def test_dataclasses_are_built_again_for_the_method(site: Site) -> None:
    crane = site.client("plant/crane 1")

    moved = serialize_object(crane.service.move(LOAD, {"x": 9.0}), dict)

    assert moved == {**LOAD, "at": {"x": 9.0, "y": 0.0}, "way": {"item": [*LOAD["way"]["item"], POINT]}}


# Comings and goings


def in_thread(call: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Begin a call that blocks; return what runs it, and where its outcome will be."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(call())
        except zeep.exceptions.Fault as fault:
            outcome.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def test_a_service_killed_while_it_owes_the_answer_is_a_fault_at_once_and_then_not_found(own_site: Site) -> None:
    client = own_site.client("plant/crane 1")
    waiting, outcome = in_thread(lambda: client.service.wait())
    own_site.crane.wait_for("wait has begun")

    killed = time.monotonic()
    own_site.crane.signal(signal.SIGKILL)
    waiting.join(PATIENCE)

    assert [number_in(each) for each in outcome] == ["57"]
    assert time.monotonic() - killed < 10  # and not the 30 seconds of a call
    assert curl("-o", "/dev/null", "-w", "%{http_code}", f"{own_site.url('plant/crane 1')}?wsdl") == "404"


def test_a_caller_who_hangs_up_ends_the_method(site: Site) -> None:
    envelope = "http://schemas.xmlsoap.org/soap/envelope/"
    body = f'<s:Envelope xmlns:s="{envelope}"><s:Body><wait/></s:Body></s:Envelope>'
    path = f"/soap/{quote('plant/crane 1')}"
    head = f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as caller:
        caller.sendall((head + body).encode())
        site.crane.wait_for("wait has begun")

    site.crane.wait_for("wait was cancelled")
    assert site.client().service.multiply(6, 7) == 42


def test_without_lxml_the_gateway_says_in_one_line_what_must_be_installed(
    process: StartProcess, tmp_path: Path
) -> None:
    (tmp_path / "lxml.py").write_text("raise ModuleNotFoundError('No module named lxml', name='lxml')")

    gateway = process("twistd", "-n", "soap-gateway", env={"PYTHONPATH": str(tmp_path)})

    assert gateway.wait() == 1
    assert gateway.errors == (
        "twistd soap-gateway: SOAP needs lxml, which is not installed: pip install 'exchange[soap]'\n"
    )


# The documents


def test_every_command_of_the_howto_prints_what_it_says(site: Site, tmp_path: Path) -> None:
    assert shutil.which("curl"), "this test needs curl"
    text = HOWTO.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{site.port}")
    for name, program in re.findall(r"`(\w+\.(?:xml|py))`[^`]*\n\n```\w+\n(.*?)```", text, re.DOTALL):
        (tmp_path / name).write_text(program)
    said = re.findall(
        r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(re.findall(r"```console\n(.*?)```", text, re.DOTALL)), re.MULTILINE
    )
    assert len(said) == text.count("\n$ ") >= 5

    for command, expected in said:
        ran = subprocess.run(
            ["sh", "-c", command.replace("python3", sys.executable)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert ran.stdout.rstrip("\n") == expected.rstrip("\n"), (command, ran.stderr)
