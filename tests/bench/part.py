"""One measured process: ``python -m tests.bench.part MODULE ROLE [PORT]`` runs one part of a system."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from twisted.internet import reactor as global_reactor

from exchange.app.collecting import set_aside
from tests.bench.gauge import Gauge

reactor: Any = global_reactor


def main(module: str, role: str, *ports: str) -> None:
    """Run it until the bench has no more to ask."""
    part = import_module(module)
    loop = getattr(part, "RUNS_ON", reactor)
    gauge = getattr(part, "COUNTS_WITH", Gauge)(loop)
    ready = getattr(part, role)(loop, gauge, *map(int, ports))
    ready.addCallback(gauge.ready).addErrback(gauge.fail)
    set_aside()
    loop.run()


main(*sys.argv[1:])
