"""What cannot be started: one line on standard error that names the thing and the mend, and nothing left behind."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess

pytestmark = pytest.mark.system

MODULES = {
    "good.py": """
        from exchange import Service
        class Good(Service):
            name = "good"
        """,
    "broken.py": "import no_such_library\n",
    "faulty.py": "def f(:\n",
    "odd.py": """
        from exchange import Service
        class Plain: pass
        class Greedy(Service):
            def __init__(self, size):
                self.size = size
        class Raising(Service):
            def __init__(self):
                raise OSError("no disk")
        class Misnamed(Service):
            name = "$secret"
        class Nameless(Service):
            pass
        """,
    "typo.toml": "[hub]\nheartbeet = 3\n",
    "lost.toml": "[hub]\nlisten = 'unix:hub.sock'\n[services.math]\nclass = 'lost:Math'\n",
    "broken.toml": "[hub\n",
    "nowhere.toml": "[hub]\nlisten = []\n",
}


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def folder(tmp_path: Path, taken_port: int) -> Path:
    """A folder with good and bad modules and configuration files."""
    for name, text in MODULES.items():
        lines = text.splitlines()
        (tmp_path / name).write_text("\n".join(line.removeprefix(" " * 8) for line in lines))
    (tmp_path / "taken.toml").write_text(
        f"[hub]\nlisten = 'unix:hub.sock'\n[gateways.web]\nlisten = 'tcp:{taken_port}:interface=127.0.0.1'\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            "exchange --port {taken}",
            "twistd exchange: port {taken} of 127.0.0.1 is in use; stop what listens there, or choose another",
        ),
        (
            "xmlrpc-gateway --port {taken}",
            "twistd xmlrpc-gateway: port {taken} of 127.0.0.1 is in use; stop what listens there, or choose another",
        ),
        (
            "exchange --config taken.toml",
            "twistd exchange: taken.toml: [gateways.web] listen: port {taken} of 127.0.0.1 is in use; "
            "stop what listens there, or choose another",
        ),
        (
            "exchange --insecure --interface 192.0.2.1",
            "twistd exchange: port 11111 of 192.0.2.1 is not on this machine; ...",
        ),
        (
            "exchange --listen unix:/nonexistent/hub.sock",
            "twistd exchange: the socket /nonexistent/hub.sock is in a folder that does not exist; make it, ...",
        ),
        ("exchange --config nowhere.toml", "...nowhere.toml: [hub] listen: expected an endpoint such as ..., got []"),
        ("exchange --heartbeat 30", "twistd exchange: --dead-after (30) must be at least 1.5 times heartbeat (30)"),
        ("exchange --config typo.toml", "...typo.toml: [hub] heartbeet: unknown key; did you mean 'heartbeat'?"),
        ("exchange --config broken.toml", "...broken.toml: not TOML: ..."),
        ("exchange --config gone.toml", "...gone.toml: cannot be read: No such file or directory"),
        ("exchange --listen nowhere", "...--listen: 'nowhere' is not an endpoint; one looks like tcp:11111..."),
        ("exchange --heartbeat soon", "...--heartbeat: expected a number of seconds above 0, got 'soon'"),
        ("exchange --bogus", "...option --bogus not recognized; see twistd exchange --help"),
        (
            "exchange-services lost:Math",
            "twistd exchange-services: lost:Math: there is no module 'lost' in this folder or among what is installed",
        ),
        ("exchange-services good.lost:Math", "...good.lost:Math: there is no module 'good.lost' ..."),
        ("exchange-services good:Goood", "...good:Goood: module 'good' has no 'Goood'; did you mean 'Good'?"),
        ("exchange-services good", "...good: expected module and class, such as plant.arithmetic:Math"),
        ("exchange-services odd:Plain", "...odd:Plain: not a service; make it a class derived from exchange.Service"),
        ("exchange-services odd:Greedy", "...odd:Greedy: cannot be made without arguments: ...'size'"),
        ("exchange-services odd:Raising", "...making the service raised OSError: no disk (...odd.py, line ..."),
        ("exchange-services odd:Nameless", "...odd:Nameless: it has no name; give the class one, such as ..."),
        ("exchange-services odd:Misnamed", "...odd:Misnamed: ...$secret..."),
        ("exchange-services broken:Math", "...importing 'broken' raised ModuleNotFoundError: ...no_such_library..."),
        ("exchange-services faulty:Math", "...importing 'faulty' raised SyntaxError: ..."),
        (
            "exchange --config lost.toml",
            "twistd exchange: lost.toml: [services.math] class: lost:Math: there is no module 'lost' ...",
        ),
        ("exchange-services --hub nowhere good:Good", "...--hub: 'nowhere' is not an endpoint; one looks like ..."),
        ("exchange-services", "...no service to run; name its class, such as plant.arithmetic:Math"),
        ("xmlrpc-gateway --choice any", '...--choice: expected "least-owing" or "sticky", got \'any\''),
    ],
)
def test_what_cannot_start_says_why_in_one_line(
    process: StartProcess, folder: Path, taken_port: int, words: str, line: str
) -> None:
    command = process("twistd", "-n", *words.format(taken=taken_port).split(), cwd=folder)

    assert command.wait() == 1
    assert_says(command.errors, line.format(taken=taken_port))
    assert "Traceback" not in command.output
    assert command.errors.strip() not in command.output, "nobody is told twice"
    assert not (folder / "twistd.pid").exists()


def test_a_port_in_use_is_told_by_a_command_in_the_background_too(
    process: StartProcess, tmp_path: Path, taken_port: int
) -> None:
    command = process("twistd", "exchange", "--port", str(taken_port), cwd=tmp_path)

    assert command.wait() == 1
    line = f"port {taken_port} of 127.0.0.1 is in use; stop what listens there, or choose another"
    assert command.errors.splitlines()[0] == f"twistd exchange: {line}"
    assert "Traceback" not in command.errors
    assert line in (tmp_path / "twistd.log").read_text()
    assert not (tmp_path / "twistd.pid").exists()


def test_a_unix_socket_in_use_is_named(process: StartProcess, tmp_path: Path) -> None:
    process("twistd", "-n", "exchange", "--listen", "unix:hub.sock", cwd=tmp_path, ready="exchange serves: ")

    second = process("twistd", "-n", "exchange", "--listen", "unix:hub.sock", cwd=tmp_path)

    assert second.wait() == 1
    line = "twistd exchange: the socket ...hub.sock is in use; stop what listens there, or choose another"
    assert_says(second.errors, line)


def assert_says(text: str, expected: str) -> None:
    """Assert that ``text`` is one line which has, in order, what stands between the dots of ``expected``."""
    assert text.endswith("\n"), text
    assert text.count("\n") == 1, text
    rest = text
    for words in expected.split("..."):
        assert words in rest, f"{expected!r} expected, got {text!r}"
        rest = rest.split(words, 1)[1] if words else rest
