"""What somebody does at a terminal: talks to services in Python, looks at top, drains a hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import free_port
from tests.system.terminal import CTRL_C, CTRL_D, Terminal

pytestmark = pytest.mark.system

SERVES = "exchange serves: "
ARITHMETIC = """
from exchange import Service, method
from twisted.internet.defer import Deferred

class Math(Service):
    name = "math"

    @method
    def multiply(self, x, y):
        return x * y

    @method
    def never(self):
        return Deferred()
"""

Open = Callable[..., Terminal]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Open]:
    """Open terminals: ``terminal("exchange", "top", hub=port)``."""
    opened: list[Terminal] = []

    def at(*argv: str, hub: int) -> Terminal:
        env = {"EXCHANGE_HUB": f"tcp:127.0.0.1:{hub}", "XDG_STATE_HOME": str(tmp_path)}
        opened.append(Terminal(*argv, cwd=tmp_path, env=env))
        return opened[-1]

    yield at
    for each in opened:
        each.end()


def test_a_shell_is_python_that_awaits_and_that_ctrl_c_gives_back(
    process: StartProcess, terminal: Open, tmp_path: Path
) -> None:
    (tmp_path / "arithmetic.py").write_text(ARITHMETIC)
    port = free_port()
    process("twistd", "-n", "exchange", "--port", str(port), ready=SERVES)
    process("twistd", "-n", "exchange-services", "-H", f"localhost:{port}", "arithmetic:Math", ready=SERVES)

    shell = terminal("exchange", "shell", hub=port)
    shell.see(">>> ")
    shell.type('x = await call("math.multiply", 6, 7)\n')
    shell.see(">>> ")
    shell.type("x + 1\n")
    assert "43" in shell.see(">>> ")
    shell.type("services.math.multiply(2, 4)\n")
    assert "8" in shell.see(">>> ")
    shell.type("1 / 0\n")
    assert "ZeroDivisionError" in shell.see(">>> ")
    shell.type("services.math.mul\t")
    shell.see("services.math.multiply(")
    shell.type("3, 5)\n")
    assert "15" in shell.see(">>> ")
    shell.type("await services.math.never()\n")
    shell.see("never()")
    shell.type(CTRL_C)
    assert "KeyboardInterrupt" in shell.see(">>> ")
    shell.type("while True: x += 1\n\n")
    shell.see("... ")
    shell.see("\n")
    shell.type(CTRL_C)
    assert "KeyboardInterrupt" in shell.see(">>> ")
    shell.type("x >= 42\n")
    assert "True" in shell.see(">>> ")
    shell.type(CTRL_D)
    assert shell.wait() == 0
    assert "services.math.multiply(3, 5)" in (tmp_path / "exchange" / "shell-history").read_text()


def test_top_is_shown_anew_until_ctrl_c_and_a_hub_is_drained_by_whoever_means_it(
    process: StartProcess, terminal: Open
) -> None:
    port = free_port()
    hub = process("twistd", "-n", "exchange", "--port", str(port), "--name", "rome", ready=SERVES)

    top = terminal("exchange", "top", "--interval", "0.2", hub=port)
    top.see("rome")
    top.see("rome")
    top.type(CTRL_C)
    assert top.wait() == 130

    drain = terminal("exchange", "drain", hub=port)
    drain.see("drain hub rome? it is the only hub here [y/N] ")
    drain.type("n\n")
    drain.see("nothing was done")
    assert drain.wait() == 1

    drain = terminal("exchange", "drain", hub=port)
    drain.see("[y/N] ")
    drain.type("y\n")
    drain.see("hub rome has left, after ")
    assert drain.wait() == 0
    assert hub.wait() == 0
