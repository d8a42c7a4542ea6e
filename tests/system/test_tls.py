"""TLS between real processes: the howto from its first line to its last, who is refused, and renewal on disk."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import closing
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from OpenSSL import SSL

from tests.net.authority import make_files
from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, environment, free_port, program

pytestmark = pytest.mark.system

HOWTO = Path(__file__).parents[2] / "docs/howto/tls.md"
PARTS = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```|^    (?P<command>twistd [^\n]*)$", re.MULTILINE | re.DOTALL)
SAID = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def run(command: str, folder: Path) -> str:
    """Run a command that ends, and return all that it says."""
    name, *words = command.split()
    told = subprocess.run(
        [program(name), *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return told.stdout


def test_the_howto_leads_from_nothing_to_a_mesh_whose_members_know_one_another(
    process: StartProcess, tmp_path: Path
) -> None:
    text = HOWTO.read_text()
    assert text.count("11111") == text.count("11112") == 3
    text = text.replace("11111", str(free_port())).replace("11112", str(free_port()))
    processes: list[Process] = []
    for part in PARTS.finditer(text):
        if part["command"]:
            name, *words = part["command"].split()
            processes.append(process(name, *words, ready="serves"))
        elif part["kind"] == "console":
            for command, answer in SAID.findall(part["text"]):
                told, (before, cut, _) = run(command, tmp_path), answer.partition("...")
                assert told.startswith(before) if cut else told == answer, command
        else:
            (tmp_path / re.match(r"# (\S+)\n", part["text"])[1]).write_text(part["text"])  # type: ignore[index]
    rome, paris, _ = processes
    assert any("link to paris" in line or "link from paris" in line for line in rome.lines)
    assert any("link to rome" in line or "link from rome" in line for line in paris.lines)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_files(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


class Hub:
    """A hub that asks for certificates."""

    def __init__(self, process: StartProcess, certificate: str = "hub") -> None:
        self.port = free_port()
        files = ("--certificate", f"{certificate}.pem", "--key", f"{certificate}-key.pem", "--authority")
        words = ("--port", str(self.port), *files, "authority.pem")
        self.process = process("twistd", "-n", "exchange", *words, ready="serves")

    def called(self, folder: Path, *words: str) -> str:
        """Try to call something there, and return what was said."""
        return run(f"exchange call --hub tcp:localhost:{self.port} {' '.join(words)} press.pressure", folder)


@pytest.mark.parametrize(
    ("words", "at_peer", "at_hub"),
    [
        (
            "--authority authority.pem",
            "the far end asks for a certificate and was shown none: give certificate and key",
            "the far end showed no certificate, and one of our authority is asked for",
        ),
        (
            "--authority authority.pem --certificate stray-peer.pem --key stray-peer-key.pem",
            "the far end does not know the authority of our certificate",
            "the certificate of the far end is not of an authority that is known here",
        ),
        (
            "--authority other-authority.pem --certificate peer.pem --key peer-key.pem",
            "the certificate of the far end is not of an authority that is known here",
            "the far end does not know the authority of our certificate",
        ),
        (
            "--authority authority.pem --certificate late-peer.pem --key late-peer-key.pem",
            "our certificate has expired, says the far end: renew it",
            "the certificate of the far end has expired: it must be renewed there",
        ),
        ("", "TLS is spoken here: give the authority of the hub", "the far end does not speak TLS"),
    ],
)
def test_who_is_refused_is_told_why_in_a_line_at_both_ends(
    process: StartProcess, folder: Path, words: str, at_peer: str, at_hub: str
) -> None:
    hub = Hub(process)

    told = hub.called(folder, words)

    assert told.startswith("exchange call: ")
    assert at_peer in told
    assert told.count("\n") == 1
    hub.process.wait_for(at_hub)


def test_whoever_speaks_tls_to_a_hub_that_does_not_is_told_so(process: StartProcess, folder: Path) -> None:
    port = free_port()
    hub = process("twistd", "-n", "exchange", "--port", str(port), ready="serves")

    told = run(f"exchange call --hub tcp:localhost:{port} --authority authority.pem press.pressure", folder)

    assert told == f"exchange call: no link to the hub at tcp:localhost:{port}: the far end does not speak TLS\n"
    hub.wait_for("the far end speaks TLS here, and this end does not")


def test_a_hub_whose_certificate_has_expired_is_believed_by_nobody(process: StartProcess, folder: Path) -> None:
    hub = Hub(process, "late-hub")

    told = hub.called(folder, "--authority authority.pem --certificate peer.pem --key peer-key.pem")

    assert "the certificate of the far end has expired: it must be renewed there" in told
    hub.process.wait_for("our certificate has expired, says the far end: renew it")


def test_tls_1_1_is_refused(process: StartProcess, folder: Path) -> None:
    hub = Hub(process)
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(SSL.TLS1_1_VERSION)
    context.set_max_proto_version(SSL.TLS1_1_VERSION)
    context.set_cipher_list(b"ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", hub.port), PATIENCE) as plain:
        plain.setblocking(True)
        old = SSL.Connection(context, plain)
        old.set_connect_state()
        with pytest.raises(SSL.Error):
            old.do_handshake()

    hub.process.wait_for("the far end speaks TLS older than 1.2")


def serial_shown(port: int, folder: Path) -> int:
    """Return the number of the certificate that a hub shows now."""
    context = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    context.load_cert_chain(folder / "peer.pem", folder / "peer-key.pem")
    with (
        socket.create_connection(("127.0.0.1", port), PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secured,
    ):
        shown = secured.getpeercert()
    assert shown
    return int(str(shown["serialNumber"]), 16)


def test_a_certificate_renewed_on_disk_is_taken_up_while_links_stay(process: StartProcess, folder: Path) -> None:
    assert "made keep.pem" in run("exchange cert hub keep", folder)
    hub = Hub(process, "keep")
    (folder / "press.py").write_text(
        "from exchange import Service, method\nclass Press(Service):\n    name = 'press'\n"
        "    @method\n    def pressure(self) -> float:\n        return 4.2\n"
    )
    proof = ("--authority", "authority.pem", "--certificate", "peer.pem", "--key", "peer-key.pem")
    at = ("--hub", f"tcp:localhost:{hub.port}")
    press = process("twistd", "-n", "exchange-services", *at, *proof, "press:Press", ready="serves")
    before = serial_shown(hub.port, folder)

    run("exchange cert hub keep --force", folder)
    deadline = time.monotonic() + PATIENCE
    while serial_shown(hub.port, folder) == before:
        assert time.monotonic() < deadline, "the old certificate is shown still"

    assert hub.called(folder, *proof) == "4.2\n"
    assert not any(" closed" in line for line in press.lines)
    (folder / "keep.pem").write_text("nonsense")
    hub.process.wait_for("certificates have changed, and were read again")
    deadline = time.monotonic() + PATIENCE
    while not any("what was read before goes on" in line for line in hub.process.lines):
        assert hub.called(folder, *proof) == "4.2\n"
        assert time.monotonic() < deadline, "nobody looked at the file"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "--interface 0.0.0.0",
            "twistd exchange: --listen: other machines reach 'tcp:PORT:interface=0.0.0.0', and nobody is asked who "
            "they are; ask them by --token-file, --password-file or --authority, listen at 127.0.0.1, or let "
            "everybody in with --insecure\n",
        ),
        ("--certificate none.pem --key hub-key.pem", "twistd exchange: none.pem: cannot be read: No such file"),
        ("--certificate hub.pem", "twistd exchange: certificate and key go together, and only hub.pem is given\n"),
    ],
)
def test_a_hub_that_is_not_safe_or_whose_files_are_not_there_does_not_start(
    folder: Path, words: str, told: str
) -> None:
    port = str(free_port())
    assert run(f"twistd -n exchange --port {port} {words}", folder).startswith(told.replace("PORT", port))


def test_who_insists_may_let_everybody_in_and_reads_it_in_the_log(process: StartProcess) -> None:
    words = ("--port", str(free_port()), "--interface", "0.0.0.0", "--insecure")
    hub = process("twistd", "-n", "exchange", *words, ready="serves")
    assert any("insecure: whoever reaches" in line for line in hub.lines)


def test_a_gateway_listens_with_a_certificate_and_dials_its_hub_with_another(
    process: StartProcess, folder: Path
) -> None:
    hub, port = Hub(process), free_port()
    at = ("--hub", f"tcp:localhost:{hub.port}", "--hub-authority", "authority.pem")
    proof = ("--hub-certificate", "peer.pem", "--hub-key", "peer-key.pem")
    own = ("--certificate", "hub.pem", "--key", "hub-key.pem", "--port", str(port))
    gateway = process("twistd", "-n", "jsonrpc-gateway", *at, *proof, *own, ready="serves")

    assert any(f"JSON-RPC at https://127.0.0.1:{port}/jsonrpc" in line for line in gateway.lines)
    context = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    body = '{"jsonrpc": "2.0", "method": "pressure", "id": 1}'
    with closing(HTTPSConnection("localhost", port, timeout=PATIENCE, context=context)) as connection:
        connection.request("POST", "/jsonrpc/nobody", body, {"Content-Type": "application/json"})
        with connection.getresponse() as response:
            assert response.status == 404
