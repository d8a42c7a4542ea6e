"""Whoever asks for the head of an answer alone."""

from __future__ import annotations

import pytest
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from exchange.gateways.refusals import Refusal
from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.web import Web, mounted
from tests.logbook import Logbook


class Told(Resource):
    """Answers with a text."""

    isLeaf = True

    def render(self, request: Request) -> bytes:
        return b"water"


class Refused(Resource):
    """Refuses all that comes."""

    isLeaf = True

    def render(self, request: Request) -> bytes:
        return Refusal(403, "no").send(request)


class Later(Resource):
    """Answers when it has already been left."""

    isLeaf = True

    def render(self, request: Request) -> int:
        request.write(b"water")
        request.finish()
        return NOT_DONE_YET


@pytest.mark.parametrize(
    ("resource", "status", "length"), [(Told(), 200, "5"), (Refused(), 403, "3"), (Later(), 200, None)]
)
def test_has_it_without_the_body_and_nothing_of_it_stands_in_the_log(
    network: Network, logbook: Logbook, resource: Resource, status: int, length: str | None
) -> None:
    web = Web(network, GatewaySite(mounted("/well", resource), network.clock))
    line = web.line()

    line.send(b"HEAD /well HTTP/1.1\r\nHost: here\r\n\r\n")

    answer = line.answer(to="HEAD")
    assert (answer.status, answer.headers.get("content-length"), line.unread) == (status, length, b"")
    assert logbook.lines("HEAD") == []
    web.close()
