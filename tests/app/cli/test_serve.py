"""``exchange serve``: services in the foreground."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.task import deferLater

from exchange import Exchange
from tests.app.cli.conftest import Command, Place, started_hub
from tests.system.processes import free_port

PROGRAM = """
from exchange import Service, method

class Shop(Service):
    name = "shop"

    @method
    def price(self):
        return 7

class Nameless(Service):
    @method
    def price(self):
        return 8
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a module of services, in which the command is started."""
    (tmp_path / "shops.py").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "shops", raising=False)


@pytest_twisted.ensureDeferred
async def test_a_class_is_served_until_ctrl_c(verb: Command, hub: Place, other: Exchange) -> None:
    running = verb("serve", "shops:Shop")
    await hub.shows("shop", 1)

    assert await other.call("shop", "price") == 7
    verb.interrupt()

    ended = await running
    assert (ended.status, ended.err) == (130, "")
    assert ended.lines[0].startswith("serving shop at hub rome (")
    await hub.shows("shop", 0)


@pytest_twisted.ensureDeferred
async def test_a_name_may_be_given_and_a_time(verb: Command, hub: Place, other: Exchange) -> None:
    running = verb("serve", "shops:Nameless", "--name", "shop-2", "--for", "0.3")

    assert await other.call("shop-2", "price", wait=5) == 8
    assert (await running).status == 0


@pytest_twisted.ensureDeferred
async def test_several_classes_share_a_link(verb: Command, hub: Place) -> None:
    before = hub.hub.outstanding().links
    running = verb("serve", "shops:Shop", "shops:Shop")
    await hub.shows("shop", 2)

    assert hub.hub.outstanding().links == before + 1
    verb.interrupt()
    await running


@pytest_twisted.ensureDeferred
async def test_a_hub_that_comes_late_or_comes_back_is_served(verb: Command) -> None:
    at = f"tcp:127.0.0.1:{free_port()}"
    running = verb("serve", "shops:Shop", "--hub", at)
    await deferLater(reactor, 0.05)
    for _ in range(2):
        rome, _ = await started_hub("rome", at=at)
        while not rome.instances("shop"):
            await deferLater(reactor, 0.01)
        await rome.stopService()
    verb.interrupt()

    ended = await running

    assert [line.split()[0] for line in ended.lines] == ["serving", "the", "serving", "the"]
    assert f"cannot link to {at}" in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["shops:None"], "exchange serve: shops:None: module 'shops' has no 'None'"),
        (["nowhere:Shop"], "there is no module 'nowhere' in this folder or among what is installed"),
        (["shops"], "shops: expected module and class, such as plant.arithmetic:Math"),
        (["shops:Nameless"], "shops:Nameless: it has no name; give it one by --name, or its class"),
        (["shops:Shop", "--name", "$x"], "exchange serve: shops:Shop: "),
        (["shops:Shop", "shops:Shop", "--name", "x"], "--name is for one service"),
        ([], "the following arguments are required: MODULE:CLASS"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_cannot_be_served_is_status_2(verb: Command, hub: Place, words: list[str], told: str) -> None:
    ended = await verb("serve", *words)

    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err
