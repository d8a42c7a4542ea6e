"""The echo of ``exchange bench``."""

from __future__ import annotations

from exchange.app.cli.echo import Echo
from exchange.testing import Network


def test_what_is_sent_comes_back(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    echo = Echo()
    callee.add(echo)

    assert network.result(caller.call(callee.id_of(echo), "echo", b"abc")) == b"abc"
