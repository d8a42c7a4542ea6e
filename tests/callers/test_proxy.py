"""A proxy of each world's own."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Service, method
from exchange.callers.proxy import ForeignProxy
from exchange.testing import Network


class Math(Service):
    name = "math"

    @method(name="by.parts")
    def parts(self, x: int, timeout: int) -> list[int]:
        return [x, timeout]


def test_every_argument_is_the_methods_and_a_dotted_name_is_one_method(network: Network) -> None:
    peer = network.peer()
    peer.add(Math())
    finished: list[Any] = []

    def finish(begin: Any) -> str:
        finished.append(network.result(begin()))
        return "finished"

    proxy = ForeignProxy(peer.service("math"), finish)

    assert proxy.by.parts(6, timeout=7) == "finished"
    assert finished == [[6, 7]]
    assert repr(proxy.by.parts) == "<method math.by.parts>"
    with pytest.raises(AttributeError, match="names with '_' are not turned into calls"):
        _ = proxy._private
