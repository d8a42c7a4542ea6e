"""The XML-RPC gateway called by programs that nobody here wrote: Perl's RPC::XML, curl, the standard library."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape
from xmlrpc.client import Fault, MultiCall, ServerProxy

import pytest

from tests.gateways.bad_xmlrpc import BODIES, GOOD, REQUESTS
from tests.gateways.test_xmlrpc_reader import BOMBS
from tests.gateways.web import asking
from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, free_port
from tests.system.test_xmlrpc_gateway import Impatient

pytestmark = pytest.mark.system

HOWTO = Path(__file__).parents[2] / "docs/howto/xmlrpc-gateway.md"
AT = "/xmlrpc/service"
LARGEST = 2**20

PLANT = """
from exchange import CallError, Service, method


class Echo(Service):
    name = "echo"
    groups = ["web-services"]

    @method
    def echo(self, value):
        return value

    @method
    def kind(self, value):
        return type(value).__name__

    @method
    def refuse(self):
        raise CallError("Bad", number=1001, origin="app", details="größe")
"""

PERL = r"""
use strict; use warnings; use utf8;
use RPC::XML; use RPC::XML::Client; use JSON::PP;
$RPC::XML::ALLOW_NIL = 1;
$RPC::XML::ENCODING = 'UTF-8';
my $json = JSON::PP->new->utf8->canonical->allow_nonref->convert_blessed;
my $client = RPC::XML::Client->new($ARGV[0]);

sub say_all { print $json->encode([@_]), "\n" }
sub result {
    my $result = $client->send_request(@_);
    die "no answer: $result" unless ref $result;
    return $result;
}

for my $value (
    RPC::XML::int->new(-6), RPC::XML::i4->new(7), RPC::XML::i8->new('9007199254740993'),
    RPC::XML::double->new('1.5'), RPC::XML::string->new('größe <&>'), RPC::XML::string->new(''),
    RPC::XML::boolean->new('true'), RPC::XML::base64->new("raw"),
    RPC::XML::datetime_iso8601->new('20260131T23:59:59'), RPC::XML::nil->new(),
    RPC::XML::array->new(RPC::XML::int->new(1), RPC::XML::array->new()),
    RPC::XML::struct->new(a => RPC::XML::struct->new(b => RPC::XML::array->new('c'))),
) {
    my $echo = result('echo', $value);
    say_all(ref $echo, $echo->value . '') unless ref $echo->value or !defined $echo->value;
    say_all(ref $echo, $echo->value) if ref $echo->value or !defined $echo->value;
    say_all(result('kind', $value)->value);
}
my $fault = result('refuse');
say_all(ref $fault, $fault->code + 0, $fault->string);
say_all(result('vanish')->code + 0);
say_all(result('system.listMethods')->value);
say_all(result('system.methodSignature', 'echo')->value);
my $several = result('system.multicall', RPC::XML::array->new(
    RPC::XML::struct->new(methodName => 'echo', params => RPC::XML::array->new(RPC::XML::int->new(6))),
    RPC::XML::struct->new(methodName => 'vanish', params => RPC::XML::array->new()),
))->value;
say_all($several->[0][0] + 0, $several->[1]{faultCode} + 0);
"""

SAID: list[list[Any]] = [
    ["RPC::XML::int", "-6"],
    ["int"],
    ["RPC::XML::int", "7"],
    ["int"],
    ["RPC::XML::i8", "9007199254740993"],
    ["int"],
    ["RPC::XML::double", "1.5"],
    ["float"],
    ["RPC::XML::string", "größe <&>"],
    ["str"],
    ["RPC::XML::string", ""],
    ["str"],
    ["RPC::XML::boolean", "1"],
    ["bool"],
    ["RPC::XML::base64", "raw"],
    ["bytes"],
    ["RPC::XML::datetime_iso8601", "20260131T23:59:59"],
    ["datetime"],
    ["RPC::XML::nil", None],
    ["NoneType"],
    ["RPC::XML::array", ["1", []]],
    ["list"],
    ["RPC::XML::struct", {"a": {"b": ["c"]}}],
    ["dict"],
    ["RPC::XML::fault", 1001, "app -- Bad\n\ngröße"],
    [55],
    [
        [
            "echo",
            "kind",
            "refuse",
            "system.getCapabilities",
            "system.listMethods",
            "system.methodHelp",
            "system.methodSignature",
            "system.multicall",
        ]
    ],
    ["undef"],
    [6, 55],
]


class Site(NamedTuple):
    """A hub, two services and two gateways, each a process of its own; the second speaks without extensions."""

    gateway: Process
    port: int
    plain_port: int

    def url(self, name: str, port: int = 0) -> str:
        """Return where a service is."""
        return f"http://127.0.0.1:{port or self.port}{AT}/{name}"

    def post(self, name: str, body: bytes, port: int = 0) -> bytes:
        """Return the body of the answer to a request."""
        connection = HTTPConnection("127.0.0.1", port or self.port, timeout=PATIENCE)
        try:
            connection.request("POST", f"{AT}/{name}", body=body, headers={"Content-Type": "text/xml"})
            return connection.getresponse().read()
        finally:
            connection.close()

    def most_memory(self) -> int:
        """Return how much memory the gateway ever had, in KiB."""
        status = Path(f"/proc/{self.gateway.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


@pytest.fixture(scope="module")
def site(lasting_process: StartProcess, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with the service of the how-to, and one that returns what it is given."""
    folder = tmp_path_factory.mktemp("plant")
    (folder / "plant.py").write_text(PLANT)
    (folder / "arithmetic.py").write_text(HOWTO.read_text().partition("```py\n")[2].partition("```")[0])
    hub, ports = f"tcp:127.0.0.1:{free_port()}", (free_port(), free_port())
    lasting_process("twistd", "-n", "--pidfile=", "exchange", "--port", hub.rpartition(":")[2], ready="serves")
    at_hub = ("--hub", hub)
    classes = ("plant:Echo", "arithmetic:Math")
    services = ("twistd", "-n", "--pidfile=", "exchange-services", *at_hub, *classes)
    lasting_process(*services, cwd=folder, ready="serves")
    gateways = []
    for port, ways in zip(ports, ([], ["--none", "empty", "--big-integers", "text"]), strict=True):
        command = ("twistd", "-n", "--pidfile=", "xmlrpc-gateway", *at_hub, "--port", str(port), *ways)
        gateways.append(lasting_process(*command, ready="serves"))
    return Site(gateways[0], *ports)


@pytest.fixture(scope="module")
def rpc_xml() -> None:
    """Skip what needs Perl's RPC::XML where it is not, with a sentence that says how to get it."""
    with suppress(OSError):
        if subprocess.run(["perl", "-MRPC::XML::Client", "-e", "1"], capture_output=True).returncode == 0:
            return
    pytest.skip("Perl's RPC::XML is not installed; on Debian it is in librpc-xml-perl, elsewhere on CPAN")


def run(command: str) -> str:
    """Run a command as a shell does, and return what it printed."""
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=PATIENCE)
    assert ran.returncode == 0, (command, ran.stderr)
    return ran.stdout


def test_perl_sends_and_gets_every_type_and_asks_what_there_is(site: Site, rpc_xml: None, tmp_path: Path) -> None:
    (tmp_path / "caller.pl").write_text(PERL, encoding="utf-8")

    said = run(f"perl {tmp_path}/caller.pl {site.url('echo')}").splitlines()

    assert [json.loads(line) for line in said] == SAID


def test_the_standard_library_makes_several_calls_at_once(site: Site) -> None:
    with ServerProxy(site.url("math"), Impatient(), allow_none=True) as math:
        several = MultiCall(math)
        several.multiply(6, 7)
        several.vanish()
        results: Any = several()

        assert results[0] == 42
        with pytest.raises(Fault) as caught:
            results[1]
        assert caught.value.faultCode == 55


def test_a_gateway_does_without_extensions_if_it_was_told(site: Site) -> None:
    with ServerProxy(site.url("echo", site.plain_port), Impatient(), allow_none=True) as echo:
        assert echo.echo([None, {"a": None}]) == ["", {"a": ""}]
        assert echo.echo(2**31 - 1) == 2**31 - 1
        told: Any = echo.system.getCapabilities()
        assert sorted(told) == ["introspection", "system.multicall", "xmlrpc"]
    answer = site.post("echo", asking("echo", "<i8>-2147483649</i8>"), site.plain_port)
    assert b"<string>-2147483649</string>" in answer


def test_bodies_that_are_meant_to_exhaust_the_gateway_cost_it_no_memory(site: Site) -> None:
    for body in BOMBS.values():
        assert b"<int>54</int>" in site.post("math", body[:LARGEST])
    before = site.most_memory()

    for _ in range(10):
        for body in BOMBS.values():
            assert b"<int>54</int>" in site.post("math", body[:LARGEST])

    assert site.most_memory() < before + 16 * 1024
    assert b"<int>42</int>" in site.post("math", GOOD)
    assert "Traceback" not in site.gateway.output + site.gateway.errors


def status_of(raw: bytes, port: int) -> int:
    """Return the status of the answer to some bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as caller:
        with suppress(ConnectionError):  # what is refused may not be taken to its end
            caller.sendall(raw)
        return int(caller.recv(4096).split()[1])


def test_every_bad_request_gets_its_answer_and_the_gateway_serves_on(site: Site) -> None:
    for name, (body, text) in BODIES.items():
        assert escape(text).encode() in site.post("math", body[:LARGEST]), name
    for name, (raw, status, _) in REQUESTS.items():
        assert status_of(raw, site.port) == status, name

    assert b"<int>42</int>" in site.post("math", GOOD)
    assert "Traceback" not in site.gateway.output + site.gateway.errors


def sessions() -> list[tuple[str, str]]:
    """Return the commands of the how-to, each with what it is said to print."""
    text = "".join(re.findall(r"```console\n(.*?)```", HOWTO.read_text(), re.DOTALL))
    said = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
    assert len(said) == len(re.findall(r"^\$ ", text, re.MULTILINE))
    return said


def test_every_command_of_the_howto_prints_what_it_says(site: Site) -> None:
    commands = [each for each in sessions() if not each[0].startswith("perl")]
    assert len(commands) >= 7

    for command, expected in commands:
        assert run(command.replace("127.0.0.1:8000", f"127.0.0.1:{site.port}")) == expected


def test_the_perl_of_the_howto_prints_what_it_says(site: Site, rpc_xml: None) -> None:
    ((command, expected),) = [each for each in sessions() if each[0].startswith("perl")]

    assert run(command.replace("127.0.0.1:8000", f"127.0.0.1:{site.port}")) == expected
