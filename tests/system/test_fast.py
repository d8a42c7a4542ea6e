"""A hub whose links are carried by uvloop, beside processes that know nothing of it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import free_port

pytestmark = pytest.mark.system

SERVICES = """
from exchange import Service, method

class Math(Service):
    name = "math"

    @method
    def multiply(self, x: int, y: int) -> int:
        return x * y

    @method
    def where(self) -> str:
        from twisted.internet import reactor
        return type(reactor).__name__
"""


def test_a_fast_hub_serves_who_is_fast_and_who_is_not(process: StartProcess, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SERVICES)
    port = free_port()
    (tmp_path / "site.toml").write_text(f'[hub]\nlisten = "tcp:{port}:interface=127.0.0.1"\nfast = true\n')
    hub = process("twistd", "-n", "--pidfile=", "exchange", "--config", "site.toml", ready="exchange serves")
    assert "asyncioreactor.AsyncioSelectorReactor" in hub.output
    at_hub = ("--hub", f"tcp:localhost:{port}")

    for option, reactor in ((("--fast",), "AsyncioSelectorReactor"), ((), "EPollReactor")):
        service = process(
            "twistd", "-n", "--pidfile=", "exchange-services", *option, *at_hub, "shop:Math", ready="serves"
        )
        for target, answer in ((("math.multiply", "6", "7"), "42"), (("math.where",), reactor)):
            call = process("exchange", "call", *at_hub, *target)
            assert call.wait() == 0, call.story()
            assert call.output.strip() == answer
        service.end()
    hub.interrupt()
    assert hub.wait() == -signal.SIGINT, hub.story()


def test_with_another_reactor_it_does_not_start(process: StartProcess) -> None:
    hub = process("twistd", "-n", "--pidfile=", "--reactor=poll", "exchange", "--fast")
    assert hub.wait() == 1, hub.story()
    assert "twistd exchange: --fast: this process runs on PollReactor already; leave out --reactor" in hub.errors
