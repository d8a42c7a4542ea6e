"""``exchange kick``."""

from __future__ import annotations

import json

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.task import deferLater

from exchange.wire.identities import readable
from tests.app.cli.conftest import Command, Mesh, started_peer
from tests.logbook import Logbook


@pytest_twisted.ensureDeferred
async def test_a_link_is_ended_and_the_far_end_told_why(verb: Command, mesh: Mesh, logbook: Logbook) -> None:
    peer = await started_peer(mesh.rome)
    try:
        ended = await verb("kick", readable(peer.identity), "--reason", "too many calls", "--hub", mesh.rome)

        assert (ended.status, ended.err) == (0, "")
        assert ended.out == f"{readable(peer.identity)} was kicked from hub rome: 1 link ended\n"
        while not logbook.lines("closed: too many calls (kicked)"):
            await deferLater(reactor, 0.01)
    finally:
        await peer.stopService()


@pytest_twisted.ensureDeferred
async def test_a_link_may_be_named_by_how_it_begins_and_be_at_any_hub(verb: Command, mesh: Mesh) -> None:
    peer = await started_peer(mesh.paris)
    words = ("kick", readable(peer.identity)[:6], "--hub", mesh.rome)
    try:
        here, everywhere = await verb(*words), await verb(*words, "--all-hubs", "-o", "json")

        assert (here.status, here.out) == (3, "")
        assert here.err.startswith("exchange kick: there is no link '")
        assert json.loads(everywhere.out) == [{"hub": "paris", "id": readable(peer.identity), "links": 1}]
    finally:
        await peer.stopService()


@pytest.mark.parametrize("link", ["", "nobody", "*"])
@pytest_twisted.ensureDeferred
async def test_nobody_is_kicked_who_is_not_named(verb: Command, mesh: Mesh, link: str) -> None:
    ended = await verb("kick", link, "--hub", mesh.rome)

    assert ended.status == 3
    assert ended.err.count("\n") == 1
