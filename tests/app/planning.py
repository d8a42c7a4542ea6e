"""What the tests of the options share: a site, and what comes of words on a command line."""

from __future__ import annotations

import pytest

from exchange.app.options import CommandOptions
from exchange.app.plan import Plan

SITE = """
[hub]
listen = ["tcp:12000:interface=127.0.0.2", "unix:hub.sock"]
group = "plant"
heartbeat = 3

[limits]
max-frame = 400000

[services.math]
class = "arithmetic:Math"

[services.store]
class = "plant.store:Store"
hub = "elsewhere:1"

[gateways.web]
listen = "tcp:8001"
max-body = 5

[gateways.other]
listen = "tcp:8002"
hub = ["tcp:elsewhere:1", "tcp:elsewhere:2"]
"""


def planned(command: type[CommandOptions], *words: str) -> Plan:
    """Return what a command plans for these words."""
    options = command()
    options.parseOptions(list(words))
    return options.plan


def complaint(command: type[CommandOptions], *words: str) -> str:
    """Return the one line with which a command refuses these words, less the name of the command."""
    with pytest.raises(SystemExit) as caught:
        command().parseOptions(list(words))
    line = str(caught.value.code)
    assert "\n" not in line
    return line.removeprefix(f"twistd {command.command}: ")
