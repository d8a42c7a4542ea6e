"""The targets: what takes bytes from outside, by name, and the function that holds it to its contract."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

LONGEST = 1.0
"""Seconds of processor time that one input may take."""

Look = Callable[[bytes], None]


class Target(NamedTuple):
    """Where the function is, and the size of the largest input that is tried."""

    module: str
    name: str
    largest: int = 4_096

    def load(self) -> Look:
        """Return the function."""
        look: Look = getattr(import_module(self.module), self.name)
        return look


TARGETS = {
    "xmlrpc": Target("tests.fuzz.bodies", "xmlrpc"),
    "jsonrpc": Target("tests.fuzz.bodies", "jsonrpc"),
    "soap": Target("tests.fuzz.bodies", "soap"),
    "authorization": Target("tests.fuzz.heads", "authorization", 512),
    "origin": Target("tests.fuzz.heads", "origin", 512),
    "site": Target("tests.fuzz.site", "site"),
    "frames": Target("tests.fuzz.wire", "frames"),
    "greeting": Target("tests.fuzz.wire", "greeting"),
    "values": Target("tests.fuzz.wire", "values"),
    "hub": Target("tests.fuzz.links", "hub"),
    "proofs": Target("tests.fuzz.trust", "proofs", 1_024),
    "challenges": Target("tests.fuzz.trust", "challenges", 1_024),
    "configuration": Target("tests.fuzz.trust", "configuration", 2_048),
    "lines": Target("tests.fuzz.trust", "lines", 1_024),
}


def bounded(look: Look) -> Look:
    """Return ``look``, held to its time: that of the processor, because a machine may be busy."""

    def held(data: bytes) -> None:
        begun = time.process_time()
        look(data)
        took = time.process_time() - begun
        assert took <= LONGEST, f"{len(data)} bytes took {took:.1f} seconds"

    return held
