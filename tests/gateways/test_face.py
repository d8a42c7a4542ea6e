"""What all gateways have in common: a service, or a refusal."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.web.server import Request

from exchange import Hub
from exchange.gateways.face import Face
from exchange.gateways.refusals import JSON
from exchange.gateways.site import GatewaySite
from exchange.gateways.visit import Visit
from exchange.testing import Network
from tests.gateways.conftest import Math
from tests.gateways.web import AT, Web, mounted, posted


class Echo(Face):
    """Answers with what would be called."""

    media = JSON

    def answer(self, request: Request, visit: Visit) -> Any:
        assert isinstance(visit.to, str)
        return visit.to.encode()


@pytest.fixture
def web(network: Network, hub: Hub, math: Math) -> Web:
    site = GatewaySite(mounted(AT, Echo(network.peer(), max_body=10)), network.clock)
    network.settle()
    return Web(network, site)


def test_a_request_for_a_service_that_is_shown_is_answered(web: Web) -> None:
    assert web.post("math", b"{}", "Content-Type: application/json").body == b"math"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (posted(b"{}", path=f"{AT}/nobody"), 404),
        (posted(b"{}").replace(b"POST", b"PUT"), 405),
        (posted(b"{}", "Content-Type: text/xml"), 400),
        (posted(b" " * 11), 413),
    ],
)
def test_what_is_refused_never_reaches_the_protocol(web: Web, request_bytes: bytes, status: int) -> None:
    assert web.ask(request_bytes).status == status


def test_a_face_that_speaks_nothing_says_so(network: Network) -> None:
    with pytest.raises(NotImplementedError):
        Face(network.hub()).answer(None, "math")  # type: ignore[arg-type]
