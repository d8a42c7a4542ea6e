"""``exchange drain``; of the hub that answers, see ``tests/system/test_commands_shell.py``."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from socket import gethostname

import pytest_twisted

from exchange import Hub
from exchange.app.cli.drain import is_running, process_of
from tests.app.cli.conftest import Command, Mesh, started_hub


@pytest_twisted.async_yield_fixture
async def oslo(mesh: Mesh) -> AsyncIterator[Hub]:
    """A hub more, linked with rome, that may be drained."""
    hub, _ = await started_hub("oslo")
    hub.join(mesh.rome)
    await hub.when_linked()
    yield hub
    await hub.stopService()


@pytest_twisted.ensureDeferred
async def test_another_hub_leaves_and_the_command_waits_for_it(verb: Command, mesh: Mesh, oslo: Hub) -> None:
    ended = await verb("drain", "oslo", "--seconds", "5", "--hub", mesh.rome)

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("hub oslo has left, after ")
    assert oslo.outstanding().links == 0


@pytest_twisted.ensureDeferred
async def test_one_need_not_wait(verb: Command, mesh: Mesh, oslo: Hub) -> None:
    ended = await verb("drain", "oslo", "-s", "5", "--no-wait", "--yes", "--hub", mesh.rome)

    assert (ended.status, ended.out) == (0, "hub oslo is leaving; that may take 5 s\n")


@pytest_twisted.ensureDeferred
async def test_a_hub_that_is_not_there_is_not_drained(verb: Command, mesh: Mesh) -> None:
    ended = await verb("drain", "bonn", "--hub", mesh.rome)

    assert (ended.status, ended.out) == (3, "")
    assert ended.err.startswith("exchange drain: there is no hub 'bonn' here; there is rome")


@pytest_twisted.ensureDeferred
async def test_how_long_it_may_take_must_be_a_time(verb: Command, mesh: Mesh) -> None:
    assert (await verb("drain", "paris", "--seconds", "0", "--hub", mesh.rome)).status == 2
    assert (await verb("drain", "paris", "--seconds", "soon", "--hub", mesh.rome)).status == 2


def test_a_process_is_looked_for_on_this_machine_alone() -> None:
    here = {"pid": os.getpid(), "host": gethostname()}

    assert process_of(here) == os.getpid()
    assert process_of(here | {"host": "elsewhere"}) is None
    assert process_of({"pid": "1", "host": gethostname()}) is None
    assert is_running(os.getpid())
    assert not is_running(0x7FFFFFFF)
