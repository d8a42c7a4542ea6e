"""Every command of twistd that a document shows by itself: it is started, and serves."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from exchange.app.cli import cert
from exchange.app.cli.status import Status
from tests.documents import ROOT, blocks_of, command_lines, ours
from tests.system.conftest import StartProcess
from tests.system.howto import PORTS
from tests.system.processes import free_port

pytestmark = pytest.mark.system

PAGES = (
    "reference/commands.md",
    "howto/mesh.md",
    "howto/failover.md",
    "howto/rolling-restart.md",
    "howto/xmlrpc-gateway.md",
)
HUBS = re.compile(r"\b(?:localhost|host[abc]):11111\b")


def shown() -> list[list[str]]:
    """Return the words of each command, once."""
    lines = [
        line
        for page in PAGES
        for block in blocks_of(ROOT / "docs" / page)
        if block.kind == "command" and not block.excuse
        for line in command_lines(block)
        if "[" not in line
    ]
    found = [words for line in lines for words in ours(line) if words[0] == "twistd"]
    return [list(words) for words in dict.fromkeys(map(tuple, found))]


def stage(folder: Path) -> None:
    """Put into a folder what the commands name."""
    folder.mkdir()
    for name in ("arithmetic.py", "site.toml"):
        shutil.copy(ROOT / "examples/quickstart" / name, folder)
    (folder / "plant").mkdir()
    shutil.copy(folder / "arithmetic.py", folder / "plant")
    (folder / "public").mkdir()
    for words in (["ca"], ["hub", "rome"]):
        assert cert.run([*words, "--folder", str(folder)]) == Status.FINE


def test_each_serves(process: StartProcess, tmp_path: Path) -> None:
    hub = free_port()
    process("twistd", "-n", "exchange", "--port", str(hub), ready="serves")
    stage(tmp_path / "stage")
    usual = {"EXCHANGE_HUB": f"tcp:localhost:{hub}"}  # of those that say no other
    started = []
    for number, words in enumerate(shown()):
        folder = tmp_path / str(number)
        shutil.copytree(tmp_path / "stage", folder)
        site = folder / "site.toml"
        site.write_text(PORTS.sub(lambda _: str(free_port()), site.read_text()))
        line = HUBS.sub(f"localhost:{hub}", " ".join(words))
        line = re.sub(r"--port \d+", "", line)
        if "--config" not in line and "exchange-services" not in line:
            line += f" --port {free_port()}"
        started.append((line, process(*line.split(), cwd=folder, env=usual)))

    for line, each in started:
        assert "serves" in each.wait_for("serves"), line
    assert len(started) >= 12
