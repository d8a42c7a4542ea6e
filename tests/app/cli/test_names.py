"""Names for completion are asked for quickly; `test_complete` has the rest."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import pytest_twisted
from twisted.internet import reactor

from exchange.app.cli import names
from tests.app.cli.conftest import Command


@pytest.fixture
def mute() -> Iterator[str]:
    """Where somebody accepts connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@pytest_twisted.ensureDeferred
async def test_a_hub_that_says_nothing_is_waited_for_half_a_second(
    verb: Command, mute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert names.PATIENCE == 0.5
    monkeypatch.setattr(names, "PATIENCE", 0.1)
    began = reactor.seconds()

    ended = await verb("_complete", "words", "services", "--hub", mute, "")

    assert ended == (0, "", "")
    assert 0.1 <= reactor.seconds() - began < 3
