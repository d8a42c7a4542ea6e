"""The README, followed by a newcomer: its programs are taken from its text and run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import free_port

pytestmark = pytest.mark.system

README = Path(__file__).parents[2] / "README.md"


def program(name: str) -> str:
    """Return the program of the README that begins with a comment of its name."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (found,) = [block for block in blocks if re.match(f"# {re.escape(name)}\\b", block)]
    return str(found)


def commands() -> list[list[str]]:
    """Return the twistd commands of the README."""
    return [line.split() for line in re.findall(r"^\$ (twistd .*)$", README.read_text(encoding="utf-8"), re.MULTILINE)]


def test_the_service_and_the_call_of_the_readme_work_with_its_commands(process: StartProcess, tmp_path: Path) -> None:
    hub_port, web_port = str(free_port()), str(free_port())
    (tmp_path / "arithmetic.py").write_text(program("arithmetic.py"))
    (tmp_path / "caller.py").write_text(program("caller.py").replace("11111", hub_port))
    hub, services, gateway = (
        [word.replace("11111", hub_port).replace("8000", web_port) for word in command] for command in commands()[:3]
    )

    process(hub[0], "--pidfile=hub.pid", *hub[1:], ready="listening")
    process(services[0], "--pidfile=services.pid", *services[1:], ready="opened")
    process(gateway[0], "--pidfile=gateway.pid", *gateway[1:], ready="opened")
    caller = process("python", "caller.py")

    assert caller.wait() == 0, caller.story()
    assert caller.output == "42\n"
    assert f"$ python caller.py\n{caller.output}" in README.read_text(encoding="utf-8")
    (url,) = re.findall(r"ServerProxy\('(http://[^']*)'", README.read_text(encoding="utf-8"))
    ask = f"from xmlrpc.client import ServerProxy; print(ServerProxy('{url}').multiply(6, 7))"
    web = process("python", "-c", ask.replace("8000", web_port))
    assert web.wait() == 0, web.story()
    assert web.output == "42\n"


def test_the_report_of_the_readme_is_heard_with_its_command(process: StartProcess, tmp_path: Path) -> None:
    port = str(free_port())
    for name in ("feed.py", "reader.py"):
        (tmp_path / name).write_text(program(name).replace("11111", port))
    hub, _, _, services = ([word.replace("11111", port) for word in command] for command in commands())

    reader = process("python", "-u", "reader.py")
    process(hub[0], "--pidfile=hub.pid", *hub[1:], ready="listening")
    process(services[0], "--pidfile=services.pid", *services[1:], ready="opened")
    reader.wait_for("nyse.ibm 0.")
    late = process("python", "-u", "reader.py", ready="nyse.ibm 0.")

    for each in (reader, late):
        each.interrupt()
        each.wait()
        assert "KeyboardInterrupt" in each.errors, each.story()
