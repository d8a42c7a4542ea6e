"""Programs of callers from other worlds: each runs in a process of its own, because a process has one reactor."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.system import conftest
from tests.system.processes import Process, free_port

ROOT = Path(__file__).parents[2]
SITE = Path(__file__).with_name("site.py")

RunProgram = Callable[..., Process]


def start_site(start: Callable[..., Process], port: int, *group: str) -> Process:
    """Start a hub with services at a port, and wait until it serves."""
    site = start("python", str(SITE), str(port), *group, env=PATHS)
    site.wait_for("serves")
    return site


PATHS = {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
process = conftest.process


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a hub that all tests of a module share."""
    folder = tmp_path_factory.mktemp("site")
    port = free_port()
    started: list[Process] = []

    def start(*argv: str, env: dict[str, str]) -> Process:
        started.append(Process(*argv, cwd=folder, env=env))
        return started[0]

    try:
        start_site(start, port)
        yield port
    finally:
        for site in started:
            site.end()


@pytest.fixture
def program(process: conftest.StartProcess, port: int, tmp_path: Path) -> RunProgram:
    """Start a program whose text knows the hub as ``HUB``: ``program(text, ready="calls")``."""

    def start(text: str, ready: str = "") -> Process:
        file = tmp_path / "program.py"
        file.write_text(f"HUB = 'localhost:{port}'\n{dedent(text)}")
        return process("python", "-W", "error", str(file), ready=ready, env=PATHS)

    return start


def example(name: str) -> str:
    """Return the path of an example, which a guide must show as it is."""
    file = ROOT / "examples" / "callers" / name
    shown = file.read_text(encoding="utf-8").split('"""\n\n', 1)[1].rstrip()
    block = f"```python\n# examples/callers/{name}\n{shown}\n```"
    assert any(block in guide.read_text(encoding="utf-8") for guide in (ROOT / "docs" / "howto").glob("*.md"))
    return str(file)


def wait_for_sleeper(start: conftest.StartProcess, port: int) -> None:
    """Return when the method `sleep` of a hub runs; asked by a program of its own, which keeps nobody waiting."""
    asking = f"""
    from exchange.blocking import connect

    with connect("localhost:{port}") as exchange:
        while not exchange.call("sleepy", "count_asleep"):
            pass
    """
    output_of(start("python", "-c", dedent(asking), env=PATHS))


def output_of(program: Process) -> list[str]:
    """Return the lines that a program printed, which must end well and complain of nothing."""
    assert program.wait() == 0, program.story()
    assert program.errors == "", program.story()
    return program.output.splitlines()
