"""A back end and a front end in two exchange groups, joined by a bridge of a site file: real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import Process, free_port

pytestmark = pytest.mark.system

SERVICES = """
from exchange import Service, method

class Store(Service):
    name = "store"

    @method
    def count(self, things: list) -> int:
        return len(things)

class Vault(Store):
    name = "vault"
    audience = "database"
"""

SITE = """
[hub]
name = "back"
listen = "tcp:{back}:interface=127.0.0.1"
group = "database"

[services.store]
class = "back_end:Store"

[services.vault]
class = "back_end:Vault"

[bridges.store]
hubs = {{ outer = "tcp:127.0.0.1:{front}" }}
groups = {{ outer = "" }}
"""


@pytest.fixture
def ports(tmp_path: Path) -> tuple[int, int]:
    """The ports of the hubs in front and behind, which the site file names."""
    front, back = free_port(), free_port()
    (tmp_path / "back_end.py").write_text(SERVICES)
    (tmp_path / "site.toml").write_text(SITE.format(front=front, back=back))
    return front, back


def start_bridge(process: StartProcess) -> Process:
    return process(
        "twistd", "-n", "exchange", "--config", "site.toml", "--only", "bridges.store", ready="serves: bridge"
    )


def called(process: StartProcess, port: int, *words: str) -> tuple[int, str]:
    """Return with what ``exchange call`` ends, and what it says."""
    call = process("exchange", "call", "--hub", f"tcp:127.0.0.1:{port}", *words)
    return call.wait(), call.output + call.errors


def test_a_front_end_calls_a_back_end_as_long_as_a_bridge_runs(process: StartProcess, ports: tuple[int, int]) -> None:
    front, back = ports
    process("twistd", "-n", "exchange", "--port", str(front), ready="exchange serves")
    parts = [word for part in ("hub", "services.store", "services.vault") for word in ("--only", part)]
    process("twistd", "-n", "exchange", "--config", "site.toml", *parts, ready="service vault")
    bridge = start_bridge(process)
    assert "between the groups 'database' and ''" in bridge.output

    assert called(process, front, "--wait", "20", "store.count", "[1, 2, 3]") == (0, "3\n")
    assert called(process, back, "--group", "database", "vault.count", "[1]") == (0, "1\n")
    status, words = called(process, front, "vault.count", "[1]")
    assert status != 0
    assert "no service named 'vault'" in words

    bridge.end()
    status, words = called(process, front, "store.count", "[]")
    assert (status != 0, "store" in words) == (True, True)
    start_bridge(process)
    assert called(process, front, "--wait", "20", "store.count", "[4]") == (0, "1\n")
