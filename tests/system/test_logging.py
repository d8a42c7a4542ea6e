"""What real processes write to their logs."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.system.conftest import StartProcess
from tests.system.howto import said
from tests.system.processes import free_port

pytestmark = pytest.mark.system

SERVICE = """
from exchange import Service, method

class Math(Service):
    name = "math"

    @method
    def divide(self, x, y):
        return x / y
"""

SITE = """
[hub]
listen = "tcp:{port}:interface=127.0.0.1"

[logging]
format = "json"
calls = true

[services.math]
class = "shop:Math"
"""


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_as_json_nothing_but_json_is_written_and_a_method_that_raises_is_told_in_one_line(
    process: StartProcess, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "exchange.log"
    (tmp_path / "shop.py").write_text(SERVICE)
    (tmp_path / "site.toml").write_text(SITE.format(port=port))
    site = process("twistd", "-n", "exchange", "--config", "site.toml", ready="exchange serves")
    filed = process(
        *("twistd", "-n", "--logfile", str(log), "exchange", "--listen", f"unix:{tmp_path}/hub"),
        *("--log-format", "json"),
        ready="exchange serves",
    )

    said(f"exchange call --hub localhost:{port} math.divide 1 0", tmp_path)
    site.wait_for("exchange.calls")
    for each in (site, filed):
        each.signal(signal.SIGTERM)
        each.wait()

    lines = lines_of(site.output)
    raised, call = (line for line in lines if line.get("method") == "divide")
    assert raised["failure"]["type"] == "ZeroDivisionError"
    assert "shop.py" in raised["failure"]["traceback"]
    assert (call["outcome"], call["error"], call["delivered"]) == ("failure", 57, True)
    assert {line["link"] for line in lines if "link" in line} >= {call["caller"]}
    assert any(line["text"].startswith("exchange serves: hub") for line in lines)
    assert any("is listening at" in line["text"] for line in lines_of(log.read_text()))
    assert filed.output.startswith("exchange serves: ")


def test_whoever_gives_twistd_an_observer_has_that(process: StartProcess, tmp_path: Path) -> None:
    hub = process(
        *("twistd", "-n", "--logger", "exchange.app.console.observer", "exchange"),
        *("--listen", f"unix:{tmp_path}/hub", "--log-format", "json", "--log-level", "debug"),
        ready="exchange serves",
    )

    hub.signal(signal.SIGTERM)
    hub.wait()

    assert [line.partition(":")[0] for line in hub.lines] == ["exchange serves"]
